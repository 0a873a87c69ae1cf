"""What one SELECT says, parsed or remembered."""

import subprocess
import sys
from pathlib import Path

import pytest

from engagement_assets.definitions import sql_folder
from engagement_assets.models import statement
from engagement_assets.models.faults import ModelError
from engagement_assets.models.loading import load_models
from engagement_assets.models.sql_cache import SqlCache
from engagement_assets.models.statement import Statement
from engagement_assets.schemas.input_tables import INPUT_TABLES

PATH = Path("segments/m.sql")
TEXT = """select a.x as One, -- the first
    count(*) as n
from B as a inner join c using (k)
where now() > a.y and b.z > 1
group by 1;
"""


def test_all_that_is_read_off_a_select() -> None:
    assert statement.read(PATH, TEXT, SqlCache()) == Statement(
        length=len(TEXT) - 2,
        reads=("B", "c"),
        columns=("One", "n"),
        descriptions={"One": "the first"},
        refused=(("clock", "now"),),
        decisive=("y", "z"),
        mentioned=("x", "y", "z"),
    )


def test_it_is_remembered_word_for_word(tmp_path: Path) -> None:
    for _ in range(2):
        cache = SqlCache(tmp_path / "cache")
        assert statement.read(PATH, TEXT, cache) == statement.read(PATH, TEXT, SqlCache())
        cache.save()


def test_an_error_names_the_file_that_has_the_text_now(tmp_path: Path) -> None:
    for name in ("a.sql", "b.sql"):
        cache = SqlCache(tmp_path / "cache")
        with pytest.raises(ModelError, match=rf"^{name}: it reads a table function"):
            statement.read(Path(name), "select x from read_csv('x')", cache)
        cache.save()


def test_what_is_remembered_needs_no_parser(tmp_path: Path) -> None:
    """Loading sqlglot costs as much as the rest of what a command does to load the models."""
    load_models(sql_folder(), INPUT_TABLES, cache=SqlCache(tmp_path / "cache"))
    code = (
        "import sys\nfrom pathlib import Path\n"
        "from engagement_assets.models.lineage import Lineage\n"
        "from engagement_assets.models.loading import load_models\n"
        "from engagement_assets.models.sql_cache import SqlCache\n"
        "from engagement_assets.sql_files import sql_folder\n"
        "from engagement_assets.schemas.input_tables import INPUT_TABLES\n"
        f"cache = SqlCache(Path({str(tmp_path / 'cache')!r}))\n"
        "models = load_models(sql_folder(), INPUT_TABLES, cache=cache)\n"
        "print(len(models), 'sqlglot' in sys.modules)\n"
        "Lineage(models, cache).of('Office')\n"
        "print('sqlglot' in sys.modules)\n"
    )

    def printed() -> list[str]:
        run = subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=True
        )
        return run.stdout.split()

    count = str(len(load_models(sql_folder(), INPUT_TABLES)))
    assert printed() == [count, "False", "True"]  # the lineage is asked for the first time
    assert printed() == [count, "False", "False"]
