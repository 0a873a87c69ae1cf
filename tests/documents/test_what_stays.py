"""What is promised is promised by name: a new table, command, code or header key is added."""

import os
import re
from pathlib import Path

import pytest
import typer

from engagement_assets import errors, schemas
from engagement_assets.command.cli import app
from engagement_assets.models.faults import ModelError
from engagement_assets.models.headers import read_header

PAGE = (Path(__file__).parents[2] / "docs" / "what-stays.md").read_text(encoding="utf-8")


def test_every_published_table() -> None:
    (listed,) = re.findall(r"These are the tables: (.*?)\.\n", PAGE, re.DOTALL)
    assert re.findall(r"`(\w+)`", listed) == list(schemas.TABLES)


def test_every_command() -> None:
    commands = vars(typer.main.get_command(app))["commands"]
    assert set(re.findall(r"`engagement (\w+)`", PAGE)) == set(commands)


def test_every_exit_code() -> None:
    classes = [errors.EngagementError, errors.ConfigurationError, errors.ConsentError]
    codes = {0, os.EX_TEMPFAIL, *(each.exit_code for each in classes)}
    assert {int(code) for code in re.findall(r"^\| (\d+) \|", PAGE, re.MULTILINE)} == codes


def test_every_header_key() -> None:
    (listed,) = re.findall(r"The header keys (.*?);", PAGE, re.DOTALL)
    known: set[str] = set()
    for layer in ("marts", "segments", "measures"):
        with pytest.raises(ModelError) as raised:
            read_header(Path("m.sql"), "-- unknown: key", layer)
        known.update(re.findall(r"\w+", str(raised.value).partition("The keys are ")[2]))
    assert set(re.findall(r"`(\w+)`", listed)) == known
