"""What the sections say of themselves: who accepted the privacy terms, as it may be told."""

import pytest

from engagement_assets.config import OPTED_OUT, Mailboxes, PrivacyTerms

ADA = "ada@contoso.example"


def told(accepted_by: str, *opted_out: str) -> str:
    terms = PrivacyTerms.model_validate(
        {"accepted_by": accepted_by, "accepted_at": "2026-06-01T09:00:00Z"}
    )
    return terms.told(opted_out)


@pytest.mark.parametrize("accepted_by", [ADA, "Ada <Ada@Contoso.example>", f"Ada, {ADA}"])
def test_who_accepted_is_not_told_by_the_address_of_somebody_who_opted_out(
    accepted_by: str,
) -> None:
    assert told(accepted_by) == accepted_by
    assert told(accepted_by, "bob@contoso.example") == accepted_by
    assert told(accepted_by, "bob@contoso.example", ADA) == OPTED_OUT


def test_a_name_is_not_an_address() -> None:
    assert told("Ada Lovelace", ADA) == "Ada Lovelace"


def test_an_x500_name_may_be_listed_and_opted_out() -> None:
    name = "/O=Contoso/CN=Ada"
    mailboxes = Mailboxes(addresses=(name,), opted_out=(name,))
    assert mailboxes.addresses == mailboxes.opted_out == ("/o=contoso/cn=ada",)
