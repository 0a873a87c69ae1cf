"""Last step: asking the tenant's administrator for consent."""

from typing import Any

from engagement_assets import config, sources
from engagement_assets.config import Configuration
from engagement_assets.configure import prompts
from engagement_assets.configure.setup import Setup
from engagement_assets.consent import gate
from engagement_assets.consent.request import ask_for_consent
from engagement_assets.errors import EngagementError
from engagement_assets.sources import AdminConsent


def send(setup: Setup) -> None:
    """Say what comes next, and send the request for consent if that is wanted and possible."""
    try:
        configuration = config.load(setup.file)
    except EngagementError as error:
        setup.say(f"{error}\nMend that first, with this command or by hand.", "red")
        return
    if asked := sources.of(configuration.source).consent:
        _ask(setup, configuration, asked)
    if configuration.privacy_terms is None:
        setup.say("The privacy terms are not accepted yet: run this command again.", "yellow")
    setup.say("Next:")
    for command in ("preflight", "run", "ui"):
        setup.say(f"  engagement {command} -c {setup.file}")


def _ask(setup: Setup, configuration: Configuration, asked: AdminConsent[Any, Any]) -> None:
    if _is_granted(setup, configuration):
        setup.say("The tenant's administrator has granted everything that is needed.", "green")
        return
    request = asked.request(configuration.source)
    setup.say(f"Consent is missing, of {request.addressee}. {' '.join(request.how.split())}")
    setup.console.print(asked.link(configuration.source), soft_wrap=True, highlight=False)
    if not (configuration.smtp and configuration.tenant_admins):
        setup.say(
            "With smtp and tenant_admins in the file, `engagement consent --notify` mails it.",
            "dim",
        )
        return
    admins = ", ".join(configuration.tenant_admins)
    if not prompts.confirm(f"Mail it to {admins} now?"):
        return
    try:
        ask_for_consent(configuration)
    except EngagementError as error:
        setup.say(f"{error} The file is saved; `engagement consent --notify` tries again.", "red")
    else:
        setup.say(f"Asked: {admins}", "green")


def _is_granted(setup: Setup, configuration: Configuration) -> bool:
    if setup.reader is None:
        return False
    try:
        status = gate.status(configuration, setup.reader)
    except EngagementError as error:
        setup.say(str(error), "yellow")
        return False
    return status is not None and status.is_granted
