"""An organisation whose customers have ids and names that try to break a page."""

from pathlib import Path

from tests.support import pipeline
from tests.support.command import write_sample

SCRIPT = "<script>document.title='broken'</script>"

# id and name; the first ones of the organisation's customers get them
CUSTOMERS: tuple[tuple[str, str], ...] = (
    (SCRIPT, f"{SCRIPT}<img src=x onerror=document.title='broken'>"),
    ("a/b?c=d&e#f", "Slash & Sons"),
    ("50% off/%2F%3Fx", "Per cent %(name)s {{ 7 * 7 }} {0}"),
    ("\"quoted\" 'twice'", 'O\'Neill "&quot;" <b>'),
    ("C", "The one before the bars"),
    ("عميل-مهم", "\u202eعميل\u202c مهم"),
    ("long-" + "x" * 400, "Very " + "long " * 80),
    ("C|year|2026", "Bars | and bars"),
    ("=HYPERLINK(1)", "=1+1"),
    ("x y+z", "Łódź Çedilla Straße"),
)
IDS = tuple(customer_id for customer_id, _ in CUSTOMERS)


def run_hostile(folder: Path) -> Path:
    """Write an organisation with these customers, run it once and return its configuration."""
    config_file = write_sample(folder, people=8, accounts=16, days=90)
    accounts, contacts = folder / "accounts.csv", folder / "contacts.csv"
    header, *rows = accounts.read_text(encoding="utf-8").splitlines()
    before = [row.partition(",")[0] for row in rows]
    renamed = dict(zip(before, CUSTOMERS, strict=False))
    lines = [
        ",".join(map(_cell, renamed[customer_id])) if customer_id in renamed else row
        for customer_id, row in zip(before, rows, strict=True)
    ]
    accounts.write_text("\n".join([header, *lines]) + "\n", encoding="utf-8")
    header, *rows = contacts.read_text(encoding="utf-8").splitlines()
    lines = []
    for row in rows:
        customer_id, comma, rest = row.partition(",")
        known = customer_id in renamed
        lines.append((_cell(renamed[customer_id][0]) if known else customer_id) + comma + rest)
    contacts.write_text("\n".join([header, *lines]) + "\n", encoding="utf-8")
    pipeline.run(config_file)
    return config_file


def _cell(text: str) -> str:
    """Return a cell of a CSV file, in quotes."""
    doubled = text.replace('"', '""')
    return f'"{doubled}"'
