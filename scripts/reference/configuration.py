"""The keys of `engagement.yaml`: types, defaults and meaning, from the configuration's models."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, get_args, get_origin, get_type_hints

from annotated_types import Ge, Le
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from engagement_assets.config import Configuration, values
from scripts.reference.markdown import code, prose, sentence, table

# What a value may be, in words. A type that is not here fails the generator, not the reader.
_WORDS: Mapping[Any, str] = {
    values.Text: "text",
    values.Column: "name of a column",
    values.Address: "e-mail address",
    values.ListedAddress: "e-mail address",
    values.Domain: "domain, without `@`",
    values.AddressOrDomain: "e-mail address or domain",
    values.ExistingPath: "path of a file or folder that exists",
    values.TableFile: "path of a `.csv` or `.parquet` file that exists",
    values.RelativePath: "path",
    values.Moment: "moment with its time zone, such as `2026-11-24T09:00:00Z`",
    values.HttpsUrl: "address that begins with `https://`",
    values.WebUrl: "address that begins with `https://` or `http://`",
    values.Origin: "`https://` and a host, no path",
    values.Cron: "cron expression of five fields",
    values.TimeZone: "IANA time zone",
    values.Region: "code of a region",
    bool: "`true` or `false`",
    int: "whole number",
    float: "number",
}


def sections() -> dict[str, type[BaseModel]]:
    """Return every section below the top by the key that it stands under.

    A section of which there are several kinds stands there once for each: `source.graph`.
    """
    return dict(_sections(Configuration))


def _sections(model: type[BaseModel], above: str = "") -> Iterator[tuple[str, type[BaseModel]]]:
    for name, field in model.model_fields.items():
        below = [each for each in _leaves(field.annotation) if _is_section(each)]
        for section in below:
            kind = f".{_kind(section)}" if len(below) > 1 else ""
            yield f"{above}{name}{kind}", section
            yield from _sections(section, f"{above}{name}.")


def keys() -> set[str]:
    """Return every key with those above it: `name`, `results.sign_in`, `results.sign_in.issuer`."""
    found = set(Configuration.model_fields)
    for place, section in sections().items():
        found |= {f"{_prefix(place, section)}.{name}" for name in section.model_fields}
    return found


def top() -> str:
    """Return the table of the keys at the top of the file."""
    rows = _rows(Configuration, "", link=True)
    return table(("key", "what it may be", "default", "meaning"), rows)


def section(place: str) -> str:
    """Return the table of the keys of a section.

    Args:
        place: a key of `sections()`.

    Returns:
        The table, with keys as they are written with those above them.
    """
    model = sections()[place]
    rows = _rows(model, f"{_prefix(place, model)}.")
    return table(("key", "what it may be", "default", "meaning"), rows)


def _rows(
    model: type[BaseModel], prefix: str, *, link: bool = False
) -> Iterator[tuple[str, str, str, str]]:
    hints = get_type_hints(model, include_extras=True)
    for name, field in model.model_fields.items():
        key = code(f"{prefix}{name}")
        yield (
            f"[{key}](#{name})" if link else key,
            words(hints[name]),
            _default(field),
            _meaning(model, name),
        )


def words(kind: Any) -> str:
    """Return what a value of a type may be, in words.

    Raises:
        KeyError: nobody has said yet how the type is called.
    """
    said = next((said for known, said in _WORDS.items() if kind == known), None)
    if said is not None:
        return said
    if _is_section(kind):
        return "section"
    if get_origin(kind) is None:
        raise KeyError(f"scripts/reference/configuration.py has no words for {kind}")
    return _of_several(kind)


def _of_several(kind: Any) -> str:
    """Return what a value of a type that is made of others may be."""
    origin, arguments = get_origin(kind), get_args(kind)
    if origin is Annotated:
        return words(arguments[0]) + _bounds(arguments[1:])
    if origin is Literal:
        *others, last = map(code, arguments)
        return f"{', '.join(others)} or {last}" if others else last
    if origin is tuple:
        return f"list, each: {words(arguments[0])}"
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return f"map of part to {words(arguments[1])}"
    # one of several types; None is what the default says
    said = (words(each) for each in arguments if each is not type(None))
    return " or ".join(dict.fromkeys(said))


def _bounds(metadata: tuple[Any, ...]) -> str:
    bounds = [
        bound
        for each in metadata
        for bound in (each.metadata if isinstance(each, FieldInfo) else [each])
    ]
    least = next((f"{each.ge:,}" for each in bounds if isinstance(each, Ge)), None)
    most = next((f"{each.le:,}" for each in bounds if isinstance(each, Le)), None)
    if least is not None and most is not None:
        return f", {least} to {most}"
    return f", at least {least}" if least is not None else ""


def _default(field: FieldInfo) -> str:
    default = field.default
    if field.is_required():
        return "required"
    if default is None or isinstance(default, BaseModel):
        return "none" if default is None else "its keys' defaults"
    if isinstance(default, bool):
        return code(str(default).lower())
    if isinstance(default, tuple):
        return ", ".join(map(code, default)) or "empty"
    if isinstance(default, Mapping):
        return ", ".join(f"{each:g}" for each in default.values())
    return code(default.as_posix() if isinstance(default, Path) else default)


def _meaning(model: type[BaseModel], name: str) -> str:
    """Return what a key says: its description; of a section, else, and of a kind, its docstring."""
    field = model.model_fields[name]
    about = [model] if name == "kind" else list(_leaves(field.annotation))
    told = field.description or sentence(str(about[0].__doc__))
    return prose(told)


def _leaves(kind: Any) -> Iterator[Any]:
    if get_args(kind) and get_origin(kind) is not Literal:
        for each in get_args(kind):
            yield from _leaves(each)
    else:
        yield kind


def _is_section(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, BaseModel)


def _kind(section_model: type[BaseModel]) -> str:
    (kind,) = get_args(section_model.model_fields["kind"].annotation)
    return str(kind)


def _prefix(place: str, model: type[BaseModel]) -> str:
    return place.removesuffix(f".{_kind(model)}") if "kind" in model.model_fields else place
