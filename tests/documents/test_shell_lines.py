"""The shell lines of the documents: they run here or in a test that they name, or say why not."""

import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import typer

from engagement_assets.command.cli import app
from engagement_assets.microsoft365.sign_in import CERTIFICATE_VARIABLE, Credential
from simulator.__main__ import application

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
# a block of shell lines with the comment above it, indented or not
BLOCK = re.compile(r"^(?: *<!-- ([^\n]*) -->\n)?( *)```sh\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)
MARKED = [
    DOCS / name for name in ("set-up.md", "operations.md", "results-app.md", "microsoft365.md")
]
PAGES = sorted([*ROOT.glob("*.md"), *DOCS.rglob("*.md")])


def blocks(page: Path) -> list[tuple[str, str]]:
    """Return the comment above each block of shell lines, and the lines."""
    found = BLOCK.findall(page.read_text(encoding="utf-8"))
    return [(comment, lines) for comment, _, lines in found]


def block(page: str, beginning: str) -> str:
    (found,) = (lines for _, lines in blocks(DOCS / page) if lines.startswith(beginning))
    return found


@pytest.mark.parametrize("page", MARKED, ids=lambda page: page.name)
def test_every_block_names_the_test_that_runs_it_or_says_why_none_does(page: Path) -> None:
    assert blocks(page)
    for comment, lines in blocks(page):
        if not re.fullmatch(r"not run: \w.+", comment):
            assert comment.startswith("run by tests/"), lines
            test = (ROOT / comment.removeprefix("run by ")).read_text(encoding="utf-8")
            for command in re.findall(r"^engagement (\w+)", lines, re.MULTILINE):
                assert re.search(rf"\b{command}\b", test), lines


def commands() -> Iterator[tuple[str, list[str]]]:
    """Yield the words of every line that calls a command of ours, with the command's name."""
    for page in PAGES:
        for _, lines in blocks(page):
            for line in lines.replace("\\\n", " ").splitlines():
                found = re.match(r" *(?:\.venv/bin/)?(?:python -m )?(engagement|simulator) ", line)
                if found:
                    yield found[1], shlex.split(line[found.end() :], comments=True)


def test_every_command_and_its_options_exist() -> None:
    programs = {"engagement": app, "simulator": application}
    seen = set()
    for program, (name, *words) in commands():
        command = vars(typer.main.get_command(programs[program]))["commands"][name]
        with command.make_context(name, list(words)):  # raises at what it does not know
            seen.add(f"{program} {name}")
    assert {"engagement run", "engagement preflight", "simulator serve"} <= seen


def test_the_credential_that_is_made_can_be_used(tmp_path: Path) -> None:
    script = block("set-up.md", "umask") + f"\necho ${CERTIFICATE_VARIABLE}\n"
    ran = subprocess.run(
        ["sh", "-e", "-c", script], cwd=tmp_path, check=True, capture_output=True, text=True
    )
    file = ran.stdout.strip()
    assert Credential.from_environment({CERTIFICATE_VARIABLE: file}).kind == "certificate"
    assert Path(file).stat().st_mode & 0o077 == 0
    assert not (tmp_path / "key.pem").exists()


def test_a_backup_can_be_restored(tmp_path: Path) -> None:
    data, backup = tmp_path / "data", tmp_path / "backup"
    (data / "snapshots" / "000007").mkdir(parents=True)
    (data / "published").symlink_to("snapshots/000007")
    (backup / "parquet").mkdir(parents=True)
    (backup / "engagement.duckdb").write_text("results", encoding="utf-8")
    script = block("operations.md", "cd <data_dir>")
    script = script.replace("<data_dir>", str(data)).replace("<backup>", str(backup))
    subprocess.run(["sh", "-e", "-c", script], check=True, capture_output=True)
    restored = data / "published" / "engagement.duckdb"
    assert restored.read_text(encoding="utf-8") == "results"
    assert restored.resolve().parent == data / "snapshots" / "000001"


@contextmanager
def serving(folder: Path) -> Iterator[int]:
    """Run the simulator as the page about Microsoft 365 says, on a free port, and give the port."""
    line = block("microsoft365.md", ".venv/bin/python -m simulator").strip()
    words = [sys.executable, *shlex.split(line)[1:], "--port", "0"]
    secret = block("microsoft365.md", "export ENGAGEMENT_CLIENT_SECRET").split()[1]
    script = f"export {secret}; exec {shlex.join(words)}"
    environment = {"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin", "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(
        ["sh", "-c", script], cwd=folder, env=environment, stdout=subprocess.PIPE, text=True
    ) as server:
        try:
            assert server.stdout
            said = next(line for line in server.stdout if line.startswith("Grant consent:"))
            yield int(re.findall(r"https://localhost:(\d+)/", said)[0])
        finally:
            server.terminate()


def test_the_simulator_serves_and_obeys(tmp_path: Path) -> None:
    script = block("microsoft365.md", "ask() {")
    with serving(tmp_path) as port:
        assert {each.name for each in (tmp_path / "my-tenant").iterdir()} >= {
            "accounts.csv",
            "ca.pem",
            "contacts.csv",
            "simulator.json",
        }
        script = "set -e\n" + script.replace("8443", str(port)).replace("curl ", "curl -sf ")
        script += f"\ncurl -sf --cacert my-tenant/ca.pem https://localhost:{port}/simulator\n"
        ran = subprocess.run(
            ["bash", "-c", script], cwd=tmp_path, check=True, capture_output=True, text=True
        )
    assert "Mail.ReadBasic.All" in ran.stdout
