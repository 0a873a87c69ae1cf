"""Checks that run before a snapshot is replaced: blocking ones on tables, warnings on coverage.

`warehouse.publishing` meets the same rules again, because a blocking check holds only within the
run that it belongs to. Results carry names and counts, never values.
"""

from collections.abc import Sequence
from typing import Any

import dagster as dg

from engagement_assets import schemas
from engagement_assets.pipeline.resources import Workspace

# below this share of the run before, a count has fallen more than a quiet week explains
FALLEN = 0.8


def _result(failures: Sequence[schemas.Failure]) -> dg.AssetCheckResult:
    return dg.AssetCheckResult(
        passed=not failures,
        metadata={"broken rules": len(failures)}
        | {f"rule {number}": str(failure) for number, failure in enumerate(failures, start=1)},
    )


def _schema_check(table: str) -> dg.AssetChecksDefinition:
    @dg.asset_check(
        asset=table,
        name="keeps_its_schema",
        blocking=True,
        description="Columns, types, keys and rules of the data dictionary hold.",
    )
    def _check(workspace: Workspace) -> dg.AssetCheckResult:
        return _result(schemas.validate(workspace.connection, table))

    return _check


@dg.asset_check(
    asset="Office_Run",
    additional_deps=[table for table in schemas.TABLES if table != "Office_Run"],
    blocking=True,
)
def tables_agree(workspace: Workspace) -> dg.AssetCheckResult:
    """The published tables say the same: points add up, the ledger balances, keys have a home."""
    return _result(schemas.validate_cross_table(workspace.connection))


@dg.asset_check(asset="mailbox")
def all_mailboxes_are_read(workspace: Workspace) -> dg.AssetCheckResult:
    """No mailbox failed or was denied; the results cover less when one did."""
    rows = workspace.connection.execute(
        "select status, count(*) from mailbox where status in ('failed', 'denied') group by all"
    ).fetchall()
    return dg.AssetCheckResult(
        passed=not rows,
        severity=dg.AssetCheckSeverity.WARN,
        metadata={"failed": 0, "denied": 0} | dict(rows),
    )


@dg.asset_check(asset="Office_Run")
def counts_do_not_fall(workspace: Workspace) -> dg.AssetCheckResult:
    """E-mails, meetings and enriched customers are near those of the run before, or above."""
    columns = ("EmailsProcessed", "MeetingsProcessed", "CustomersEnriched", "ProcessedAddresses")
    listed = ", ".join(columns)
    newest = workspace.connection.execute(
        f"select {listed} from Office_Run order by StartedAt desc limit 2"
    ).fetchall()
    if len(newest) < 2:
        return dg.AssetCheckResult(passed=True, description="There is no run before this one.")
    now, before = (dict(zip(columns, row, strict=True)) for row in newest)
    fallen = [column for column in columns if now[column] < FALLEN * before[column]]
    details: dict[str, Any] = {
        column: f"{before[column]:,} before, {now[column]:,} now" for column in columns
    }
    return dg.AssetCheckResult(
        passed=not fallen, severity=dg.AssetCheckSeverity.WARN, metadata=details
    )


@dg.asset_check(asset="account_parent")
def parents_are_accounts(workspace: Workspace) -> dg.AssetCheckResult:
    """Every parent that the accounts file names is an account, and no account is above itself."""
    rows = workspace.connection.execute(
        "select outcome, count(*) from account_parent where outcome in ('unknown', 'circle') "
        "group by all"
    ).fetchall()
    return dg.AssetCheckResult(
        passed=not rows,
        severity=dg.AssetCheckSeverity.WARN,
        metadata={"unknown": 0, "circle": 0} | dict(rows),
    )


CHECKS = [
    *map(_schema_check, schemas.TABLES),
    tables_agree,
    all_mailboxes_are_read,
    counts_do_not_fall,
    parents_are_accounts,
]
