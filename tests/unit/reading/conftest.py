"""An activity folder."""

from pathlib import Path

import pytest

from tests.support.folder_reading import USERS, ndjson, write


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return an activity folder in which each user has two events in two files."""
    activity = tmp_path / "activity"
    activity.mkdir()
    users = [{"id": name, "mail": f"{name}@contoso.com"} for name in USERS]
    (activity / "users.ndjson").write_bytes(ndjson(*users))
    for name in USERS:
        write(activity, f"{name}/events.ndjson", {"id": f"{name}1"})
        write(activity, f"{name}/events-2.ndjson", {"id": f"{name}2"})
        write(activity, f"{name}/messages.ndjson", {"id": f"{name}3"})
    return activity
