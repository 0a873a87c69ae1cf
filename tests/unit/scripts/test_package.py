"""What is found wrong with a wheel."""

import os
import zipfile
from pathlib import Path

import pytest

from scripts import package, package_use

EXPECTED = {"engagement_assets/__init__.py", "engagement_assets/dbt_like_sql/marts/a.sql"}


def wheel(folder: Path, names: set[str], description: str = "See docs/README.md.") -> Path:
    file = folder / "engagement_assets-1.0-py3-none-any.whl"
    with zipfile.ZipFile(file, "w") as archive:
        for name in names:
            archive.writestr(name, "")
        archive.writestr(
            "engagement_assets-1.0.dist-info/METADATA",
            f"Name: engagement-assets\nVersion: 1.0\n\n{description}\n",
        )
    return file


def test_what_must_be_in_it_and_nothing_else(tmp_path: Path) -> None:
    assert package.inspect(wheel(tmp_path, EXPECTED), EXPECTED).endswith(" kB, 3 files")


@pytest.mark.parametrize(
    ("names", "text"),
    [
        (EXPECTED | {"simulator/__init__.py"}, r"holds \['simulator/__init__.py'\]"),
        ({"engagement_assets/__init__.py"}, r"lacks \['engagement_assets/dbt_like_sql/marts/a"),
    ],
    ids=["too much", "too little"],
)
def test_other_contents(names: set[str], text: str, tmp_path: Path) -> None:
    with pytest.raises(package.PackageError, match=text):
        package.inspect(wheel(tmp_path, names), EXPECTED)


@pytest.mark.parametrize("link", ["[a](docs/a.md)", "![a](docs/a.png)", "[a](#b)"])
def test_links_that_lead_nowhere(link: str, tmp_path: Path) -> None:
    with pytest.raises(package.PackageError, match="which nobody has beside it"):
        package.inspect(wheel(tmp_path, EXPECTED, f"See {link}."), EXPECTED)


def test_links_that_lead_somewhere(tmp_path: Path) -> None:
    file = wheel(tmp_path, EXPECTED, "See [a](https://example.com/a).")
    assert package.inspect(file, EXPECTED)


def test_models_and_documents_lie_within_the_package_and_nothing_beside_it_is_in() -> None:
    names = package.tracked()
    assert "engagement_assets/py.typed" in names
    assert "engagement_assets/dbt_like_sql/marts/Office.sql" in names
    assert "engagement_assets/docs/privacy.md" in names
    assert "engagement_assets/docs/decisions/0003-published-is-a-link.md" in names
    assert all(name.startswith("engagement_assets/") for name in names)
    documents = [name for name in names if name.startswith("engagement_assets/docs/")]
    assert {Path(name).suffix for name in documents} == {".md"}


def test_what_is_wrong_is_said_and_fails(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    file = wheel(tmp_path, EXPECTED | {"simulator/__init__.py"})
    monkeypatch.setattr(package, "build", lambda _: (tmp_path / "source.tar.gz", file))

    assert package.main([]) == os.EX_SOFTWARE

    assert "simulator/__init__.py" in capsys.readouterr().err


def test_every_step_is_said(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    file = wheel(tmp_path, package.tracked())
    monkeypatch.setattr(package, "build", lambda _: (tmp_path / "source.tar.gz", file))
    monkeypatch.setattr(package, "install", lambda *_: tmp_path)
    monkeypatch.setattr(package_use, "everything", lambda *_: iter(["it runs"]))

    assert package.main([]) == 0

    first, second = capsys.readouterr().out.splitlines()
    assert first.startswith(f"{file.name}: ")
    assert second == "ok  it runs"
