"""What is found in SQL files of one's own before a run meets them."""

from pathlib import Path

import pytest

from engagement_assets.preflight import own_sql


def write(folder: Path, sql: str) -> Path:
    file = folder / "segments" / "mine.sql"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(f"-- title: Mine\n-- purpose: For a test.\n{sql}")
    return folder


def test_a_file_that_is_fine(tmp_path: Path) -> None:
    check = own_sql.inspect(write(tmp_path, "select CustomerId from Customer_Profile"))

    assert check.level == "ok"
    assert check.found == f"1 segment(s) and measure(s) of {tmp_path} can be read."


def test_a_folder_that_is_not_there_yet(tmp_path: Path) -> None:
    assert own_sql.inspect(tmp_path / "later").level == "ok"


def test_what_is_not_portable_is_a_warning(tmp_path: Path) -> None:
    sql = "select CustomerId, log(Replies) as L from Customer_Profile where Replies > 0"

    check = own_sql.inspect(write(tmp_path, sql))

    assert check.level == "warning"
    assert check.exit_code == 0
    assert f"{tmp_path / 'segments' / 'mine.sql'}: " in check.found
    assert "is to base 10 on DuckDB and e on Spark. Write instead: ln(x)" in check.found
    assert check.advice.startswith("It works here.")


@pytest.mark.parametrize(
    ("sql", "text"),
    [
        ("select CustomerId from Customer_Profil", "Did you mean Customer_Profile?"),
        ("select now() as CustomerId", "it calls now, which reads the clock"),
        ("select UserId as CustomerId from Office_UserEntity", "it reads Office_UserEntity, which"),
        (
            "select Nope as CustomerId from Customer_Profile",
            "DuckDB refuses it near line 3: Binder",
        ),
    ],
)
def test_what_no_run_accepts_is_an_error(tmp_path: Path, sql: str, text: str) -> None:
    check = own_sql.inspect(write(tmp_path, sql))

    assert check.level == "error"
    assert text in f"{check.found} {check.advice}"
    assert check.exit_code == 1
