"""The sample organisation: reproducible, within the privacy page's fields, believable, and lazy."""

import csv
import gzip
import itertools
import json
import subprocess
import sys
import types
from base64 import b64decode
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from backports import zstd

from simulator.activity import Activity
from simulator.customers import AccountKind
from simulator.folder import write_activity_folder, write_customers
from simulator.names import company_domain, company_name
from simulator.office_mail import company_emails
from simulator.organisation import Organisation
from simulator.working_time import AMERICA, EUROPE, holidays, week_of, week_start

AS_OF = datetime(2026, 11, 23, 7, tzinfo=UTC)
ROOT = Path(__file__).parents[3]


def words(text: str) -> set[str]:
    return set(text.split())


REQUIRED_FIELDS = words(
    "id internetMessageId conversationId parentFolderId sentDateTime lastModifiedDateTime isDraft "
    "toRecipients ccRecipients bccRecipients"
)
MESSAGE_FIELDS = REQUIRED_FIELDS | words("from sender @odata.type")
EVENT_FIELDS = words(
    "id iCalUId type isAllDay isCancelled isOrganizer start end organizer attendees responseStatus "
    "lastModifiedDateTime"
)
NESTED_FIELDS = words("emailAddress address dateTime timeZone status response type")

Copies = dict[str, list[dict[str, Any]]]


@pytest.fixture(scope="module")
def organisation() -> Organisation:
    return Organisation.generate(7)


@pytest.fixture(scope="module")
def activity(organisation: Organisation) -> Activity:
    return Activity(organisation, AS_OF)


@pytest.fixture(scope="module")
def messages(activity: Activity) -> Copies:
    return {u.user_id: list(activity.messages(u)) for u in activity.organisation.selected_users}


@pytest.fixture(scope="module")
def events(activity: Activity) -> Copies:
    return {u.user_id: list(activity.events(u)) for u in activity.organisation.selected_users}


def files_of(folder: Path) -> dict[str, bytes]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


def keys_of(value: Any) -> set[str]:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return set(value if isinstance(value, dict) else ()).union(*map(keys_of, inner))


def thread_of(message: dict[str, Any]) -> bytes:
    raw = b64decode(message["conversationId"].replace("-", "/").replace("_", "+"), validate=True)
    assert raw[:4] == bytes.fromhex("00042400")
    assert raw[40:43] == bytes.fromhex("001000")
    assert len(raw) == 59
    return raw[-16:]


def addresses_of(message: dict[str, Any]) -> set[str]:
    entries = [message[f] for f in ("from", "sender") if f in message]
    for field in ("toRecipients", "ccRecipients", "bccRecipients"):
        entries += message[field]
    return {entry["emailAddress"]["address"].lower() for entry in entries}


def write(folder: Path, seed: int, **options: Any) -> dict[str, bytes]:
    organisation = Organisation.generate(seed, people=5, accounts=12)
    write_activity_folder(organisation, folder / "activity", as_of=AS_OF, days=40, **options)
    write_customers(organisation, folder)
    return files_of(folder)


def test_same_seed_gives_same_bytes_and_another_seed_others(tmp_path: Path) -> None:
    first = write(tmp_path / "first", 7)
    assert write(tmp_path / "second", 7) == first
    assert write(tmp_path / "first", 7) == first, "rewriting leaves nothing else behind"
    other = write(tmp_path / "third", 8)
    same = set(other.values()) & set(first.values())
    assert same == {first["accounts.csv"]}, "companies are numbered, not drawn"


def test_gzip_is_reproducible_and_holds_the_same_lines(tmp_path: Path) -> None:
    packed = write(tmp_path / "gz", 7, compression="gz")
    assert write(tmp_path / "again", 7, compression="gz") == packed
    write(tmp_path / "zst", 7)
    for path in (tmp_path / "gz").rglob("*.gz"):
        twin = tmp_path / "zst" / path.relative_to(tmp_path / "gz").with_suffix(".zst")
        with gzip.open(path) as left, zstd.open(twin) as right:
            assert left.read() == right.read()


def test_nothing_else_is_overwritten(tmp_path: Path) -> None:
    (tmp_path / "activity").mkdir()
    (tmp_path / "activity" / "thesis.txt").write_text("do not delete")
    with pytest.raises(FileExistsError):
        write(tmp_path, 7)
    assert (tmp_path / "activity" / "thesis.txt").exists()


def test_a_failed_write_keeps_the_former_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = write(tmp_path, 7)

    def broken(*_: object) -> Iterator[dict[str, Any]]:
        raise OSError("disk full")

    monkeypatch.setattr(Activity, "events", broken)
    with pytest.raises(OSError, match="disk full"):
        write(tmp_path, 8)
    assert files_of(tmp_path) == before


def test_fields_are_those_of_the_privacy_page(messages: Copies, events: Copies) -> None:
    for message in itertools.chain.from_iterable(messages.values()):
        assert REQUIRED_FIELDS <= set(message) <= MESSAGE_FIELDS
    for event in itertools.chain.from_iterable(events.values()):
        assert set(event) == EVENT_FIELDS
        for side in ("start", "end"):
            assert len(event[side]["dateTime"]) == len("2026-11-23T07:00:00.0000000")
    seen = keys_of(list(messages.values())) | keys_of(list(events.values()))
    assert seen <= MESSAGE_FIELDS | EVENT_FIELDS | NESTED_FIELDS
    assert not {"subject", "body", "bodyPreview", "uniqueBody", "name"} & seen


def test_copies_agree_across_mailboxes(messages: Copies) -> None:
    threads: dict[str, bytes] = {}
    holders: Counter[str] = Counter()
    texts: dict[bytes, set[str]] = {}
    for copies in messages.values():
        for message in copies:
            key = message["internetMessageId"]
            assert threads.setdefault(key, thread_of(message)) == thread_of(message)
            texts.setdefault(threads[key], set()).add(message["conversationId"])
        holders.update({message["internetMessageId"] for message in copies})
    assert sum(count > 1 for count in holders.values()) > 5_000
    # The text differs from mailbox to mailbox, though the thread is one.
    assert sum(len(ids) > 1 for ids in texts.values()) > 2_000


def test_volumes_and_unique_ids(messages: Copies, events: Copies) -> None:
    for items, low, high in ((messages, 30_000, 60_000), (events, 3_000, 6_000)):
        ids = [item["id"] for copies in items.values() for item in copies]
        assert low <= len(ids) == len(set(ids)) <= high


def test_every_kind_of_account_occurs_and_behaves(
    organisation: Organisation, messages: Copies
) -> None:
    assert {account.kind for account in organisation.accounts} == set(AccountKind)
    assert {a.kind for a in Organisation.generate(3, accounts=9).accounts} == set(AccountKind)
    owners = {c.address: a for a in organisation.accounts for c in a.contacts}
    written, received, early, late = (Counter[str]() for _ in range(4))
    seen: set[str] = set()
    for message in itertools.chain.from_iterable(messages.values()):
        if message["isDraft"] or message["internetMessageId"] in seen:
            continue
        seen.add(message["internetMessageId"])
        sender = message.get("from", {}).get("emailAddress", {}).get("address", "").lower()
        for address in addresses_of(message) & owners.keys():
            account = owners[address]
            (written if address == sender else received)[account.kind] += 1
            (early if message["sentDateTime"] < "2026-02-15" else late)[account.kind] += 1
    active = set(AccountKind) - {AccountKind.SILENT}
    assert set(received) == active
    assert active - set(written) <= {AccountKind.COLD, AccountKind.NEWSLETTER}
    assert late[AccountKind.GROWING] > 4 * early[AccountKind.GROWING]
    assert early[AccountKind.COOLING] > late[AccountKind.COOLING] / 2
    assert early[AccountKind.NEW] < late[AccountKind.NEW] / 10


def test_message_quirks_occur(
    organisation: Organisation, activity: Activity, messages: Copies
) -> None:
    found: Counter[str] = Counter()
    for user in organisation.selected_users:
        excluded = set(activity.excluded_folders(user))
        own = {user.address, *user.aliases}
        for message in messages[user.user_id]:
            found[message.get("@odata.type", "plain")] += 1
            found["draft"] += message["isDraft"]
            found["excluded"] += message["parentFolderId"] in excluded
            found["no sender"] += "from" not in message
            found["delegate"] += message.get("from") != message.get("sender")
            found["legacy"] += any("/cn=" in address for address in addresses_of(message))
            found["alias"] += bool(set(user.aliases) & addresses_of(message))
            if message["bccRecipients"]:
                found["bcc"] += 1
                assert message["isDraft"] or message["from"]["emailAddress"]["address"] in own
            found["at night"] += "T00:" <= message["sentDateTime"][10:] < "T05:"
    kinds = words("eventMessage eventMessageRequest eventMessageResponse")
    quirks = words("plain draft excluded delegate legacy alias bcc") | {"no sender"}
    quirks |= {f"#microsoft.graph.{kind}" for kind in kinds}
    assert min(found[quirk] for quirk in quirks) > 5, found
    assert 0.01 < found["at night"] / sum(map(len, messages.values())) < 0.1


def test_event_quirks_occur(organisation: Organisation, events: Copies) -> None:
    colleagues = {user.address for user in organisation.users}
    found: Counter[str] = Counter()
    for event in itertools.chain.from_iterable(events.values()):
        found[event["type"]] += 1
        found["all day"] += event["isAllDay"]
        found["cancelled"] += event["isCancelled"]
        found["declined"] += event["responseStatus"]["response"] == "declined"
        found["external"] += event["organizer"]["emailAddress"]["address"] not in colleagues
        found["room"] += any(a["type"] == "resource" for a in event["attendees"])
        found["alone"] += not event["attendees"]
        assert event["start"]["dateTime"] < event["end"]["dateTime"]
        assert not event["isAllDay"] or "T00:00:00.0000000" in event["start"]["dateTime"]
        assert event["isOrganizer"] == (event["responseStatus"]["response"] == "organizer")
    assert "seriesMaster" not in found
    quirks = words("singleInstance occurrence exception cancelled declined external room alone")
    assert min(found[quirk] for quirk in quirks | {"all day"}) > 5, found


def test_occurrences_carry_their_original_date(events: Copies) -> None:
    moved = 0
    for event in itertools.chain.from_iterable(events.values()):
        if event["type"] == "singleInstance":
            continue
        stamp = event["iCalUId"][32:40]
        date = f"{int(stamp[:4], 16):04}-{int(stamp[4:6], 16):02}-{int(stamp[6:], 16):02}"
        same = event["start"]["dateTime"].startswith(date)
        assert same == (event["type"] == "occurrence")
        moved += not same
    assert moved


def test_iteration_is_lazy(activity: Activity, monkeypatch: pytest.MonkeyPatch) -> None:
    weeks: list[int] = []

    def counted(organisation: Organisation, week: int) -> Iterator[Any]:
        weeks.append(week)
        return company_emails(organisation, week)

    monkeypatch.setattr("simulator.activity.company_emails", counted)
    user = activity.organisation.users[3]
    stream = activity.messages(user)
    assert isinstance(stream, types.GeneratorType)
    assert weeks == [], "nothing happens before the first message is asked for"
    assert next(stream)["sentDateTime"] < "2025-11-12"
    assert len(weeks) <= 9, "the first message needs the weeks around it only"
    list(itertools.islice(stream, 100))
    assert len(weeks) < 20


def test_streams_are_in_order_and_slices_fit_together(
    activity: Activity, messages: Copies, events: Copies
) -> None:
    for user in activity.organisation.users[4:7]:
        whole = messages[user.user_id]
        sent = [message["sentDateTime"] for message in whole]
        assert sent == sorted(sent)
        assert sent[-1] <= "2026-11-23T07:00:00Z"
        cuts = [AS_OF - timedelta(days=days) for days in (380, 200, 93, 31, 0)]
        cuts[-1] += timedelta(seconds=1)
        slices = [list(activity.messages(user, a, b)) for a, b in itertools.pairwise(cuts)]
        assert list(itertools.chain.from_iterable(slices)) == whole
        starts = [event["start"]["dateTime"] for event in events[user.user_id]]
        assert starts == sorted(starts)
        middle = AS_OF - timedelta(days=150)
        halves = [*activity.events(user, until=middle), *activity.events(user, middle)]
        assert halves == events[user.user_id]


def test_somebody_has_no_mailbox(tmp_path: Path) -> None:
    organisation = Organisation.generate(7, people=5, accounts=12)
    written = write_activity_folder(organisation, tmp_path / "a", as_of=AS_OF, days=20)
    absent = [user for user in organisation.selected_users if not user.has_mailbox]
    assert len(absent) == 1
    assert written.mailboxes == len(organisation.selected_users) - 1
    folders = {path.name for path in (tmp_path / "a" / "mailboxes").iterdir()}
    assert absent[0].user_id not in folders
    lines = (tmp_path / "a" / "users.ndjson").read_text("utf-8").splitlines()
    users = [json.loads(line) for line in lines]
    assert {user["id"] for user in users} > folders
    for user in users:
        assert user["proxyAddresses"][0] == f"SMTP:{user['mail']}"


@pytest.mark.parametrize(("seed", "people"), [(7, 24), (7, 4), (1, 5), (2, 90)])
def test_the_demo_configuration_selects_the_people(seed: int, people: int) -> None:
    configuration = yaml.safe_load((ROOT / "data/demo/engagement.yaml").read_text("utf-8"))
    organisation = Organisation.generate(seed, people=people, accounts=10)
    groups = {group.group_id: group for group in organisation.groups}
    users = {user.user_id: user for user in organisation.users}
    assert len({group.address for group in organisation.groups}) == len(groups)

    def resolve(address: str) -> set[str]:
        found = {u.user_id for u in users.values() if address in (u.address, *u.aliases)}
        waiting = [group.group_id for group in groups.values() if group.address == address]
        while waiting:
            for member in groups[waiting.pop()].members:
                if member in groups:
                    waiting.append(member)
                elif member in users:
                    found.add(member)
        assert found, address
        return found

    mailboxes = configuration["mailboxes"]
    listed = set().union(*map(resolve, mailboxes["addresses"]))
    opted_out = set().union(*map(resolve, mailboxes["opted_out"]))
    assert opted_out < listed
    assert listed - opted_out == {user.user_id for user in organisation.selected_users}
    assert len(listed - opted_out) == people
    assert all(resolve(address) for address in configuration["tenant_admins"])


def test_customers_are_written_with_the_usual_dirt(
    organisation: Organisation, tmp_path: Path
) -> None:
    files = write_customers(organisation, tmp_path / "new")
    read = [csv.DictReader(file.read_text("utf-8").splitlines()) for file in files]
    rows, listed = map(list, read)
    names = {row["CustomerId"]: row["Name"] for row in listed}
    assert {row["ParentId"] for row in listed} - {""} < names.keys()
    assert len(names) == len(organisation.accounts) == len(set(names.values()))
    assert any("," in name for name in names.values()), "a name that a CSV file must quote"
    plain = [row["Email"].strip().lower().removeprefix("mailto:") for row in rows]
    assert any(row["Email"] != address for row, address in zip(rows, plain, strict=True))
    assert any(address.count("@") != 1 for address in plain)
    assert any(address.endswith("@contoso.com") for address in plain)
    assert any(address.endswith("@mailer.example") for address in plain)
    assert any(not row["CustomerId"] for row in rows)
    assert any(count > 1 for count in Counter(plain).values())
    domains = {address.rpartition("@")[2] for address in plain if "@" in address}
    assert all(domain.endswith((".example", "contoso.com")) for domain in domains)
    assert len({company_domain(company_name(number)) for number in range(1_500)}) == 1_500


def test_impossible_wishes_are_refused(organisation: Organisation) -> None:
    for options in ({"people": 3}, {"accounts": 0}, {"volume": 0}):
        with pytest.raises(ValueError, match=r"at least 4 people and 1 account|volume"):
            Organisation.generate(1, **options)
    for as_of, days in ((AS_OF.replace(tzinfo=None), 1), (AS_OF, 0)):
        with pytest.raises(ValueError, match=r"time zone|days"):
            Activity(organisation, as_of, days)


def test_holidays_are_where_they_belong() -> None:
    def days(*dates: tuple[int, int]) -> set[int]:
        return {int(datetime(2026, *date, tzinfo=UTC).timestamp()) // 86_400 for date in dates}

    # Good Friday, Easter Monday, King's Day, Ascension, Whit Monday, Boxing Day.
    assert days((4, 3), (4, 6), (4, 27), (5, 14), (5, 25), (12, 26)) < holidays(EUROPE, 2026)
    # Memorial Day, Independence Day, Labor Day, Thanksgiving.
    assert days((5, 25), (7, 4), (9, 7), (11, 26)) < holidays(AMERICA, 2026)
    monday = int(datetime(2026, 11, 23, tzinfo=UTC).timestamp())
    assert week_start(week_of(monday)) == monday
    assert week_start(week_of(monday - 1)) == monday - 7 * 86_400


def test_the_command_says_in_one_line_what_it_wrote(tmp_path: Path) -> None:
    def run(as_of: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "simulator", str(tmp_path), "--as-of"]
        command += [as_of, "--seed", "3", "--people", "5", "--accounts", "9", "--days", "15"]
        return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)

    done = run("2026-11-23T08:00:00+01:00")
    assert done.returncode == 0, done.stderr
    assert len(done.stdout.splitlines()) == 1
    assert "4 mailboxes" in done.stdout
    assert (tmp_path / "activity" / "organization.json").exists()
    assert (tmp_path / "contacts.csv").exists()
    refused = run("tomorrow")
    assert refused.returncode == 2
    assert "--as-of" in refused.stderr
