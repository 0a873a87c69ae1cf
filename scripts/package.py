"""The package as others get it: built, looked into, installed somewhere empty, and used there.

`python -m scripts.package` (`make package`) builds the source distribution, and the wheel from
that. It sees that the wheel holds what is tracked and nothing else (documents without pictures),
installs it with the versions of a lock file into an environment of its own, and runs every command
far from the checkout. What it makes lies in a temporary folder and goes when it ends.
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import tomllib
import zipfile
from collections.abc import Sequence
from datetime import UTC, datetime
from email.parser import HeaderParser
from pathlib import Path

import yaml

from scripts import package_use
from simulator.folder import write_activity_folder, write_customers
from simulator.organisation import LISTED_ADDRESSES, Organisation

ROOT = Path(__file__).parents[1]
PACKAGE = "engagement_assets"
# what lies beside the package in a checkout and within it in a wheel
MODELS, DOCUMENTS = "dbt_like_sql", "docs"

_AS_OF = datetime(2026, 11, 23, 7, tzinfo=UTC)
_RELATIVE_LINK = re.compile(r"\]\((?![a-z]+://)[^)]*\)")


class PackageError(Exception):
    """The package is not as it must be; the text says what is wrong."""


def build(folder: Path) -> tuple[Path, Path]:
    """Build the source distribution, and the wheel from it as somebody without git would.

    Returns:
        The source distribution and the wheel.
    """
    _call([sys.executable, "-m", "hatchling", "build", "-t", "sdist", "-d", str(folder)], ROOT)
    (source,) = folder.glob("*.tar.gz")
    with tarfile.open(source) as archive:
        archive.extractall(folder / "source", filter="data")
    (unpacked,) = (folder / "source").iterdir()
    _call([sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)], unpacked)
    (wheel,) = folder.glob("*.whl")
    return source, wheel


def tracked() -> set[str]:
    """Return the names that a wheel must hold: the package, models and pages that git tracks."""
    paths = [PACKAGE, MODELS, f"{DOCUMENTS}/*.md"]
    listed = _call(["git", "ls-files", "-z", *paths], ROOT).split("\0")
    beside = (f"{MODELS}/", f"{DOCUMENTS}/")
    return {f"{PACKAGE}/{name}" if name.startswith(beside) else name for name in listed if name}


def inspect(wheel: Path, expected: set[str]) -> str:
    """Require that a wheel holds what it must, and nothing else.

    Args:
        wheel: the file.
        expected: the names of its files, without those that say what it is (`*.dist-info/`).

    Returns:
        How much it holds, for a person.

    Raises:
        PackageError: when something is missing or too much, or a link of its description leads
            nowhere.
    """
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        (about,) = (name for name in names if name.endswith(".dist-info/METADATA"))
        described = HeaderParser().parsestr(archive.read(about).decode("utf-8"))
    info = about.removesuffix("METADATA")
    held = {name for name in names if not name.startswith(info)}
    if held != expected:
        raise PackageError(
            f"{wheel.name} lacks {sorted(expected - held)} and holds {sorted(held - expected)} "
            "that is not tracked. What it holds is set in pyproject.toml, tool.hatch.build."
        )
    leading_nowhere = _RELATIVE_LINK.findall(str(described.get_payload()))
    if leading_nowhere:
        raise PackageError(
            f"The description of {wheel.name} links {leading_nowhere}, which nobody has beside it. "
            "pyproject.toml, fancy-pypi-readme, turns links of the README into names."
        )
    return f"{wheel.name}: {wheel.stat().st_size / 1_000:.0f} kB, {len(names)} files"


def install(wheel: Path, lock: Path, folder: Path, python: str) -> Path:
    """Install a wheel with the versions of a lock file into a new environment.

    Args:
        wheel: the file.
        lock: names, versions and hashes of all that it needs.
        folder: where the environment is made.
        python: the interpreter: a path, or a name that is found.

    Returns:
        The folder of its commands.
    """
    _call([python, "-m", "venv", str(folder)], folder.parent)
    commands = folder / "bin"
    pip = [str(commands / "pip"), "install", "--quiet", "--disable-pip-version-check", "--no-deps"]
    _call([*pip, "--require-hashes", "-r", str(lock)], folder.parent)
    _call([*pip, "--no-index", str(wheel)], folder.parent)
    return commands


def write_organisation(folder: Path) -> Path:
    """Write a small organisation with its configuration; return the configuration's path."""
    organisation = Organisation.generate(7, people=6, accounts=8)
    write_activity_folder(organisation, folder / "activity", as_of=_AS_OF, days=40)
    write_customers(organisation, folder)
    content = {
        "source": {"kind": "folder", "path": "activity"},
        "mailboxes": {"addresses": list(LISTED_ADDRESSES)},
        "customers": {"contacts": "contacts.csv", "accounts": "accounts.csv"},
        "privacy_terms": {"accepted_by": "ada@contoso.com", "accepted_at": "2026-11-20T09:00:00Z"},
        "as_of": _AS_OF.isoformat(),
    }
    file = folder / "engagement.yaml"
    file.write_text(yaml.safe_dump(content, sort_keys=False), encoding="utf-8")
    return file


def _call(command: Sequence[str], folder: Path) -> str:
    """Run a command and return what it prints.

    Raises:
        PackageError: when it fails.
    """
    done = subprocess.run(  # noqa: S603 - our own commands
        command,
        cwd=folder,
        env=package_use.environment(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise PackageError(f"{' '.join(command)} failed:\n{done.stdout}{done.stderr}")
    return done.stdout


def main(arguments: Sequence[str]) -> int:
    """Build, look into, install and use the package; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m scripts.package", description=__doc__)
    parser.add_argument("--python", default=sys.executable, help="the interpreter to install for")
    parser.add_argument("--lock", type=Path, default=ROOT / "requirements.lock")
    parser.add_argument("--keep", type=Path, help="a folder that gets both files")
    chosen = parser.parse_args(arguments)
    version = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"][
        "version"
    ]
    with tempfile.TemporaryDirectory(prefix="engagement-package-") as temporary:
        folder = Path(temporary)
        try:
            built = build(folder)
            print(inspect(built[1], tracked()), flush=True)
            if chosen.keep:
                chosen.keep.mkdir(parents=True, exist_ok=True)
                for file in built:
                    shutil.copy(file, chosen.keep)
            commands = install(
                built[1], chosen.lock.absolute(), folder / "environment", chosen.python
            )
            elsewhere = folder / "elsewhere"
            elsewhere.mkdir()
            for done in package_use.everything(commands, write_organisation(elsewhere), version):
                print(f"ok  {done}", flush=True)
        except (PackageError, package_use.UseError) as error:
            print(f"package: {error}", file=sys.stderr)
            return os.EX_SOFTWARE
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
