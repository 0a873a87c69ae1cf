"""The table of addresses: who opted out, and an opt-out that opts out nobody."""

from io import StringIO

from rich.console import Console

from engagement_assets.preflight.people import ListedAddress
from engagement_assets.preflight.table import addresses


def printed(*listed: ListedAddress) -> list[str]:
    console = Console(file=StringIO(), width=200)
    console.print(addresses(listed))
    assert isinstance(console.file, StringIO)
    return console.file.getvalue().splitlines()[3:-1]


def test_an_opt_out_that_opts_out_nobody_says_so() -> None:
    ada, who, nobody = printed(
        ListedAddress("mailboxes.opted_out, entry 1", 1, "", is_opted_out=True),
        ListedAddress("who@contoso.com", 0, "Nobody has it.", is_opted_out=True),
        ListedAddress("nobody@contoso.com", 0, "Nobody has it."),
    )
    assert "1 │ Opted out.  " in ada
    assert "0 │ Opted out. Nobody has it. Nobody is opted out by it. " in who
    assert "0 │ Nobody has it.  " in nobody
