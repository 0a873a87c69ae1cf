"""What the checks found so far, and what they hand on to each other."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from engagement_assets.activity import domains
from engagement_assets.activity.people import People
from engagement_assets.activity.source import ActivitySource
from engagement_assets.config import Configuration
from engagement_assets.microsoft365.retry_budget import RunBudget
from engagement_assets.preflight import check, mailboxes, people
from engagement_assets.preflight.check import Check, attempt, not_checked, ok, warning
from engagement_assets.preflight.people import ListedAddress
from engagement_assets.sources import Estimate
from engagement_assets.window import Window


@dataclass
class Report:
    """What was found.

    Attributes:
        file: the configuration file.
        checks: in the order in which they were made.
        addresses: what became of the listed addresses, as far as they were resolved.
    """

    file: Path
    checks: list[Check] = field(default_factory=list)
    addresses: Sequence[ListedAddress] = ()

    @property
    def exit_code(self) -> int:
        """What the command exits with."""
        return check.exit_code(tuple(self.checks))


@dataclass
class Findings:
    """What is known of one configuration while its checks are made.

    Attributes:
        report: what people will see.
        configuration: what is checked.
        window: what a run would read.
        probes: how many mailboxes may be asked.
        environment: where the credential is.
        budget: makes what may be spent on a service that is busy.
        begin: told what comes next.
        people: who is who; None while that is not known.
        domains: the organisation's; None while they are not known.
        estimate: what a first run takes; None while that is not known.
    """

    report: Report
    configuration: Configuration
    window: Window
    probes: int
    environment: Mapping[str, str] = field(repr=False)
    budget: Callable[[], RunBudget]
    begin: Callable[[str], None]
    people: People | None = None
    domains: frozenset[str] | None = None
    estimate: Estimate | None = None

    def add(self, *found: Check) -> None:
        """Add checks to the report."""
        self.report.checks += found

    def unknown(self, why: str, *subjects: str) -> None:
        """Add that these subjects, the people and their mailboxes could not be checked."""
        subjects = (*subjects, people.SUBJECT, mailboxes.SUBJECT)
        self.add(*(not_checked(subject, f"Not checked: {why}.") for subject in subjects))

    def resolve(self, source: ActivitySource) -> None:
        """Find the organisation's domains, and whom the listed addresses stand for."""
        self.begin("addresses")
        told = attempt("Domains", source.organisation_domains)
        if isinstance(told, Check):
            self.add(told)
        elif told is not None:
            self.domains = told
            self.add(ok("Domains", f"The organisation's: {', '.join(sorted(told)) or 'none'}."))
        self.people, self.report.addresses, found = people.inspect(
            source, self.configuration.mailboxes, self.begin
        )
        if told is None:
            self._assume_domains()
        self.add(found)

    def _assume_domains(self) -> None:
        """Add what stands for the domains that the source does not tell."""
        found = "The tenant does not tell them."
        if self.people is not None:
            self.domains = domains.of_persons(self.people.persons)
            names = ", ".join(sorted(self.domains)) or "none"
            found += f" Those of the persons' own addresses stand for them: {names}."
        self.add(warning("Domains", found, domains.REMEDY))
