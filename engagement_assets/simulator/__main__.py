"""`python -m engagement_assets.simulator FOLDER`: writes the sample organisation as files."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from engagement_assets.simulator.folder import write_activity_folder, write_customers
from engagement_assets.simulator.organisation import Organisation


def _moment(text: str) -> datetime:
    """An ISO 8601 moment; without an offset it is UTC."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise typer.BadParameter(f"{text!r} is no ISO 8601 moment", param_hint="--as-of") from error
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def main(
    folder: Annotated[Path, typer.Argument(help="Where activity, contacts.csv, accounts.csv go.")],
    seed: Annotated[int, typer.Option(help="The same seed gives the same bytes.")] = 7,
    people: Annotated[int, typer.Option(min=4, help="Persons whose mailboxes are selected.")] = 24,
    accounts: Annotated[int, typer.Option(min=1, help="Customer accounts.")] = 120,
    as_of: Annotated[
        str, typer.Option(metavar="MOMENT", help="When the activity ends, in ISO 8601.")
    ] = "2026-11-23T07:00:00Z",
    days: Annotated[int, typer.Option(min=1, help="How many days the activity spans.")] = 380,
    volume: Annotated[float, typer.Option(min=0.01, help="Multiplies the activity.")] = 1.0,
) -> None:
    """Write a sample organisation: its mail and meetings, and its customer dataset."""
    organisation = Organisation.generate(seed, people=people, accounts=accounts, volume=volume)
    written = write_activity_folder(
        organisation, folder / "activity", as_of=_moment(as_of), days=days
    )
    write_customers(organisation, folder)
    typer.echo(
        f"Wrote {folder}: {written.mailboxes} mailboxes with {written.messages:,} messages and "
        f"{written.events:,} events, {len(organisation.accounts)} accounts."
    )


if __name__ == "__main__":
    typer.run(main)
