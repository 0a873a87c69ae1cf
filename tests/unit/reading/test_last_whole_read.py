"""A mailbox that cannot be read counts with what was last read whole of it (numbers 8)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import yaml

from engagement_assets.warehouse import database
from engagement_assets.window import Window
from tests.support import pipeline
from tests.support.folder_reading import (
    USERS,
    WINDOW,
    Connection,
    kill_at,
    ndjson,
    on_disk,
    run,
    write,
)
from tests.support.landing import of_an_earlier_version

EVENTS = ["ada1", "ada2", "bob1", "bob2", "cy1", "cy2"]
MESSAGES = ["ada3", "bob3", "cy3"]
EVERYTHING = sorted([*EVENTS, *MESSAGES])
BROKEN = b"[]\n"
WEEK = timedelta(days=7)


def later(by: timedelta) -> Window:
    return Window.until(WINDOW.as_of + by, "UTC")


def test_a_broken_line_costs_nothing_that_was_read_before(
    connection: Connection, folder: Path
) -> None:
    run(connection, folder)
    file = write(folder, "bob/events-3.ndjson", {"id": "new"}, raw=BROKEN)
    window = later(WEEK)
    for _ in range(2):
        seen = run(connection, folder, window)
        assert (seen.events, seen.messages) == (EVENTS, MESSAGES)
        assert seen.statuses == {"ada": "processed", "bob": "failed", "cy": "processed"}
        assert seen.outcomes["bob"].reason == (
            "mailboxes/bob/events-3.ndjson, line 2: not a JSON object. "
            "What was read of it before still counts, up to 2024-06-14 12:00 UTC."
        )
        assert on_disk(connection, folder) == EVERYTHING
    rows = connection.execute("from mailbox order by person_no").fetchall()
    assert rows[0][3:] == (window.start, window.as_of)
    assert rows[1][3:] == (window.start, WINDOW.as_of)

    file.write_bytes(ndjson({"id": "new"}))
    seen = run(connection, folder, window)
    assert seen.opened == ["bob/events-3.ndjson"], "the rest has not changed"
    assert seen.events == sorted([*EVENTS, "new"])
    assert seen.outcomes["bob"].covered == (window.start, window.as_of)


def test_never_half_a_read(connection: Connection, folder: Path) -> None:
    """Of the new state of a mailbox nothing counts, of whichever kind, while a file is broken."""
    write(folder, "bob/excluded_folders.json", raw=b'["junk"]')
    run(connection, folder)
    write(folder, "bob/events.ndjson", {"id": "changed"}, {"id": "more"})
    write(folder, "bob/messages-2.ndjson", {"id": "added"})
    write(folder, "bob/excluded_folders.json", raw=b"[]")
    (folder / "mailboxes" / "bob" / "events-2.ndjson").unlink()
    file = write(folder, "bob/messages.ndjson", {"id": "other"}, raw=BROKEN)
    seen = run(connection, folder)
    assert (seen.events, seen.messages) == (EVENTS, MESSAGES)
    excluded = "select person_no, folder_key = key_of('junk') from excluded_folder"
    assert connection.execute(excluded).fetchall() == [(2, True)]
    assert on_disk(connection, folder) == EVERYTHING

    file.write_bytes(ndjson({"id": "other"}))
    seen = run(connection, folder)
    assert seen.events == ["ada1", "ada2", "changed", "cy1", "cy2", "more"]
    assert seen.messages == ["ada3", "added", "cy3", "other"]
    assert connection.execute(excluded).fetchall() == []
    assert on_disk(connection, folder) == sorted([*seen.events, *seen.messages])


def test_a_mailbox_that_was_never_read_whole_counts_with_nothing(
    connection: Connection, folder: Path
) -> None:
    file = write(folder, "bob/messages.ndjson", raw=BROKEN)
    for _ in range(2):
        seen = run(connection, folder)
        assert seen.outcomes["bob"].covered is None
        assert seen.events == ["ada1", "ada2", "cy1", "cy2"]
    file.write_bytes(b"")
    assert run(connection, folder).events == EVENTS


def test_an_empty_mailbox_that_fails_later_has_a_window(
    connection: Connection, folder: Path
) -> None:
    """That there was nothing is known: it is not a mailbox of which nothing is known."""
    for path in (folder / "mailboxes" / "bob").iterdir():
        path.unlink()
    run(connection, folder)
    write(folder, "bob/messages.ndjson", raw=BROKEN)
    seen = run(connection, folder, later(WEEK))
    assert seen.outcomes["bob"].covered == (later(WEEK).start, WINDOW.as_of)


@pytest.mark.parametrize(
    ("by", "covered"),
    [
        (timedelta(days=300), (later(timedelta(days=300)).start, WINDOW.as_of)),
        (timedelta(days=-300), (WINDOW.start, later(timedelta(days=-300)).as_of)),
        (timedelta(days=800), None),
        (timedelta(days=-800), None),
    ],
    ids=["later", "earlier", "much later", "much earlier"],
)
def test_the_stretch_that_counts(
    connection: Connection, folder: Path, by: timedelta, covered: object
) -> None:
    """From the later of the two windows' beginnings to the end of the earlier run's."""
    run(connection, folder)
    write(folder, "bob/messages.ndjson", raw=BROKEN)
    seen = run(connection, folder, later(by))
    assert seen.outcomes["bob"].covered == covered
    assert seen.events == EVENTS, "a folder is kept whole: the models cut the window out"


def test_whoever_has_no_folder_any_more_is_erased(connection: Connection, folder: Path) -> None:
    run(connection, folder)
    file = write(folder, "bob/messages.ndjson", raw=BROKEN)
    assert run(connection, folder).messages == MESSAGES
    (folder / "mailboxes" / "bob").rename(folder / "mailboxes" / "elsewhere")
    seen = run(connection, folder)
    assert seen.statuses["bob"] == "no_mailbox"
    assert seen.messages == ["ada3", "cy3"]
    assert not [item for item in on_disk(connection, folder) if item.startswith("bob")]
    (folder / "mailboxes" / "elsewhere").rename(folder / "mailboxes" / "bob")
    assert file.exists()
    assert run(connection, folder).messages == ["ada3", "cy3"], "erased is erased"


def test_a_kill_between_two_mailboxes(
    connection: Connection, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each is as it was, or as it is; then one is found to be broken."""
    run(connection, folder, batch_bytes=1)
    write(folder, "ada/events.ndjson", {"id": "new"}, {"id": "more"})
    write(folder, "bob/events.ndjson", {"id": "changed"}, {"id": "gone"})
    with monkeypatch.context() as patch:
        kill_at(patch, "bob")
        with pytest.raises(KeyboardInterrupt):
            run(connection, folder, batch_bytes=1)
    write(folder, "ada/messages.ndjson", raw=BROKEN)
    write(folder, "bob/messages.ndjson", raw=BROKEN)
    seen = run(connection, folder, later(WEEK))
    assert seen.statuses == {"ada": "failed", "bob": "failed", "cy": "processed"}
    assert seen.events == ["ada2", "bob1", "bob2", "cy1", "cy2", "more", "new"]
    assert seen.messages == MESSAGES
    assert on_disk(connection, folder) == sorted([*seen.events, *seen.messages])


# The whole path

ANN = {"emailAddress": {"address": "ann@customer.example"}}


def mail(number: int, sent: str, folder: str = "inbox") -> dict[str, object]:
    return {
        "id": f"m{number}",
        "internetMessageId": f"<{number}@customer.example>",
        "parentFolderId": folder,
        "sentDateTime": sent,
        "from": ANN,
        "toRecipients": [{"emailAddress": {"address": "bob@contoso.com"}}],
    }


@dataclass
class Organisation:
    """Three people, of whom Bob has five e-mails from a customer, one of them junk."""

    folder: Path
    as_of: datetime = field(default=datetime(2024, 6, 14, 12, tzinfo=UTC))

    @property
    def messages(self) -> Path:
        """The file that is broken and mended."""
        return self.folder / "activity" / "mailboxes" / "bob" / "messages-2.ndjson"

    def write(self) -> None:
        """Write the activity folder and the customer dataset."""
        activity = self.folder / "activity"
        activity.mkdir(parents=True)
        (activity / "organization.json").write_text('{"verifiedDomains": []}')
        users = [{"id": name, "mail": f"{name}@contoso.com"} for name in USERS]
        (activity / "users.ndjson").write_bytes(ndjson(*users))
        for name in USERS:
            (activity / "mailboxes" / name).mkdir(parents=True)
        sent = [mail(n, f"2024-0{n}-10T09:00:00Z") for n in range(1, 5)]
        sent.append(mail(5, "2024-05-10T09:00:00Z", "junk"))
        write(activity, "bob/messages.ndjson", *sent[:2])
        write(activity, "bob/messages-2.ndjson", *sent[2:])
        write(activity, "bob/excluded_folders.json", raw=b'["junk"]')
        (self.folder / "contacts.csv").write_text("CustomerId,Email\nC1,ann@customer.example\n")

    def publish(self, run_id: str) -> Mapping[str, pipeline.Rows]:
        """Run everything and return what is published."""
        content = {
            "source": {"kind": "folder", "path": "activity"},
            "mailboxes": {"addresses": [f"{name}@contoso.com" for name in USERS]},
            "customers": {"contacts": "contacts.csv"},
            "privacy_terms": {"accepted_by": "x", "accepted_at": "2024-01-01T00:00:00Z"},
            "as_of": self.as_of.isoformat(),
        }
        file = self.folder / "engagement.yaml"
        file.write_text(yaml.safe_dump(content), encoding="utf-8")
        return pipeline.published(pipeline.run(file, run_id))


def year(tables: Mapping[str, pipeline.Rows]) -> Mapping[str, object]:
    (row,) = (row for row in tables["Office"] if row["AggregationLevel"] == "year")
    return row


@pytest.fixture
def organisation(tmp_path: Path) -> Organisation:
    made = Organisation(tmp_path / "organisation")
    made.write()
    return made


def test_an_account_keeps_its_score(organisation: Organisation) -> None:
    """One broken line in an export is not a customer that nobody ever wrote to."""
    before = organisation.publish("r1")
    assert year(before)["NoOfEmails_FromAccount"] == 4
    organisation.messages.write_bytes(organisation.messages.read_bytes() + BROKEN)
    after = organisation.publish("r2")
    for table in ("Office", "Office_ScoreContribution", "Office_Ledger"):
        assert after[table] == before[table], table
    row = after["Office_Mailbox"][1]
    assert (row["Status"], row["CoveredTo"]) == ("failed", organisation.as_of)
    assert after["Office_Run"][-1]["Status"] == "succeeded_with_warnings"
    assert after["Office_Run"][-1]["ProcessedAddresses"] == 2


# An upgrade


def _go_back(organisation: Organisation) -> None:
    with database.connect(organisation.folder / "data" / "warehouse" / "warehouse.duckdb") as old:
        of_an_earlier_version(old, organisation.folder / "data" / "activity")


def test_an_upgrade_while_a_mailbox_is_broken(organisation: Organisation) -> None:
    """Its rows count as they did, folders left out included, and its Reason says so."""
    before = organisation.publish("r1")
    _go_back(organisation)
    content = organisation.messages.read_bytes()
    organisation.messages.write_bytes(content + BROKEN)
    earlier, organisation.as_of = organisation.as_of, organisation.as_of + WEEK
    for run_id in ("r2", "r3"):
        after = organisation.publish(run_id)
        assert after["Office_Ledger"] == before["Office_Ledger"]
        assert year(after)["NoOfEmails_FromAccount"] == 4
        row = after["Office_Mailbox"][1]
        assert (row["Status"], row["CoveredTo"]) == ("failed", earlier)
        assert str(row["Reason"]).endswith(
            "still counts, up to 2024-06-14 12:00 UTC, "
            "with addresses compared as an earlier version did."
        )
    organisation.messages.write_bytes(content)
    healed = organisation.publish("r4")
    assert healed["Office_Ledger"] == before["Office_Ledger"]
    assert [row["Reason"] for row in healed["Office_Mailbox"]] == [None, None, None]


@pytest.mark.parametrize("is_broken_before", [True, False], ids=["broken before", "no warehouse"])
def test_folders_that_nobody_wrote_down_are_those_that_the_source_names(
    organisation: Organisation, is_broken_before: bool
) -> None:
    """A mailbox that was broken before the upgrade counts, too, and its junk does not."""
    before = organisation.publish("r1")
    content = organisation.messages.read_bytes()
    organisation.messages.write_bytes(content + BROKEN)
    warehouse = organisation.folder / "data" / "warehouse" / "warehouse.duckdb"
    with database.connect(warehouse) as old:
        of_an_earlier_version(old, organisation.folder / "data" / "activity")
        if is_broken_before:  # it counted with nothing
            old.execute("delete from excluded_folder")
            for table in ("Office_Mailbox", "mailbox"):
                columns = "CoveredFrom", "CoveredTo"
                if table == "mailbox":
                    columns = "covered_from", "covered_to"
                old.execute(f"update {table} set {columns[0]} = null, {columns[1]} = null")
    if not is_broken_before:
        warehouse.unlink()
    for run_id in ("r2", "r3"):
        after = organisation.publish(run_id)
        assert after["Office_Mailbox"][1]["Status"] == "failed"
        assert after["Office_Ledger"] == before["Office_Ledger"]


def test_an_upgrade_without_a_warehouse(organisation: Organisation) -> None:
    """It may be removed at any time: what the files themselves say is left."""
    organisation.publish("r1")
    _go_back(organisation)
    changed = datetime.fromtimestamp(organisation.messages.stat().st_mtime, UTC)
    (organisation.folder / "data" / "warehouse" / "warehouse.duckdb").unlink()
    organisation.messages.write_bytes(organisation.messages.read_bytes() + BROKEN)
    organisation.as_of = changed + timedelta(hours=1)
    row = organisation.publish("r2")["Office_Mailbox"][1]
    assert row["Status"] == "failed"
    assert isinstance(row["CoveredTo"], datetime)
    assert abs(row["CoveredTo"] - changed) < timedelta(seconds=1)
