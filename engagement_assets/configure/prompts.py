"""Questions in the terminal. Ctrl-C raises KeyboardInterrupt, whichever question stands there."""

from collections.abc import Callable, Mapping
from typing import TypeVar

import questionary

Value = TypeVar("Value")

# what is wrong with an answer, in words; None when nothing is
Problem = Callable[[str], str | None]

ENTER = "(Enter goes on)"


def text(question: str, default: str = "", problem: Problem = lambda _: None) -> str:
    """Ask for a line of text; what is there already can be edited.

    Args:
        question: what is asked.
        default: the text that stands there.
        problem: what keeps an answer from being accepted.
    """
    answer = questionary.text(question, default=default, validate=_validating(problem))
    return str(answer.unsafe_ask()).strip()


def path(question: str, default: str = "", problem: Problem = lambda _: None) -> str:
    """Ask for a file or folder; the tab key completes names."""
    answer = questionary.path(question, default=default, validate=_validating(problem))
    return str(answer.unsafe_ask()).strip()


def confirm(question: str, *, default: bool = True) -> bool:
    """Ask yes or no."""
    return bool(questionary.confirm(question, default=default).unsafe_ask())


def choose(question: str, choices: Mapping[str, Value], default: Value | None = None) -> Value:
    """Ask for one of several.

    Args:
        question: what is asked.
        choices: values by the words that are shown, in this order.
        default: the value that is pointed at first.
    """
    pointed = next((words for words, value in choices.items() if value == default), None)
    answer = questionary.select(question, choices=list(choices), default=pointed)
    return choices[str(answer.unsafe_ask())]


def _validating(problem: Problem) -> Callable[[str], bool | str]:
    return lambda answer: problem(answer.strip()) or True
