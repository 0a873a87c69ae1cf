"""A command in a pseudo-terminal: what it shows is read, and keys are pressed, as a user does."""

import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import termios
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

ENTER, DOWN, CTRL_C, CLEAR = "\r", "\x1b[B", "\x03", "\x15"

# generous: it only ends what hangs
TIMEOUT = 120.0

_ROWS, _COLUMNS = 200, 400
_CONTROL = re.compile(r"\x1b\[[0-9;?]*[ -/]*[@-~]|\x1b[@-_]|\r")


class Terminal:
    """A terminal with one command in it.

    Attributes:
        process: the command.
    """

    def __init__(self, process: subprocess.Popen[bytes], master: int) -> None:
        self.process = process
        self._master = master
        self._raw = b""
        self._seen = 0

    @property
    def shown(self) -> str:
        """Everything that was written so far, without what moves the cursor or colours."""
        return _CONTROL.sub("", self._raw.decode("utf-8", "replace"))

    def expect(self, text: str) -> str:
        """Wait until a text comes, behind what was expected before; return what came with it."""
        deadline = time.monotonic() + TIMEOUT
        while (place := self.shown.find(text, self._seen)) < 0:
            if not self._read(deadline - time.monotonic()):
                raise AssertionError(f"{text!r} does not come. Shown:\n{self.shown[self._seen :]}")
        came = self.shown[self._seen : place + len(text)]
        self._seen = place + len(text)
        return came

    def press(self, *keys: str) -> None:
        """Press keys."""
        os.write(self._master, "".join(keys).encode())

    def answer(self, question: str, *keys: str) -> str:
        """Wait for a question, press keys and Enter; return what was shown up to the question."""
        came = self.expect(question)
        self.press(*keys, ENTER)
        return came

    def correct(self, complaint: str, *keys: str) -> None:
        """Wait for what is wrong with an answer, and give another one."""
        self.expect(complaint)
        self.press(CLEAR, *keys, ENTER)

    def through(self, *answers: str | tuple[str, ...]) -> str:
        """Answer several questions; one without keys is answered by Enter alone.

        Returns:
            What was shown before the last one.
        """
        shown = ""
        for each in answers:
            shown = self.answer(*((each,) if isinstance(each, str) else each))
        return shown

    def wait(self) -> int:
        """Read to the end and return the exit code."""
        deadline = time.monotonic() + TIMEOUT
        while self._read(deadline - time.monotonic()):
            pass
        return self.process.wait(TIMEOUT)

    def _read(self, seconds: float) -> bool:
        """Read what is there or comes; tell whether there was anything."""
        ready, _, _ = select.select([self._master], [], [], max(seconds, 0))
        if not ready:
            return False
        try:
            content = os.read(self._master, 65_536)
        except OSError:  # Linux says so when the last writer is gone
            return False
        self._raw += content
        return bool(content)


@contextmanager
def opened(
    command: Sequence[str], *, environment: Mapping[str, str], folder: Path
) -> Iterator[Terminal]:
    """Run a command in a terminal while the block lasts."""
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", _ROWS, _COLUMNS, 0, 0))
    process = subprocess.Popen(
        command,
        stdin=slave,
        stdout=slave,
        stderr=slave,
        cwd=folder,
        env={
            **environment,
            "TERM": "xterm-256color",
            "PROMPT_TOOLKIT_NO_CPR": "1",
            "COLUMNS": str(_COLUMNS),
            "LINES": str(_ROWS),
        },
        start_new_session=True,
    )
    os.close(slave)
    try:
        yield Terminal(process, master)
    finally:
        process.kill()
        process.wait()
        os.close(master)
