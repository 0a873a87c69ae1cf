"""Reading the YAML file, and every message that a wrong one can cause."""

import difflib
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any, get_args

import yaml
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from engagement_assets.config import sources
from engagement_assets.config.sections import Configuration
from engagement_assets.config.values import A_MOMENT
from engagement_assets.errors import ConfigurationError

_SOURCES = ", ".join(sources.KINDS)


class _Loader(yaml.SafeLoader):
    """YAML that refuses a key written twice, where YAML would let the last one win."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: set[str] = set()
        for key, _ in node.value:
            if not isinstance(key, yaml.ScalarNode):
                continue  # refused below, as a key that is not text
            if key.value in seen:
                raise yaml.constructor.ConstructorError(
                    None, None, f"the key {key.value} is written twice", key.start_mark
                )
            seen.add(key.value)
        return super().construct_mapping(node, deep)


def load(file: Path, *, files_must_exist: bool = True) -> Configuration:
    """Read the configuration.

    Args:
        file: the YAML file.
        files_must_exist: whether a file or folder that it names must be there already.

    Raises:
        ConfigurationError: with one line per mistake that names the key, the value and what is
            allowed.
    """
    try:
        text = file.read_text(encoding="utf-8-sig")
        content = yaml.load(text, _Loader)  # noqa: S506 - a SafeLoader that refuses doubled keys
    except OSError as error:
        raise ConfigurationError(
            f"it cannot be read: {error.strerror}",
            where=file,
            remedy="Name the configuration file with -c.",
        ) from error
    except UnicodeDecodeError as error:
        raise ConfigurationError(
            "it is not UTF-8 text", where=file, remedy="Save it as UTF-8."
        ) from error
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise ConfigurationError(
            str(error.problem), where=f"{file}, line {line}", remedy=_remedy(error)
        ) from error
    except (yaml.YAMLError, ValueError) as error:
        raise ConfigurationError(f"it is not valid YAML: {error}", where=file) from error
    if not isinstance(content, dict):
        raise ConfigurationError("it must hold keys and values, such as `source:`", where=file)
    try:
        return Configuration.model_validate(
            content,
            context={"folder": file.absolute().parent, "must_exist": files_must_exist},
        )
    except ValidationError as error:
        lines = [f"it has {error.error_count()} mistake(s):"]
        lines += [f"  {line}" for line in map(_explain, error.errors(include_url=False))]
        raise ConfigurationError("\n".join(lines), where=file) from None


def _remedy(error: yaml.MarkedYAMLError) -> str | None:
    """Return what helps where somebody wrote `*@contoso.com` or `@contoso.com` without quotes."""
    if "alias" not in str(error.context) and "cannot start any token" not in str(error.problem):
        return None
    return "A text that begins with *, &, @, ` or % needs quotes; addresses and domains are plain."


def _explain(error: ErrorDetails) -> str:
    location = [part for part in error["loc"] if part not in {"[key]"}]
    if len(location) > 1 and location[0] == "source" and location[1] in sources.KINDS:
        del location[1]
    key = ".".join(str(part) for part in location)
    match error["type"]:
        case "missing":
            return f"{key} is missing."
        case "extra_forbidden":  # the value is not shown: somebody may have put a secret there
            allowed = sorted(dict(_sections(Configuration))[error["loc"][:-1]].model_fields)
            close = difflib.get_close_matches(str(location[-1]), allowed, n=1)
            hint = f" Did you mean {close[0]}?" if close else ""
            return f"{key} is unknown.{hint} Allowed: {', '.join(allowed)}."
        case "union_tag_not_found":
            return f"source.kind is missing. Allowed: {_SOURCES}."
        case "union_tag_invalid":
            return f"source.kind: {error['ctx']['tag']!r} is not allowed. Allowed: {_SOURCES}."
        case "value_error":
            allowed_text = str(error["ctx"]["error"])
        case "timezone_aware":
            allowed_text = A_MOMENT
        case "tuple_type":
            allowed_text = "a list"
        case _:
            allowed_text = error["msg"].removeprefix("Input should be ")
    value = error["input"]
    shown = (
        repr(str(value))
        if isinstance(value, str | int | float | Path | date)
        else ("nothing" if value is None else f"a {type(value).__name__}")
    )
    end = "" if allowed_text.endswith("?") else "."
    return f"{key}: {shown} is not allowed. Expected: {allowed_text}{end}"


def _sections(
    model: type[BaseModel], location: tuple[int | str, ...] = ()
) -> Iterator[tuple[tuple[int | str, ...], type[BaseModel]]]:
    """Yield where each section stands, as pydantic names it, and its model."""
    yield location, model
    for name, field in model.model_fields.items():
        for option in (field.annotation, *get_args(field.annotation)):
            if isinstance(option, type) and issubclass(option, BaseModel):
                kind = option.model_fields.get("kind")
                tag = get_args(kind.annotation) if kind else ()
                yield from _sections(option, (*location, name, *tag))
