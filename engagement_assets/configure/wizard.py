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


def run(file: Path, console: Console, environment: Mapping[str, str]) -> bool:
    """Ask everything, show it, save it, and ask for consent.

    Args:
        file: the configuration file; what it holds already is offered as the answer.
        console: where is shown what is not asked.
        environment: where the credential is.

    Returns:
        Whether the file was saved.

    Raises:
        ConfigurationError: when the file cannot be read or written.
        KeyboardInterrupt: on Ctrl-C; the file is as it was.
    """
    file = file.absolute()
    setup = Setup(file, document.read(file), console, environment)
    console.print(Rule("Overview"))
    setup.say(_OVERVIEW)
    setup.say(f"{'Edited' if setup.content else 'Written'} is {file}.")
    for number, (title, ask) in enumerate(_STEPS.items(), start=1):
        console.print(Rule(f"Step {number} of {len(_STEPS)}: {title}"))
        ask(setup)
    while True:
        console.print(Rule("Review"))
        setup.say(document.text(setup.content))
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
                break
        else:
            _STEPS[answer](setup)
    console.print(Rule("Consent"))
    request.send(setup)
    return True


def _save(setup: Setup) -> bool:
    question = f"{setup.file} is there already. Replace it? Comments in it are not kept."
    if setup.file.exists() and not prompts.confirm(question):
        return False
    document.save(setup.content, setup.file)
    setup.say(f"Saved: {setup.file}", "green")
    return True
