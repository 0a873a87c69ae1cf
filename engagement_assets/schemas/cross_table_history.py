"""What holds between the profiles, the segments, the measures and the tables of the contract."""

from .model import CrossTableRule

# Earlier runs stay in Office_Run; the tables beside it are those of the run that finished last.
CURRENT_RUN = """(
    SELECT * FROM Office_Run ORDER BY FinishedAt DESC, StartedAt DESC, RunId DESC LIMIT 1
)"""

_CURRENT_ID = f"(SELECT RunId FROM {CURRENT_RUN} AS run)"


def _knows_the_runs(table: str) -> CrossTableRule:
    return CrossTableRule(
        f"{table} knows the runs",
        table,
        f"Every RunId of {table} is in Office_Run, with the same AsOfTime.",
        "7",
        f"""
        SELECT count(*)
        FROM {table} AS history
        LEFT JOIN Office_Run AS run ON run.RunId = history.RunId
        WHERE run.AsOfTime IS DISTINCT FROM history.AsOfTime""",
    )


def _is_defined(table: str, kind: str) -> CrossTableRule:
    return CrossTableRule(
        f"every {kind.lower()} is defined",
        table,
        f"Every {kind} of {table} is in {kind}_Definition.",
        "7",
        f"""
        SELECT count(*)
        FROM {table} AS used
        LEFT JOIN {kind}_Definition AS definition ON definition.{kind} = used.{kind}
        WHERE definition.{kind} IS NULL""",
    )


def _is_an_account(table: str) -> CrossTableRule:
    return CrossTableRule(
        f"every account of {table} is a customer",
        table,
        f"Every CustomerId of {table} is in Office_Customer.",
        "7",
        f"""
        SELECT count(*)
        FROM {table} AS used
        LEFT JOIN Office_Customer AS customer ON customer.CustomerId = used.CustomerId
        WHERE used.CustomerId IS NOT NULL AND customer.CustomerId IS NULL""",
    )


TRACKED = (
    CrossTableRule(
        "every account has a profile",
        "Customer_Profile",
        "Customer_Profile has the accounts of Office_Customer, with the same names.",
        "7",
        """
        SELECT count(*)
        FROM Customer_Profile AS profile
        FULL JOIN Office_Customer AS customer ON customer.CustomerId = profile.CustomerId
        WHERE customer.CustomerId IS NULL OR profile.CustomerId IS NULL
            OR customer.Name IS DISTINCT FROM profile.Name""",
    ),
    CrossTableRule(
        "profiles have the scores of Office",
        "Customer_Profile",
        "An account is engaged in Customer_Profile when it has a year row in Office, and has its "
        "score.",
        "5, 7",
        """
        SELECT count(*)
        FROM Customer_Profile AS profile
        LEFT JOIN Office AS office
            ON office.CustomerId = profile.CustomerId AND office.AggregationLevel = 'year'
        WHERE profile.IsEngaged <> (office.CustomerId IS NOT NULL)
            OR profile.EngagementScore <> coalesce(office.EngagementScore, 0)""",
    ),
    CrossTableRule(
        "every parent is another account",
        "Customer_Profile",
        "Every ParentId of Customer_Profile is another CustomerId of it.",
        "7",
        """
        SELECT count(*)
        FROM Customer_Profile AS profile
        LEFT JOIN Customer_Profile AS parent ON parent.CustomerId = profile.ParentId
        WHERE profile.ParentId IS NOT NULL
            AND (parent.CustomerId IS NULL OR profile.ParentId = profile.CustomerId)""",
    ),
    _is_defined("Segment_Member", "Segment"),
    _is_an_account("Segment_Member"),
    CrossTableRule(
        "the history of segments ends with their members",
        "Segment_History",
        "The rows of the current run in Segment_History are the segments of Segment_Definition, "
        "with as many Members as Segment_Member has.",
        "7",
        f"""
        SELECT count(*)
        FROM (
            SELECT definition.Segment, count(member.Segment) AS Members
            FROM Segment_Definition AS definition
            LEFT JOIN Segment_Member AS member ON member.Segment = definition.Segment
            GROUP BY definition.Segment
        ) AS now
        FULL JOIN (
            SELECT Segment, Members FROM Segment_History WHERE RunId = {_CURRENT_ID}
        ) AS history ON history.Segment = now.Segment
        WHERE now.Members IS DISTINCT FROM history.Members""",
    ),
    CrossTableRule(
        "the history of segments counts the changes",
        "Segment_History",
        "Joined and Left of Segment_History count the rows of Segment_Change, in every run.",
        "7",
        """
        SELECT count(*)
        FROM (
            SELECT RunId, Segment, count(*) FILTER (WHERE Change = 'joined') AS Joined,
                count(*) FILTER (WHERE Change = 'left') AS "Left"
            FROM Segment_Change GROUP BY RunId, Segment
        ) AS change
        FULL JOIN Segment_History AS history
            ON history.RunId = change.RunId AND history.Segment = change.Segment
        WHERE history.Joined IS DISTINCT FROM coalesce(change.Joined, 0)
            OR history."Left" IS DISTINCT FROM coalesce(change."Left", 0)""",
    ),
    _knows_the_runs("Segment_History"),
    _knows_the_runs("Segment_Change"),
    _is_defined("Measure_Value", "Measure"),
    _is_an_account("Measure_Value"),
    CrossTableRule(
        "values are of the measure's grain",
        "Measure_Value",
        "A value has a CustomerId when the measure's Grain is `customer`, and only then.",
        "7",
        """
        SELECT count(*)
        FROM Measure_Value AS value
        INNER JOIN Measure_Definition AS definition ON definition.Measure = value.Measure
        WHERE (definition.Grain = 'customer') <> (value.CustomerId IS NOT NULL)""",
    ),
    CrossTableRule(
        "the history of measures ends with their values",
        "Measure_History",
        "The rows of the current run in Measure_History are the values of the whole business in "
        "Measure_Value.",
        "7",
        f"""
        SELECT count(*)
        FROM (
            SELECT Measure, coalesce(Dimensions, '') AS Dimensions, Value
            FROM Measure_Value WHERE CustomerId IS NULL
        ) AS now
        FULL JOIN (
            SELECT Measure, coalesce(Dimensions, '') AS Dimensions, Value
            FROM Measure_History WHERE RunId = {_CURRENT_ID}
        ) AS history ON history.Measure = now.Measure AND history.Dimensions = now.Dimensions
        WHERE now.Measure IS NULL OR history.Measure IS NULL
            OR now.Value IS DISTINCT FROM history.Value""",
    ),
    _knows_the_runs("Measure_History"),
)
