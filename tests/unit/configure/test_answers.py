"""What an answer may be, and how a path is shown and stored."""

from pathlib import Path

import pytest

from engagement_assets.config.values import Address, ListedAddress, Text
from engagement_assets.configure import answers


def test_one_value() -> None:
    problem = answers.one(Address)
    assert problem("ada@contoso.com") is None
    assert str(problem("nobody")).startswith("Expected: ")
    assert problem("") is not None
    assert answers.one(Address, optional=True)("") is None


def test_several_values() -> None:
    problem = answers.many(Address)
    assert problem("ada@contoso.com, bob@contoso.com;cy@contoso.com") is None
    assert problem(" , ") == "At least one is needed."
    assert answers.many(Address, optional=True)(" ") is None
    assert str(problem("ada@contoso.com nobody")).startswith("nobody: Expected: ")


def test_a_value_with_blanks_is_not_taken_apart() -> None:
    """A name is refused as a whole, and an X.500 name has blanks."""
    problem = answers.many(ListedAddress)
    refused = str(problem("bob@contoso.com, Ada Lovelace <ada@contoso.com>"))
    assert refused.startswith("Ada Lovelace <ada@contoso.com>: Expected: ")
    assert refused.endswith("did you mean ada@contoso.com?")
    x500 = "/o=ExchangeLabs/ou=Exchange Administrative Group (FYDIBOHF23SPDLT)/cn=ada"
    assert answers.normalised(ListedAddress, f"{x500}; bob@contoso.com cy@contoso.com") == [
        *(x500.lower(), "bob@contoso.com", "cy@contoso.com")
    ]


def test_values_are_kept_once_as_the_configuration_reads_them() -> None:
    assert answers.normalised(Address, "Ada@Contoso.com ada@contoso.com bob@contoso.com") == [
        "ada@contoso.com",
        "bob@contoso.com",
    ]
    assert answers.normalised(Text, "") == []


def test_what_must_be_there(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert answers.existing(folder=True)(str(tmp_path)) is None
    assert answers.existing(folder=False)(str(tmp_path / "file")) is None
    assert answers.existing(folder=True)(str(tmp_path / "file")) == "There is no such folder."
    assert answers.existing(folder=False)(str(tmp_path)) == "There is no such file."
    assert answers.existing(folder=True)("") == "There is no such folder."
    picky = answers.existing(folder=True, more=lambda place: f"{place.name} is too small.")
    assert picky(str(tmp_path)) == f"{tmp_path.name} is too small."


def test_a_path_is_stored_relative_to_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_up = tmp_path / "set-up"
    set_up.mkdir()
    monkeypatch.chdir(tmp_path)
    assert answers.stored("set-up/activity", set_up) == "activity"
    assert answers.shown("activity", set_up) == "set-up/activity"
    assert answers.stored("elsewhere", set_up) == str(tmp_path / "elsewhere")
    monkeypatch.chdir(set_up)
    assert answers.shown(str(tmp_path / "elsewhere"), set_up) == str(tmp_path / "elsewhere")
    assert answers.shown(None, set_up) == ""
