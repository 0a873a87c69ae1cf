"""What each SQL model is, from its header, and the tables that Python fills beside them."""

from collections.abc import Iterator
from functools import cache

from engagement_assets.models.loading import Model, load_models
from engagement_assets.schemas.input_tables import INPUT_TABLES
from scripts.reference import ROOT, SQL
from scripts.reference.markdown import code, table


@cache
def models() -> dict[str, Model]:
    """Return every model by name, those of a folder in the order in which they are built."""
    return {model.name: model for model in load_models(SQL, INPUT_TABLES)}


def link(model: Model) -> str:
    """Return a link to a model's file, from a page in docs/."""
    return f"[{model.name}](../{model.path.relative_to(ROOT).as_posix()})"


def layer(*names: str) -> str:
    """Return the table of the models of some folders: what they are, what one row is."""
    rows = (
        (link(model), model.purpose, model.grain)
        for name in names
        for model in models().values()
        if model.layer == name
    )
    return table(("model", "what it is", "one row is"), rows)


def segments() -> str:
    """Return the table of the shipped segments."""
    return table(
        ("segment", "who is in it"), ((link(each), each.purpose) for each in _of("segments"))
    )


def measures() -> str:
    """Return the table of the shipped measures."""
    rows = ((link(each), each.unit, each.purpose) for each in _of("measures"))
    return table(("measure", "unit", "what it is"), rows)


def sources() -> str:
    """Return the table of the tables that Python fills."""
    rows = ((code(each.name), each.description) for each in INPUT_TABLES.values())
    return table(("source", "what it is"), rows)


def _of(layer_name: str) -> Iterator[Model]:
    found = (model for model in models().values() if model.layer == layer_name)
    return iter(sorted(found, key=lambda model: model.name))
