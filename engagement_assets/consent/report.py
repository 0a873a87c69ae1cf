"""What is granted and what is missing, in a screenful: for `engagement consent`."""

from datetime import datetime

from rich.console import Console
from rich.table import Table

from engagement_assets import sources, time_zones
from engagement_assets.config import Configuration
from engagement_assets.consent import Consent
from engagement_assets.consent.grants import Grant


def show_link(console: Console, configuration: Configuration) -> None:
    """Print where an administrator consents; nothing where nobody has to."""
    if asked := sources.of(configuration.source).consent:
        request = asked.request(configuration.source)
        link = asked.link(configuration.source)
        for text in ("An administrator consents.", request.how, link, f"{request.afterwards}\n"):
            console.print(text, highlight=False, soft_wrap=True, markup=False)


def show(console: Console, configuration: Configuration, seen: Consent) -> None:
    """Print the status, a line for each thing that is needed."""
    table = Table.grid(padding=(0, 2))
    terms, tenant = seen.terms, seen.tenant
    table.add_row(
        "Privacy terms",
        f"accepted by {terms.accepted_by}, {_local(configuration, terms.accepted_at)}"
        if terms
        else "[red]not accepted[/red]",
    )
    asked = sources.of(configuration.source).consent
    if tenant is not None and asked is not None:
        for permission, proof in tenant.granted.items():
            table.add_row(permission, f"granted {asked.proofs[proof]}".rstrip())
        for permission in tenant.missing:
            table.add_row(permission, "[red]missing[/red]")
        for permission, advice in tenant.advice.items():
            table.add_row(permission, f"[yellow]{advice[0].lower()}{advice[1:]}")
    if seen.grant:
        table.add_row("Consent seen since", _local(configuration, seen.grant.granted_at))
        table.add_row("First run", _first_run(configuration, seen.grant))
    console.print(table)
    if tenant is None:
        console.print("\nNobody else has to consent: the privacy terms are enough.")


def _first_run(configuration: Configuration, grant: Grant) -> str:
    if requested := grant.first_run_requested_at:
        return f"requested {_local(configuration, requested)}"
    due = grant.first_run_due(configuration.first_run_delay_hours)
    return f"due {_local(configuration, due)}, while `engagement ui` runs"


def _local(configuration: Configuration, moment: datetime) -> str:
    return time_zones.shown(moment, configuration.time_zone)
