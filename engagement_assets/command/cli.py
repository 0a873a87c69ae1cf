"""The `engagement` command.

What a command needs is imported in it, so that `--help` costs nothing but itself: the configuration
takes a tenth of a second, Microsoft's sign-in half of one, Dagster one.
"""

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from engagement_assets.errors import EngagementError, StoppedError

if TYPE_CHECKING:
    from engagement_assets.pipeline.resources import Budget


class _Commands(TyperGroup):
    """The commands. One that is stopped says so, where Typer would end without a word."""

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            raise StoppedError("Stopped.") from None


app = typer.Typer(
    cls=_Commands,
    help="How engaged is each customer account? From Microsoft 365 mail and calendar metadata.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

ConfigFile = Annotated[Path, typer.Option("-c", "--config", help="The configuration file.")]


def _show_version(is_wanted: bool) -> None:
    if is_wanted:
        from engagement_assets.command import version

        print("\n".join(version.lines()))
        raise typer.Exit


@app.callback()
def _engagement(
    _version: Annotated[
        bool,
        typer.Option("--version", callback=_show_version, is_eager=True, help="Show versions."),
    ] = False,
) -> None:
    """What every command knows."""


@app.command()
def run(config_file: ConfigFile) -> None:
    """Run everything once, publish the results and print the overview.

    A failure leaves the previous results as they were.

    Exit codes: 0 published, 2 configuration error, 3 consent missing, 1 any other failure.
    """
    publish(config_file)


def publish(
    config_file: Path, *, models_folder: Path | None = None, budget: "Budget | None" = None
) -> None:
    """Do what `run` does.

    Args:
        config_file: the configuration.
        models_folder: the SQL models; the product's own when None.
        budget: what the run may spend on a service that is busy; the product's own when None.

    Raises:
        EngagementError: what is wrong; results published before are untouched.
    """
    from rich.console import Console

    from engagement_assets import config

    configuration = config.load(config_file)
    from engagement_assets import consent

    consent.require_terms(configuration)
    from engagement_assets.command import execution, overview

    console = Console()
    warnings = execution.run(
        config_file, configuration.data_dir, console, models_folder=models_folder, budget=budget
    )
    published = configuration.data_dir / "published"
    overview.show(console, configuration.name, overview.of(published), warnings)
    console.print(f"\nPublished: {published}", highlight=False, soft_wrap=True)


@app.command()
def configure(
    config_file: Annotated[
        Path, typer.Option("-c", "--config", help="The configuration file to write or edit.")
    ] = Path("engagement.yaml"),
) -> None:
    """Write the configuration with a guided set-up in the terminal, or edit it.

    Exit codes: 0 saved or left, 2 the file cannot be read or written, 1 no terminal, 75 stopped.
    """
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise EngagementError(
            "configure asks questions and needs a terminal.",
            remedy="Without one, write the file by hand: docs/configuration.md.",
        )
    from rich.console import Console

    from engagement_assets import configure

    configure.run(config_file, Console(), os.environ)


@app.command()
def preflight(
    config_file: ConfigFile,
    probes: Annotated[
        int, typer.Option(min=0, help="How many mailboxes are asked whether they answer.")
    ] = 25,
) -> None:
    """Check everything before the first run, and say what to do. Nothing is kept or changed.

    Exit codes: 0 no error, else that of the worst one: 2 configuration, 3 consent, 1 any other.
    """
    from rich.console import Console

    from engagement_assets import preflight

    console = Console()
    with console.status("Checking") as status:
        report = preflight.inspect(
            config_file, probes=probes, begin=lambda what: status.update(f"Checking {what}")
        )
    preflight.show(console, report)
    raise typer.Exit(report.exit_code)


@app.command("consent")
def ask(
    config_file: ConfigFile,
    notify: Annotated[
        bool, typer.Option("--notify", help="Mail the link to tenant_admins while it is missing.")
    ] = False,
) -> None:
    """Show whether data may be read, and the link with which an administrator allows it.

    Exit codes: 0 nothing is missing, 3 consent is missing, 2 configuration error (privacy terms
    included), 1 any other failure.
    """
    from rich.console import Console

    from engagement_assets import config

    configuration = config.load(config_file, files_must_exist=False)
    from engagement_assets import consent
    from engagement_assets.consent import report, request

    console = Console()
    report.show_link(console, configuration)
    seen = consent.look(configuration, consent.tenant_of(configuration))
    report.show(console, configuration, seen)
    if notify and (seen.tenant is None or not seen.tenant.is_granted):
        request.ask_for_consent(configuration)
        console.print(f"\nAsked: {', '.join(configuration.tenant_admins)}", highlight=False)
    seen.require()


@app.command()
def ui(
    config_file: ConfigFile,
    port: Annotated[int, typer.Option(help="Port on this machine.")] = 3000,
) -> None:
    """Open the Dagster UI: lineage, checks, runs and the weekly schedule."""
    from rich.console import Console

    from engagement_assets import config

    configuration = config.load(config_file, files_must_exist=False)
    from engagement_assets.command import execution

    execution.serve(config_file, configuration.data_dir, port, Console())


@app.command()
def results(
    config_file: ConfigFile,
    host: Annotated[
        str | None, typer.Option(help="Address of this machine, in place of results.host.")
    ] = None,
    port: Annotated[
        int | None, typer.Option(help="Port on this machine, in place of results.port.")
    ] = None,
) -> None:
    """Serve the results as a web app: overview, customers, segments, measures, data."""
    from rich.console import Console

    from engagement_assets import config

    configuration = config.load(config_file, files_must_exist=False)
    from engagement_assets.results import server
    from engagement_assets.results.settings import AppSettings

    settings = AppSettings.of(configuration, os.environ, host=host, port=port)
    server.serve(settings, Console())


def main(command: Callable[[], object] = app) -> None:
    """Run a command; a failure is one message and an exit code, never a traceback."""
    try:
        command()
    except EngagementError as error:
        print(f"engagement: {error}", file=sys.stderr)
        sys.exit(error.exit_code)


if __name__ == "__main__":
    main()
