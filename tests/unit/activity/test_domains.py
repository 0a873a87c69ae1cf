"""The organisation's domains: what the source tells, or what its persons' own addresses say."""

from engagement_assets.activity import domains
from engagement_assets.activity.source import User
from tests.support.memory_source import MemorySource


class Silent(MemorySource):
    """A source that does not tell its domains."""

    def organisation_domains(self) -> frozenset[str] | None:
        return None


ADA = User.of("ada", "Ada@Contoso.com", "ada@contoso.net", ("smtp:ada@partner.example",))
BERT = User.of("bert", None, "not an address", ("SMTP:bert@alias.example",))
GUEST = User.of("eve", "eve@customer.example", "eve_x#EXT#@contoso.org", (), is_guest=True)


def test_what_the_source_tells() -> None:
    found = domains.of(MemorySource([ADA], {}, domains=["contoso.example"]), [ADA])
    assert found == domains.Domains(frozenset({"contoso.example"}), is_assumed=False)


def test_what_stands_for_it() -> None:
    found = domains.of(Silent([ADA], {}), [ADA, BERT, GUEST])
    assert found == domains.Domains(frozenset({"contoso.com", "contoso.net"}), is_assumed=True)
    assert domains.of_persons([]) == frozenset()
