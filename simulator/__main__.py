"""`python -m simulator`: the sample organisation, as files or as a tenant.

`generate FOLDER` writes files; `serve FOLDER` is a Microsoft 365 tenant on localhost. Without
either word it is `generate`.
"""

import signal
import sys
from datetime import UTC, datetime
from pathlib import Path
from threading import Event
from typing import Annotated

import orjson
import typer

from simulator.activity import Activity
from simulator.faults import Faults
from simulator.folder import write_activity_folder, write_customers
from simulator.folder_tenant import FolderTenant
from simulator.generated_tenant import GeneratedTenant
from simulator.organisation import Organisation
from simulator.registration import NEEDED_ROLES
from simulator.server import SECRET, PortTakenError, SimulatedServer, simulate
from simulator.tenant import Tenant

CONNECTION = "simulator.json"
"""Where `serve` writes how to reach it; the file appears when it answers."""

application = typer.Typer(no_args_is_help=True, add_completion=False, help=__doc__)

Seed = Annotated[int, typer.Option(help="The same seed gives the same bytes.")]
People = Annotated[int, typer.Option(min=4, help="Persons whose mailboxes are selected.")]
Accounts = Annotated[int, typer.Option(min=1, help="Customer accounts.")]
AsOf = Annotated[str, typer.Option(metavar="MOMENT", help="When the activity ends, in ISO 8601.")]
Days = Annotated[int, typer.Option(min=1, help="How many days the activity spans.")]
Volume = Annotated[float, typer.Option(min=0.01, help="Multiplies the activity.")]


def _moment(text: str) -> datetime:
    """An ISO 8601 moment; without an offset it is UTC."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise typer.BadParameter(
            f"{text!r} is not an ISO 8601 moment", param_hint="--as-of"
        ) from error
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


@application.command()
def generate(
    folder: Annotated[Path, typer.Argument(help="Where activity, contacts.csv, accounts.csv go.")],
    seed: Seed = 7,
    people: People = 24,
    accounts: Accounts = 120,
    as_of: AsOf = "2026-11-23T07:00:00Z",
    days: Days = 380,
    volume: Volume = 1.0,
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


@application.command()
def serve(
    folder: Annotated[
        Path, typer.Argument(help="Where the connection details and the CA bundle are written.")
    ],
    activity: Annotated[
        Path | None,
        typer.Option(help="Serve this activity folder; otherwise the organisation is made up."),
    ] = None,
    port: Annotated[int, typer.Option(min=0, max=65_535, help="0 takes a free one.")] = 8443,
    grant: Annotated[
        list[str] | None,
        typer.Option(help="A permission granted from the start; `needed` for all four."),
    ] = None,
    secret: Annotated[
        str,
        typer.Option(
            envvar="ENGAGEMENT_CLIENT_SECRET", show_envvar=True, help="The client secret."
        ),
    ] = SECRET,
    certificate: Annotated[
        Path | None, typer.Option(help="The application's certificate (PEM) for assertions.")
    ] = None,
    fault_rate: Annotated[float, typer.Option(min=0, max=1, help="How often faults come.")] = 0.0,
    fault_seed: Annotated[int, typer.Option(help="Which requests meet faults.")] = 1,
    seed: Seed = 7,
    people: People = 24,
    accounts: Accounts = 120,
    as_of: AsOf = "2026-11-23T07:00:00Z",
    days: Days = 380,
    volume: Volume = 1.0,
) -> None:
    """Be a Microsoft 365 tenant on localhost, until interrupted.

    A made-up organisation's customers are written to FOLDER as well.
    """
    folder.mkdir(parents=True, exist_ok=True)
    connection = folder / CONNECTION
    connection.unlink(missing_ok=True)
    tenant: Tenant
    if activity is not None:
        tenant = FolderTenant(activity)
    else:
        organisation = Organisation.generate(seed, people=people, accounts=accounts, volume=volume)
        write_customers(organisation, folder)
        tenant = GeneratedTenant(Activity(organisation, _moment(as_of), days))
    roles = [role for name in grant or () for role in _roles(name)]
    stop = Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    try:
        with simulate(
            tenant,
            port=port,
            granted=roles,
            secret=secret,
            certificate=b"" if certificate is None else certificate.read_bytes(),
            faults=Faults(fault_seed, fault_rate, wait=1.0),
            folder=folder,
        ) as server:
            _announce(server, connection)
            stop.wait()
    except PortTakenError as error:
        typer.echo(f"{error} Name another one with --port.", err=True)
        raise typer.Exit(1) from None
    finally:
        connection.unlink(missing_ok=True)


def _roles(name: str) -> tuple[str, ...]:
    return NEEDED_ROLES if name == "needed" else (name,)


def _announce(server: SimulatedServer, connection: Path) -> None:
    """Writes and prints how to reach the server; the secret is neither written nor printed."""
    details = {
        "tenant_id": server.tenant_id,
        "client_id": server.client_id,
        "login_url": server.login_url,
        "graph_url": server.graph_url,
        "ca_bundle": str(server.ca_bundle.resolve()),
    }
    partial = connection.with_suffix(".new")
    partial.write_bytes(orjson.dumps(details, option=orjson.OPT_INDENT_2) + b"\n")
    partial.replace(connection)
    for name, value in details.items():
        typer.echo(f"{name}: {value}")
    typer.echo(
        f"Grant consent:  curl --cacert {details['ca_bundle']} -X POST {server.url}/simulator/grant"
    )


def main() -> None:
    """Runs the command line; an unknown first word is the folder of `generate`."""
    words = sys.argv[1:]
    if words and words[0] not in {"generate", "serve", "--help"}:
        words.insert(0, "generate")
    application(words, prog_name="python -m simulator")


if __name__ == "__main__":
    main()
