"""Questions about a tenant of Microsoft 365."""

from typing import Any, get_args

from pydantic import ValidationError

from engagement_assets.config import GraphSource as GraphSettings
from engagement_assets.config.values import HttpsUrl, Text
from engagement_assets.configure import answers, document, prompts
from engagement_assets.configure.setup import Setup
from engagement_assets.errors import EngagementError
from engagement_assets.microsoft365 import tenant
from engagement_assets.microsoft365.permissions import NEEDED
from engagement_assets.microsoft365.retry_budget import RunBudget
from engagement_assets.microsoft365.sign_in import SignIn
from engagement_assets.microsoft365.source import GraphSource
from engagement_assets.preflight import credential, region
from engagement_assets.preflight.check import Check
from engagement_assets.preflight.inspection import MOST_WAITING
from engagement_assets.sources import GRAPH

_OTHER_HOSTS = ("login_url", "graph_url", "ca_bundle")


def ask(setup: Setup, known: document.Content) -> None:
    """Ask for the tenant and the app, look the tenant up, and try to sign in.

    Args:
        setup: the set-up under way.
        known: what `source` held before, if it was a tenant.
    """
    setup.content["source"] = _tenant(setup, known)
    _try(setup)


def _tenant(setup: Setup, known: document.Content) -> document.Content:
    setup.say(
        "You need an app registration in your tenant, with these application permissions of "
        f"Microsoft Graph: {', '.join(NEEDED)}. docs/set-up.md says how it is made."
    )
    source = {**known, "kind": GRAPH.name}
    for key, question in {
        "tenant_id": "Tenant id (or one of the tenant's domains):",
        "client_id": "Application (client) id:",
    }.items():
        source[key] = prompts.text(question, document.written(known, key), answers.one(Text))
    clouds = get_args(GraphSettings.model_fields["cloud"].annotation)
    cloud = prompts.choose(
        "Which national cloud is the tenant in?",
        {name.replace("_", " "): name for name in clouds},
        known.get("cloud", "global"),
    )
    if cloud != "global" or "cloud" in known:
        source["cloud"] = cloud
    if prompts.confirm(
        "Is Microsoft reached through other hosts, such as a proxy or the simulator?",
        default=any(known.get(key) for key in _OTHER_HOSTS),
    ):
        _other_hosts(setup, source)
    else:
        for key in _OTHER_HOSTS:
            source.pop(key, None)
    return source


def _other_hosts(setup: Setup, source: document.Content) -> None:
    for key, question in {
        "login_url": "Sign-in host, https://… (empty: Microsoft's):",
        "graph_url": "Graph host without /v1.0, https://… (empty: Microsoft's):",
    }.items():
        problem = answers.one(HttpsUrl, optional=True)
        if answer := prompts.text(question, document.written(source, key), problem):
            source[key] = answer
        else:
            source.pop(key, None)
    file = answers.existing(folder=False)
    bundle = prompts.path(
        "PEM file of the authority to trust (empty: the machine's):",
        answers.shown(source.get("ca_bundle"), setup.folder),
        lambda answer: file(answer) if answer else None,
    )
    if bundle:
        source["ca_bundle"] = answers.stored(bundle, setup.folder)
    else:
        source.pop("ca_bundle", None)


def _try(setup: Setup) -> None:
    """Look up the tenant and sign in; whatever fails is said, and the set-up goes on."""
    try:
        settings = GraphSettings.model_validate(
            setup.content["source"], context={"folder": setup.folder, "must_exist": True}
        )
    except ValidationError as error:  # a value that was there before and is not asked for
        setup.say(f"source has a mistake: {error.errors(include_url=False)[0]['msg']}.", "yellow")
        return
    held, found = credential.inspect(setup.environment)
    _report(setup, found)
    expected = setup.content.get("regions", ("UK", "EU", "NA"))
    try:
        _report(setup, region.inspect(tenant.look_up(settings), settings.cloud, _texts(expected)))
    except EngagementError as error:
        setup.say(str(error), "yellow")
    if held is None:
        setup.say(
            "The credential is never asked for here and never written: set the variable before "
            "you start the command. The set-up goes on without looking anything up.",
            "yellow",
        )
        return
    sign_in = SignIn(settings, held)
    try:
        sign_in.token()
    except EngagementError as error:
        setup.say(f"{error} The set-up goes on without looking anything up.", "yellow")
        return
    setup.say("Signing in works.", "green")
    data_dir = setup.folder / document.written(setup.content, "data_dir", "data")
    setup.reader = GraphSource(settings, data_dir, sign_in=sign_in, budget=_budget)


def _budget() -> RunBudget:
    """Wait no longer than somebody would; the answers in between may take as long as they do."""
    return RunBudget(wait_left=MOST_WAITING)


def _report(setup: Setup, found: Check) -> None:
    style = {"ok": "green", "error": "red"}.get(found.level, "yellow")
    setup.say(f"{found.subject}: {found.found} {found.advice}".rstrip(), style)


def _texts(value: Any) -> list[str]:
    return [each for each in value if isinstance(each, str)] if value else []
