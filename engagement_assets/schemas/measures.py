"""The measures: what they are, what they come to, and how that changed over the runs."""

from .model import Column, ColumnType, Rule, Table
from .rules import finite, identifier, json_object, one_of
from .segments import run_columns

UNITS = ("number", "count", "share", "score", "minutes", "days")
GRAINS = ("business", "customer")

_CONTRACT = "7"


def _column(
    name: str, kind: ColumnType, description: str, *rules: Rule, nullable: bool = False
) -> Column:
    return Column(name, kind, description, _CONTRACT, nullable, rules)


def _measure() -> Column:
    return _column("Measure", "VARCHAR", "The measure, as its file is called.", identifier())


def _dimensions() -> Column:
    return _column(
        "Dimensions",
        "VARCHAR",
        "What the value is about: dimension to its value (a JSON object). Empty without "
        "dimensions.",
        json_object(),
        nullable=True,
    )


def _value() -> Column:
    return _column(
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
    contract=_CONTRACT,
    columns=(
        _measure(),
        _column("Title", "VARCHAR", "What people call the measure.", identifier()),
        _column("Description", "VARCHAR", "What it measures, in words.", identifier()),
        _column(
            "Unit",
            "VARCHAR",
            "What the values are: a plain `number`, a `count`, a `share` (1 is all), a `score` "
            "(0 to 100), `minutes` or `days`.",
            one_of(*UNITS),
        ),
        _column(
            "Grain",
            "VARCHAR",
            "Whether there is a value for the whole `business` or for each `customer`.",
            one_of(*GRAINS),
        ),
        _column("Sql", "VARCHAR", "The text of the measure's file.", identifier()),
    ),
)

MEASURE_VALUE = Table(
    name="Measure_Value",
    description="What each measure comes to now.",
    grain="one measure, one account (or the whole business), one combination of its dimensions",
    key=("Measure", "CustomerId", "Dimensions"),
    contract=_CONTRACT,
    columns=(
        _measure(),
        _column(
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
    contract=_CONTRACT,
    columns=(*run_columns(), _measure(), _dimensions(), _value()),
)
