"""What holds between the published tables, or between the rows of one: plain SQL.

Each query counts what breaks the rule, in one row and column, and reads no session setting. It
presupposes what the schema of each table says (`validate`): keys are unique, values are allowed.
"""

from typing import TYPE_CHECKING

from .cross_table_history import CURRENT_RUN, TRACKED
from .model import CrossTableRule, Failure
from .runs import LEDGER_OUTCOMES
from .score import COMPONENTS

if TYPE_CHECKING:
    import duckdb


_EVERY_OUTCOME = ", ".join(
    f"('{item}', '{outcome}')" for item, outcomes in LEDGER_OUTCOMES.items() for outcome in outcomes
)


def _run_differs(condition: str) -> str:
    """Return SQL that counts 1 when the condition on the current run is true, or there is none."""
    return f"""
        SELECT count(*)
        FROM (SELECT 1) AS one LEFT JOIN {CURRENT_RUN} AS run ON true
        WHERE run.RunId IS NULL OR {condition}"""


def _processed(item: str) -> str:
    """Return SQL of how many of an item were processed, by the ledger (contract 2 and 3)."""
    return f"""(
        SELECT sum(Count) FROM Office_Ledger
        WHERE Item = '{item}' AND Outcome IN ('counted', 'no_account')
    )"""


CROSS_TABLE = (
    CrossTableRule(
        "one year row for each account",
        "Office",
        "Every account in Office has one row for the year, and all years start on the same day.",
        "4, 5",
        """
        SELECT (
            SELECT count(*) FROM (
                SELECT 1 FROM Office GROUP BY CustomerId
                HAVING count(*) FILTER (WHERE AggregationLevel = 'year') <> 1
            ) AS account
        ) + (
            SELECT greatest(count(DISTINCT AggregationStartDate) - 1, 0)
            FROM Office WHERE AggregationLevel = 'year'
        )""",
    ),
    CrossTableRule(
        "one EngagementStartDate for each account",
        "Office",
        "EngagementStartDate is the same in all rows of an account.",
        "5",
        """
        SELECT count(*) FROM (
            SELECT 1 FROM Office GROUP BY CustomerId
            HAVING min(EngagementStartDate) <> max(EngagementStartDate)
        ) AS account""",
    ),
    CrossTableRule(
        "every account is a customer",
        "Office",
        "Every CustomerId of Office is in Office_Customer.",
        "7",
        """
        SELECT count(DISTINCT office.CustomerId)
        FROM Office AS office
        LEFT JOIN Office_Customer AS customer ON customer.CustomerId = office.CustomerId
        WHERE customer.CustomerId IS NULL""",
    ),
    CrossTableRule(
        f"{len(COMPONENTS)} contributions for each row",
        "Office_ScoreContribution",
        "Every row of Office has seven rows in Office_ScoreContribution, which has no others.",
        "7",
        f"""
        SELECT count(*)
        FROM Office AS office
        FULL JOIN (
            SELECT PrimaryKey, count(*) AS rows FROM Office_ScoreContribution GROUP BY PrimaryKey
        ) AS parts ON parts.PrimaryKey = office.PrimaryKey
        WHERE office.PrimaryKey IS NULL OR parts.rows IS DISTINCT FROM {len(COMPONENTS)}""",
    ),
    CrossTableRule(
        "points add up to the score",
        "Office_ScoreContribution",
        "The points of a row of Office add up to its EngagementScore, but for the rounding.",
        "6",
        # half a decimal of rounding, and what adding seven doubles in any order can lose.
        # NOT (<=) and not (>): a NaN or a null breaks the rule.
        """
        SELECT count(*)
        FROM Office AS office
        JOIN (
            SELECT PrimaryKey, sum(Points) AS points
            FROM Office_ScoreContribution GROUP BY PrimaryKey
        ) AS parts ON parts.PrimaryKey = office.PrimaryKey
        WHERE NOT coalesce(abs(parts.points - office.EngagementScore) <= 0.05 + 1e-6, false)""",
    ),
    CrossTableRule(
        "weights are the same everywhere and sum to 100",
        "Office_ScoreContribution",
        "Each part of the score has one weight in all rows, and the weights sum to 100.",
        "6",
        """
        SELECT count(*) FILTER (WHERE lowest <> highest)
            + CASE WHEN abs(sum(highest) - 100) > 0.01 THEN 1 ELSE 0 END
        FROM (
            SELECT min(Weight) AS lowest, max(Weight) AS highest
            FROM Office_ScoreContribution GROUP BY Component
        ) AS weight""",
    ),
    CrossTableRule(
        "2 to 2,500 persons",
        "Office_UserEntity",
        "There are 2 to 2,500 persons.",
        "1",
        "SELECT count(*) FROM (SELECT count(*) AS n FROM Office_UserEntity) AS persons"
        " WHERE n NOT BETWEEN 2 AND 2500",
    ),
    CrossTableRule(
        "the mailboxes are those of the persons",
        "Office_Mailbox",
        "Office_Mailbox has a row for every person of Office_UserEntity, with the same address, "
        "and no others.",
        "7",
        """
        SELECT count(*)
        FROM Office_Mailbox AS mailbox
        FULL JOIN Office_UserEntity AS person ON person.UserId = mailbox.UserId
        WHERE mailbox.EmailAddress IS DISTINCT FROM person.EmailAddress""",
    ),
    CrossTableRule(
        "every outcome has a row",
        "Office_Ledger",
        "Every outcome of e-mails, meetings and contacts is there, zero too.",
        "7",
        f"""
        SELECT count(*) FROM (VALUES {_EVERY_OUTCOME}) AS expected (Item, Outcome)
        LEFT JOIN Office_Ledger AS ledger
            ON ledger.Item = expected.Item AND ledger.Outcome = expected.Outcome
        WHERE ledger.Item IS NULL""",
    ),
    CrossTableRule(
        "read is the sum of the other outcomes",
        "Office_Ledger",
        "Per item, the count of `read` is the sum of all others.",
        "7",
        """
        SELECT count(*) FROM (
            SELECT 1 FROM Office_Ledger GROUP BY Item
            HAVING sum(CASE WHEN Outcome = 'read' THEN Count ELSE -Count END) <> 0
        ) AS item""",
    ),
    CrossTableRule(
        "the current run counts the accounts of Office",
        "Office_Run",
        "CustomersEnriched of the current run is the number of accounts in Office.",
        "7",
        _run_differs("run.CustomersEnriched <> (SELECT count(DISTINCT CustomerId) FROM Office)"),
    ),
    CrossTableRule(
        "the current run counts the persons",
        "Office_Run",
        "SelectedAddresses of the current run is the number of persons, ProcessedAddresses that "
        "of mailboxes with the status `processed`.",
        "7",
        _run_differs(
            """run.SelectedAddresses <> (SELECT count(*) FROM Office_UserEntity)
            OR run.ProcessedAddresses
                <> (SELECT count(*) FROM Office_Mailbox WHERE Status = 'processed')"""
        ),
    ),
    CrossTableRule(
        "the current run warns when a mailbox failed or was denied",
        "Office_Run",
        "Status of the current run is `succeeded_with_warnings` when a mailbox is `failed` or "
        "`denied`, and only then.",
        "7",
        _run_differs(
            """(run.Status = 'succeeded_with_warnings') <> EXISTS (
                SELECT 1 FROM Office_Mailbox WHERE Status IN ('failed', 'denied')
            )"""
        ),
    ),
    CrossTableRule(
        "the current run counts what the ledger counts",
        "Office_Run",
        "EmailsProcessed and MeetingsProcessed of the current run are what the ledger has as "
        "`counted` and `no_account`.",
        "2, 3, 7",
        _run_differs(
            f"""run.EmailsProcessed IS DISTINCT FROM {_processed("email")}
            OR run.MeetingsProcessed IS DISTINCT FROM {_processed("meeting")}"""
        ),
    ),
    CrossTableRule(
        "the history knows the runs",
        "Office_ScoreHistory",
        "Every RunId of Office_ScoreHistory is in Office_Run, with the same AsOfTime.",
        "7",
        """
        SELECT count(*)
        FROM Office_ScoreHistory AS history
        LEFT JOIN Office_Run AS run ON run.RunId = history.RunId
        WHERE run.AsOfTime IS DISTINCT FROM history.AsOfTime""",
    ),
    CrossTableRule(
        "the history ends with the scores of Office",
        "Office_ScoreHistory",
        "The rows of the current run in Office_ScoreHistory are the year rows of Office.",
        "7",
        f"""
        SELECT count(*)
        FROM (
            SELECT CustomerId, EngagementScore FROM Office WHERE AggregationLevel = 'year'
        ) AS office
        FULL JOIN (
            SELECT CustomerId, EngagementScore FROM Office_ScoreHistory
            WHERE RunId = (SELECT RunId FROM {CURRENT_RUN} AS run)
        ) AS history ON history.CustomerId = office.CustomerId
        WHERE office.EngagementScore IS DISTINCT FROM history.EngagementScore""",
    ),
    *TRACKED,
)


def validate_cross_table(connection: "duckdb.DuckDBPyConnection") -> list[Failure]:
    """Check what holds between the published tables in the connection's current schema.

    Args:
        connection: any DuckDB connection, also inside a transaction; it is only read from. As
            everywhere in DuckDB, a query that fails inside a transaction spoils the transaction.

    Returns:
        What does not hold; nothing when all is well. A rule that cannot be checked (a table is
        missing, say) is a failure that names the exception's class.
    """
    failures = []
    for rule in CROSS_TABLE:
        check, count = rule.name, 1
        try:
            ((answer,),) = connection.execute(rule.sql).fetchall()
            count = int(answer)
        except Exception as error:  # noqa: BLE001 (its message can hold values; it fails the check)
            check = f"{rule.name}: {type(error).__name__}"
        if count:
            failures.append(Failure(rule.table, None, check, count))
    return failures
