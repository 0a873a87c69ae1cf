"""Assets that bring the outside in: the run's moment, people, customers, activity."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import dagster as dg

from engagement_assets import reading
from engagement_assets.activity import domains
from engagement_assets.errors import named
from engagement_assets.pipeline import metadata
from engagement_assets.pipeline.resources import Gate, Settings, Workspace
from engagement_assets.schemas.input_tables import INPUT_TABLES, PREVIOUS
from engagement_assets.vocabulary import MAILBOX_STATUSES, WARNING_STATUSES
from engagement_assets.warehouse import inputs

OWNERS = ["team:engagement"]


def _outs(
    group: str, *names: str, deps: tuple[str, ...] = (), kinds: tuple[str, ...]
) -> dict[str, Any]:
    """Return the arguments of a multi-asset that fills these source tables together."""
    return {
        "specs": [
            dg.AssetSpec(
                name,
                deps=list(deps),
                group_name=group,
                description=INPUT_TABLES[name].description,
                kinds=set(kinds),
                owners=OWNERS,
            )
            for name in names
        ]
    }


def _results(
    workspace: Workspace, *names: str, **extra: dict[str, Any]
) -> Iterator[dg.MaterializeResult[Any]]:
    for name in names:
        described = metadata.of_source(workspace.connection, name)
        yield dg.MaterializeResult(asset_key=name, metadata=described | extra.get(name, {}))


_RUN = ("run", "local_day", "score_weight", *PREVIOUS)


@dg.multi_asset(**_outs("run", *_RUN, deps=("consent_status",), kinds=("python", "duckdb")))
def begin_run(
    context: dg.AssetExecutionContext, settings: Settings, workspace: Workspace
) -> Iterator[dg.MaterializeResult[Any]]:
    """The moment that the run is about, its window, the weights, and what was published before."""
    window = reading.begin_run(
        workspace.connection, settings, context.run.run_id, datetime.now(UTC)
    )
    moment = {
        "as of": dg.MetadataValue.timestamp(window.as_of),
        "window": f"{window.first_day} to {window.last_day}, {window.time_zone}",
    }
    yield from _results(workspace, *_RUN, run=moment)


_PEOPLE = (
    "person",
    "person_address",
    "opted_out_person",
    "colleague_address",
    "organisation_domain",
)


@dg.multi_asset(**_outs("people", *_PEOPLE, deps=("consent_status",), kinds=("python", "duckdb")))
def resolve_people(
    context: dg.AssetExecutionContext, settings: Settings, gate: Gate, workspace: Workspace
) -> Iterator[dg.MaterializeResult[Any]]:
    """The people behind the listed addresses and groups, and the organisation's domains."""
    listed = settings.mailboxes
    selected = reading.read_people(workspace.connection, gate.source, listed)
    for address in selected.unresolved:
        consequence = ", so nobody is opted out by it" if address in listed.opted_out else ""
        context.log.warning(
            "%s resolves to nobody%s. Check the address, or remove it.", address, consequence
        )
    # counts only: a listed address can be that of somebody who opted out
    resolved = {
        "listed addresses": len(listed.addresses),
        "opted-out addresses": len(listed.opted_out),
        "addresses that resolve to nobody": len(selected.unresolved),
        "opted-out people": len(selected.opted_out),
    }
    assumed = {}
    if selected.assumed_domains is not None:
        names = ", ".join(sorted(selected.assumed_domains)) or "none"
        context.log.warning(
            "The tenant does not tell its domains. Those of the persons' own addresses stand for "
            "them: %s. %s",
            names,
            domains.REMEDY,
        )
        assumed = {"assumed, as the tenant does not tell them": names}
    yield from _results(workspace, *_PEOPLE, person=resolved, organisation_domain=assumed)


_CUSTOMERS = ("contact_row", "account_row", "exclusion")


@dg.multi_asset(
    **_outs("customers", *_CUSTOMERS, deps=("consent_status",), kinds=("python", "duckdb"))
)
def read_customers(
    context: dg.AssetExecutionContext, settings: Settings, gate: Gate, workspace: Workspace
) -> Iterator[dg.MaterializeResult[Any]]:
    """The customer dataset: contacts, accounts and what is excluded."""
    gate.consent.require()
    inputs.write_customers(workspace.connection, settings.customers)
    unmatched = inputs.unmatched_exclusions(workspace.connection, settings.customers)
    if unmatched:
        context.log.warning(
            "customers.excluded: no row of the contacts file carries %s, so nobody is excluded by "
            "it. Check the list, or shorten it.",
            named(unmatched, inputs.NAMED),
        )
    carried = {"exclusions that no contact carries": len(unmatched)}
    yield from _results(workspace, *_CUSTOMERS, exclusion=carried)


_ACTIVITY = ("landed_message", "landed_event", "mailbox", "excluded_folder")


@dg.multi_asset(
    **_outs(
        "activity",
        *_ACTIVITY,
        deps=("run", "person", "opted_out_person"),
        kinds=("python", "parquet"),
    )
)
def read_activity(
    context: dg.AssetExecutionContext, gate: Gate, workspace: Workspace
) -> Iterator[dg.MaterializeResult[Any]]:
    """Messages and events of every person's mailbox, landed as typed Parquet."""

    def progress(done: int, total: int) -> None:
        if done == total or done % max(1, total // 10) == 0:
            context.log.info("%d of %d mailboxes read", done, total)

    outcomes = reading.read_activity(workspace.connection, workspace.store, gate.source, progress)
    for outcome in outcomes:
        if outcome.status in WARNING_STATUSES:
            context.log.warning(
                "Mailbox of %s %s: %s", outcome.user_id, outcome.status, outcome.reason
            )
    by_status = {
        f"mailboxes {status}": sum(outcome.status == status for outcome in outcomes)
        for status in MAILBOX_STATUSES
    }
    yield from _results(workspace, *_ACTIVITY, mailbox=by_status)


# in the group of the tables that wait for it, so that the groups stand from left to right
@dg.asset(group_name="office", kinds={"python", "duckdb"}, owners=OWNERS, deps=["Office"])
def run_end(workspace: Workspace) -> dg.MaterializeResult[Any]:
    """When the results of this run were complete: only checks and publishing follow."""
    inputs.write_run_end(workspace.connection, datetime.now(UTC))
    return dg.MaterializeResult(metadata=metadata.of_source(workspace.connection, "run_end"))


ASSETS = [begin_run, resolve_people, read_customers, read_activity, run_end]
