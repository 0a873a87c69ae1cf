"""Fields of JSON types that nobody expects: they count as absent, and must not stop anything."""

from .dice import Dice, Json

HALVES = ("\ud83d", "\ude00", "\ud83e", "\udfff")

ODD_VALUES: dict[str, tuple[object, ...]] = {
    "internetMessageId": ({}, ["<x@mail.example>"]),
    "sentDateTime": (1_700_000_000, {}, True),
    "conversationId": ({}, [1, 2]),
    "parentFolderId": ({}, ["drafts"]),
    "from": ("ann@customer0.example", [], 5),
    "toRecipients": ({}, "ann@customer0.example", 3, [5, "x", []]),
    "ccRecipients": (None, {"emailAddress": {"address": "ann@customer0.example"}}),
    "isDraft": (None, {}),
    "lastModifiedDateTime": ({}, 17),
}
ODD_EVENT_VALUES: dict[str, tuple[object, ...]] = {
    "start": ("2024-03-01T10:00:00", [], 5, {"dateTime": {}}),
    "end": (None, {"dateTime": 20_240_301}),
    "attendees": (
        {},
        "ann@customer0.example",
        [None, 5, {"emailAddress": "ann@customer0.example"}],
    ),
    "organizer": ("ann@customer0.example", []),
    "responseStatus": ("declined", ["declined"], None),
    "iCalUId": ({}, []),
    "isCancelled": (None, {}),
    "lastModifiedDateTime": ({}, 17),
}


def spoil(dice: Dice, item: Json, odd_values: dict[str, tuple[object, ...]]) -> None:
    """Give one field of an item a value of an unexpected type."""
    name = dice.pick(sorted(odd_values))
    item[name] = dice.pick(odd_values[name])


def half_a_pair(dice: Dice, text: str) -> str:
    """Put half of a surrogate pair into a text: U+FFFD, whichever half it is."""
    if not dice.odd_forms:
        return text
    place = dice.between(0, len(text))
    return text[:place] + dice.pick(HALVES) + text[place:]
