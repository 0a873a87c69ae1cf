"""Microsoft 365 through Microsoft Graph: the tenant's administrator has to consent."""

import math
from collections.abc import Callable
from pathlib import Path

from engagement_assets.config import GraphSource as GraphSettings
from engagement_assets.errors import ConfigurationError
from engagement_assets.microsoft365 import slices
from engagement_assets.microsoft365.consent import admin_consent_link, check
from engagement_assets.microsoft365.paging import LARGEST_PAGE
from engagement_assets.microsoft365.permissions import KNOWN, NEEDED, OPTIONAL
from engagement_assets.microsoft365.places import WORKERS
from engagement_assets.microsoft365.retry_budget import RunBudget
from engagement_assets.microsoft365.source import GraphSource
from engagement_assets.sources.kind import (
    COPIES_PER_SECOND,
    AdminConsent,
    Estimate,
    Reach,
    Request,
    SourceKind,
)

# a year of a mailbox, where nothing could be counted: between a quiet one and a busy one (20,000)
ASSUMED_MESSAGES = 10_000

# meetings per message; in the sample organisation it is a tenth, in busy calendars too
MEETINGS_PER_MESSAGE = 0.1

# to find the users and groups behind one address, and the members of one group
REQUESTS_PER_ADDRESS = 3

# the tree's top, Drafts, Junk Email, Conversation History, Clutter, and the folders below these
REQUESTS_FOR_FOLDERS = 14

# How fast Microsoft answers was measured by nobody here. A small request takes a few tenths of a
# second; a page of 999 messages with all recipients is about a megabyte that Exchange collects
# from its store. Both are guesses on the slow side.
SECONDS_PER_REQUEST = 0.5
SECONDS_PER_PAGE = 5.0


def _open(
    settings: GraphSettings, data_dir: Path, budget: Callable[[], RunBudget] = RunBudget
) -> GraphSource:
    # a sensor's tick reads the configuration without looking for the files that it names
    if settings.ca_bundle and not settings.ca_bundle.is_file():
        raise ConfigurationError(
            "it is not there",
            where=f"source.ca_bundle: {settings.ca_bundle}",
            remedy="Name the PEM file of the authority.",
        )
    return GraphSource(settings, data_dir, budget=budget)


def estimate(_: GraphSource, reach: Reach) -> Estimate:
    """Estimate a first run by the pages that have to be asked for."""
    counts, window, mailboxes = reach.counts, reach.window, len(reach.persons)
    messages = sum(counts) / len(counts) if counts else ASSUMED_MESSAGES
    months = len(slices.of_mail(window, window.as_of))
    quarters = len(slices.of_calendar(window))
    mail_pages = months * max(1, math.ceil(messages / months / LARGEST_PAGE))
    meetings = messages * MEETINGS_PER_MESSAGE
    calendar_pages = quarters * max(1, math.ceil(meetings / quarters / LARGEST_PAGE))
    full_pages = (messages + meetings) / LARGEST_PAGE
    requests = REQUESTS_FOR_FOLDERS + mail_pages + calendar_pages
    # a page that is not full takes less; a request takes its own time however little it brings
    seconds = requests * SECONDS_PER_REQUEST + full_pages * SECONDS_PER_PAGE
    copies = round(mailboxes * (messages + meetings))
    directory = reach.addresses * REQUESTS_PER_ADDRESS
    return Estimate(
        mailboxes,
        copies,
        mailboxes * requests + directory,
        directory * SECONDS_PER_REQUEST
        + mailboxes * seconds / min(WORKERS, max(mailboxes, 1))
        + copies / COPIES_PER_SECOND,
        _basis(len(counts)),
    )


def _basis(counted: int) -> str:
    found = (
        f"From {counted} mailbox(es) counted"
        if counted
        else f"Assumed: {ASSUMED_MESSAGES:,} messages a mailbox"
    )
    return (
        f"{found}, {SECONDS_PER_REQUEST:g} s a request, {SECONDS_PER_PAGE:g} s a full page more, "
        f"{WORKERS} mailboxes at once. Throttling makes it longer; later runs are shorter."
    )


def _request(settings: GraphSettings) -> Request:
    return Request(
        addressee=f"an administrator of the Microsoft 365 tenant {settings.tenant_id}",
        asks=f"""\
The app {settings.client_id} asks for four application
permissions of Microsoft Graph, all of them for reading only:""",
        permissions={name: KNOWN[name].purpose for name in NEEDED},
        optional={name: KNOWN[name].purpose for name in OPTIONAL},
        narrower="""\
The first two permissions reach every mailbox of the tenant. To hold the app to
the listed people, leave those two out and grant them in Exchange instead (RBAC
for Applications, with a management scope). For mail there is a role without
content, Application Mail.ReadBasic. For calendars there is none: Application
Calendars.Read lets the app read the text of meetings too, so that this is then
prevented by the program alone, and no longer by what is granted.""",
        how="""\
In the Entra admin center (entra.microsoft.com): App registrations, the app, API
permissions, "Grant admin consent for ...". You have to be a Privileged Role
Administrator or a Global Administrator: other roles may not consent to these
permissions. Or sign in as one behind this link:""",
        afterwards="""\
Compare the permissions on that page with those that are asked for here. The
last page behind the link may be an error, AADSTS500113: no reply address is
registered for the app. It needs none, and the consent counts all the same.""",
        withdrawal="""\
in the Entra admin center,
under Enterprise applications: the next run then stops before it reads anything.""",
    )


GRAPH = SourceKind(
    settings=GraphSettings,
    title="Microsoft 365, through Microsoft Graph",
    open=_open,
    consent=AdminConsent(
        of=lambda settings: f"{settings.tenant_id} {settings.client_id}",
        link=admin_consent_link,
        check=check,
        proofs={"role": "", "probe": "by Exchange: a listed mailbox answers"},
        request=_request,
    ),
    estimate=estimate,
)
