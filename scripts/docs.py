"""Writes what is generated in `docs/` and `CONTRIBUTING.md`, or says what is not up to date.

python -m scripts.docs           # write it
python -m scripts.docs --check   # exit 1, and name the files that are not up to date

Some files are generated whole; in others, written by hand, parts are generated between the comments
`<!-- generated: NAME -->` and `<!-- /generated -->`. What is generated, and from what, is in
`scripts/reference/`.
"""

import argparse
import sys
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path

from engagement_assets.models.rules import RULES
from scripts.reference import (
    DOCS,
    ROOT,
    commands,
    configuration,
    dictionary,
    editor_schema,
    error_tree,
    model_files,
    page_queries,
    rooms,
    sql_rules,
)
from scripts.reference.markdown import fill

Generator = Callable[[], str]

_COMMAND = "python -m scripts.docs"

FILES: Mapping[Path, Generator] = {
    DOCS / "data-dictionary.md": dictionary.page,
    DOCS / "engagement.schema.json": editor_schema.text,
    DOCS / "pictures" / "rooms.svg": rooms.picture,
}

PARTS: Mapping[Path, Mapping[str, Generator]] = {
    ROOT / "CONTRIBUTING.md": {"rooms": rooms.overview},
    DOCS / "add-a-table.md": {"sql-rules": partial(sql_rules.overview, RULES)},
    DOCS / "configuration.md": {
        "keys": configuration.top,
        **{
            f"keys.{place}": partial(configuration.section, place)
            for place in configuration.sections()
        },
        "commands": commands.overview,
    },
    DOCS / "errors.md": {"errors": error_tree.tree},
    DOCS / "how-it-works.md": {
        "sources": model_files.sources,
        "models.staging": partial(model_files.layer, "staging"),
        "models.intermediate": partial(model_files.layer, "intermediate"),
        "models.marts": partial(model_files.layer, "marts"),
        "models.history": partial(model_files.layer, "history"),
    },
    DOCS / "results-app.md": {"queries": page_queries.overview},
    DOCS / "segments-and-measures.md": {
        "segments": model_files.segments,
        "measures": model_files.measures,
    },
}


def render() -> dict[Path, str]:
    """Return every file that is generated, in whole or in part, as it should be.

    Raises:
        PartError: a page lacks the place of a part, or has one that nothing is generated for.
    """
    wanted = {path: generate() for path, generate in FILES.items()}
    for path, parts in PARTS.items():
        text = path.read_text(encoding="utf-8")
        wanted[path] = fill(text, {name: generate() for name, generate in parts.items()})
    return wanted


def stale() -> dict[Path, str]:
    """Return the files that are not up to date, as they should be."""
    return {
        path: wanted
        for path, wanted in render().items()
        if not path.is_file() or path.read_text(encoding="utf-8") != wanted
    }


def main(arguments: Sequence[str] | None = None) -> int:
    """Write what is generated, or check that it is up to date.

    Args:
        arguments: the command line without the program's name; by default that of the process.

    Returns:
        The exit code: 1 when it was to be checked and is not up to date, else 0.

    Raises:
        OSError: a file cannot be written, since this is not a checkout of the repository, say.
    """
    parser = argparse.ArgumentParser(prog=_COMMAND, description="Write what is generated in docs/.")
    parser.add_argument("--check", action="store_true", help="only check that it is up to date")
    only_check = parser.parse_args(arguments).check
    found = stale()
    for path, wanted in found.items():
        if only_check:
            sys.stderr.write(f"{path.relative_to(ROOT)} is not up to date. Run: {_COMMAND}\n")
        else:
            path.write_text(wanted, encoding="utf-8")
    return 1 if only_check and found else 0


if __name__ == "__main__":
    sys.exit(main())
