"""An organisation with SQL files of its own, where the results app may save segments."""

import shutil
from pathlib import Path

from engagement_assets import config
from engagement_assets.definitions import sql_folder
from engagement_assets.models import own_sql
from engagement_assets.models.loading import load_models
from engagement_assets.schemas.input_tables import INPUT_TABLES
from tests.support import pipeline
from tests.support.command import read_settings, write_settings

OWN_SEGMENT = """\
-- title: 100% odd <b>
-- purpose: Columns that nobody else shows: %s and "quotes".
select
    CustomerId,
    NoOfEmails_ToAccount * 1.5 as "odd ""column",
    case when Rank = 1 then 'the =first' end as Place,
    IsEngaged
from Customer_Profile
where IsEngaged
order by "odd ""column" desc
"""
OWN_MEASURE = """\
-- title: Accounts by size
-- purpose: Engaged accounts, by how many people they have.
-- unit: count
select
    case when AccountPeople > 2 then 'large' else 'small' end as Size,
    IsEngaged as Active,
    count(*) as Value
from Customer_Profile
group by 1, 2
"""


def write(sample: Path, folder: Path) -> Path:
    """Copy an organisation that was run, give it files of its own, and return its configuration."""
    shutil.copytree(sample.parent, folder, symlinks=True)
    config_file = folder / sample.name
    for layer, name, text in (
        ("segments", "odd", OWN_SEGMENT),
        ("measures", "by_size", OWN_MEASURE),
    ):
        (folder / "sql" / layer).mkdir(parents=True)
        (folder / "sql" / layer / f"{name}.sql").write_text(text)
    write_settings(
        config_file,
        read_settings(config_file) | {"sql_folder": "sql", "results": {"save_segments": True}},
    )
    return config_file


def run(config_file: Path) -> None:
    """Run everything once, the files of its own included."""
    models = load_models(sql_folder(), INPUT_TABLES, config.load(config_file).sql_folder)
    own_sql.check(models)
    pipeline.run(config_file, models=models)
