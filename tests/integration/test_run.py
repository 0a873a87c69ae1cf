"""`engagement run -c FILE` as a user meets it: exit codes, messages, and what is published."""

import codecs
import fcntl
import os
import pty
import re
import shutil
import signal
import struct
import subprocess
import termios
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest
from filelock import FileLock

from engagement_assets import schemas
from engagement_assets.errors import StoppedError
from tests.naive.compare import differences
from tests.naive.compute import compute
from tests.support import pipeline
from tests.support.command import (
    ENGAGEMENT,
    SAME_ID,
    TIMEOUT,
    assert_published,
    copied,
    environment,
    models_with,
    published_tree,
    read_settings,
    run_engagement,
    run_here,
    start,
    tree,
    write_settings,
)
from tests.support.finished import Finished
from tests.support.pipeline import Rows
from tests.support.repetition import OF_SEVERAL_RUNS, assert_repeated


def _tables(config_file: Path) -> dict[str, Rows]:
    return dict(pipeline.published(config_file.parent / "data" / "published"))


# --- success ------------------------------------------------------------------------------------


def test_a_run_publishes_what_the_oracle_says(finished_random: Finished) -> None:
    expected = compute(finished_random.config_file)
    tables = _tables(finished_random.config_file)
    assert tables.keys() == schemas.TABLES.keys()
    assert differences(expected, tables) == []


def test_a_run_prints_an_overview(finished_random: Finished) -> None:
    output = finished_random.output.stdout
    (run,) = _tables(finished_random.config_file)["Office_Run"]
    assert read_settings(finished_random.config_file)["name"] in output
    for label, number in (
        ("Mailboxes selected", run["SelectedAddresses"]),
        ("Mailboxes read", run["ProcessedAddresses"]),
        ("E-mails processed", run["EmailsProcessed"]),
        ("Meetings processed", run["MeetingsProcessed"]),
        ("Days of data", run["DaysOfData"]),
        ("Engaged customers", run["CustomersEnriched"]),
    ):
        assert re.search(rf"^{label} +{number}\b", output, re.MULTILINE), output
    assert f"Published: {finished_random.config_file.parent / 'data' / 'published'}" in output


def test_without_a_terminal_progress_is_plain_lines(finished_random: Finished) -> None:
    output = finished_random.output.stdout
    assert "\x1b" not in output
    assert "\r" not in output
    steps = re.findall(r"^(\d+)/(\d+) (\w+)$", output, re.MULTILINE)
    assert [int(number) for number, _, _ in steps] == list(range(1, len(steps) + 1))
    assert {int(total) for _, total, _ in steps} == {len(steps)}
    assert {"read_activity", "Office", "published"} <= {step for _, _, step in steps}
    assert re.search(r"^ +(\d+) of \1 mailboxes read$", output, re.MULTILINE)


def test_a_run_says_nothing_on_stderr(finished_random: Finished) -> None:
    assert finished_random.output.stderr == ""


def test_the_database_and_the_parquet_files_hold_the_same(finished_random: Finished) -> None:
    published = finished_random.config_file.parent / "data" / "published"
    with duckdb.connect(published / "engagement.duckdb", read_only=True) as connection:
        names = {name for (name,) in connection.execute("show tables").fetchall()}
        assert names == schemas.TABLES.keys()
        for name in names:
            parquet = f"read_parquet('{published}/parquet/{name}.parquet')"
            for one, other in ((f'"{name}"', parquet), (parquet, f'"{name}"')):
                query = f"from {one} except all from {other}"
                assert connection.execute(query).fetchall() == [], name


def test_running_again_keeps_both_runs_and_changes_nothing_else(
    finished_random: Finished, tmp_path: Path
) -> None:
    config_file = finished_random.copied(tmp_path / "again")
    before, first = published_tree(config_file), _tables(config_file)
    assert_published(run_engagement(config_file))
    after, second = published_tree(config_file), _tables(config_file)

    # Office among them: equal results are equal bytes
    assert [
        table
        for table in schemas.TABLES
        if table not in OF_SEVERAL_RUNS
        and before[f"parquet/{table}.parquet"] != after[f"parquet/{table}.parquet"]
    ] == []
    assert assert_repeated(first, second) == 2
    assert all(row in second["Office_Run"] for row in first["Office_Run"])


# --- failure ------------------------------------------------------------------------------------


def _fails(
    config_file: Path,
    exit_code: int,
    *words: str,
    models: Path | None = None,
    run: Callable[..., subprocess.CompletedProcess[str]] = run_here,
) -> str:
    """Check that a run fails with one readable message and leaves the results; return it.

    Args:
        config_file: the configuration.
        exit_code: what the run must end with.
        words: what the message must hold.
        models: a folder with other SQL models than the product's.
        run: in this process; `run_engagement` for the process that a user starts.
    """
    before = published_tree(config_file)
    done = run(config_file, models=models)
    output = done.stdout + done.stderr
    assert done.returncode == exit_code, output
    assert published_tree(config_file) == before
    assert "Traceback" not in output
    assert "Published:" not in output
    messages = done.stderr.split("engagement: ")
    assert messages[0] == "", "something else was said on stderr"
    assert len(messages) == 2, "one message is enough"
    assert not re.search(r"dagster[._]|Dagster\w*Error", done.stderr), done.stderr
    for word in words:
        assert word in messages[1]
    return messages[1]


def _edit(config_file: Path, edit: Callable[[dict[str, object]], object]) -> Path:
    settings = read_settings(config_file)
    edit(settings)
    return write_settings(config_file, settings)


@pytest.mark.parametrize(
    ("edit", "words"),
    [
        (lambda settings: settings.update(nmae="x"), ("nmae", "name")),
        (lambda settings: settings.update(time_zone="Europe/Amsterdm"), ("Europe/Amsterdam",)),
        (lambda settings: settings.update(score_weights={"Replies": 100}), ("score_weights",)),
        (lambda settings: settings.pop("privacy_terms"), ("privacy_terms",)),
        (lambda settings: settings["customers"].update(contacts="no.csv"), ("customers.contacts",)),
    ],
    ids=["unknown key", "wrong value", "wrong weights", "no privacy terms", "missing file"],
)
def test_a_wrong_configuration_exits_2_and_writes_nothing(
    finished_sample: Finished,
    tmp_path: Path,
    edit: Callable[[dict[str, object]], object],
    words: tuple[str, ...],
) -> None:
    # without earlier results: there must be no data folder afterwards
    fresh = _edit(finished_sample.copied(tmp_path / "fresh"), edit)
    shutil.rmtree(fresh.parent / "data")
    before = tree(fresh.parent)
    _fails(fresh, 2, *words)
    assert tree(fresh.parent) == before
    assert not (fresh.parent / "data").exists()


@pytest.mark.parametrize(
    ("old", "new", "word"),
    [("privacy_terms:", "privacy_trems:", "privacy_terms"), ("source:", "source: [", "line 3")],
    ids=["a key", "not YAML"],
)
def test_a_process_with_a_wrong_configuration_exits_2(
    finished: Path, old: str, new: str, word: str
) -> None:
    """The same from outside: what a user and a scheduler see."""
    finished.write_text(finished.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    _fails(finished, 2, word, run=run_engagement)


def test_a_wrong_configuration_leaves_all_files_of_earlier_runs(finished: Path) -> None:
    _edit(finished, lambda settings: settings.pop("privacy_terms"))
    before = tree(finished.parent)
    _fails(finished, 2, "privacy_terms")
    assert tree(finished.parent) == before


@pytest.mark.parametrize("content", [None, b"source: [", b"source: \xff", b"- a list"])
def test_a_file_that_is_not_a_configuration_exits_2(tmp_path: Path, content: bytes | None) -> None:
    config_file = tmp_path / "engagement.yaml"
    if content is not None:
        config_file.write_bytes(content)
    _fails(config_file, 2, str(config_file))
    assert [path.name for path in tmp_path.iterdir()] == (
        [] if content is None else ["engagement.yaml"]
    )


def test_one_person_only_exits_2(finished: Path) -> None:
    only = {"addresses": ["ada@contoso.com"]}
    _edit(finished, lambda settings: settings.update(mailboxes=only))
    _fails(finished, 2, "mailboxes.addresses: it selects 1 person(s)", "2 to 2,500")


def test_a_missing_column_exits_2(finished: Path) -> None:
    contacts = finished.parent / "contacts.csv"
    text = contacts.read_text(encoding="utf-8")
    contacts.write_text(text.replace("Email", "E-mail", 1), encoding="utf-8")
    _fails(finished, 2, "customers.contacts", "'Email'", "'E-mail'")


def test_a_broken_directory_exits_1_and_names_the_line(finished: Path) -> None:
    users = finished.parent / "activity" / "users.ndjson"
    lines = users.read_bytes().splitlines()
    users.write_bytes(b"\n".join([lines[0], b'{"id": "secret.contact@customer.example"', *lines]))
    message = _fails(finished, 1, "users.ndjson, line 2", run=run_engagement)
    assert "secret.contact" not in message


def test_a_second_run_at_once_exits_1(finished: Path) -> None:
    with FileLock(finished.parent / "data" / "run.lock", timeout=0):
        _fails(finished, 1, "Another run works on", "run again")


def test_a_broken_rule_exits_1_and_is_named(finished: Path, tmp_path: Path) -> None:
    models = models_with(tmp_path / "models", *SAME_ID)
    _fails(finished, 1, "Office_Customer", models=models, run=run_engagement)


def test_a_model_that_stops_exits_1_and_quotes_no_data(finished: Path, tmp_path: Path) -> None:
    change = ("Office_Customer", "account_id as", "cast(cast(name as integer) as varchar) as")
    models = models_with(tmp_path / "models", *change)
    message = _fails(finished, 1, "Office_Customer.sql", "ConversionException", models=models)
    names = (finished.parent / "accounts.csv").read_text(encoding="utf-8").splitlines()[1:]
    assert not any(line.partition(",")[2] in message for line in names)


def test_a_data_folder_that_cannot_be_made_exits_1(finished: Path) -> None:
    _edit(finished, lambda settings: settings.update(data_dir="contacts.csv"))
    _fails(finished, 1, "contacts.csv")


def test_landed_activity_that_is_lost_is_read_again(finished: Path) -> None:
    before = _tables(finished)
    (batch,) = (finished.parent / "data" / "activity").glob("messages-*.parquet")
    batch.unlink()
    assert_published(run_here(finished))
    after = _tables(finished)
    changed = [name for name in before if before[name] != after[name]]
    assert set(changed) <= set(OF_SEVERAL_RUNS)
    assert assert_repeated(before, after) == 2


def test_landed_activity_that_is_damaged_is_named(finished: Path) -> None:
    (batch,) = (finished.parent / "data" / "activity").glob("messages-*.parquet")
    batch.write_bytes(batch.read_bytes()[:-100])
    # to mend it, somebody must know where
    _fails(finished, 1, str(batch.parent))


def test_after_a_failure_the_next_run_publishes(finished_random: Finished, tmp_path: Path) -> None:
    config_file = copied(finished_random.config_file, tmp_path / "mended")
    users = config_file.parent / "activity" / "users.ndjson"
    content = users.read_bytes()
    users.write_bytes(content + b"[]\n")
    _fails(config_file, 1, "users.ndjson")
    users.write_bytes(content)
    assert_published(run_here(config_file))
    assert len(_tables(config_file)["Office_Run"]) == 2


# --- a terminal ---------------------------------------------------------------------------------


def _in_a_terminal(config_file: Path) -> tuple[int, str]:
    """Run with a pseudo-terminal of 120 columns, and return the exit code and all it showed."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 120, 0, 0))
    process = subprocess.Popen(
        [ENGAGEMENT, "run", "-c", str(config_file)],
        env=environment({"TERM": "xterm-256color"}),
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
    )
    os.close(theirs)
    decode = codecs.getincrementaldecoder("utf-8")()
    shown = []
    try:
        while True:
            try:
                part = os.read(ours, 65536)
            except OSError:  # Linux says so when the last process has closed the terminal
                break
            if not part:
                break
            shown.append(decode.decode(part))
        return process.wait(TIMEOUT), "".join(shown)
    finally:
        process.kill()
        process.wait()
        os.close(ours)


def test_a_terminal_shows_a_bar_and_then_the_overview(finished: Path) -> None:
    exit_code, shown = _in_a_terminal(finished)
    assert exit_code == 0, shown
    assert "━" in shown
    text = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", shown)
    # done/all and the time, then what is worked on; never as a line of its own, which a step has
    # in a log file only, nor with one behind it
    assert re.search(r"\d+/\d+ \d+:\d\d:\d\d \w+", text)
    assert not re.search(r"\d+/\d+ \w+\r?$", text, re.MULTILINE)
    assert "Engaged customers" in text
    assert text.rstrip().endswith(f"Published: {finished.parent / 'data' / 'published'}")
    # the cursor was hidden while the bar moved, and is back
    assert shown.count("\x1b[?25h") >= shown.count("\x1b[?25l") > 0


def test_a_run_that_is_stopped_says_so_in_one_sentence(finished: Path) -> None:
    with start(finished, stderr=subprocess.PIPE) as run:
        assert run.stdout
        for line in run.stdout:
            if "begin_run" in line:
                break
        os.killpg(run.pid, signal.SIGINT)  # as Ctrl-C does: everything that the command started
        _, said = run.communicate(timeout=TIMEOUT)
    assert run.returncode == StoppedError.exit_code
    assert said == (
        "engagement: The run was stopped. What was published before is unchanged. The next run "
        "goes on with what this one has read.\n"
    )
