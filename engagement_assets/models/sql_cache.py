"""What was read off the SQL before: reading it anew costs more than building most models.

A file that is safe to delete. It holds answers about SQL by the text that they were read off, and
all of them are of one version of sqlglot and of this package's own code; what is damaged, or of
another version, is read off anew. It is JSON, so nothing in it can be run.
"""

import hashlib
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Final, TypeVar

import orjson
from pydantic import TypeAdapter, ValidationError

from engagement_assets import whole_file

FILE: Final = "sql.json"

# More answers than a few versions of all models need: then only those in use are kept.
_MOST: Final = 1_000

Answer = TypeVar("Answer")


class SqlCache:
    """Answers about SQL, in a file that may be missing, damaged or out of date."""

    def __init__(self, folder: Path | None = None) -> None:
        """Read what is there.

        Args:
            folder: Where the file lies; without one, nothing outlives this object.
        """
        self._folder = folder
        self._of = _made_by()
        self._known = _read(folder / FILE, self._of) if folder else {}
        self._used: set[str] = set()
        self._is_new = False

    def answer(self, kind: TypeAdapter[Answer], asked: str, make: Callable[[], Answer]) -> Answer:
        """Return an answer: the one from before, or the one that is made now.

        Args:
            kind: The type of the answer, which can be written as JSON.
            asked: What was asked and all that the answer depends on.
            make: Finds the answer; what it raises is not kept.
        """
        key = hashlib.sha256(asked.encode()).hexdigest()
        self._used.add(key)
        try:
            return kind.validate_python(self._known[key])
        except (KeyError, ValidationError):  # it is not there, or not what it says it is
            answer = make()
        self._known[key] = kind.dump_python(answer, mode="json")
        self._is_new = True
        return answer

    def save(self) -> None:
        """Write down what is new.

        A folder that is not there yet is made only inside of one that is: whoever merely looks at
        a configuration leaves nothing behind. Where nothing can be written, nothing is lost.
        """
        if self._folder is None or not self._is_new or not self._folder.parent.is_dir():
            return
        if len(self._known) > _MOST:
            self._known = {key: self._known[key] for key in self._used & self._known.keys()}
        try:
            self._folder.mkdir(exist_ok=True)
            whole_file.write(
                self._folder / FILE, orjson.dumps({"of": self._of, "answers": self._known})
            )
        except OSError:
            return  # a read-only or full disk: the next command reads the SQL as this one did
        self._is_new = False


def _made_by() -> str:
    """Return what answers depend on beside the SQL: sqlglot, and the code that asks it.

    A number to be raised by hand would be forgotten once, and nobody would see why.
    """
    code = hashlib.sha256()
    for file in sorted(Path(__file__).parent.glob("*.py")):
        code.update(file.read_bytes())
    return f"sqlglot {version('sqlglot')}, models {code.hexdigest()}"


def _read(file: Path, of: str) -> dict[str, object]:
    try:
        content = orjson.loads(file.read_bytes())
    except (OSError, orjson.JSONDecodeError):
        return {}
    is_ours = isinstance(content, dict) and content.get("of") == of
    answers = content.get("answers") if is_ours else None
    return answers if isinstance(answers, dict) else {}
