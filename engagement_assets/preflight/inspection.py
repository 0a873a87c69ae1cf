"""All checks, in the order in which a run would stumble over what they find."""

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from engagement_assets.activity.folder import FolderSource
from engagement_assets.activity.people import People
from engagement_assets.config import Configuration
from engagement_assets.config import GraphSource as GraphSettings
from engagement_assets.microsoft365 import consent, tenant
from engagement_assets.microsoft365.retry_budget import RetryBudget, RunBudget
from engagement_assets.microsoft365.sign_in import SignIn
from engagement_assets.microsoft365.source import GraphSource
from engagement_assets.preflight import (
    capacity,
    check,
    credential,
    customer_files,
    mail_server,
    mailboxes,
    own_sql,
    people,
    permissions,
    region,
    settings,
)
from engagement_assets.preflight.capacity import Estimate
from engagement_assets.preflight.check import Check, attempt, not_checked, ok
from engagement_assets.preflight.people import ListedAddress
from engagement_assets.window import Window

# somebody sits and waits: after so many seconds of waiting for a busy service, or in all, the
# check says so instead
MOST_WAITING, MOST_TIME = 60.0, 30 * 60.0


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


def inspect(
    file: Path,
    *,
    probes: int = mailboxes.PROBES,
    environment: Mapping[str, str] = os.environ,
    begin: Callable[[str], None] = lambda _: None,
) -> Report:
    """Make every check that can be made.

    Args:
        file: the configuration file.
        probes: how many mailboxes may be asked; 0 asks none.
        environment: where the credential is.
        begin: told what comes next.
    """
    report = Report(file)
    begin("configuration")
    configuration, found = settings.read(file)
    report.checks.append(found)
    if configuration is None:
        return report
    report.checks += settings.inspect(configuration)
    inspection = _Inspection(report, configuration, probes, begin)
    if configuration.source.kind == "graph":
        inspection.graph(configuration.source, environment)
    else:
        inspection.folder(configuration.source.path)
    inspection.rest()
    if configuration.sql_folder:
        report.checks.append(own_sql.inspect(configuration.sql_folder))
    if configuration.smtp:
        begin("the mail server")
        report.checks.append(mail_server.inspect(configuration.smtp, environment))
    return report


def budget() -> RunBudget:
    """Return what may be spent while somebody waits."""
    return RunBudget(time_left=MOST_TIME, wait_left=MOST_WAITING)


class _Inspection:
    """What the checks of one configuration hand on to each other."""

    def __init__(
        self,
        report: Report,
        configuration: Configuration,
        probes: int,
        begin: Callable[[str], None],
    ) -> None:
        self._report = report
        self._configuration = configuration
        self._most_probes = probes
        self._begin = begin
        self._window = Window.until(
            configuration.as_of or datetime.now(UTC), configuration.time_zone
        )
        self._people: People | None = None
        self._domains: frozenset[str] | None = None
        self._estimate: Estimate | None = None
        self._counted = 0

    def graph(self, source: GraphSettings, environment: Mapping[str, str]) -> None:
        """Check what only Microsoft 365 has."""
        held, found = credential.inspect(environment)
        self._add(found)
        self._begin("the tenant")
        metadata = attempt(region.SUBJECT, lambda: tenant.look_up(source))
        self._add(
            metadata
            if isinstance(metadata, Check)
            else region.inspect(metadata, source, self._configuration.regions)
        )
        if held is None:
            self._unknown("there is no usable credential", "Sign-in", permissions.SUBJECT)
            return
        sign_in = SignIn(source, held)
        reached = attempt("Sign-in", sign_in.token)
        if isinstance(reached, Check):
            self._add(reached)
            self._unknown("signing in failed", permissions.SUBJECT)
            return
        self._add(ok("Sign-in", f"{source.tenant_id} knows the app and its {held.kind}."))
        reader = GraphSource(source, self._configuration.data_dir, sign_in=sign_in, budget=budget)
        self._begin("permissions")
        listed = self._configuration.mailboxes
        # no mailbox is touched, not even to see whether it answers, before the terms are accepted
        probed = listed.addresses if self._configuration.privacy_terms else ()
        retry_budget = RetryBudget(budget())
        status = attempt(
            permissions.SUBJECT,
            lambda: consent.check(reader, probed, listed.opted_out, retry_budget),
        )
        if isinstance(status, Check):
            self._add(status)
        else:
            self._add(*permissions.inspect(status, self._configuration))
        self._resolve(reader)
        if self._people is None:
            self._add(not_checked(mailboxes.SUBJECT, "Not asked: the persons are not known."))
            return
        self._probe(reader, self._people)

    def folder(self, path: Path) -> None:
        """Check what only an activity folder has."""
        self._begin("the activity folder")
        source = attempt("Activity folder", lambda: FolderSource(path))
        if isinstance(source, Check):
            self._add(source)
            self._unknown("the activity folder cannot be read")
            return
        self._add(ok("Activity folder", f"{path} has users."))
        self._resolve(source)
        if self._people is not None:
            persons = self._people.persons
            found = attempt(mailboxes.SUBJECT, lambda: mailboxes.in_folder(source, persons))
            self._add(found)
            self._estimate = capacity.of_folder(source, persons)

    def rest(self) -> None:
        """Check what every configuration has."""
        self._begin("customer files")
        domains = self._domains
        if domains is not None:
            domains |= set(self._configuration.mailboxes.organisation_domains)
        self._add(*customer_files.inspect(self._configuration.customers, self._people, domains))
        self._add(capacity.disk(self._configuration.data_dir, self._estimate))
        if self._estimate is None:
            self._add(not_checked("First run", "Not estimated: the persons are not known."))
        else:
            self._add(capacity.first_run(self._estimate, self._counted))

    def _resolve(self, source: GraphSource | FolderSource) -> None:
        self._begin("addresses")
        domains = attempt("Domains", source.organisation_domains)
        if isinstance(domains, Check):
            self._add(domains)
        else:
            self._domains = domains
            self._add(ok("Domains", f"The organisation's: {', '.join(sorted(domains)) or 'none'}."))
        self._people, self._report.addresses, found = people.inspect(
            source, self._configuration.mailboxes, self._begin
        )
        self._add(found)

    def _probe(self, reader: GraphSource, selected: People) -> None:
        persons = mailboxes.spread(selected.persons, self._most_probes)
        messages: float | None = None
        if self._configuration.privacy_terms is None:
            self._add(
                not_checked(mailboxes.SUBJECT, "Not asked: the privacy terms are not accepted.")
            )
        elif not persons:
            self._add(not_checked(mailboxes.SUBJECT, "Not asked: --probes is 0."))
        else:
            self._begin(f"{len(persons)} mailboxes")
            found = attempt(
                mailboxes.SUBJECT,
                lambda: mailboxes.probe(reader.graph, persons, self._window, budget),
            )
            if isinstance(found, Check):
                self._add(found)
            else:
                self._add(mailboxes.inspect(found, len(selected.persons)))
                messages, self._counted = found.messages_per_mailbox, len(found.counts)
        listed = self._configuration.mailboxes
        self._estimate = capacity.of_graph(
            len(selected.persons),
            len(listed.addresses) + len(listed.opted_out),
            messages,
            self._window,
        )

    def _add(self, *found: Check) -> None:
        self._report.checks += found

    def _unknown(self, why: str, *subjects: str) -> None:
        subjects = (*subjects, people.SUBJECT, mailboxes.SUBJECT)
        self._add(*(not_checked(subject, f"Not checked: {why}.") for subject in subjects))
