"""Checks that run before a snapshot is replaced: blocking ones on tables, and warnings.

The rules are those of `schemas`; `warehouse.publishing` asks for them again, because a blocking
check holds only within the run that it belongs to, and believes what `workspace.checked` has seen
to hold in this one. Results carry names and counts, never values.
"""

from collections.abc import Sequence

import dagster as dg

from engagement_assets import schemas
from engagement_assets.pipeline.resources import Workspace


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
        return _result(workspace.checked.validate(workspace.connection, table))

    return _check


@dg.asset_check(
    asset="Office_Run",
    additional_deps=[table for table in schemas.TABLES if table != "Office_Run"],
    blocking=True,
)
def tables_agree(workspace: Workspace) -> dg.AssetCheckResult:
    """The published tables say the same: points add up, the ledger balances, keys have a home."""
    return _result(workspace.checked.validate_cross_table(workspace.connection))


def _warning(rule: schemas.CrossTableRule) -> dg.AssetChecksDefinition:
    @dg.asset_check(asset=rule.table, name=rule.file, description=rule.description)
    def _check(workspace: Workspace) -> dg.AssetCheckResult:
        found = schemas.warned_of(workspace.connection, rule)
        return dg.AssetCheckResult(
            passed=not found, severity=dg.AssetCheckSeverity.WARN, metadata=found
        )

    return _check


CHECKS = [
    *map(_schema_check, schemas.TABLES),
    tables_agree,
    *map(_warning, schemas.WARNINGS),
]
