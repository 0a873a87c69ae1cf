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
from .storage import write_mailbox

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


def write_ndjson(path: Path, entries: list[Json]) -> None:
    """Write resources, one a line."""
    lines = [json.dumps(entry, ensure_ascii=False) + "\n" for entry in entries]
    path.write_text("".join(lines), encoding="utf-8")


def write_directory(folder: Path, directory: Directory) -> None:
    """Write the organization, the users and the groups."""
    folder.mkdir(parents=True)
    organization = json.dumps(directory.organization, indent=1)
    (folder / "organization.json").write_text(organization, encoding="utf-8")
    write_ndjson(folder / "users.ndjson", [user.resource for user in directory.users])
    write_ndjson(folder / "groups.ndjson", directory.groups)


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
    folder: Path, rng: random.Random, *, size: Size = SMALL, odd_types: bool = True
) -> Path:
    """Write a random organisation into a folder, and return the path of its configuration.

    ``odd_types=False`` leaves out fields of unexpected JSON types.
    """
    dice = Dice(rng)
    activity = folder / "activity"
    clock = Clock(dice)
    directory = make_directory(dice, size.persons)
    write_directory(activity, directory)
    customers = make_customers(dice, directory, size.accounts)
    settings = write_customers(dice, customers, folder)

    post = write_letters(dice, clock, directory, customers, dice.between(*size.emails))
    messages = make_messages(post, odd_types=odd_types)
    meetings = arrange_meetings(post, dice.between(*size.meetings))
    events = make_events(post, meetings, odd_types=odd_types)
    for user in directory.users:
        mailbox = activity / "mailboxes" / user.user_id
        write_mailbox(dice, mailbox, messages[user.user_id], events[user.user_id], clock)

    config_file = folder / "engagement.yaml"
    content = yaml.safe_dump(
        configuration(dice, clock, directory, settings), sort_keys=False, allow_unicode=True
    )
    config_file.write_text(content, encoding="utf-8")
    return config_file
