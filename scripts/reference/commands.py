"""The commands and their options, from the help that `engagement --help` prints."""

import re
from collections.abc import Iterator

import typer
from typer.core import TyperCommand, TyperOption

from engagement_assets.command.cli import app
from scripts.reference.markdown import code, prose, table


def commands() -> dict[str, TyperCommand]:
    """Return every command by name, in the order in which they are used."""
    return dict(vars(typer.main.get_command(app))["commands"])


def overview() -> str:
    """Return a section for each command: what it does, its exit codes, its options."""
    return (
        "\n".join(_section(name, command) for name, command in commands().items()).rstrip("\n")
        + "\n"
    )


def _section(name: str, command: TyperCommand) -> str:
    paragraphs = re.split(r"\n\s*\n", (command.help or "").strip())
    told = "\n\n".join(" ".join(paragraph.split()) for paragraph in paragraphs)
    return f"### `engagement {name}`\n\n{prose(told)}\n\n" + table(
        ("option", "default", "what it does"), _options(command)
    )


def _options(command: TyperCommand) -> Iterator[tuple[str, str, str]]:
    for option in command.params:
        if not isinstance(option, TyperOption):
            continue
        names = ", ".join(map(code, (*option.opts, *option.secondary_opts)))
        if option.required:
            default = "required"
        elif option.is_flag or option.default is None:
            default = "off" if option.is_flag else "none"
        else:
            default = code(option.default)
        yield names, default, prose(option.help or "")
