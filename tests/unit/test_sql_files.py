"""Where the product's SQL lies: in a checkout beside the package, in an installed one inside."""

from pathlib import Path

import pytest

from engagement_assets import sql_files


def test_a_checkout_has_it_beside_the_package() -> None:
    found = sql_files.sql_folder()
    assert found == Path(__file__).parents[2] / "dbt_like_sql"
    assert (found / "marts" / "Office.sql").is_file()


def test_an_installed_package_has_it_inside(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sql_files, "_PACKAGE", tmp_path / "engagement_assets")
    assert sql_files.sql_folder() == tmp_path / "dbt_like_sql"
    (tmp_path / "engagement_assets" / "dbt_like_sql").mkdir(parents=True)
    assert sql_files.sql_folder() == tmp_path / "engagement_assets" / "dbt_like_sql"
