"""The configuration file as the set-up reads and writes it."""

import stat
from pathlib import Path

import pytest

from engagement_assets.configure import document
from engagement_assets.errors import ConfigurationError

WRITTEN = """\
# Contoso
mailboxes:
  addresses: ["ada@contoso.com"]  # agreed
source: {kind: folder, path: activity}
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    written = tmp_path / "engagement.yaml"
    written.write_text(WRITTEN, encoding="utf-8")
    return written


def test_without_a_file_there_is_nothing(tmp_path: Path) -> None:
    assert document.read(tmp_path / "engagement.yaml") == {}


def test_an_empty_file_is_nothing(file: Path) -> None:
    file.write_text("# later\n", encoding="utf-8")
    content = document.read(file)
    assert content == {}
    document.save({"name": "Contoso"}, file)
    assert file.read_text(encoding="utf-8") == "# later\nname: Contoso\n"


@pytest.mark.parametrize("text", ["- a\n", "a\n"])
def test_what_holds_no_keys(file: Path, text: str) -> None:
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigurationError, match="holds no keys and values"):
        document.read(file)


def test_no_yaml_says_where(file: Path) -> None:
    file.write_text("a: [", encoding="utf-8")
    with pytest.raises(ConfigurationError, match="line 1"):
        document.read(file)


def test_a_new_file_has_the_order_of_the_documentation(tmp_path: Path) -> None:
    content = {"time_zone": "UTC", "data_dir": "data", "source": {"kind": "folder"}, "name": "C"}
    written = document.text(content, tmp_path / "engagement.yaml")
    assert written == "name: C\nsource:\n  kind: folder\ntime_zone: UTC\ndata_dir: data\n"


def test_comments_order_and_quotes_stay(file: Path) -> None:
    content = document.read(file)
    content["mailboxes"]["addresses"] = ["ada@contoso.com", "bo@contoso.com"]
    content["name"] = "Contoso"
    assert document.keeps_comments(content, file)
    document.save(content, file)
    assert file.read_text(encoding="utf-8") == (
        WRITTEN.replace('["ada@contoso.com"]', "[ada@contoso.com, bo@contoso.com]")
        + "name: Contoso\n"
    )


def test_a_file_that_cannot_be_edited_is_written_anew(file: Path) -> None:
    file.write_text("{source: {kind: folder}} # all of it\n", encoding="utf-8")
    content = document.read(file) | {"name": "Contoso"}
    assert not document.keeps_comments(content, file)
    document.save(content, file)
    assert file.read_text(encoding="utf-8") == "name: Contoso\nsource:\n  kind: folder\n"


def test_a_problem_is_that_of_a_run_and_nothing_is_left_of_the_trial(file: Path) -> None:
    problem = document.problem(document.read(file) | {"time_zone": "Europe/Nowhere"}, file)
    assert problem is not None
    assert f"{file}" in problem
    assert "time_zone" in problem
    assert ".check" not in problem
    assert [each.name for each in file.parent.iterdir()] == [file.name]


def test_saving_keeps_the_mode_and_a_link(file: Path) -> None:
    file.chmod(0o640)
    link = file.with_name("link.yaml")
    link.symlink_to(file.name)
    document.save({"name": "Contoso"}, link)
    assert link.is_symlink()
    assert stat.S_IMODE(file.stat().st_mode) == 0o640
    assert "name: Contoso" in file.read_text(encoding="utf-8")


def test_what_cannot_be_written_is_said(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="cannot be written"):
        document.save({"name": "Contoso"}, tmp_path / "missing" / "engagement.yaml")
    assert not list(tmp_path.iterdir())


def test_sections_lists_and_texts() -> None:
    content: document.Content = {"source": "none", "listed": ["a", 1], "text": 1}
    document.section(content, "source")["kind"] = "folder"
    assert content["source"] == {"kind": "folder"}
    assert document.listed(content, "listed") == ["a"]
    assert document.listed(content, "source") == []
    assert document.written(content, "text", "x") == "x"
    document.put(content, "empty", [])
    document.put(content, "text", "")
    assert "empty" not in content
    assert content["text"] == ""
