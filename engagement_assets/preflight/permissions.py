"""What the tenant's administrator has granted: what is missing, and what nobody needs."""

from collections.abc import Iterator

from engagement_assets import sources
from engagement_assets.config import Configuration
from engagement_assets.errors import ConsentError
from engagement_assets.microsoft365.consent import ConsentStatus
from engagement_assets.preflight.check import Check, error, ok, warning

SUBJECT = "Permissions"


def inspect(status: ConsentStatus, configuration: Configuration) -> Iterator[Check]:
    """Yield what is said about the permissions."""
    granted = _granted(status, configuration)
    if status.is_granted:
        yield ok(SUBJECT, granted)
    else:
        yield error(
            SUBJECT,
            status.reason or f"Missing: {', '.join(status.missing)}. {granted}".strip(),
            "Let an administrator consent: `engagement consent` prints the link"
            + (
                ", and with --notify mails it to tenant_admins."
                if configuration.tenant_admins
                else ". tenant_admins is empty, so nobody can be asked by mail."
            ),
            ConsentError,
        )
    if status.excess:
        yield warning(
            "Excess permissions",
            f"Granted, and more than is needed: {', '.join(status.excess)}.",
            " ".join(f"{name}: {advice}" for name, advice in status.advice.items()),
        )


def _granted(status: ConsentStatus, configuration: Configuration) -> str:
    asked = sources.of(configuration.source).consent
    proofs = asked.proofs if asked else {}
    shown = [
        f"{name} ({words})" if (words := proofs.get(proof)) else name
        for name, proof in status.granted.items()
    ]
    return f"Granted: {', '.join(shown)}." if shown else ""
