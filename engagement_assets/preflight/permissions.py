"""What the tenant's administrator has granted: what is missing, and what nobody needs."""

from collections.abc import Iterator

from engagement_assets.config import Configuration
from engagement_assets.errors import ConsentError
from engagement_assets.microsoft365.consent import ConsentStatus
from engagement_assets.preflight.check import Check, error, ok, warning

SUBJECT = "Permissions"


def inspect(status: ConsentStatus, configuration: Configuration) -> Iterator[Check]:
    """Yield what is said about the permissions."""
    if status.is_granted:
        yield ok(SUBJECT, _granted(status))
    else:
        yield error(
            SUBJECT,
            status.reason or f"Missing: {', '.join(status.missing)}. {_granted(status)}".strip(),
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
            "Permissions beyond need",
            f"Granted and not needed: {', '.join(status.excess)}.",
            "Remove them from the app registration, and let an administrator consent again.",
        )


def _granted(status: ConsentStatus) -> str:
    shown = [
        name if proof == "role" else f"{name} (by Exchange: a listed mailbox answers)"
        for name, proof in status.granted.items()
    ]
    return f"Granted: {', '.join(shown)}." if shown else ""
