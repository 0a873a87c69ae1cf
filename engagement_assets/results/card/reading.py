"""Reading a customer's card from a snapshot."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from engagement_assets.results import charts, scarcity
from engagement_assets.results.card.activity import Activity, Choice, previous_month
from engagement_assets.results.card.changes import History, Months, compare, month_end
from engagement_assets.results.card.score import Part, Why
from engagement_assets.results.coverage import Coverage
from engagement_assets.results.queries import query
from engagement_assets.results.scarcity import Scarce
from engagement_assets.results.snapshot import Snapshot

Row = Mapping[str, Any]

PARTS = 7  # rows of Office_ScoreContribution for each row of Office
_BEHIND_EVERYTHING = 2**62
_HISTORY_HEIGHT = 96  # pixels: it stands beside the parts of the score


@dataclass(frozen=True)
class Place:
    """Where a customer stands among all.

    Attributes:
        rank: 1 for the highest score.
        customers: how many customers there are.
        before: the rank in the run before; None when the customer had no score then.
    """

    rank: int
    customers: int
    before: int | None

    @property
    def top(self) -> float:
        """The share of customers that it is among: 0.1 for the top tenth."""
        return self.rank / self.customers

    @property
    def climbed(self) -> int | None:
        """By how many places it went up since the run before."""
        return None if self.before is None else self.before - self.rank


@dataclass(frozen=True)
class Card:
    """Everything that a card shows.

    Attributes:
        account: the customer's row of Customer_Profile.
        run: the newest row of Office_Run.
        covered: when the mailboxes that count were read from, and up to.
        coverage: how complete the results are.
        today: the day that the results are about.
        history: the score in every run.
        segments: the segments that it is in.
        children: customers below it.
        engaged: what is there only with activity.
    """

    account: Row
    run: Row
    covered: Row
    coverage: Coverage
    today: date
    history: History
    segments: Sequence[Row]
    children: Sequence[Row]
    engaged: "Engaged | None"

    @property
    def last_email(self) -> date | None:
        """The day of the last e-mail in the year looked at."""
        return self._ago(self.account["DaysSinceLastEmail"])

    @property
    def last_meeting(self) -> date | None:
        """The day of the last meeting in the year looked at."""
        return self._ago(self.account["DaysSinceLastMeeting"])

    @cached_property
    def history_line(self) -> charts.Line:
        """The scores of the runs that found activity, over time."""
        return charts.line(
            [(run.as_of.timestamp(), run.score) for run in self.history.scored],
            _HISTORY_HEIGHT,
            reach=charts.SCORES,
        )

    @cached_property
    def history_labels(self) -> dict[int, charts.Label]:
        """Which of these runs the line names: the first and the last, where both fit."""
        return charts.ends(self.history_line)

    def _ago(self, days: int | None) -> date | None:
        return None if days is None else self.today - timedelta(days)


@dataclass(frozen=True)
class Engaged:
    """What a card shows of a customer with activity in the year looked at.

    Attributes:
        year: its year row, as in `card_periods.sql`.
        why: what the score is made of.
        scarce: the parts that it has nothing of, and hardly any other customer either.
        place: where it stands.
        months: the last complete month compared with the one before; None without activity.
        last_month: first day of the last complete month.
        short: how many mailboxes count, but were not read to the end of that month.
        activity: the charts.
    """

    year: Row
    why: Why
    scarce: Mapping[str, Scarce]
    place: Place
    months: Months | None
    last_month: date
    short: int
    activity: Activity


def read(snapshot: Snapshot, customer_id: str, choice: Choice, time_zone: str) -> Card | None:
    """Read a card.

    Args:
        snapshot: the results.
        customer_id: the customer.
        choice: what the charts show.
        time_zone: the time zone of days.

    Returns:
        The card; None when there is no such customer.
    """
    customer = {"customer": customer_id}
    account = snapshot.row(query("card_account"), customer)
    if account is None:
        return None
    (run,) = snapshot.rows(query("card_run"))
    today = run["AsOfTime"].astimezone(ZoneInfo(time_zone)).date()
    history = History.of(snapshot.rows(query("card_history"), customer))
    (covered,) = snapshot.rows(query("card_covered"))
    rows = snapshot.rows(query("card_periods"), customer)
    return Card(
        account=account,
        run=run,
        covered=covered,
        coverage=Coverage.of(snapshot),
        today=today,
        history=history,
        segments=snapshot.rows(query("card_segments"), customer),
        children=snapshot.rows(query("card_children"), customer),
        engaged=_engaged(snapshot, account, rows, choice, today, time_zone) if rows else None,
    )


def _engaged(
    snapshot: Snapshot,
    account: Row,
    rows: Sequence[Row],
    choice: Choice,
    today: date,
    time_zone: str,
) -> Engaged:
    parts = _parts(snapshot, account["CustomerId"], rows)
    year = next(row for row in rows if row["Level"] == "year")
    meetings = {
        key: int(part["Value"])
        for key, found in parts.items()
        for part in found
        if part["Component"] == "Meetings"
    }
    own = parts[year["PrimaryKey"]]
    scarce = scarcity.of_year(snapshot)
    by_month = {row["Start"]: row for row in rows if row["Level"] == "month"}
    after = previous_month(today)
    (unread,) = snapshot.rows(query("card_short"), {"until": month_end(after, time_zone)})
    return Engaged(
        year=year,
        why=Why.of(own, scarce),
        scarce={
            part["Component"]: scarce[part["Component"]]
            for part in own
            if part["Component"] in scarce and not part["Value"]
        },
        place=Place(account["Rank"], account["Customers"], _rank_before(snapshot, account)),
        months=compare(
            previous_month(after),
            after,
            {start: row["Score"] for start, row in by_month.items()},
            {
                start: [Part.of(part) for part in parts[row["PrimaryKey"]]]
                for start, row in by_month.items()
            },
        ),
        last_month=after,
        short=unread["Short"],
        activity=Activity.of(choice, rows, meetings, year["Start"], today),
    )


def _parts(snapshot: Snapshot, customer_id: str, rows: Sequence[Row]) -> dict[str, list[Row]]:
    """Return the parts of the score of each of a customer's periods.

    Both tables are in the order of the same key, so the parts stand where the periods do, seven
    times as far. Were that ever otherwise, the whole table would be looked through.
    """
    places = [row["Place"] for row in rows]
    parts: dict[str, list[Row]] = {}
    for first, last in (
        (PARTS * min(places), PARTS * max(places) + PARTS - 1),
        (0, _BEHIND_EVERYTHING),
    ):
        parts = {row["PrimaryKey"]: [] for row in rows}
        for part in snapshot.rows(
            query("card_parts"), {"customer": customer_id, "first": first, "last": last}
        ):
            if part["PrimaryKey"] in parts:
                parts[part["PrimaryKey"]].append(part)
        if all(len(found) == PARTS for found in parts.values()):
            break
    return parts


def _rank_before(snapshot: Snapshot, account: Row) -> int | None:
    if account["ScoreBefore"] is None:
        return None
    (row,) = snapshot.rows(query("card_place_before"), {"score": account["ScoreBefore"]})
    return int(row["Higher"]) + 1
