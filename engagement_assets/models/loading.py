"""The SQL models: one ``.sql`` file is one table; this module reads and orders them.

A model is ``<folder>/<layer>/<table>.sql``: a header of comments, then one SELECT that names the
tables it reads plainly. The order in which models are built follows from what they read, so
adding a file is all it takes to add a table.
"""

import heapq
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, cast

from engagement_assets.models import rules, statement
from engagement_assets.models.engine import Kind
from engagement_assets.models.faults import ModelError, closest, fault
from engagement_assets.models.headers import read_header
from engagement_assets.models.sql_cache import SqlCache

__all__ = ["HISTORY", "LAYERS", "TRACKED", "Model", "ModelError", "load_models", "upstream"]

LAYERS: Final = ("staging", "intermediate", "marts", "segments", "measures", "history")
# What one drops a file for, and what follows the rows of all those files over the runs.
TRACKED: Final = ("segments", "measures")
HISTORY: Final = "history"
# Beside the layers: rules about their tables, which `schemas/cross_table.py` reads.
CHECKS: Final = "checks"

_TABLE_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


@dataclass(frozen=True)
class Model:
    """One SQL file.

    Attributes:
        name: Name of the table, as the file is called.
        layer: The folder of the file, one of `LAYERS`.
        path: The file.
        sql: Its text, header included (so that line numbers are those of the file), without a
            semicolon at the end.
        purpose: What the table is for.
        grain: What one row stands for.
        source: Where the rule comes from.
        materialized: Whether it is built as a table or as a view.
        references: The models and sources that it reads, in their own spelling, sorted.
        column_descriptions: Column to the comment behind it; only columns that have one.
        columns: The names of its columns, as far as its SQL names them.
        decisive: Names, in lower case, of columns that decide which rows it has.
        mentioned: Names, in lower case, of all columns that its SQL mentions.
        title: What people call a segment or a measure; empty for other models.
        unit: What a measure's value is; empty for other models.
        is_own: Whether it lies in the configured folder instead of the product's.
    """

    name: str
    layer: str
    path: Path
    sql: str
    purpose: str
    grain: str
    source: str
    materialized: Kind
    references: tuple[str, ...]
    column_descriptions: Mapping[str, str] = field(hash=False)
    columns: tuple[str, ...]
    decisive: tuple[str, ...]
    mentioned: tuple[str, ...]
    title: str = ""
    unit: str = ""
    is_own: bool = False


def load_models(
    folder: Path,
    sources: Collection[str],
    own: Path | None = None,
    cache: SqlCache | None = None,
) -> tuple[Model, ...]:
    """Read every model of `folder`, in an order in which they can be built.

    Args:
        folder: The folder that holds the layer folders.
        sources: Names of the tables that exist before any model is built.
        own: A second folder, with segments and measures only.
        cache: What was read off the files before.

    Returns:
        Models, each after the models that it reads, and those that follow segments and measures
        after all of these; where that leaves a choice, by name.

    Raises:
        ModelError: A file breaks a rule, or models read each other in a circle.
    """
    source_names = {source.lower(): source for source in sources}
    found = [(path, False) for path in _model_files(folder, LAYERS)]
    found += [(path, True) for path in _model_files(own, TRACKED)] if own else []
    paths: dict[str, tuple[Path, bool]] = {}
    for path, is_own in found:
        key = path.stem.lower()
        if key in paths:
            raise fault(path, f"{paths[key][0]} makes a table of that name too", "Rename one file.")
        if key in source_names:
            raise fault(path, f"{source_names[key]} is a source", "Rename the file.")
        paths[key] = (path, is_own)
    names = source_names | {key: path.stem for key, (path, _) in paths.items()}
    cache = cache or SqlCache()
    models = [_read(path, names, cache, is_own=is_own) for path, is_own in paths.values()]
    cache.save()
    _check_tracked(models)
    return tuple(_in_order(models))


def _check_tracked(models: Collection[Model]) -> None:
    following = {model.name for model in models if model.layer == HISTORY}
    for model in models:
        if model.layer in TRACKED and (read := following & set(model.references)):
            raise fault(
                model.path,
                f"it reads {min(read)}, which is made of what it gives itself",
                "Read the segments and measures themselves by their names.",
            )


def upstream(
    models: Sequence[Model], name: str, *, given: Collection[str] = ()
) -> tuple[Model, ...]:
    """Pick what must be built for one model.

    Args:
        models: All models, in the order of `load_models`.
        name: The model that is wanted.
        given: Tables that exist already: neither they nor what only they read is needed.

    Returns:
        The needed models in the same order, the wanted one last.

    Raises:
        KeyError: There is no model of that name.
    """
    by_name = {model.name: model for model in models}
    needed: set[str] = set()
    waiting = [name]
    while waiting:
        model = by_name[waiting.pop()]
        needed.add(model.name)
        unmet = set(model.references) & by_name.keys() - needed - set(given)
        waiting += sorted(unmet)
    return tuple(model for model in models if model.name in needed)


def _model_files(folder: Path, layers: Collection[str]) -> Iterator[Path]:
    if not folder.is_dir():
        raise fault(folder, "there is no such folder", "Name the folder that holds the layers.")
    for path in sorted(folder.rglob("*")):
        inside = path.relative_to(folder).parts
        if any(part.startswith((".", "__")) for part in inside):
            continue  # what editors and other tools leave behind
        if inside[0] == CHECKS and layers is LAYERS:
            continue
        if path.is_dir():
            if len(inside) == 1 and path.name not in layers:
                raise fault(path, "it is not a layer", f"The layers are {', '.join(layers)}.")
        elif path.suffix.lower() == ".sql":
            if len(inside) != 2:
                raise fault(path, "a model lies in the folder of its layer", "Move it there.")
            if path.suffix != ".sql" or not _TABLE_NAME.fullmatch(path.stem):
                raise fault(
                    path,
                    "its name is not a table name and .sql",
                    "A table name has letters, digits and underscores, and begins with no digit.",
                )
            yield path


def _read(path: Path, names: Mapping[str, str], cache: SqlCache, *, is_own: bool) -> Model:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise fault(path, "it is not UTF-8 text", "Save it as UTF-8.") from None
    header = read_header(path, text, path.parent.name)
    said = statement.read(path, text, cache)
    _check_rules(path, said.refused, is_own=is_own)
    return Model(
        name=path.stem,
        layer=path.parent.name,
        path=path,
        sql=text[: said.length],
        purpose=header["purpose"],
        grain=header["grain"],
        source=header["source"],
        materialized=cast(Kind, header["materialized"]),
        references=_references(path, said.reads, names),
        column_descriptions=said.descriptions,
        columns=said.columns,
        decisive=said.decisive,
        mentioned=said.mentioned,
        title=header.get("title", ""),
        unit=header.get("unit", ""),
        is_own=is_own,
    )


def _check_rules(path: Path, refused: Iterable[tuple[str, str]], *, is_own: bool) -> None:
    for name, function in refused:
        rule = rules.NAMED[name]
        if is_own or rule.applies_to == "all":
            raise fault(
                path, f"it calls {function}, which {rule.reason}", f"Write instead: {rule.instead}."
            )


def _references(path: Path, reads: Iterable[str], names: Mapping[str, str]) -> tuple[str, ...]:
    """Return the tables that a model reads in the spelling of `names`, sorted."""
    found: set[str] = set()
    for table in reads:
        name = names.get(table.lower())
        if name is None:
            raise fault(
                path,
                f"it reads {table}, which is neither a model nor a source",
                f"{closest(table, names.values())}A model is a file of that name.",
            )
        found.add(name)
    return tuple(sorted(found))


def _in_order(models: Iterable[Model]) -> Iterator[Model]:
    waiting = {model.name: model for model in models}
    tracked = {name for name, model in waiting.items() if model.layer in TRACKED}
    unmet = {
        name: set(model.references) & waiting.keys()
        | (tracked if model.layer == HISTORY else set())
        for name, model in waiting.items()
    }
    ready = [(name.lower(), name) for name, missing in unmet.items() if not missing]
    heapq.heapify(ready)
    while ready:
        _, name = heapq.heappop(ready)
        yield waiting.pop(name)
        for reader in waiting:
            if name in unmet[reader]:
                unmet[reader].remove(name)
                if not unmet[reader]:
                    heapq.heappush(ready, (reader.lower(), reader))
    if waiting:
        raise _circle(waiting, unmet)


def _circle(waiting: Mapping[str, Model], unmet: Mapping[str, Collection[str]]) -> ModelError:
    # Every waiting model reads another one that waits, so walking on must come back.
    walk = [min(waiting)]
    while (reads := min(unmet[walk[-1]])) not in walk:
        walk.append(reads)
    circle = walk[walk.index(reads) :]
    start = circle.index(min(circle))
    circle = [*circle[start:], *circle[: start + 1]]
    chain = " reads ".join(str(waiting[name].path) for name in circle)
    return ModelError(
        f"These models read each other in a circle: {chain}.", remedy="Break it in one."
    )
