"""The configuration file as it is edited: what nobody asks about stays as it is."""

import os
from pathlib import Path

import yaml

from engagement_assets import config
from engagement_assets.configure import yaml_text
from engagement_assets.configure.yaml_text import Content
from engagement_assets.errors import ConfigurationError

__all__ = [
    "Content",
    "keeps_comments",
    "listed",
    "problem",
    "put",
    "read",
    "save",
    "section",
    "text",
    "written",
]

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


def read(file: Path) -> Content:
    """Return the file's content; nothing when there is no file.

    Raises:
        ConfigurationError: when it cannot be read, or is not a YAML file of keys and values.
    """
    if not file.exists():
        return {}
    try:
        content = yaml.safe_load(_before(file))
    except (yaml.YAMLError, ValueError):
        config.load(file, files_must_exist=False)  # says what is wrong, and where
        raise
    if content is None:
        return {}
    if not isinstance(content, dict):
        raise ConfigurationError(
            "it holds no keys and values",
            where=file,
            remedy="Name another file with -c, or remove it.",
        )
    return content


def text(content: Content, file: Path) -> str:
    """Return the content as YAML: in the words of the file that is there, or in a new one's.

    Raises:
        ConfigurationError: when the file that is there cannot be read.
    """
    known = {key: content[key] for key in _ORDER if key in content}
    return yaml_text.edited(_before(file), known | content) or yaml_text.dump(known | content)


def keeps_comments(content: Content, file: Path) -> bool:
    """Tell whether saving changes the file that is there, rather than writing it anew.

    Raises:
        ConfigurationError: when the file cannot be read.
    """
    return yaml_text.edited(_before(file), content) is not None


def problem(content: Content, file: Path) -> str | None:
    """Return what a run would say against the content in place of the file; None when nothing."""
    trial = file.with_name(f".{file.name}.check")
    try:
        _write(trial, text(content, file))
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
        ConfigurationError: when it cannot be written, or read before.
    """
    target = file.resolve()  # a link stays a link
    building = target.with_name(f".{target.name}.part")
    try:
        mode = target.stat().st_mode if target.exists() else None
        _write(building, text(content, file))
        if mode is not None:
            building.chmod(mode)
        building.replace(target)
    except OSError as error:
        building.unlink(missing_ok=True)
        raise ConfigurationError(
            f"it cannot be written: {error.strerror}",
            where=file,
            remedy="Name another file with -c.",
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


def _before(file: Path) -> str:
    """Return the text of the file that is there; nothing when there is none."""
    try:
        return file.read_text(encoding="utf-8-sig") if file.exists() else ""
    except OSError as error:
        raise ConfigurationError(
            f"it cannot be read: {error.strerror}",
            where=file,
            remedy="Name another file with -c.",
        ) from error


def _write(file: Path, content: str) -> None:
    with file.open("w", encoding="utf-8") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
