"""One organisation: an activity folder, the customers' files and the configuration."""

import json
import random
from dataclasses import dataclass
from datetime import UTC
from pathlib import Path
from zoneinfo import ZoneInfo

import yaml

from .accounts import make_customers, write_customers
from .calendars import arrange_meetings
from .correspondence import write_letters
from .dice import Dice, Json
from .directory import Directory, make_directory
from .events import make_events
from .messages import make_messages
from .moments import Clock
from .storage import BYTE_ORDER_MARK, compress, ending, file_bytes, write_mailbox

COMPONENTS = (
    "EmailsFromAccount",
    "TwoWayEmails",
    "Replies",
    "Meetings",
    "AccountPeople",
    "OwnPeople",
    "Recency",
)


@dataclass(frozen=True)
class Size:
    """How large an organisation is: fewest and most of everything."""

    persons: tuple[int, int] = (3, 10)
    accounts: tuple[int, int] = (3, 25)
    emails: tuple[int, int] = (30, 300)
    meetings: tuple[int, int] = (5, 60)


SMALL = Size()


def write_ndjson(dice: Dice, folder: Path, name: str, entries: list[Json]) -> None:
    """Write resources, one a line, into a file of any ending and case."""
    lines = [json.dumps(entry, ensure_ascii=False).encode() for entry in entries]
    suffix = dice.pick((".gz", ".zst")) if dice.odd(0.3) else ""
    file = name + ending(dice) + suffix
    if dice.odd(0.1):
        file = file.capitalize()
    content = (
        file_bytes(dice, lines) if dice.odd_forms else b"".join(line + b"\n" for line in lines)
    )
    (folder / file).write_bytes(compress(dice, suffix, content))


def write_directory(dice: Dice, folder: Path, directory: Directory) -> None:
    """Write the organization, the users and the groups."""
    folder.mkdir(parents=True)
    organization = directory.organization
    if dice.odd(0.1):
        organization = {"@odata.context": "x", "value": [organization]}
    mark = BYTE_ORDER_MARK if dice.odd(0.1) else b""
    content = mark + json.dumps(organization, indent=1).encode()
    (folder / "organization.json").write_bytes(content)
    users = [user.resource for user in directory.users]
    write_ndjson(dice, folder, "users", directory.earlier + users)
    write_ndjson(dice, folder, "groups", directory.groups)


def pick_weights(dice: Dice) -> dict[str, float]:
    """Return weights that sum to 100, some of them 0, some of them halves."""
    cuts = sorted(dice.between(0, 200) for _ in range(len(COMPONENTS) - 1))
    ends = [*cuts, 200]
    starts = [0, *cuts]
    return {
        component: (end - start) / 2
        for component, start, end in zip(COMPONENTS, starts, ends, strict=True)
    }


def configuration(dice: Dice, clock: Clock, directory: Directory, customers: Json) -> Json:
    """Return the content of engagement.yaml."""
    as_of = clock.window.as_of
    written: object = as_of.astimezone(dice.pick((UTC, clock.zone, ZoneInfo("Asia/Kolkata"))))
    if dice.chance(0.3):
        written = as_of.isoformat().replace("+00:00", "Z")
    found: Json = {
        "name": "Random organisation",
        "source": {"kind": "folder", "path": "activity"},
        "mailboxes": directory.settings,
        "customers": customers,
        "privacy_terms": {
            "accepted_by": "ada@contoso.com",
            "accepted_at": "2026-11-24T09:00:00Z",
        },
        "tenant_admins": ["admin@contoso.com"],
        "as_of": written,
        "data_dir": "data",
    }
    if clock.zone_name != "UTC" or dice.chance(0.5):
        found["time_zone"] = clock.zone_name
    if dice.chance(0.3):
        found["score_weights"] = pick_weights(dice)
    return found


def write_organisation(
    folder: Path,
    rng: random.Random,
    *,
    size: Size = SMALL,
    odd_types: bool = True,
    odd_forms: bool = True,
) -> Path:
    """Write a random organisation into a folder, and return the path of its configuration.

    ``odd_types=False`` leaves out fields of unexpected JSON types; ``odd_forms=False`` writes
    files, times and words as Graph and its exports do.
    """
    dice = Dice(rng, odd_forms=odd_forms)
    activity = folder / "activity"
    clock = Clock(dice)
    directory = make_directory(dice, size.persons)
    write_directory(dice, activity, directory)
    customers = make_customers(dice, directory, size.accounts)
    settings = write_customers(dice, customers, folder)

    post = write_letters(dice, clock, directory, customers, dice.between(*size.emails))
    messages = make_messages(post, odd_types=odd_types)
    meetings = arrange_meetings(post, dice.between(*size.meetings))
    events = make_events(post, meetings, odd_types=odd_types)
    for user in directory.users:
        name = user.user_id.upper() if dice.odd(0.04) else user.user_id
        mailbox = activity / "mailboxes" / name
        write_mailbox(dice, mailbox, messages[user.user_id], events[user.user_id], clock)

    config_file = folder / "engagement.yaml"
    content = yaml.safe_dump(
        configuration(dice, clock, directory, settings), sort_keys=False, allow_unicode=True
    )
    config_file.write_text(content, encoding="utf-8")
    return config_file
