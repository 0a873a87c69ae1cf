"""Values of a resource that are of another type are not there."""

import pytest

from engagement_assets.activity import resource
from engagement_assets.activity.source import User


@pytest.mark.parametrize("value", [None, 5, ["a"], {"a": "b"}, True])
def test_what_is_not_text(value: object) -> None:
    assert resource.text(value) is None


@pytest.mark.parametrize("value", [None, 5, "a", {"a": "b"}])
def test_what_is_not_a_list(value: object) -> None:
    assert resource.texts(value) == ()


def test_texts_of_a_list() -> None:
    assert resource.texts(["a", 5, None, "b"]) == ("a", "b")


def test_addresses_at_which_mail_arrives() -> None:
    named = {"mail": "a@x.org", "userPrincipalName": "b@x.org", "proxyAddresses": ["SMTP:c@x.org"]}
    assert resource.mail_addresses(named) == ("a@x.org", "SMTP:c@x.org")
    assert resource.mail_addresses({}) == (None,)


def test_a_user() -> None:
    named = {"id": "1", "mail": "a@x.org", "userPrincipalName": "b@x.org", "proxyAddresses": None}
    assert resource.user(named) == User.of("1", "a@x.org", "b@x.org", ())
    assert resource.user({"id": 5}).id == ""
