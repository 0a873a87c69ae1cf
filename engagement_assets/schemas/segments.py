"""The segments: what they are, who is in them, how that changed over the runs."""

from .model import Column, Rule, Table, column_beside
from .rules import identifier, json_array, json_object, not_negative, one_of

CHANGES = ("joined", "left")
CAUSES = ("own", "others", "rule", "coverage")


def _segment() -> Column:
    return column_beside("Segment", "VARCHAR", "The segment, as its file is called.", identifier())


def _customer() -> Column:
    return column_beside(
        "CustomerId", "VARCHAR", "The account, as in Office_Customer.", identifier()
    )


def run_columns() -> tuple[Column, Column]:
    """Return the columns that say which run a row of a history belongs to."""
    return (
        column_beside("RunId", "VARCHAR", "The run, as in Office_Run.", identifier()),
        column_beside(
            "AsOfTime",
            "TIMESTAMP WITH TIME ZONE",
            "The moment up to which that run counted e-mails and meetings (UTC).",
        ),
    )


SEGMENT_DEFINITION = Table(
    name="Segment_Definition",
    description="The segments that there are, and the SQL that picks their members.",
    grain="one segment",
    key=("Segment",),
    numbers="7.3",
    columns=(
        _segment(),
        column_beside("Title", "VARCHAR", "What people call the segment.", identifier()),
        column_beside("Description", "VARCHAR", "Who is in it, in words.", identifier()),
        column_beside("Sql", "VARCHAR", "The text of the segment's file.", identifier()),
        column_beside(
            "Columns",
            "VARCHAR",
            "The columns that the segment shows of each member, in their order (a JSON array).",
            json_array(),
        ),
    ),
)

SEGMENT_MEMBER = Table(
    name="Segment_Member",
    description="The accounts that are in each segment now.",
    grain="one account in one segment",
    key=("Segment", "CustomerId"),
    numbers="7.3",
    columns=(
        _segment(),
        _customer(),
        column_beside(
            "Since",
            "TIMESTAMP WITH TIME ZONE",
            "The moment that the first run was about which found the account in the segment, and "
            "every run since has (UTC).",
        ),
        column_beside(
            "Facts",
            "VARCHAR",
            "What the segment shows of the account: column to value (a JSON object).",
            json_object(),
        ),
    ),
)

SEGMENT_HISTORY = Table(
    name="Segment_History",
    description="How large each segment was in every run, and how many accounts came and went.",
    grain="one segment in one run",
    key=("RunId", "Segment"),
    numbers="7.3",
    columns=(
        *run_columns(),
        _segment(),
        column_beside("Members", "BIGINT", "How many accounts were in it.", not_negative()),
        column_beside(
            "Joined",
            "BIGINT",
            "How many of them were not in it in the run before.",
            not_negative(),
        ),
        column_beside(
            "Left",
            "BIGINT",
            "How many accounts were in it in the run before, and no more.",
            not_negative(),
        ),
    ),
    rules=(Rule("no more Joined than Members", lambda row: row.Joined <= row.Members),),
)

SEGMENT_CHANGE = Table(
    name="Segment_Change",
    description="Which account joined or left which segment in which run, and what had changed.",
    grain="one account that joined or left one segment in one run",
    key=("RunId", "Segment", "CustomerId"),
    numbers="7.3",
    columns=(
        *run_columns(),
        _segment(),
        _customer(),
        column_beside(
            "Change", "VARCHAR", "Whether it `joined` the segment or `left` it.", one_of(*CHANGES)
        ),
        column_beside(
            "Reason",
            "VARCHAR",
            "Which of the figures that decide about the segment changed since the run before: "
            'column to {"before": ..., "after": ...}, a JSON object of columns of '
            "Customer_Profile. An object without columns when none of them did: then the other "
            "accounts changed, or the rule. Empty when the segment was new.",
            json_object(),
            nullable=True,
        ),
        column_beside(
            "Cause",
            "VARCHAR",
            "Why it joined or left: `rule` (the segment is new, or its SQL or the weights of the "
            "score changed since the run before), `others` (its own figures are the same, those "
            "of other accounts moved), `coverage` (its own figures changed, and so did the "
            "mailboxes that are counted, which could be the reason) or `own` (its own figures "
            "changed). Empty in the first run, and for runs of older versions.",
            one_of(*CAUSES),
            nullable=True,
        ),
    ),
)
