"""The ledger in words."""

from engagement_assets import schemas
from engagement_assets.results import ledger


def test_every_outcome_has_words() -> None:
    assert ledger.OUTCOMES.keys() == schemas.LEDGER_OUTCOMES.keys() == ledger.ITEMS.keys()
    for item, outcomes in schemas.LEDGER_OUTCOMES.items():
        assert {"read", *ledger.OUTCOMES[item]} == set(outcomes)


def test_what_was_read_is_the_sum_of_what_is_shown() -> None:
    rows = [
        {"Item": "email", "Outcome": "read", "Count": 10},
        {"Item": "email", "Outcome": "counted", "Count": 0},
        {"Item": "email", "Outcome": "draft", "Count": 7},
        {"Item": "email", "Outcome": "no_account", "Count": 3},
        {"Item": "email", "Outcome": "invitation", "Count": 0},
        {"Item": "meeting", "Outcome": "read", "Count": 0},
    ]
    emails, meetings, contacts = ledger.accounts(rows)
    assert emails.read == sum(entry.count for entry in emails.entries) == 10
    # nothing counted is worth saying, nothing else that did not occur is
    assert [(entry.count, entry.share, entry.counted) for entry in emails.entries] == [
        (0, 0.0, True),
        (3, 0.3, False),
        (7, 0.7, False),
    ]
    assert meetings.entries == contacts.entries == ()
