"""The checks as a table in the terminal."""

from collections import Counter
from collections.abc import Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from engagement_assets.preflight.check import Level
from engagement_assets.preflight.findings import Report
from engagement_assets.preflight.people import ListedAddress, told

_STYLES: dict[Level, str] = {
    "ok": "green",
    "warning": "yellow",
    "error": "bold red",
    "not checked": "dim",
}


def show(console: Console, report: Report) -> None:
    """Print what was found, and what comes next."""
    checks = Table("Check", "Result", "Found, and what to do", show_lines=True)
    for column in checks.columns:
        column.overflow = "fold"  # names of variables are long, and of no use when cut
    for check in report.checks:
        # nothing in a file's name or a column's is markup
        found = Text(check.found)
        if check.advice:
            found.append(f"\n{check.advice}", style="bold")
        checks.add_row(Text(check.subject), Text(check.level, style=_STYLES[check.level]), found)
    console.print(checks)
    if report.addresses:
        console.print(addresses(told(report.addresses)))
    console.print(Text(_conclusion(report)), soft_wrap=True)


def addresses(listed: Sequence[ListedAddress]) -> Table:
    """Return a table of addresses with the number of persons that each stands for."""
    table = Table("Address", "Persons", "Remark")
    table.columns[0].overflow = table.columns[2].overflow = "fold"
    table.columns[1].justify = "right"
    for each in listed:
        words = ["Opted out." if each.is_opted_out else "", each.remark]
        if each.is_opted_out and not each.persons:
            words.append("Nobody is opted out by it.")
        remark = " ".join(filter(None, words))
        style = "yellow" if each.remark else ""
        table.add_row(Text(each.address), f"{each.persons:,}", Text(remark, style=style))
    return table


def _conclusion(report: Report) -> str:
    numbers = Counter(check.level for check in report.checks)
    if numbers["error"]:
        return (
            f"{numbers['error']} error(s), {numbers['warning']} warning(s). Mend the errors, then "
            "run preflight again."
        )
    ready = f"Ready: engagement run -c {report.file}"
    return f"{numbers['warning']} warning(s). {ready}" if numbers["warning"] else ready
