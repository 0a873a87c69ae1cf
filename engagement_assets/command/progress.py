"""How a run reports to a terminal (a bar) or to a log file (plain lines).

It listens to what Dagster logs, so the terminal and the Dagster UI tell the same story.
"""

import logging
from typing import Any, Self

import dagster as dg
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn


class Listener(logging.Handler):
    """Shows a run's steps on a console.

    Attributes:
        steps: how many steps the run has; set it before the run begins.
    """

    def __init__(self, console: Console) -> None:
        super().__init__(logging.DEBUG)  # Dagster's own events are at this level
        self.steps = 0
        self._console = console
        self._done = 0
        self._bar = Progress(
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TextColumn("{task.description}"),
            console=console,
            transient=True,
            disable=not console.is_terminal,
        )
        self._task = self._bar.add_task("starting", total=None)

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.stop()

    def emit(self, record: logging.LogRecord) -> None:
        """Show the start and end of a step, and what an asset says itself."""
        details: dict[str, Any] = getattr(record, "dagster_meta", {})
        event = details.get("dagster_event")
        step = str(details.get("step_key") or "")
        kind = event.event_type_value if event else None
        if kind == "STEP_START":
            self._bar.update(self._task, description=step, total=self.steps)
        elif kind == "STEP_SUCCESS":
            self._done += 1
            self._bar.update(self._task, completed=self._done)
            if not self._console.is_terminal:
                self._say(f"{self._done}/{self.steps} {step}")
        elif event is None and record.levelno >= logging.WARNING:
            self._say(f"[yellow]warning[/yellow] {details.get('orig_message', '')}")
        elif event is None and step and record.levelno >= logging.INFO:
            message = str(details.get("orig_message", ""))
            self._bar.update(self._task, description=f"{step}: {message}")
            if not self._console.is_terminal:
                self._say(f"  {message}")

    def _say(self, line: str) -> None:
        self._bar.console.print(line, highlight=False)

    @property
    def definition(self) -> dg.LoggerDefinition:
        """The Dagster logger whose records this listener shows."""
        logger = logging.Logger("engagement", logging.DEBUG)  # noqa: LOG001 - getLogger keeps handlers of the run before
        logger.addHandler(self)
        return dg.LoggerDefinition(lambda _: logger, description="Reports to a console.")
