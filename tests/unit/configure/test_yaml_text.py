"""YAML that is edited: the values change, and nothing else."""

import re
from datetime import UTC, datetime
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from engagement_assets.configure import yaml_text

WRITTEN = """\
# Account engagement at Contoso.

source:   # read by the nightly job
    kind: 'graph'
    # from the portal
    tenant_id: "contoso.com"   # ours
    client_id: 1111-2222

# Whom we asked
mailboxes:
  addresses:
  - ada@contoso.com   # agreed in May

  # the whole team
  - 'sales@contoso.com'

  # nobody so far
  opted_out: []

customers: {contacts: crm/contacts.csv, account_id: Id}

score_weights:
  emails_in: 2.50
# until the end of the year
time_zone: Europe/Amsterdam"""


def content() -> dict[str, Any]:
    read: dict[str, Any] = yaml.safe_load(WRITTEN)
    return read


def edited(content: dict[str, Any], text: str = WRITTEN) -> str:
    changed = yaml_text.edited(text, content)
    assert changed is not None
    assert yaml.safe_load(changed) == content
    return changed


def test_what_is_not_changed_is_not_touched() -> None:
    assert edited(content()) == WRITTEN


def test_a_value_changes_alone_and_keeps_its_quotes() -> None:
    new = content()
    new["source"] |= {"kind": "folder", "tenant_id": "fabrikam.com", "client_id": "3333"}
    new["time_zone"] = "Europe/Lisbon"
    assert edited(new) == (
        WRITTEN.replace("'graph'", "'folder'")
        .replace('"contoso.com"', '"fabrikam.com"')
        .replace("1111-2222", "'3333'")
        .replace("Europe/Amsterdam", "Europe/Lisbon")
    )


def test_a_new_key_stands_behind_its_section_and_before_the_next_ones_comment() -> None:
    new = content()
    new["source"]["cloud"] = "us_government"
    new["name"] = "Customers"
    assert edited(new) == (
        WRITTEN.replace("1111-2222\n", "1111-2222\n    cloud: us_government\n")
        + "\nname: Customers\n"
    )


def test_keys_of_a_section_and_of_the_file_at_its_end() -> None:
    text = "a:\n  b:\n  - 1\n"
    assert edited({"a": {"b": [1, 2], "c": 3}, "d": 4}, text) == (
        "a:\n  b:\n  - 1\n  - 2\n  c: 3\nd: 4\n"
    )


def test_a_key_that_is_gone_takes_its_line_with_it_and_no_other() -> None:
    new = content()
    del new["source"]["client_id"], new["score_weights"]
    assert edited(new) == WRITTEN.replace("    client_id: 1111-2222\n", "").replace(
        "score_weights:\n  emails_in: 2.50\n", ""
    )


@pytest.mark.parametrize(
    ("items", "lines"),
    [
        (
            ["ada@contoso.com", "sales@contoso.com", "bo@contoso.com"],
            (
                "  - ada@contoso.com   # agreed in May\n\n  # the whole team\n"
                "  - 'sales@contoso.com'\n  - bo@contoso.com\n"
            ),
        ),
        (
            ["bo@contoso.com", "ada@contoso.com", "sales@contoso.com"],
            (
                "  - bo@contoso.com\n  - ada@contoso.com   # agreed in May\n\n  # the whole team\n"
                "  - 'sales@contoso.com'\n"
            ),
        ),
        (["sales@contoso.com"], "\n  # the whole team\n  - 'sales@contoso.com'\n"),
        (["bo@contoso.com"], "  - bo@contoso.com\n\n  # the whole team\n"),
        (
            ["sales@contoso.com", "ada@contoso.com"],
            "  - sales@contoso.com\n  - ada@contoso.com\n\n  # the whole team\n",
        ),
    ],
    ids=["behind", "before", "one gone", "all others", "another order"],
)
def test_items_of_a_list(items: list[str], lines: str) -> None:
    new = content()
    new["mailboxes"]["addresses"] = items
    before, rest = WRITTEN.split("  - ada", 1)
    after = rest.split("'sales@contoso.com'\n", 1)[1]
    assert edited(new) == before + lines + after


def test_a_list_that_becomes_empty_and_one_that_was() -> None:
    new = content()
    new["mailboxes"] = {"addresses": [], "opted_out": ["bo@contoso.com", "cy@contoso.com"]}
    changed = edited(new)
    assert "  addresses: []\n\n  # the whole team\n\n  # nobody so far\n" in changed
    assert "  opted_out: [bo@contoso.com, cy@contoso.com]\n" in changed


def test_a_section_in_braces_stays_in_braces() -> None:
    new = content()
    new["customers"]["email"] = "E-mail, work"
    braces = "{contacts: crm/contacts.csv, account_id: Id, email: 'E-mail, work'}"
    assert f"customers: {braces}\n" in edited(new)


@pytest.mark.parametrize(
    ("text", "new", "changed"),
    [
        ("a:\nb: 1\n", {"a": "x", "b": 1}, "a: x\nb: 1\n"),
        ("a: # none\nb: 1\n", {"a": "x", "b": 1}, "a: x # none\nb: 1\n"),
        ("a: |\n  one\n  two\n\nb: 1\n", {"a": "x", "b": 1}, "a: x\nb: 1\n"),
        ("a: 1\nb: 1\n", {"a": {"c": [1]}, "b": 1}, "a:\n  c:\n  - 1\nb: 1\n"),
        ("a: {}\n", {"a": {"c": 1}}, "a: {c: 1}\n"),
        ("# empty\n", {"a": 1}, "# empty\na: 1\n"),
        ("# empty", {"a": 1}, "# empty\na: 1\n"),
        ("", {"a": 1}, "a: 1\n"),
        ("---\na: 1\n...\n", {"a": 1, "b": 2}, "---\na: 1\nb: 2\n...\n"),
        ("a: 1 # one\n", {"a": True}, "a: true # one\n"),
        ("? a\n: 1\n", {"a": 2}, "? a\n: 2\n"),
        ("a: yes\n", {"a": "yes"}, "a: 'yes'\n"),
        ("a: é # ü\nb: 1\n", {"a": "ø", "b": 2}, "a: ø # ü\nb: 2\n"),
        ("a: 1\nb: [\n  c, # d\n]\n", {"a": 2, "b": ["c"]}, "a: 2\nb: [\n  c, # d\n]\n"),
        ("a: 1\nb: [\n  c, # d\n]\n", {"a": 1, "b": ["e"]}, "a: 1\nb: [e]\n"),
        (
            "a: 2026-01-01T00:00:00Z # then\n",
            {"a": datetime(2026, 2, 1, tzinfo=UTC)},
            "a: 2026-02-01T00:00:00Z # then\n",
        ),
    ],
)
def test_corners(text: str, new: dict[str, Any], changed: str) -> None:
    assert edited(new, text) == changed


@pytest.mark.parametrize(
    "text",
    [
        "{a: 1}",
        "a: &shared [1]\nb: *shared\n",
        "a: &base {c: 1}\nb:\n  <<: *base\n",
        "- 1\n",
    ],
)
def test_what_is_not_edited_is_said(text: str) -> None:
    assert yaml_text.edited(text, {"a": 2, "b": 3}) is None


WORDS = st.sampled_from(
    ["", "a", "no", "1", "x: y", "# x", "a@contoso.com", "Łódź", "-", "'", '"', "two words "]
)
LEAVES = st.one_of(WORDS, st.integers(-1, 9), st.booleans(), st.none())
CONTENT = st.dictionaries(
    st.sampled_from("abcd"),
    st.one_of(
        LEAVES,
        st.lists(LEAVES, max_size=4),
        st.dictionaries(
            st.sampled_from("efgh"), st.one_of(LEAVES, st.lists(WORDS, max_size=3)), max_size=3
        ),
    ),
    min_size=1,
)


@given(CONTENT, CONTENT)
def test_any_content_becomes_any_other_and_comments_of_their_own_line_stay(
    old: dict[str, Any], new: dict[str, Any]
) -> None:
    lines = yaml_text.dump(old).splitlines()
    commented = "".join(f"# {number}\n{line}\n" for number, line in enumerate(lines))
    changed = edited(new, commented)
    expected = [f"# {number}" for number in range(len(lines))]
    if not _is_rewritten(old, new):
        assert re.findall(r"^# \d+$", changed, re.MULTILINE) == expected


def _is_rewritten(old: dict[str, Any], new: dict[str, Any]) -> bool:
    """Whether a section or a list became something else, or went: what is inside goes with it."""
    for key, before in old.items():
        after = new.get(key)
        if isinstance(before, list | dict) and before:
            if type(after) is not type(before) or not after:
                return True
            if (
                isinstance(before, dict)
                and isinstance(after, dict)
                and _is_rewritten(before, after)
            ):
                return True
    return False
