"""A guard: Python may connect to this machine only, and every other try is noted.

It is an audit hook in a `sitecustomize` module, so that it holds in all Python processes that a
command starts, needs no root, and cannot be undone. What C libraries do by themselves (gRPC
between Dagster's own processes) it does not see. The whole suite runs behind one.
"""

import os
from pathlib import Path

_GUARD = """
import os
import socket
import sys

_LOG = os.environ["CONNECTIONS_LOG"]
_OWN = {"", "localhost", "127.0.0.1", "::1", "0.0.0.0", "::", socket.gethostname()}


def _refuse(event, host):
    with open(_LOG, "a", encoding="utf-8") as log:
        log.write(f"{event} {host}\\n")
    raise PermissionError(f"the test forbids the network: {event} {host}")


def _guard(event, arguments):
    if event in ("socket.connect", "socket.sendto"):
        address = arguments[1]
        if isinstance(address, tuple) and str(address[0]) not in _OWN:
            _refuse(event, address[0])
    elif event in ("socket.getaddrinfo", "socket.gethostbyname"):
        host = arguments[0]
        text = host.decode() if isinstance(host, bytes) else str(host or "")
        if text not in _OWN:
            _refuse(event, text)


sys.addaudithook(_guard)
"""


def guard_this_process() -> None:
    """Hold this process back, too; the environment names where tries are noted."""
    exec(compile(_GUARD, "the guard", "exec"), {})  # noqa: S102 - the text above


class Guard:
    """The guard below a folder.

    Attributes:
        environment: what a subprocess needs in its environment to be guarded.
    """

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True)
        (folder / "sitecustomize.py").write_text(_GUARD, encoding="utf-8")
        self._log = folder / "connections.log"
        before = os.environ.get("PYTHONPATH")
        self.environment = {
            "PYTHONPATH": os.pathsep.join([str(folder), *([before] if before else [])]),
            "CONNECTIONS_LOG": str(self._log),
        }

    def refused(self) -> list[str]:
        """Return the connections that somebody tried."""
        if not self._log.exists():
            return []
        return self._log.read_text(encoding="utf-8").splitlines()
