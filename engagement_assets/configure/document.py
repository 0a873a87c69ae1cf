"""The configuration file as it is edited: what nobody asks about stays as it is."""

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import yaml

from engagement_assets import config
from engagement_assets.errors import ConfigurationError

Content = dict[str, Any]

# the order of the documentation; keys that are not named come behind, as they were
_ORDER = (
    "name",
    "source",
    "mailboxes",
    "customers",
    "privacy_terms",
    "tenant_admins",
    "time_zone",
    "schedule",
)


class _Dumper(yaml.SafeDumper):
    """Writes moments as the documentation does."""

    def ignore_aliases(self, _data: object) -> bool:
        return True


def _moment(dumper: yaml.SafeDumper, moment: datetime) -> yaml.ScalarNode:
    text = moment.isoformat()
    if moment.utcoffset() is not None:
        text = moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
    return dumper.represent_scalar("tag:yaml.org,2002:timestamp", text)


_Dumper.add_representer(datetime, _moment)


def read(file: Path) -> Content:
    """Return the file's content; nothing when there is no file.

    Raises:
        ConfigurationError: when it cannot be read, or is no YAML file of keys and values.
    """
    if not file.exists():
        return {}
    try:
        content = yaml.safe_load(file.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise ConfigurationError(f"{file} cannot be read: {error.strerror}.") from error
    except (yaml.YAMLError, ValueError):
        config.load(file, files_must_exist=False)  # says what is wrong, and where
        raise
    if content is None:
        return {}
    if not isinstance(content, dict):
        raise ConfigurationError(
            f"{file} holds no keys and values. Name another file with -c, or remove it."
        )
    return content


def text(content: Content) -> str:
    """Return the content as YAML."""
    known = {key: content[key] for key in _ORDER if key in content}
    return yaml.dump(
        known | content, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=100
    )


def problem(content: Content, file: Path) -> str | None:
    """Return what a run would say against the content in place of the file; None when nothing."""
    trial = file.with_name(f".{file.name}.check")
    try:
        _write(trial, text(content))
        config.load(trial)
    except ConfigurationError as error:
        return str(error).replace(str(trial), str(file))
    except OSError as error:
        return f"{file} cannot be written: {error.strerror}."
    finally:
        trial.unlink(missing_ok=True)
    return None


def save(content: Content, file: Path) -> None:
    """Replace the file in one step: whoever reads it sees the old or the new one, whole.

    Raises:
        ConfigurationError: when it cannot be written.
    """
    target = file.resolve()  # a link stays a link
    building = target.with_name(f".{target.name}.part")
    try:
        mode = target.stat().st_mode if target.exists() else None
        _write(building, text(content))
        if mode is not None:
            building.chmod(mode)
        building.replace(target)
    except OSError as error:
        building.unlink(missing_ok=True)
        raise ConfigurationError(
            f"{file} cannot be written: {error.strerror}. Name another file with -c."
        ) from error


def section(content: Content, name: str) -> Content:
    """Return a section to edit, made when it is missing."""
    found = content.get(name)
    if not isinstance(found, dict):
        found = content[name] = {}
    return found


def listed(section: Content, key: str) -> list[str]:
    """Return the texts of a list."""
    found = section.get(key)
    return [each for each in found if isinstance(each, str)] if isinstance(found, list) else []


def written(section: Content, key: str, default: str = "") -> str:
    """Return a text."""
    found = section.get(key)
    return found if isinstance(found, str) else default


def put(section: Content, key: str, value: object) -> None:
    """Write a value; an empty one is left out, unless it was written before."""
    if value or key in section:
        section[key] = value


def _write(file: Path, content: str) -> None:
    with file.open("w", encoding="utf-8") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
