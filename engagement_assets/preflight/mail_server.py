"""The mail server that sends the request for consent."""

from collections.abc import Mapping

from engagement_assets.config import Smtp
from engagement_assets.consent import smtp
from engagement_assets.preflight.check import Check, attempt, ok

SUBJECT = "Mail server"


def inspect(settings: Smtp, environment: Mapping[str, str]) -> Check:
    """Connect and sign in there; nothing is sent."""
    problem = attempt(SUBJECT, lambda: smtp.check(settings, environment))
    if isinstance(problem, Check):
        return problem
    signed_in = f", signed in as {settings.user}" if settings.user else ""
    return ok(SUBJECT, f"{settings.host} answers on port {settings.port}{signed_in}.")
