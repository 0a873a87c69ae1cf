"""Reading a customer file in a test, and how it is refused."""

from pathlib import Path

import pytest

from engagement_assets import customers
from engagement_assets.errors import ConfigurationError

Rows = list[tuple[str, ...]]

KEY = "customers.contacts"
COLUMNS = ("CustomerId", "Email")
PRIVATE = "ann.secret@customer.example"


def read(file: Path, columns: tuple[str, ...] = COLUMNS) -> Rows:
    """Return the rows of a contacts file."""
    return list(customers.rows(file, columns, KEY))


def refusal(file: Path, columns: tuple[str, ...] = COLUMNS) -> str:
    """Return what is said when a contacts file cannot be read."""
    with pytest.raises(ConfigurationError) as caught:
        read(file, columns)
    message = str(caught.value)
    assert message.startswith(f"{KEY}: {file}")
    assert PRIVATE not in message, "no message holds the address of a contact"
    return message
