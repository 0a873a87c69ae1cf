"""What the SQL of a model may not say, from the list of rules that loading and the tests use."""

from collections.abc import Iterable
from typing import Protocol

from scripts.reference.markdown import code, table


class SqlRule(Protocol):
    """What the page needs to know of a rule; the rules themselves are in `models/rules.py`."""

    @property
    def name(self) -> str:
        """What the rule is called."""

    @property
    def example(self) -> str:
        """What breaks it, as code; several forms are separated by commas."""

    @property
    def reason(self) -> str:
        """Why not: the rest of a sentence that the code begins."""

    @property
    def instead(self) -> str:
        """What to write in its place."""

    @property
    def applies_to(self) -> str:
        """`all` models, or only `own` ones."""

    @property
    def is_refused(self) -> bool:
        """Whether a model that breaks it cannot be loaded."""


def overview(rules: Iterable[SqlRule]) -> str:
    """Return the table of the rules, in the order of their list."""
    head = ("rule", "instead of", "write", "because that", "what happens")
    return table(
        head,
        (
            (rule.name, code(rule.example), rule.instead, rule.reason, _consequence(rule))
            for rule in rules
        ),
    )


def _consequence(rule: SqlRule) -> str:
    if rule.applies_to == "own":
        return "own SQL is refused"
    return "refused" if rule.is_refused else "a test refuses it; preflight warns of own SQL"
