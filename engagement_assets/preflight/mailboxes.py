"""Whether the persons' mailboxes can be read, by asking some of them."""

from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from engagement_assets.activity.source import User
from engagement_assets.errors import ConsentError, SourceError, named
from engagement_assets.microsoft365 import calendar, mail
from engagement_assets.microsoft365.faults import (
    NO_EXCHANGE_REMEDY,
    GraphError,
    NoExchangeError,
)
from engagement_assets.microsoft365.http import Graph
from engagement_assets.microsoft365.paging import Query
from engagement_assets.microsoft365.retry_budget import RetryBudget, RunBudget
from engagement_assets.microsoft365.slices import Slice
from engagement_assets.preflight.check import Check, error, ok, warning
from engagement_assets.window import Window

SUBJECT = "Mailboxes"
Outcome = Literal[
    "answers", "mail only", "denied", "no mailbox", "no exchange", "not there", "unclear"
]

# with 2 requests each: a few seconds, and with one mailbox in ten out of the app's scope it is
# overlooked less than once in ten times
PROBES = 25

# of those that answer, in how many messages are counted; one request each
COUNTED = 10

# mailboxes asked at once
WORKERS = 8

# how many of each kind are named
NAMED = 5

_WORDS: dict[Outcome, str] = {
    "mail only": "with mail, and a calendar that is missing or refused",
    "denied": "refused by Exchange",
    "no mailbox": "without a mailbox in Exchange Online",
    "no exchange": "of a tenant without Exchange Online",
    "not there": "whose folders are not to be found",
    "unclear": "gave another error",
}


@dataclass(frozen=True)
class Probes:
    """What the probed mailboxes answered.

    Attributes:
        outcomes: per user id.
        counts: messages of the window, in some of those that answer.
    """

    outcomes: dict[str, Outcome]
    counts: tuple[int, ...]


def spread(persons: Sequence[User], most: int) -> list[User]:
    """Return at most so many persons, evenly spread: groups lie together, and so do failures."""
    number = min(most, len(persons))
    return [persons[place * len(persons) // number] for place in range(number)]


def probe(
    graph: Graph, persons: Sequence[User], window: Window, budget: Callable[[], RunBudget]
) -> Probes:
    """Ask for one id of mail and one of the calendar in each mailbox, and count in some.

    Raises:
        SignInError, ConsentError: when there is no token.
        RunBudgetSpentError: when Graph is too busy.
    """
    run = budget()
    with ThreadPoolExecutor(WORKERS, thread_name_prefix="probe") as pool:
        outcomes = dict(
            pool.map(lambda person: (person.id, _ask(graph, person.id, window, run)), persons)
        )
        answering = [user_id for user_id, outcome in outcomes.items() if outcome == "answers"]
        counts = pool.map(lambda user_id: _count(graph, user_id, window, run), answering[:COUNTED])
        return Probes(outcomes, tuple(count for count in counts if count is not None))


def inspect(probes: Probes, persons: Sequence[User]) -> Check:
    """Return what is said about the probed mailboxes.

    Args:
        probes: what they answered.
        persons: all of them, probed or not.
    """
    numbers = Counter(probes.outcomes.values())
    parts = [f"{numbers['answers']} answer(s)"]
    for outcome, words in _WORDS.items():
        such = [person for person in persons if probes.outcomes.get(person.id) == outcome]
        if such:
            parts.append(f"{len(such)} {words}: {named([*map(name, such)], NAMED)}")
    found = f"{len(probes.outcomes)} of {len(persons)} probed: {'; '.join(parts)}."
    if numbers["answers"] == len(probes.outcomes):
        return ok(SUBJECT, found)
    if numbers["no exchange"] == len(probes.outcomes):
        return error(SUBJECT, found, NO_EXCHANGE_REMEDY, SourceError)
    if numbers["denied"] == len(probes.outcomes):
        return error(
            SUBJECT,
            found,
            "Exchange keeps all of them from the app. Let an Exchange administrator put them into "
            "its scope (Test-ServicePrincipalAuthorization shows it); a change takes up to two "
            "hours.",
            ConsentError,
        )
    return warning(
        SUBJECT,
        found,
        "A run goes on without what is missing and says so in Office_Mailbox. Refused ones are "
        "outside the app's scope in Exchange; --probes asks more of them.",
    )


def name(person: User) -> str:
    """Return how administrators know a person, and how the tenant does."""
    address = next(iter(person.addresses), None)
    return f"{address} ({person.id})" if address else person.id


def _ask(graph: Graph, user_id: str, window: Window, run: RunBudget) -> Outcome:
    now = window.as_of
    a_day = Slice(now - timedelta(days=1), now)
    of_mail, of_calendar = (
        _probe(graph, Query(query.path, {**query.parameters, "$select": "id"}, query.headers), run)
        for query in (_recent(user_id, now), calendar.events(user_id, a_day))
    )
    if of_mail != "answers":
        return of_mail
    # a mailbox that has mail has a calendar, or had: which of the codes says that it is gone says
    # nothing about the mail
    return "mail only" if of_calendar in {"denied", "no mailbox", "not there"} else of_calendar


def _recent(user_id: str, now: datetime) -> Query:
    return mail.messages(user_id, Slice(now - timedelta(days=1), now))


def _probe(graph: Graph, query: Query, run: RunBudget) -> Outcome:
    try:
        graph.get(
            query.path,
            {**query.parameters, "$top": "1"},
            retry_budget=RetryBudget(run),
            headers=query.headers,
        )
    except GraphError as failure:
        return _outcome(failure)
    return "answers"


def _outcome(failure: GraphError) -> Outcome:
    if isinstance(failure, NoExchangeError):
        return "no exchange"
    if failure.says_no_mailbox:
        return "no mailbox"
    if failure.says_not_there:
        return "not there"
    return "denied" if failure.status == 403 else "unclear"


def _count(graph: Graph, user_id: str, window: Window, run: RunBudget) -> int | None:
    """Return how many messages the window has; None when Graph does not tell."""
    query = mail.messages(user_id, Slice(window.start, window.as_of))
    parameters = {**query.parameters, "$select": "id", "$top": "1", "$count": "true"}
    try:
        answer = graph.get(
            query.path, parameters, retry_budget=RetryBudget(run), headers=query.headers
        )
    except GraphError:
        return None  # an estimate does without
    count = answer.get("@odata.count")
    return count if isinstance(count, int) else None
