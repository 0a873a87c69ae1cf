"""Last step: asking the tenant's administrator for consent."""

from engagement_assets import config
from engagement_assets.config import Configuration
from engagement_assets.config import GraphSource as GraphSettings
from engagement_assets.configure import prompts
from engagement_assets.configure.setup import Setup
from engagement_assets.consent.request import ask_for_consent
from engagement_assets.errors import EngagementError
from engagement_assets.microsoft365 import consent
from engagement_assets.microsoft365.source import GraphSource


def send(setup: Setup) -> None:
    """Say what comes next, and send the request for consent if that is wanted and possible."""
    try:
        configuration = config.load(setup.file)
    except EngagementError as error:
        setup.say(f"{error}\nMend that first, with this command or by hand.", "red")
        return
    if configuration.source.kind == "graph":
        _ask(setup, configuration, configuration.source)
    if configuration.privacy_terms is None:
        setup.say("The privacy terms are not accepted yet: run this command again.", "yellow")
    setup.say("Next:")
    for command in ("preflight", "run", "ui"):
        setup.say(f"  engagement {command} -c {setup.file}")


def _ask(setup: Setup, configuration: Configuration, source: GraphSettings) -> None:
    if _is_granted(setup, configuration):
        setup.say("The tenant's administrator has granted everything that is needed.", "green")
        return
    setup.say(
        "An administrator of the tenant (Privileged Role Administrator or Global Administrator) "
        "has to consent. This link asks for it:"
    )
    setup.console.print(consent.admin_consent_link(source), soft_wrap=True, highlight=False)
    if not (configuration.smtp and configuration.tenant_admins):
        setup.say(
            "With smtp and tenant_admins in the file, `engagement consent --notify` mails it.",
            "dim",
        )
        return
    asked = ", ".join(configuration.tenant_admins)
    if not prompts.confirm(f"Mail it to {asked} now?"):
        return
    try:
        ask_for_consent(configuration)
    except EngagementError as error:
        setup.say(f"{error} The file is saved; `engagement consent --notify` tries again.", "red")
    else:
        setup.say(f"Asked: {asked}", "green")


def _is_granted(setup: Setup, configuration: Configuration) -> bool:
    if not isinstance(setup.reader, GraphSource):
        return False
    listed = configuration.mailboxes
    # no mailbox is touched, not even to see whether it answers, before the terms are accepted
    probed = listed.addresses if configuration.privacy_terms else ()
    try:
        return consent.check(setup.reader, probed, listed.opted_out).is_granted
    except EngagementError as error:
        setup.say(str(error), "yellow")
        return False
