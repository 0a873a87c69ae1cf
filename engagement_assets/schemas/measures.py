"""The measures: what they are, what they come to, and how that changed over the runs."""

from engagement_assets.vocabulary import GRAINS, UNITS

from .model import Column, Table, column_beside
from .rules import finite, identifier, json_object, one_of
from .segments import run_columns


def _measure() -> Column:
    return column_beside("Measure", "VARCHAR", "The measure, as its file is called.", identifier())


def _dimensions() -> Column:
    return column_beside(
        "Dimensions",
        "VARCHAR",
        "What the value is about: dimension to its value (a JSON object). Empty without "
        "dimensions.",
        json_object(),
        nullable=True,
    )


def _value() -> Column:
    return column_beside(
        "Value",
        "DOUBLE",
        "The value, in the measure's unit. Empty when there is nothing to measure.",
        finite(),
        nullable=True,
    )


MEASURE_DEFINITION = Table(
    name="Measure_Definition",
    description="The measures that there are, and the SQL that computes them.",
    grain="one measure",
    key=("Measure",),
    numbers="7.3",
    columns=(
        _measure(),
        column_beside("Title", "VARCHAR", "What people call the measure.", identifier()),
        column_beside("Description", "VARCHAR", "What it measures, in words.", identifier()),
        column_beside(
            "Unit",
            "VARCHAR",
            "What the values are: a plain `number`, a `count`, a `share` (1 is all), a `score` "
            "(0 to 100), `minutes` or `days`.",
            one_of(*UNITS),
        ),
        column_beside(
            "Grain",
            "VARCHAR",
            "Whether there is a value for the whole `business` or for each `customer`.",
            one_of(*GRAINS),
        ),
        column_beside("Sql", "VARCHAR", "The text of the measure's file.", identifier()),
    ),
)

MEASURE_VALUE = Table(
    name="Measure_Value",
    description="What each measure comes to now.",
    grain="one measure, one account (or the whole business), one combination of its dimensions",
    key=("Measure", "CustomerId", "Dimensions"),
    numbers="7.3",
    columns=(
        _measure(),
        column_beside(
            "CustomerId",
            "VARCHAR",
            "The account, as in Office_Customer; empty for the whole business.",
            identifier(),
            nullable=True,
        ),
        _dimensions(),
        _value(),
    ),
)

MEASURE_HISTORY = Table(
    name="Measure_History",
    description="What the measures of the whole business came to in every run.",
    grain="one measure and one combination of its dimensions in one run",
    key=("RunId", "Measure", "Dimensions"),
    numbers="7.3",
    columns=(*run_columns(), _measure(), _dimensions(), _value()),
)
