"""What only Microsoft 365 has to be checked for."""

from engagement_assets.activity.people import People
from engagement_assets.config import GraphSource as GraphSettings
from engagement_assets.consent import gate
from engagement_assets.microsoft365 import tenant
from engagement_assets.microsoft365.retry_budget import RetryBudget
from engagement_assets.microsoft365.sign_in import SignIn
from engagement_assets.microsoft365.source import GraphSource
from engagement_assets.preflight import credential, in_window, mailboxes, permissions, region
from engagement_assets.preflight.check import Check, attempt, not_checked, ok, warning
from engagement_assets.preflight.findings import Findings
from engagement_assets.sources import GRAPH, Reach


def inspect(findings: Findings) -> None:
    """Check the credential, the tenant, what is granted, the people, and some mailboxes."""
    settings = GRAPH.settings_of(findings.configuration.source)
    _moment(findings)
    reader = _signed_in(findings, settings)
    if reader is None:
        return
    _permissions(findings, reader)
    findings.resolve(reader)
    if findings.people is None:
        findings.add(not_checked(mailboxes.SUBJECT, "Not asked: the persons are not known."))
        return
    listed = findings.configuration.mailboxes
    findings.estimate = GRAPH.estimate(
        reader,
        Reach(
            findings.people.persons,
            len(listed.addresses) + len(listed.opted_out),
            findings.window,
            _probe(findings, reader, findings.people),
        ),
    )


def _moment(findings: Findings) -> None:
    as_of = findings.configuration.as_of
    if as_of:  # the activity of a folder ends with its export, that of a tenant never
        findings.add(
            warning(
                "Moment",
                f"as_of is fixed: every run tells the story of {as_of:%Y-%m-%d}.",
                "Remove as_of, unless you want just that.",
            )
        )


def _signed_in(findings: Findings, settings: GraphSettings) -> GraphSource | None:
    """Check the credential and the tenant; return the source once signing in works."""
    held, found = credential.inspect(findings.environment)
    findings.add(found)
    findings.begin("the tenant")
    metadata = attempt(region.SUBJECT, lambda: tenant.look_up(settings))
    findings.add(
        metadata
        if isinstance(metadata, Check)
        else region.inspect(metadata, settings.cloud, findings.configuration.regions)
    )
    if held is None:
        findings.unknown("there is no usable credential", "Sign-in", permissions.SUBJECT)
        return None
    sign_in = SignIn(settings, held)
    reached = attempt("Sign-in", sign_in.token)
    if isinstance(reached, Check):
        findings.add(reached)
        findings.unknown("signing in failed", permissions.SUBJECT)
        return None
    findings.add(ok("Sign-in", f"{settings.tenant_id} knows the app and its {held.kind}."))
    data_dir = findings.configuration.data_dir
    return GraphSource(settings, data_dir, sign_in=sign_in, budget=findings.budget)


def _permissions(findings: Findings, reader: GraphSource) -> None:
    findings.begin("permissions")
    retry_budget = RetryBudget(findings.budget())
    status = attempt(
        permissions.SUBJECT, lambda: gate.status(findings.configuration, reader, retry_budget)
    )
    if isinstance(status, Check):
        findings.add(status)
    elif status is not None:
        findings.add(*permissions.inspect(status, findings.configuration))


def _probe(findings: Findings, reader: GraphSource, selected: People) -> tuple[int, ...]:
    """Ask some mailboxes; return how many messages those have that were counted."""
    persons = mailboxes.spread(selected.persons, findings.probes)
    if findings.configuration.privacy_terms is None:
        why = "Not asked: the privacy terms are not accepted."
        findings.add(not_checked(mailboxes.SUBJECT, why))
        return ()
    if not persons:
        findings.add(not_checked(mailboxes.SUBJECT, "Not asked: --probes is 0."))
        return ()
    findings.begin(f"{len(persons)} mailboxes")
    found = attempt(
        mailboxes.SUBJECT,
        lambda: mailboxes.probe(reader.graph, persons, findings.window, findings.budget),
    )
    if isinstance(found, Check):
        findings.add(found)
        return ()
    findings.add(mailboxes.inspect(found, selected.persons))
    findings.add(in_window.of_counts(found.counts, findings.window))
    return found.counts
