"""Writes the sample organisation as files: an activity folder, and the customer dataset.

What belongs here: file names, compression and replacing what was there. The same organisation and
times always give the same bytes (with the same versions of Python, zstd and the time zone data).
"""

import csv
import gzip
import shutil
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from random import Random
from typing import IO, Literal

import orjson
from backports import zstd

from simulator.activity import Activity
from simulator.customers import Account
from simulator.graph_shape import JsonObject
from simulator.organisation import DOMAIN, EXCLUDED, Organisation
from simulator.working_time import unit_random

Compression = Literal["zst", "gz"]

_LINES_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Written:
    """How much an activity folder holds: mailboxes, and copies of messages and of events."""

    mailboxes: int
    messages: int
    events: int


def write_activity_folder(
    organisation: Organisation,
    folder: Path,
    *,
    as_of: datetime,
    days: int = 380,
    compression: Compression = "zst",
) -> Written:
    """Writes `folder` as an activity folder (docs/configuration.md), replacing one that is there.

    It holds the mailboxes of the selected users, up to `as_of` and `days` days back. The new folder
    is written beside the old one and takes its place when complete.

    Raises `FileExistsError` when `folder` holds something that is not an activity folder.
    """
    activity = Activity(organisation, as_of, days)
    with _replacing(folder) as target:
        _write_json(target / "organization.json", organisation.resource())
        _write_lines(target / "users.ndjson", (user.resource() for user in organisation.users))
        _write_lines(target / "groups.ndjson", (group.resource() for group in organisation.groups))
        mailboxes = messages = events = 0
        for user in organisation.selected_users:
            if not user.has_mailbox:
                continue
            mailbox = target / "mailboxes" / user.user_id
            mailbox.mkdir(parents=True)
            messages += _write_lines(
                mailbox / f"messages.ndjson.{compression}", activity.messages(user)
            )
            events += _write_lines(mailbox / f"events.ndjson.{compression}", activity.events(user))
            _write_json(mailbox / "excluded_folders.json", activity.excluded_folders(user))
            mailboxes += 1
    return Written(mailboxes, messages, events)


def write_customers(organisation: Organisation, folder: Path) -> tuple[Path, Path]:
    """Writes `contacts.csv` and `accounts.csv` into `folder` and returns their paths.

    Like every export from a customer system, the contacts hold some rows that are of no use:
    invalid and excluded addresses, colleagues, rows without an account, and repetitions.
    """
    folder.mkdir(parents=True, exist_ok=True)
    rng = unit_random(organisation.seed, "customer dataset")
    contacts = folder / "contacts.csv"
    accounts = folder / "accounts.csv"
    _write_csv(contacts, ("CustomerId", "Email"), _contact_rows(organisation, rng))
    names = (
        (account.account_id, account.name, _parent(organisation.accounts, account))
        for account in organisation.accounts
    )
    _write_csv(accounts, ("CustomerId", "Name", "ParentId"), names)
    return contacts, accounts


def _parent(accounts: Sequence[Account], account: Account) -> str:
    """Of every twelve accounts one has two accounts below it, and one of these has another."""
    above = {5: 4, 6: 4, 7: 5}.get(account.number % 12)
    if above is None:
        return ""
    return accounts[account.number - account.number % 12 + above].account_id


def _contact_rows(organisation: Organisation, rng: Random) -> Iterator[tuple[str, str]]:
    for account in organisation.accounts:
        for contact in account.contacts:
            address = contact.address
            draw = rng.random()
            if draw < 0.03:
                address = f" {address.upper()} "
            elif draw < 0.05:
                address = f"mailto:{address}"
            yield account.account_id, address
            if rng.random() < 0.015:
                yield account.account_id, contact.address
        yield from _useless_row(organisation, account, rng)
    yield organisation.accounts[0].account_id, EXCLUDED[1]


def _useless_row(
    organisation: Organisation, account: Account, rng: Random
) -> Iterator[tuple[str, str]]:
    """For one account in six a row that is not a contact."""
    wrong = rng.choice(("unknown", "n/a", f"info@@{account.domain}"))
    colleague = organisation.users[account.team[0]].address
    draw = rng.random()
    for limit, account_id, address in (
        (0.06, account.account_id, wrong),
        (0.10, account.account_id, colleague),
        (0.13, account.account_id, f"bounce@{EXCLUDED[0]}"),
        (0.15, "", f"reception@{account.domain}"),
        (0.17, account.account_id, f"partner-desk@{DOMAIN}"),
    ):
        if draw < limit:
            yield account_id, address
            return


def _write_csv(path: Path, header: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> None:
    partial = path.with_name(f".{path.name}.new")
    with partial.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)
    partial.replace(path)


def _write_json(path: Path, value: object) -> None:
    path.write_bytes(orjson.dumps(value, option=orjson.OPT_INDENT_2) + b"\n")


def _write_lines(path: Path, resources: Iterable[JsonObject]) -> int:
    """Writes one JSON object per line and returns how many."""
    count = 0
    with _opened(path) as file:
        lines: list[bytes] = []
        for resource in resources:
            lines.append(orjson.dumps(resource, option=orjson.OPT_APPEND_NEWLINE))
            count += 1
            if len(lines) == _LINES_AT_ONCE:
                file.write(b"".join(lines))
                lines.clear()
        file.write(b"".join(lines))
    return count


@contextmanager
def _opened(path: Path) -> Iterator[IO[bytes] | zstd.ZstdFile | gzip.GzipFile]:
    """The file for writing, compressed as its name says."""
    with path.open("wb") as raw:
        if path.suffix == ".zst":
            with zstd.ZstdFile(raw, "wb", level=6) as file:
                yield file
        elif path.suffix == ".gz":
            # No name and no time in the header: they would make the bytes differ.
            with gzip.GzipFile("", "wb", 6, raw, mtime=0) as file:
                yield file
        else:
            yield raw


@contextmanager
def _replacing(folder: Path) -> Iterator[Path]:
    """A new folder that takes the place of `folder` when the block succeeds."""
    if folder.exists() and any(folder.iterdir()) and not (folder / "organization.json").exists():
        raise FileExistsError(f"{folder} holds something else than an activity folder")
    folder.parent.mkdir(parents=True, exist_ok=True)
    partial = folder.with_name(f".{folder.name}.new")
    former = folder.with_name(f".{folder.name}.old")
    # Fixed names, so that what a killed run left behind is cleared away by the next one.
    shutil.rmtree(partial, ignore_errors=True)
    shutil.rmtree(former, ignore_errors=True)
    partial.mkdir()
    try:
        yield partial
        if folder.exists():
            folder.rename(former)
        partial.rename(folder)
    finally:
        if former.exists() and not folder.exists():
            former.rename(folder)
        shutil.rmtree(partial, ignore_errors=True)
        shutil.rmtree(former, ignore_errors=True)
