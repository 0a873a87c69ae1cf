"""The steps in their order, the review, and what comes after."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.rule import Rule

from engagement_assets.configure import (
    addresses,
    customers,
    document,
    name,
    privacy,
    prompts,
    request,
    source,
)
from engagement_assets.configure.setup import Setup
from engagement_assets.errors import ConfigurationError, StoppedError

_STEPS: Final[Mapping[str, Callable[[Setup], None]]] = {
    source.TITLE: source.ask,
    addresses.TITLE: addresses.ask,
    privacy.TITLE: privacy.ask,
    customers.TITLE: customers.ask,
    name.TITLE: name.ask,
}
_SAVE, _LEAVE = "Save", "Leave without saving"

_OVERVIEW = """\
This command writes a configuration: where activity is read, whose mailboxes, the privacy terms,
your customers, and when. It looks addresses up and reads your customer files to show what it
finds; it reads no mailbox and keeps nothing. Nothing is saved before the end; Ctrl-C leaves the
file as it is."""


class SetupStoppedError(StoppedError):
    """Somebody pressed Ctrl-C during the set-up."""


def run(file: Path, console: Console, environment: Mapping[str, str]) -> None:
    """Ask everything, show it, save it, and ask for consent.

    Args:
        file: the configuration file; what it holds already is offered as the answer.
        console: where is shown what is not asked.
        environment: where the credential is.

    Raises:
        ConfigurationError: when the file cannot be read or written.
        SetupStoppedError: on Ctrl-C.
    """
    file = file.absolute()
    if not file.parent.is_dir():
        raise ConfigurationError(
            "it is not a folder", where=file.parent, remedy="Make it first, or name another file."
        )
    setup = Setup(file, document.read(file), console, environment)
    try:
        is_saved = _set_up(setup)
    except KeyboardInterrupt:
        raise SetupStoppedError("stopped; the file is as it was", where=file) from None
    if not is_saved:
        return
    console.print(Rule("Consent"))
    try:
        request.send(setup)
    except KeyboardInterrupt:
        raise SetupStoppedError(
            "stopped; the file is saved, and nobody was asked for consent",
            where=file,
            remedy="`engagement consent --notify` asks.",
        ) from None


def _set_up(setup: Setup) -> bool:
    """Ask everything; tell whether it was saved."""
    console, file = setup.console, setup.file
    console.print(Rule("Overview"))
    setup.say(_OVERVIEW)
    setup.say(f"{'Editing' if setup.content else 'Writing'} {file}.")
    for number, (title, ask) in enumerate(_STEPS.items(), start=1):
        console.print(Rule(f"Step {number} of {len(_STEPS)}: {title}"))
        ask(setup)
    while True:
        console.print(Rule("Review"))
        setup.say(document.text(setup.content, setup.file))
        problem = document.problem(setup.content, file)
        if problem:
            setup.say(f"A run will refuse this: {problem}", "red")
        answer = prompts.choose(
            "What now?",
            {
                _SAVE: _SAVE,
                **{f"Change: {title}": title for title in _STEPS},
                _LEAVE: _LEAVE,
            },
        )
        if answer == _LEAVE:
            setup.say(f"Not saved. {file} is as it was.", "yellow")
            return False
        if answer == _SAVE:
            if _save(setup):
                return True
        else:
            _STEPS[answer](setup)
            if answer == source.TITLE:  # another directory may know other people
                addresses.ask(setup)


def _save(setup: Setup) -> bool:
    if setup.file.exists():
        question = f"{setup.file} is there already. Replace it?"
        if not document.keeps_comments(setup.content, setup.file):
            question += " Comments in it are not kept, because of how it is written."
        if not prompts.confirm(question):
            return False
    document.save(setup.content, setup.file)
    setup.say(f"Saved: {setup.file}", "green")
    return True
