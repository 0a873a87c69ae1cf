"""Whether there is any mail in the window."""

from collections.abc import Sequence
from datetime import UTC, datetime

import pytest

from engagement_assets.activity.source import Kind, User
from engagement_assets.preflight import in_window
from engagement_assets.window import Window
from tests.support.memory_source import MemorySource

WINDOW = Window.until(datetime(2026, 6, 30, 12, tzinfo=UTC), "UTC")
ADA, BERT = User("ada", ("ada@contoso.com",)), User("bert", ("bert@contoso.com",))
BROKEN = "a line that cannot be read"


def of_lines(*messages: object, events: Sequence[object] = (), of_bert: object = None) -> str:
    lines: dict[str, dict[Kind, list[object]]] = {
        "ada": {"message": list(messages), "event": list(events)}
    }
    if of_bert:
        lines["bert"] = {"message": [of_bert], "event": []}
    return in_window.of_lines(MemorySource([ADA, BERT], lines), [ADA, BERT], WINDOW).level


@pytest.mark.parametrize(
    ("time", "level"),
    [
        ("2025-06-30T00:00:00Z", "ok"),
        ("2025-06-29T23:59:59.9999999Z", "warning"),
        ("2026-06-30T12:00:00", "ok"),
        ("2026-06-30T14:00:00.0000001+02:00", "ok"),
        ("2026-06-30T12:00:01Z", "warning"),
        ("none", "warning"),
        (None, "warning"),
    ],
)
def test_one_message_in_the_window_is_enough(time: str | None, level: str) -> None:
    assert of_lines({"sentDateTime": "2020-01-01T00:00:00Z"}, {"sentDateTime": time}) == level


def test_without_messages_there_is_nothing_to_say() -> None:
    assert of_lines(events=[{"sentDateTime": "2026-01-01T00:00:00Z"}]) == "not checked"


def test_a_broken_mailbox_does_not_hide_the_others() -> None:
    assert of_lines(BROKEN) == "not checked"
    assert of_lines(BROKEN, of_bert={"sentDateTime": "2026-01-01T00:00:00Z"}) == "ok"


def test_a_verdict_over_some_messages_is_not_one_over_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(in_window, "MOST_LINES", 2)
    old = {"sentDateTime": "2020-01-01T00:00:00Z"}
    assert of_lines(old, old) == "warning"
    assert of_lines(old, old, old) == "not checked"


@pytest.mark.parametrize(
    ("counts", "level"), [((0, 7), "ok"), ((0, 0), "warning"), ((), "not checked")]
)
def test_counts_of_mailboxes(counts: tuple[int, ...], level: str) -> None:
    assert in_window.of_counts(counts, WINDOW).level == level
