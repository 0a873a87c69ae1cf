"""Saving a rule as a segment file."""

import threading
from pathlib import Path

import pytest

from engagement_assets.results.rules import Rule, segment_file
from engagement_assets.results.saving import ExistsError, SavingError, problem_of, save

TEXT = segment_file(Rule("all", ()), "Everybody", "All there are.")
OTHER = segment_file(Rule("any", ()), "Everybody else", "All there are.")


def files(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_the_folder_is_made_and_holds_the_file_alone(tmp_path: Path) -> None:
    save(tmp_path / "segments", "everybody", TEXT, replace=False)

    assert files(tmp_path / "segments") == ["everybody.sql"]
    file = tmp_path / "segments" / "everybody.sql"
    assert file.read_bytes() == TEXT.encode()
    assert file.stat().st_mode & 0o777 == 0o644  # the pipeline may be another user


@pytest.mark.parametrize("name", ["everybody", "Everybody"])
def test_a_saved_segment_is_replaced_only_when_wanted(tmp_path: Path, name: str) -> None:
    save(tmp_path, "everybody", TEXT, replace=False)

    with pytest.raises(ExistsError):
        save(tmp_path, name, OTHER, replace=False)
    assert (tmp_path / "everybody.sql").read_text() == TEXT

    save(tmp_path, name, OTHER, replace=True)
    # one file still: two that differ in case would be one table
    assert files(tmp_path) == ["everybody.sql"]
    assert (tmp_path / "everybody.sql").read_text() == OTHER


def test_what_somebody_wrote_is_never_replaced(tmp_path: Path) -> None:
    own = "-- title: Mine\n-- purpose: By hand.\nselect CustomerId from Customer_Profile\n"
    (tmp_path / "mine.sql").write_text(own)

    with pytest.raises(SavingError, match="by hand"):
        save(tmp_path, "mine", TEXT, replace=True)
    assert (tmp_path / "mine.sql").read_text() == own


def test_a_link_is_replaced_not_followed(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere.txt"
    elsewhere.write_text(TEXT)
    folder = tmp_path / "segments"
    folder.mkdir()
    (folder / "mine.sql").symlink_to(elsewhere)

    save(folder, "mine", OTHER, replace=True)

    assert elsewhere.read_text() == TEXT
    assert (folder / "mine.sql").read_text() == OTHER


def test_of_two_who_save_at_once_one_is_told(tmp_path: Path) -> None:
    together = threading.Barrier(8)
    outcomes = []

    def attempt(number: int) -> None:
        together.wait()
        try:
            save(tmp_path, "mine", f"{TEXT}-- {number}\n", replace=False)
            outcomes.append(number)
        except ExistsError:
            pass

    threads = [threading.Thread(target=attempt, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(outcomes) == 1
    assert (tmp_path / "mine.sql").read_text() == f"{TEXT}-- {outcomes[0]}\n"
    assert files(tmp_path) == ["mine.sql"]


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "segments").write_text("a file")

    with pytest.raises(SavingError, match="segments: the file could not be written"):
        save(tmp_path / "segments", "mine", TEXT, replace=False)


@pytest.mark.parametrize(
    "name", ["", "1st", "a b", "../a", "a/b", "a.b", "é", "a\n", "a" * 61, "C:a", "a\x00"]
)
def test_no_other_names(tmp_path: Path, name: str) -> None:
    assert "letters" in problem_of(name, ())
    with pytest.raises(SavingError):
        save(tmp_path, name, TEXT, replace=False)
    assert files(tmp_path) == []


def test_names_of_tables_are_taken_in_any_case() -> None:
    assert "already" in problem_of("office", ["Office"])
    assert problem_of("offices", ["Office"]) == ""
