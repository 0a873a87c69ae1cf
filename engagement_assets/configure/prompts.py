"""Questions in the terminal. Ctrl-C raises KeyboardInterrupt, whichever question stands there."""

from collections.abc import Callable, Mapping
from typing import TypeVar

import questionary
from prompt_toolkit.completion import Completer, PathCompleter

Value = TypeVar("Value")

# what is wrong with an answer, in words; None when nothing is
Problem = Callable[[str], str | None]


def text(question: str, default: str = "", problem: Problem = lambda _: None) -> str:
    """Ask for a line of text; what is there already can be edited.

    Args:
        question: what is asked.
        default: the text that stands there.
        problem: what keeps an answer from being accepted.
    """
    return _line(question, default, problem)


def path(question: str, default: str = "", problem: Problem = lambda _: None) -> str:
    """Ask for a file or folder; the tab key completes names."""
    return _line(question, default, problem, completer=PathCompleter(expanduser=True))


def confirm(question: str, *, default: bool = True) -> bool:
    """Ask yes or no, and for Enter behind it: who is used to it would answer the next one, too."""
    return bool(_answer(questionary.confirm(question, default=default, auto_enter=False)))


def choose(question: str, choices: Mapping[str, Value], default: Value | None = None) -> Value:
    """Ask for one of several.

    Args:
        question: what is asked.
        choices: values by the words that are shown, in this order.
        default: the value that is pointed at first.
    """
    pointed = next((words for words, value in choices.items() if value == default), None)
    asked = questionary.select(question, choices=list(choices), default=pointed)
    return choices[str(_answer(asked))]


def _line(question: str, default: str, problem: Problem, completer: Completer | None = None) -> str:
    asked = questionary.text(
        question,
        default=default,
        validate=lambda answer: problem(answer.strip()) or True,
        # a file is looked at when its name is whole, not at every key
        validate_while_typing=False,
        complete_while_typing=False,
        completer=completer,
    )
    return str(_answer(asked)).strip()


def _answer(asked: questionary.Question) -> object:
    try:
        return asked.unsafe_ask()
    except EOFError:  # Ctrl-D in an empty line means to leave, too
        raise KeyboardInterrupt from None
