"""Nothing but this machine can be reached by tests, nor by what they start."""

import socket
import subprocess
import sys

import pytest


@pytest.mark.parametrize("port", [53, 443])
def test_no_other_machine_is_reached(port: int) -> None:
    with pytest.raises(PermissionError, match="the test forbids the network"):
        socket.create_connection(("192.0.2.1", port), 1)
    with pytest.raises(PermissionError, match="the test forbids the network"):
        socket.getaddrinfo("example.org", port)


def test_nor_by_a_process_that_a_test_starts() -> None:
    code = "import socket; socket.create_connection(('192.0.2.1', 443), 1)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert "PermissionError: the test forbids the network" in done.stderr


def test_this_machine_is_reached() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        socket.create_connection(server.getsockname()[:2], 1).close()
    assert socket.getaddrinfo("localhost", 443)
