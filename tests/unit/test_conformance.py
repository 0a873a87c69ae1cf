"""Tests that need what not everybody has are left out aloud, and never in CI."""

import pytest

from tests.support import conformance


def test_without_the_client_they_are_left_out_with_a_reason() -> None:
    with pytest.raises(pytest.skip.Exception, match="not installed: `make coverage` does"):
        conformance.require("not_there", {})


def test_nothing_is_left_out_where_changes_are_checked() -> None:
    conformance.require("not_there", {"CI": "true"})


def test_nothing_is_left_out_when_it_is_there() -> None:
    conformance.require("pytest", {})
