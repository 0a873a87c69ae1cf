"""All checks, in the order in which a run would stumble over what they find."""

import os
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path

from engagement_assets.microsoft365.retry_budget import RunBudget
from engagement_assets.preflight import (
    capacity,
    customer_files,
    mail_server,
    mailboxes,
    own_sql,
    settings,
    sources,
)
from engagement_assets.preflight.check import not_checked
from engagement_assets.preflight.findings import Findings, Report
from engagement_assets.window import Window

# somebody sits and waits: after so many seconds of waiting for a busy service, or in all, the
# check says so instead
MOST_WAITING, MOST_TIME = 60.0, 30 * 60.0


def budget() -> RunBudget:
    """Return what may be spent while somebody waits."""
    return RunBudget(time_left=MOST_TIME, wait_left=MOST_WAITING)


def inspect(
    file: Path,
    *,
    probes: int = mailboxes.PROBES,
    environment: Mapping[str, str] = os.environ,
    budget: Callable[[], RunBudget] = budget,
    begin: Callable[[str], None] = lambda _: None,
) -> Report:
    """Make every check that can be made.

    Args:
        file: the configuration file.
        probes: how many mailboxes may be asked; 0 asks none.
        environment: where the credential is.
        budget: makes what may be spent on a service that is busy.
        begin: told what comes next.
    """
    report = Report(file)
    begin("configuration")
    configuration, found = settings.read(file)
    report.checks.append(found)
    if configuration is None:
        return report
    report.checks.append(settings.terms(configuration))
    window = Window.until(configuration.as_of or datetime.now(UTC), configuration.time_zone)
    findings = Findings(report, configuration, window, probes, environment, budget, begin)
    sources.CHECKS[configuration.source.kind](findings)
    _rest(findings)
    if configuration.sql_folder:
        findings.add(own_sql.inspect(configuration.sql_folder))
    if configuration.smtp:
        begin("the mail server")
        findings.add(mail_server.inspect(configuration.smtp, environment))
    return report


def _rest(findings: Findings) -> None:
    """Check what every configuration has, whatever its source."""
    findings.begin("customer files")
    configuration, domains = findings.configuration, findings.domains
    if domains is not None:
        domains |= set(configuration.mailboxes.organisation_domains)
    findings.add(*customer_files.inspect(configuration.customers, findings.people, domains))
    findings.add(capacity.disk(configuration.data_dir, findings.estimate))
    if findings.estimate is None:
        findings.add(not_checked("First run", "Not estimated: the persons are not known."))
    else:
        findings.add(capacity.first_run(findings.estimate))
