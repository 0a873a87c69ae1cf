"""The results app over a published organisation, in this process."""

import base64
import contextlib
import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import uvicorn
from fastapi.testclient import TestClient
from itsdangerous import TimestampSigner

from engagement_assets import config
from engagement_assets.results.app import create_app
from engagement_assets.results.server import configure
from engagement_assets.results.settings import AppSettings
from engagement_assets.results.sign_in import SESSION_COOKIE
from tests.support import openid, pipeline
from tests.support.command import read_settings, write_sample, write_settings

MONDAYS = ("2026-11-16T07:00:00Z", "2026-11-23T07:00:00Z")


def run_twice(folder: Path) -> Path:
    """Write an organisation, run it on two Mondays, and return its configuration."""
    config_file = write_sample(folder, people=8, accounts=40, days=220)
    for as_of in MONDAYS:
        write_settings(config_file, read_settings(config_file) | {"as_of": as_of})
        pipeline.run(config_file)
    return config_file


def settings_for(config_file: Path, port: int = 8050) -> AppSettings:
    """Return the settings of an app that nobody signs in to."""
    configuration = config.load(config_file, files_must_exist=False)
    return AppSettings.of(configuration, {}, port=port)


def settings_with_sign_in(
    config_file: Path, issuer: str, public_url: str, **more: object
) -> AppSettings:
    """Return the settings of an app that people sign in to with a provider of `openid`."""
    configuration = config.load(config_file, files_must_exist=False)
    section = {
        "sign_in": {"issuer": issuer, "client_id": openid.CLIENT_ID},
        "public_url": public_url,
        **more,
    }
    return AppSettings.of(
        configuration.model_copy(update={"results": config.Results.model_validate(section)}),
        {
            "ENGAGEMENT_SESSION_KEY": openid.SESSION_KEY,
            "ENGAGEMENT_RESULTS_CLIENT_SECRET": openid.CLIENT_SECRET,
        },
    )


@contextlib.contextmanager
def client_of(settings: AppSettings, url: str = "http://127.0.0.1:8050") -> Iterator[TestClient]:
    """Give a client to an app, by the name that its readers use."""
    with TestClient(create_app(settings), base_url=url) as client:
        yield client


@dataclass(frozen=True)
class Server:
    """A running app.

    Attributes:
        url: where it answers, without a slash at the end.
        settings: what it was started with.
    """

    url: str
    settings: AppSettings


@contextlib.contextmanager
def serving(settings: AppSettings) -> Iterator[Server]:
    """Serve an app at a free port, with the product's own uvicorn settings, in a thread."""
    with (
        socket.create_server(("127.0.0.1", 0)) as listening,
        running(configure(settings), listening),
    ):
        yield Server(f"http://127.0.0.1:{listening.getsockname()[1]}", settings)


@contextlib.contextmanager
def serving_securely(
    made: Callable[[str], AppSettings], name: str, certificates: openid.Certificates
) -> Iterator[Server]:
    """Serve an app over HTTPS by a name of this machine, as behind a proxy.

    Args:
        made: makes the settings for the app's address.
        name: the name; the certificates are for it.
        certificates: of the test.
    """
    with socket.create_server(("127.0.0.1", 0)) as listening:
        url = f"https://{name}:{listening.getsockname()[1]}"
        settings = made(url)
        config = configure(settings)
        config.ssl_certfile = str(certificates.server)
        with running(config, listening):
            yield Server(url, settings)


@contextlib.contextmanager
def running(config: uvicorn.Config, listening: socket.socket) -> Iterator[None]:
    """Run a web server in a thread."""
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    try:
        yield  # requests queue until the app is up
    finally:
        server.should_exit = True
        thread.join()


def signed_in(client: TestClient, role: str | None, name: str = "Ada") -> None:
    """Give a client the session of somebody who signed in a minute ago."""
    session = {"viewer": {"name": name, "role": role, "until": int(time.time()) + 3540}}
    payload = base64.b64encode(json.dumps(session).encode())
    value = TimestampSigner(openid.SESSION_KEY).sign(payload).decode()
    client.cookies.clear()
    client.cookies.set(SESSION_COOKIE, value)
