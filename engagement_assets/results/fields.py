"""What rules speak about: the columns of `Customer_Profile` in words, and what one may say of them.

Labels and words are English and the keys of the message catalogue; pages translate them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from engagement_assets.results.language import N_

__all__ = ["FIELDS", "SEGMENT", "Field", "Kind", "Operator", "operators"]


class Kind(StrEnum):
    """What a value is, and so how it is typed in, compared and written.

    A NUMBER has one digit behind the point, a CHANGE also its sign, a FIGURE is any number.
    """

    TEXT = "text"
    COUNT = "count"
    NUMBER = "number"
    CHANGE = "change"
    FIGURE = "figure"
    MINUTES = "minutes"
    DAY = "day"
    YES_NO = "yes_no"
    SEGMENT = "segment"


@dataclass(frozen=True)
class Field:
    """A column that a rule can speak about.

    Attributes:
        column: Its name in `Customer_Profile`.
        label: What it is, in words that read on: "days since the last e-mail".
        kind: What its values are.
        group: What it has to do with.
        nullable: Whether a value may be missing.
        never: Whether a missing value means that it never happened, not that nobody knows.
        head: What it is called at the head of a table, where the label is too long for that.
    """

    column: str
    label: str
    kind: Kind
    group: str
    nullable: bool = False
    never: bool = False
    head: str = ""


@dataclass(frozen=True)
class Operator:
    """Something that can be said of a field.

    Attributes:
        code: How a rule's address names it.
        words: How a reader says it.
        sql: How SQL says it: `{column}`, and `{0}` and `{1}` for the values.
        values: How many values it needs.
    """

    code: str
    words: str
    sql: str
    values: int = 1


_OF_TEXT: Final = (
    Operator("contains", N_("contains"), "contains(lower({column}), lower({0}))"),
    Operator(
        "lacks",
        N_("does not contain"),
        "({column} is null or not contains(lower({column}), lower({0})))",
    ),
    Operator("begins", N_("begins with"), "starts_with(lower({column}), lower({0}))"),
    Operator("is", N_("is exactly"), "{column} = {0}"),
    Operator("is_not", N_("is not"), "({column} is null or {column} <> {0})"),
)
_OF_NUMBERS: Final = (
    Operator("more", N_("is more than"), "{column} > {0}"),
    Operator("at_least", N_("is at least"), "{column} >= {0}"),
    Operator("less", N_("is less than"), "{column} < {0}"),
    Operator("at_most", N_("is at most"), "{column} <= {0}"),
    Operator("equals", N_("is"), "{column} = {0}"),
    Operator("between", N_("is between"), "{column} between {0} and {1}", values=2),
)
_OF_DAYS: Final = (
    Operator("before", N_("is before"), "{column} < {0}"),
    Operator("since", N_("is on or after"), "{column} >= {0}"),
    Operator("between", N_("is between"), "{column} between {0} and {1}", values=2),
)
_OF_YES_NO: Final = (
    Operator("yes", N_("took place"), "{column}", values=0),
    Operator("no", N_("never took place"), "not {column}", values=0),
)
_OF_SEGMENTS: Final = (
    Operator("in", N_("include"), "CustomerId in ({0})"),
    Operator("not_in", N_("do not include"), "CustomerId not in ({0})"),
)
_MORE_OR_NEVER: Final = Operator(
    "more_or_never", N_("is never, or is more than"), "({column} is null or {column} > {0})"
)
_NEVER: Final = Operator("never", N_("is never"), "{column} is null", values=0)
_UNKNOWN: Final = Operator("unknown", N_("is not known"), "{column} is null", values=0)
_KNOWN: Final = Operator("known", N_("is known"), "{column} is not null", values=0)

_OF_KIND: Final[Mapping[Kind, tuple[Operator, ...]]] = {
    Kind.TEXT: _OF_TEXT,
    Kind.COUNT: _OF_NUMBERS,
    Kind.NUMBER: _OF_NUMBERS,
    Kind.CHANGE: _OF_NUMBERS,
    Kind.MINUTES: _OF_NUMBERS,
    Kind.DAY: _OF_DAYS,
    Kind.YES_NO: _OF_YES_NO,
    Kind.SEGMENT: _OF_SEGMENTS,
}


def operators(field: Field) -> tuple[Operator, ...]:
    """Return what can be said of a field, the most usual first."""
    found = _OF_KIND[field.kind]
    if field.never and field.kind is Kind.COUNT:
        found = (found[0], _MORE_OR_NEVER, *found[1:])
    if field.nullable:
        found = (*found, _NEVER if field.never else _UNKNOWN, _KNOWN)
    return found


_WHO: Final = N_("the customer")
_SCORE: Final = N_("the score")
_WHEN: Final = N_("how long ago")
_EMAILS: Final = N_("e-mails")
_MEETINGS: Final = N_("meetings")
_PEOPLE: Final = N_("people")

FIELDS: Final[Mapping[str, Field]] = {
    field.column: field
    for field in (
        Field("Name", N_("name"), Kind.TEXT, _WHO, nullable=True),
        Field("CustomerId", N_("customer id"), Kind.TEXT, _WHO),
        Field("ParentId", N_("id of the parent customer"), Kind.TEXT, _WHO, nullable=True),
        Field("IsEngaged", N_("an e-mail or a meeting in the last year"), Kind.YES_NO, _WHO),
        Field("EngagementScore", N_("score"), Kind.NUMBER, _SCORE),
        Field("Rank", N_("position among all customers"), Kind.COUNT, _SCORE, nullable=True),
        Field("ScoreBefore", N_("score in the run before"), Kind.NUMBER, _SCORE, nullable=True),
        Field(
            "ScoreChange",
            N_("change of the score since the run before"),
            Kind.CHANGE,
            _SCORE,
            nullable=True,
            head=N_("change"),
        ),
        Field(
            "RecentScore",
            N_("average score of the last three months"),
            Kind.NUMBER,
            _SCORE,
            head=N_("last three months"),
        ),
        Field(
            "EarlierScore",
            N_("average score of the three months before"),
            Kind.NUMBER,
            _SCORE,
            head=N_("three months before"),
        ),
        Field(
            "ScoreTrend", N_("trend of the score in points"), Kind.CHANGE, _SCORE, head=N_("trend")
        ),
        Field(
            "DaysSinceLastContact",
            N_("days since the last e-mail or meeting"),
            Kind.COUNT,
            _WHEN,
            nullable=True,
            never=True,
        ),
        Field(
            "DaysSinceLastEmail",
            N_("days since the last e-mail"),
            Kind.COUNT,
            _WHEN,
            nullable=True,
            never=True,
        ),
        Field(
            "DaysSinceLastMeeting",
            N_("days since the last meeting"),
            Kind.COUNT,
            _WHEN,
            nullable=True,
            never=True,
        ),
        Field(
            "EngagementStartDate",
            N_("day of the first e-mail or meeting"),
            Kind.DAY,
            _WHEN,
            nullable=True,
            never=True,
        ),
        Field("NoOfEmails_FromAccount", N_("e-mails from the customer"), Kind.COUNT, _EMAILS),
        Field("NoOfEmails_ToAccount", N_("e-mails to the customer"), Kind.COUNT, _EMAILS),
        Field("Replies", N_("replies to your e-mails"), Kind.COUNT, _EMAILS),
        Field(
            "AverageDuration_Of_AccountEmailReplies",
            N_("minutes that the customer takes to answer"),
            Kind.MINUTES,
            _EMAILS,
            nullable=True,
        ),
        Field("Meetings", N_("meetings"), Kind.COUNT, _MEETINGS),
        Field(
            "NoOfMeetings_FromAccount", N_("meetings called by the customer"), Kind.COUNT, _MEETINGS
        ),
        Field("NoOfMeetings_ToAccount", N_("meetings called by you"), Kind.COUNT, _MEETINGS),
        Field(
            "AverageDuration_Of_Meetings",
            N_("minutes that meetings last"),
            Kind.MINUTES,
            _MEETINGS,
            nullable=True,
        ),
        Field("AccountPeople", N_("people at the customer"), Kind.COUNT, _PEOPLE),
        Field("OwnPeople", N_("people on your side"), Kind.COUNT, _PEOPLE),
        Field(
            "NoOfAccountContactsInvolved_Emails",
            N_("people at the customer in e-mails"),
            Kind.COUNT,
            _PEOPLE,
        ),
        Field(
            "NoOfAccountContactsInvolved_Meetings",
            N_("people at the customer in meetings"),
            Kind.COUNT,
            _PEOPLE,
        ),
        Field(
            "NoOfContactsInvolved_Emails", N_("people on your side in e-mails"), Kind.COUNT, _PEOPLE
        ),
        Field(
            "NoOfContactsInvolved_Meetings",
            N_("people on your side in meetings"),
            Kind.COUNT,
            _PEOPLE,
        ),
    )
}

# Not a column: whether the segments of the same run include the customer.
SEGMENT: Final = Field("Segment", N_("its segments"), Kind.SEGMENT, _WHO)
