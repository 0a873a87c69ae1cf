"""`engagement results` as a user starts it."""

import signal
import socket
import subprocess
from collections.abc import Mapping
from pathlib import Path

import httpx
import pytest

from tests.support.command import (
    ENGAGEMENT,
    TIMEOUT,
    environment,
    read_settings,
    write_settings,
)


def start(
    config_file: Path, *options: str, extra: Mapping[str, str] | None = None
) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [ENGAGEMENT, "results", "-c", str(config_file), *options],
        env=environment(extra),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.fixture
def config_file(results_sample: Path, tmp_path: Path) -> Path:
    """The configuration, elsewhere, over the same results."""
    data = results_sample.parent / "data"
    settings = read_settings(results_sample) | {"data_dir": str(data)}
    return write_settings(tmp_path / "engagement.yaml", settings)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
        return port


def test_it_says_where_it_answers_and_writes_no_ids(config_file: Path) -> None:
    port = free_port()
    with start(config_file, "--port", str(port)) as process:
        assert process.stdout is not None
        line = process.stdout.readline()  # it listens before it says so
        url = f"http://127.0.0.1:{port}"
        assert f"Results: {url} " in line
        with httpx.Client(base_url=url, timeout=TIMEOUT) as client:
            assert client.get("/").status_code == 200
            assert client.get("/customers/SECRET-ID").status_code == 404
            assert client.get("/customers?q=SECRET-NAME").status_code == 200
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=TIMEOUT)
    assert process.returncode == 0
    assert "SECRET" not in out + err
    assert "Traceback" not in err
    assert err == ""


@pytest.mark.parametrize(
    ("results", "options", "expected"),
    [
        ({"host": "0.0.0.0"}, (), "results.sign_in"),  # noqa: S104 - refused is what it must be
        ({}, ("--host", "0.0.0.0"), "results.sign_in"),  # noqa: S104 - refused
        ({"public_url": "https://engagement.test"}, (), "public_url"),
        (
            {
                "public_url": "https://engagement.test",
                "sign_in": {"issuer": "https://login.test", "client_id": "app"},
            },
            (),
            "ENGAGEMENT_RESULTS_CLIENT_SECRET",
        ),
        ({"sign_in": {"issuer": "http://login.test", "client_id": "app"}}, (), "https://"),
        ({"sign_on": {}}, (), "Did you mean sign_in?"),
    ],
)
def test_unsafe_settings_are_refused(
    config_file: Path, results: Mapping[str, object], options: tuple[str, ...], expected: str
) -> None:
    write_settings(config_file, read_settings(config_file) | {"results": dict(results)})
    with start(config_file, *options) as process:
        out, err = process.communicate(timeout=TIMEOUT)
    assert process.returncode == 2
    assert expected in err
    assert "Traceback" not in out + err


def test_a_taken_port_is_named(config_file: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with start(config_file, "--port", str(port)) as process:
            _, err = process.communicate(timeout=TIMEOUT)
    assert process.returncode == 1
    assert f"127.0.0.1:{port}: the app cannot listen there" in err
    assert "--port" in err
