"""The page about Microsoft 365 against the client and the simulator: what it says is true."""

import re
from pathlib import Path

import typer

from engagement_assets.microsoft365 import (
    calendar,
    directory,
    http,
    mail,
    paging,
    permissions,
    places,
    retry_budget,
    slices,
    source,
)
from simulator.__main__ import application
from simulator.faults import LASTING, TRANSIENT

PAGE = (Path(__file__).parents[2] / "docs" / "microsoft365.md").read_text(encoding="utf-8")

MODULES = (http, paging, places, retry_budget, source)


def section(heading: str) -> str:
    return PAGE.split(f"\n## {heading}\n", 1)[1].split("\n## ", 1)[0]


def test_budgets_are_those_of_the_code() -> None:
    rows = re.findall(r"^\| `([A-Z_]+)` \| (\d+) \|", section("Faults and budgets"), re.MULTILINE)
    assert len(rows) > 10
    for name, value in rows:
        (found,) = {vars(module)[name] for module in MODULES if name in vars(module)}
        assert found == int(value), name


def test_permissions_are_those_of_the_code() -> None:
    text = section("Register the app")
    rows = {
        row.split("`")[1]: row for row in text.splitlines() if row.startswith("| `") and "|" in row
    }
    assert rows.keys() == permissions.KNOWN.keys()
    for name, known in permissions.KNOWN.items():
        *_, narrower, broader = rows[name].removesuffix("|").split("|")
        assert set(re.findall(r"`([\w.]+)`", broader)) - {"GroupMember.Read.All"} == known.broader
        if name in permissions.NEEDED:
            found = set(re.findall(r"`([\w.]+)`", narrower))
            assert found == known.narrower | known.enough


def test_stretches_are_those_of_the_code() -> None:
    text = section("What is read again, and when")
    assert "two days before it (`MAIL_BEFORE`)" in text
    assert slices.MAIL_BEFORE.days == 2
    assert f"less than {slices.OVERLAP.days} days before they were last read (`OVERLAP`)" in text
    assert "a day around it (`MEETINGS_AROUND`)" in text
    assert slices.MEETINGS_AROUND.days == 1
    hours = source.ROUND_LIFE.total_seconds() / 3600
    assert f"within {hours:g} hours (`ROUND_LIFE`)" in text


def test_every_request_has_its_fields() -> None:
    rows = [line for line in section("What is asked for").splitlines() if line.startswith("| `/")]
    for path, fields in (
        ("/organization", directory.ORGANISATION_FIELDS),
        ("/users", directory.USER_FIELDS),
        ("/groups", directory.GROUP_FIELDS),
        ("/users/<id>/mailFolders", mail.FOLDER_FIELDS),
        ("/users/<id>/messages", mail.MESSAGE_FIELDS),
        ("/users/<id>/calendarView", calendar.EVENT_FIELDS),
    ):
        (row,) = (line for line in rows if line.startswith(f"| `{path}`"))
        assert re.findall(r"`(\w+)`", row.split(" | ")[1]) == fields.split(","), path


def test_every_fault_and_option_of_the_simulator_is_mentioned() -> None:
    text = section("Try it against the simulator")
    for kind in (*TRANSIENT, *LASTING):
        assert f"`{kind}`" in text
    serve = vars(typer.main.get_command(application))["commands"]["serve"]
    options = {option for parameter in serve.params for option in parameter.opts}
    for option in options - {"folder", "secret", "--secret", "--help"}:
        if option.startswith("--"):
            assert f"`{option}" in text, option
