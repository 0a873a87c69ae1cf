"""Serving the app with uvicorn."""

import contextlib
import socket

import uvicorn
from rich.console import Console

from engagement_assets.errors import EngagementError
from engagement_assets.results.app import create_app
from engagement_assets.results.settings import AppSettings


def serve(settings: AppSettings, console: Console) -> None:
    """Serve until Ctrl-C.

    Raises:
        EngagementError: when the address cannot be listened at.
    """
    with _listen(settings.host, settings.port) as listening:
        host = f"[{settings.host}]" if ":" in settings.host else settings.host
        address = settings.public_url or f"http://{host}:{settings.port}"
        console.print(f"Results: {address} (Ctrl-C stops it)", highlight=False, soft_wrap=True)
        with contextlib.suppress(KeyboardInterrupt):  # uvicorn finished what was asked before
            uvicorn.Server(configure(settings)).run([listening])


def configure(settings: AppSettings) -> uvicorn.Config:
    """Return how uvicorn is to serve the app."""
    return uvicorn.Config(
        create_app(settings),
        # addresses of pages hold ids of accounts: they belong in no log
        access_log=False,
        log_level="warning",
        server_header=False,
        # the app makes no address from what a proxy says about the reader
        proxy_headers=False,
        lifespan="on",
    )


def _listen(host: str, port: int) -> socket.socket:
    try:
        return socket.create_server((host, port), family=_family(host), backlog=2048)
    except OSError as error:
        raise EngagementError(
            f"the app cannot listen there: {error.strerror}",
            where=f"{host}:{port}",
            remedy="Name another port with --port.",
        ) from error


def _family(host: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in host else socket.AF_INET
