"""The Office table in pandas, from the same landed Parquet: `python -m bench.pandas_peer FOLDER`.

Written as somebody who knows pandas well would: only the needed columns, keys as 64-bit integers,
lists that stay Arrow's until they are exploded, `isin` before every merge, no `apply`. The folder
holds `inputs.json` and the small tables (`stages.peer_inputs` writes both). Prints seconds, peak
memory, and in how many rows the table differs from the published one.
"""

import json
import resource
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from bench.measuring import peak_bytes
from engagement_assets.vocabulary import COMPONENTS

MEMORY = 16 * 1024**3
NOTHING = 0  # stands for a missing key, which pandas would turn into a lossy float
LONGEST = 7 * 24 * 60  # minutes of a meeting that has part in the average

_MESSAGE = (
    "file_id line item_key modified_at is_removed email_key is_invitation is_draft folder_key "
    "sent_at sender_key sender_domain_key recipient_keys thread"
)
_EVENT = (
    "file_id line item_key modified_at is_removed meeting_key is_series_master is_cancelled "
    "is_organizer is_all_day is_declined start_at end_at start_day end_day organizer_key "
    "organizer_domain_key participant_keys declined_keys resource_keys"
)

# pandas' own annotations do not follow a column from one kind of value to the next
Column = Any

_PERIOD = ["account_no", "aggregation_level", "period_start"]
_MEETING = ["meeting_key", "start_at"]


@dataclass(frozen=True)
class Small:
    """The tables that are small: the models read the same."""

    run: Mapping[str, Any]
    contact: pd.DataFrame
    account: pd.DataFrame
    person_address: pd.DataFrame
    colleague_address: pd.DataFrame
    organisation_domain: pd.DataFrame
    excluded_folder: pd.DataFrame
    live_file: pd.DataFrame
    local_day: pd.DataFrame
    period_of_day: pd.DataFrame
    score_weight: pd.DataFrame

    @classmethod
    def read(cls, folder: Path) -> "Small":
        """Read them from a folder."""
        names = [name for name in cls.__annotations__ if name != "run"]
        tables = {name: _frame(pq.read_table(folder / f"{name}.parquet")) for name in names}
        run = _frame(pq.read_table(folder / "run.parquet")).to_dict("records")[0]
        return cls(run={str(name): value for name, value in run.items()}, **tables)

    def is_own(self, address: Column, domain: Column) -> Column:
        """Tell which addresses are the organisation's."""
        by_domain = domain.isin(self.organisation_domain.domain_key)
        return address.isin(self.colleague_address.address_key) | by_domain

    def day(self, moment: Column) -> Column:
        """Return the days of moments in the configured time zone."""
        return moment.dt.tz_convert(self.run["time_zone"]).dt.tz_localize(None).dt.normalize()


def read(files: list[str], columns: list[str], small: Small) -> pd.DataFrame:
    """Read landed rows: missing keys become 0, lists stay Arrow's."""
    table = pa.concat_tables([pq.read_table(file, columns=columns) for file in files])
    for place, field in enumerate(table.schema):
        if pa.types.is_int64(field.type):
            filled = pc.fill_null(table.column(place), NOTHING)
            table = table.set_column(place, field.name, filled)
    return _frame(table).merge(small.live_file)


def _frame(table: pa.Table) -> pd.DataFrame:
    """Return a table with days as timestamps, which pandas wants, and lists that stay Arrow's."""
    for place, field in enumerate(table.schema):
        if pa.types.is_date(field.type):
            days = table.column(place).cast(pa.timestamp("us"))
            table = table.set_column(place, field.name, days)
    kept: dict[pa.DataType, Any] = {
        field.type: pd.ArrowDtype(field.type)
        for field in table.schema
        if pa.types.is_list(field.type)
    }
    frame: pd.DataFrame = table.to_pandas(types_mapper=kept.get)
    return frame


def newest(rows: pd.DataFrame) -> pd.DataFrame:
    """Keep of every item in a mailbox the newest version."""
    known = rows.item_key != NOTHING
    repeated = rows[known & rows.duplicated(["person_no", "item_key"], keep=False)]
    order = ["modified_at", "file_no", "line"]
    latest = repeated.sort_values(order, na_position="first").drop_duplicates(
        ["person_no", "item_key"], keep="last"
    )
    return rows.drop(repeated.index.difference(latest.index))


# --- e-mails ------------------------------------------------------------------------------------


def emails(files: list[str], small: Small) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Return e-mails with accounts, their people, and their contacts."""
    rows = newest(read(files, _MESSAGE.split(), small))
    excluded = pd.MultiIndex.from_frame(small.excluded_folder[["person_no", "folder_key"]])
    filed = pd.MultiIndex.from_frame(rows[["person_no", "folder_key"]])
    unread = rows.is_invitation | rows.is_draft | rows.is_removed | filed.isin(excluded)
    copies = rows[~unread & (rows.sender_key != NOTHING) & rows.sent_at.notna()]
    sent = copies.groupby("email_key").sent_at.min()
    processed = sent.index[sent.between(small.run["window_start"], small.run["as_of"])]

    exploded = copies.set_index("email_key").recipient_keys.explode().dropna().astype("int64")
    exploded = exploded[exploded.isin(small.contact.address_key)]
    hits = exploded.rename("address_key").reset_index().drop_duplicates().merge(small.contact)
    by_contact = copies.email_key[copies.sender_key.isin(small.contact.address_key)]
    candidates = pd.Index(hits.email_key).union(pd.Index(by_contact)).intersection(processed)
    copies = copies[copies.email_key.isin(candidates)]

    order = ["sent_at", "person_no", "modified_at", "file_no", "line"]
    ordered = copies.sort_values(order, ascending=[True, True, False, False, False])
    head = ordered.drop_duplicates("email_key").drop(columns=["thread", "recipient_keys"])
    thread = copies.dropna(subset="thread").groupby("email_key").thread.min()
    head = head.merge(thread, left_on="email_key", right_index=True, how="left")
    head["day"] = small.day(head.sent_at)
    own = small.is_own(head.sender_key, head.sender_domain_key)
    columns = ["email_key", "account_no", "sent_at", "day", "thread"]
    pairs = hits[["email_key", "account_no"]].drop_duplicates()
    to = head[own].merge(pairs)[columns].assign(direction=0)
    by = head[~own].merge(small.contact, left_on="sender_key", right_on="address_key")
    facts = pd.concat([to, by[columns].assign(direction=1)], ignore_index=True)

    theirs = facts[["email_key", "account_no", "day"]].merge(hits)
    theirs = pd.concat([theirs, by[["email_key", "account_no", "day", "address_key"]]])
    copies = copies[copies.email_key.isin(facts.email_key)]
    named = copies.set_index("email_key").recipient_keys.explode().dropna().astype("int64")
    sender = head[head.email_key.isin(facts.email_key)].set_index("email_key").sender_key
    named = pd.concat([named, sender]).rename("address_key")
    named = named[named.isin(small.person_address.address_key)]
    people = named.reset_index().merge(small.person_address)[["email_key", "person_no"]]
    people = pd.concat([people, copies[["email_key", "person_no"]]]).drop_duplicates()
    persons = facts[["email_key", "account_no", "day"]].merge(people)
    return facts, persons, theirs


def replies(facts: pd.DataFrame) -> pd.DataFrame:
    """Return the accounts' replies with their durations."""
    order = ["account_no", "thread", "sent_at", "direction", "email_key"]
    ordered = facts.dropna(subset="thread").sort_values(order)
    before = ordered.groupby(["account_no", "thread"], sort=False)[["direction", "sent_at"]].shift()
    is_reply = (ordered.direction == 1) & (before.direction == 0)
    found = ordered.loc[is_reply, ["account_no", "day"]]
    return found.assign(duration=ordered.sent_at[is_reply] - before.sent_at[is_reply])


# --- meetings -----------------------------------------------------------------------------------


def meetings(files: list[str], small: Small) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Return meetings with accounts, their people, and their contacts."""
    rows = newest(read(files, _EVENT.split(), small))
    midnight = rows.start_day.map(small.local_day.set_index("day").starts_at)
    dates = rows.start_day.isna() | rows.end_day.isna() | (rows.end_day < rows.start_day)
    times = rows.start_at.isna() | rows.end_at.isna() | (rows.end_at < rows.start_at)
    unread = rows.is_series_master | rows.is_removed | np.where(rows.is_all_day, dates, times)
    rows["start_at"] = midnight.where(rows.is_all_day & midnight.notna(), rows.start_at)
    copies = rows[~unread]

    order = [*_MEETING, "is_organizer", "modified_at", "person_no", "file_no", "line"]
    rising = [True, True, False, False, True, False, False]
    lead = copies.sort_values(order, ascending=rising, na_position="last").drop_duplicates(_MEETING)
    cancelled = copies.groupby(_MEETING).is_cancelled.max().rename("any_cancelled").reset_index()
    lead = lead.merge(cancelled, on=_MEETING)
    off = np.where(lead.is_organizer, lead.is_cancelled, lead.any_cancelled).astype(bool)
    inside = lead.start_at.between(small.run["window_start"], small.run["as_of"])
    lead = lead[~off & inside].copy()
    lead["day"] = small.day(lead.start_at)

    known = lead.organizer_key.isin(small.colleague_address.address_key)
    lead["stands_in"] = lead.is_organizer & (lead.organizer_domain_key == NOTHING) & ~known
    named = _entries(lead, "participant_keys")
    people = _taking_part(lead, copies, named, small)

    theirs = named[named.address_key.isin(small.contact.address_key)].merge(small.contact)
    theirs = theirs.merge(people[_MEETING].drop_duplicates())
    columns = [*_MEETING, "day", "organizer_key", "organizer_domain_key", "is_all_day", "end_at"]
    columns += ["stands_in"]
    facts = theirs[[*_MEETING, "account_no"]].drop_duplicates().merge(lead[columns])
    own = small.is_own(facts.organizer_key, facts.organizer_domain_key) | facts.stands_in
    caller = pd.MultiIndex.from_frame(facts[["account_no", "organizer_key"]])
    contacts = pd.MultiIndex.from_frame(small.contact[["account_no", "address_key"]])
    facts["to_account"] = own
    facts["from_account"] = ~own & caller.isin(contacts)
    length = (facts.end_at - facts.start_at).dt.total_seconds() / 60
    facts["minutes"] = length.where(~facts.is_all_day & (length > 0) & (length <= LONGEST))
    days = facts[[*_MEETING, "account_no", "day"]]
    return facts, days.merge(people), days.merge(theirs[[*_MEETING, "account_no", "address_key"]])


def _entries(lead: pd.DataFrame, column: str) -> pd.DataFrame:
    """Return a row for each address in a list of the leading copies."""
    exploded = lead.set_index([*_MEETING, "organizer_key"])[column].explode().dropna()
    return exploded.astype("int64").rename("address_key").reset_index()


def _taking_part(
    lead: pd.DataFrame, copies: pd.DataFrame, named: pd.DataFrame, small: Small
) -> pd.DataFrame:
    """Return which persons take part in which meetings."""
    person = [*_MEETING, "person_no"]
    owners = copies.merge(lead[_MEETING]).groupby(person).is_declined.min().reset_index()
    lists = [named.assign(takes_part=True, is_room=False)]
    for column in ("declined_keys", "resource_keys"):
        is_room = column == "resource_keys"
        lists.append(_entries(lead, column).assign(takes_part=False, is_room=is_room))
    listed = pd.concat(lists)
    listed = listed[listed.address_key.isin(small.person_address.address_key)]
    listed = listed.merge(small.person_address)
    listed["organizes"] = listed.takes_part & (listed.address_key == listed.organizer_key)
    said = {"takes_part": "max", "is_room": "min", "organizes": "max"}
    known = owners.merge(listed.groupby(person).agg(said).reset_index(), how="outer")
    known = known.astype(dict.fromkeys(["is_declined", *said], "boolean"))
    is_owner = known.is_declined.notna()
    by_lists = known[list(said)].fillna(value=False)
    attending = is_owner & ~known.is_declined.fillna(value=True) & ~by_lists.is_room
    known = known[by_lists.organizes | attending | (~is_owner & by_lists.takes_part)]
    return pd.concat([known[person], lead.loc[lead.stands_in, person]]).drop_duplicates()


# --- Office -------------------------------------------------------------------------------------


def office(files: Mapping[str, list[str]], small: Small) -> pd.DataFrame:
    """Return the Office table, and the score before rounding as `raw`."""
    facts, email_people, email_contacts = emails(files["message"], small)
    met, meeting_people, meeting_contacts = meetings(files["event"], small)
    period = small.period_of_day
    once = period.drop_duplicates(_PERIOD[1:])
    last_day = once.set_index(_PERIOD[1:]).last_day
    facts["from_account"] = facts.direction == 1
    by_mail = (
        facts.merge(period)
        .groupby(_PERIOD)
        .agg(
            mails=("direction", "size"),
            mails_from=("from_account", "sum"),
            first_mail=("day", "min"),
            last_mail=("day", "max"),
        )
    )
    answers = replies(facts).merge(period).groupby(_PERIOD).duration.agg(["count", "mean"])
    by_meeting = (
        met.merge(period)
        .groupby(_PERIOD)
        .agg(
            meetings=("day", "size"),
            meetings_from=("from_account", "sum"),
            meetings_to=("to_account", "sum"),
            minutes=("minutes", "mean"),
            first_meeting=("day", "min"),
            last_meeting=("day", "max"),
        )
    )
    own = _people(email_people, meeting_people, "person_no", period)
    theirs = _people(email_contacts, meeting_contacts, "address_key", period)
    table = by_mail.join(by_meeting, how="outer").sort_index()
    table = table.join(answers).join(own.add_prefix("own_")).join(theirs.add_prefix("contact_"))
    table = table.join(last_day, on=["aggregation_level", "period_start"])
    series = table.groupby(level=[0, 1])
    since_mail = (table.last_day - series.last_mail.ffill()).dt.days
    since_meeting = (table.last_day - series.last_meeting.ffill()).dt.days
    first = table[["first_mail", "first_meeting"]].min(axis=1).groupby(level=0).transform("min")
    table = table.drop(columns=["first_mail", "last_mail", "first_meeting", "last_meeting"])
    minutes, answer = table.minutes, table["mean"].dt.total_seconds() / 60
    counts = table.drop(columns=["minutes", "mean", "last_day"]).fillna(0).astype("int64")
    result = pd.DataFrame(
        {
            "NoOfEmails_ToAccount": counts.mails - counts.mails_from,
            "NoOfEmails_FromAccount": counts.mails_from,
            "NoOfMeetings_FromAccount": counts.meetings_from,
            "NoOfMeetings_ToAccount": counts.meetings_to,
            "NoOfContactsInvolved_Meetings": counts.own_meetings,
            "NoOfContactsInvolved_Emails": counts.own_emails,
            "NoOfAccountContactsInvolved_Meetings": counts.contact_meetings,
            "NoOfAccountContactsInvolved_Emails": counts.contact_emails,
            "EngagementStartDate": first,
            "DaysSinceLastEmail": since_mail,
            "DaysSinceLastMeeting": since_meeting,
            "AverageDuration_Of_Meetings": minutes,
            "AverageDuration_Of_AccountEmailReplies": answer,
        }
    )
    recency = 1 / (1 + pd.concat([since_mail, since_meeting], axis=1).min(axis=1))
    two_way = result[["NoOfEmails_ToAccount", "NoOfEmails_FromAccount"]].min(axis=1)
    values = [counts.mails_from, two_way, counts["count"], counts.meetings]
    values += [counts.contact_people, counts.own_people, recency]
    result["raw"] = _score(values, small)
    result["EngagementScore"] = result.raw.round(1)
    return result.reset_index().merge(small.account[["account_no", "account_id"]])


def _people(
    by_mail: pd.DataFrame, by_meeting: pd.DataFrame, key: str, period: pd.DataFrame
) -> pd.DataFrame:
    """Count distinct people per period: in e-mails, in meetings, in either."""
    columns = ["account_no", "day", key]
    sets = {"emails": by_mail[columns], "meetings": by_meeting[columns]}
    sets["people"] = pd.concat(sets.values())
    counts = {
        name: rows.drop_duplicates().merge(period).groupby(_PERIOD)[key].nunique()
        for name, rows in sets.items()
    }
    return pd.DataFrame(counts)


def _score(values: list[Column], small: Small) -> Column:
    weights = small.score_weight.set_index("component").weight
    total = pd.Series(0.0, index=values[0].index)
    for component, value in zip(COMPONENTS, values, strict=True):
        positive = np.log(value[value > 0].astype("float64"))
        mean = positive.groupby(level=["aggregation_level", "period_start"]).mean()
        levels = value.index.droplevel("account_no")
        reference = np.exp(mean.reindex(levels).to_numpy())
        total += np.where(value > 0, weights[component] * value / (value + reference), 0.0)
    return total


def differences(found: pd.DataFrame, published: pd.DataFrame) -> dict[str, int]:
    """Count per column the rows that differ: averages by 1e-9, scores but for ties."""
    keys = ["CustomerId", "AggregationLevel", "AggregationStartDate"]
    names = {
        "account_id": "CustomerId",
        "aggregation_level": "AggregationLevel",
        "period_start": "AggregationStartDate",
    }
    published = published.assign(
        AggregationStartDate=pd.to_datetime(published.AggregationStartDate),
        EngagementStartDate=pd.to_datetime(published.EngagementStartDate),
    )
    both = found.rename(columns=names).merge(
        published, on=keys, how="outer", suffixes=("", "_published"), indicator="side"
    )
    counts = {"rows": int((both.side != "both").sum())}
    for column in published.columns.difference([*keys, "PrimaryKey"]):
        ours, theirs = both[column], both[f"{column}_published"]
        equal = (ours == theirs) | (ours.isna() & theirs.isna())
        if column.startswith("Average"):
            equal |= np.isclose(ours, theirs, rtol=1e-9, atol=0)
        if column == "EngagementScore":
            is_tie = ((both.raw * 10) % 1 - 0.5).abs() < 1e-9
            equal |= is_tie & ((ours - theirs).abs() < 0.1 + 1e-9)
        counts[column] = int((~equal).sum())
    return {column: count for column, count in counts.items() if count}


def main() -> None:
    """Make the table, and compare it with the published one."""
    resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))
    folder = Path(sys.argv[1])
    inputs = json.loads((folder / "inputs.json").read_text())
    began, cpu = time.perf_counter(), time.process_time()
    table = office(inputs["files"], Small.read(folder))
    result = {
        "seconds": time.perf_counter() - began,
        "cpu": time.process_time() - cpu,
        "peak": peak_bytes(),
    }
    published = pd.read_parquet(inputs["published"])
    wrong = differences(table, published)
    print(json.dumps({**result, "rows": len(table), "differences": wrong}))


if __name__ == "__main__":
    main()
