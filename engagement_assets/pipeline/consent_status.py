"""Consent as data: what is granted, how that was proved, what is missing, what is too much."""

from typing import Any

import dagster as dg

from engagement_assets.config import Configuration
from engagement_assets.consent import Consent
from engagement_assets.microsoft365.consent import ConsentStatus
from engagement_assets.pipeline import metadata
from engagement_assets.pipeline.inputs import OWNERS
from engagement_assets.pipeline.resources import Gate, Settings, Workspace
from engagement_assets.schemas.input_tables import INPUT_TABLES
from engagement_assets.warehouse.inputs import ConsentRow, write_consent

_NAME = "consent_status"


@dg.asset(
    name=_NAME,
    group_name="consent",
    kinds={"python", "duckdb"},
    owners=OWNERS,
    description=INPUT_TABLES[_NAME].description,
)
def consent_status(
    context: dg.AssetExecutionContext, settings: Settings, gate: Gate, workspace: Workspace
) -> dg.MaterializeResult[Any]:
    """Look at the consent, write down what was seen, and go on only when nothing is missing."""
    seen = gate.consent
    write_consent(workspace.connection, _rows(seen))
    described = metadata.of_source(workspace.connection, _NAME) | _facts(settings, seen)
    if not seen.is_granted:
        # the step fails below, and a failed step leaves no materialisation to look at
        context.log_event(
            dg.AssetObservation(
                _NAME, description="Consent is missing: nothing was read.", metadata=described
            )
        )
    seen.require()
    if seen.tenant is not None and seen.tenant.excess:
        _warn_of_excess(context, seen.tenant)
    return dg.MaterializeResult(metadata=described)


def _warn_of_excess(context: dg.AssetExecutionContext, tenant: ConsentStatus) -> None:
    useless = [name for name in tenant.excess if not tenant.stands_for.get(name)]
    if useless:
        context.log.warning(
            "The app holds permissions that it does not need: %s. An administrator should take "
            "them away.",
            ", ".join(useless),
        )
    for name in tenant.excess:
        if name not in useless:
            context.log.warning("%s: %s", name, tenant.advice[name])


@dg.asset_check(asset=_NAME)
def nothing_excess_is_granted(workspace: Workspace) -> dg.AssetCheckResult:
    """The app holds no permission in Microsoft 365 that it does not need."""
    excess = workspace.connection.execute(
        "select item from consent_status where status = 'excess' order by item"
    ).fetchall()
    return dg.AssetCheckResult(
        passed=not excess,
        severity=dg.AssetCheckSeverity.WARN,
        metadata={"excess": ", ".join(name for (name,) in excess) or "nothing"},
    )


def _rows(seen: Consent) -> list[ConsentRow]:
    terms, tenant = seen.terms, seen.tenant
    rows: list[ConsentRow] = [
        ("privacy terms", "granted", "configuration", terms.accepted_at)
        if terms
        else ("privacy terms", "missing", None, None)
    ]
    if tenant is not None:
        since = seen.grant.granted_at if seen.grant else None
        rows += [(name, "granted", proof, since) for name, proof in tenant.granted.items()]
        rows += [(name, "missing", None, None) for name in tenant.missing]
        rows += [(name, "excess", "role", None) for name in tenant.excess]
    return rows


def _facts(settings: Configuration, seen: Consent) -> dict[str, Any]:
    terms, tenant = seen.terms, seen.tenant
    facts: dict[str, Any] = {"source": settings.source.kind}
    if terms:
        # not by whom: the history would keep the address when that person opts out
        facts["privacy terms accepted at"] = dg.MetadataValue.timestamp(terms.accepted_at)
    if seen.grant:
        facts["granted since"] = dg.MetadataValue.timestamp(seen.grant.granted_at)
    if tenant is not None:
        facts["granted"] = dict(tenant.granted)
        facts["missing"] = ", ".join(tenant.missing) or "nothing"
        facts["excess"] = ", ".join(tenant.excess) or "nothing"
        facts |= {f"advice about {name}": advice for name, advice in tenant.advice.items()}
        if tenant.reason:
            facts["why nothing could be checked"] = tenant.reason
    return facts
