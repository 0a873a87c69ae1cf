"""Running the pipeline from the command line: the same job as in the UI, in this process."""

import os
import socket
import sys
import uuid
from collections.abc import Sequence
from pathlib import Path

import dagster as dg
from rich.console import Console

from engagement_assets import definitions
from engagement_assets.command import libraries, progress
from engagement_assets.errors import EngagementError, StoppedError
from engagement_assets.pipeline import automation, check_results, instance, resources


class RunFailedError(EngagementError):
    """A run that failed for a reason that nobody foresaw; the Dagster UI has the details."""


def run(
    config_file: Path,
    data_dir: Path,
    console: Console,
    *,
    models_folder: Path | None = None,
    budget: resources.Budget | None = None,
) -> list[str]:
    """Run the whole job once.

    Args:
        config_file: the configuration.
        data_dir: the folder that it names for all that runs write.
        console: where the run shows how it gets on.
        models_folder: the SQL models; the product's own when None.
        budget: what it may spend on a service that is busy; the product's own when None.

    Returns:
        the checks that warned, as `asset: check`.

    Raises:
        EngagementError: what made it fail; results published before are untouched.
    """
    with instance.opened(data_dir) as opened, progress.Listener(console) as listener:
        built = definitions.build(
            config_file,
            models_folder=models_folder,
            budget=budget,
            loggers={"console": listener.definition},
        )
        job = built.resolve_job_def(automation.JOB.name)
        run_id = str(uuid.uuid4())
        listener.steps = len(job.nodes)
        try:
            job.execute_in_process(
                instance=opened,
                run_config={"loggers": {"console": {}}},
                raise_on_error=True,
                run_id=run_id,
            )
        except (dg.DagsterExecutionInterruptedError, KeyboardInterrupt):
            raise StoppedError(
                "The run was stopped. What was published before is unchanged.",
                remedy="The next run goes on with what this one has read.",
            ) from None
        except Exception as error:  # noqa: BLE001 - steps raise anything; its text can quote data
            broken = check_results.failed_checks(opened, run_id, dg.AssetCheckSeverity.ERROR)
            raise _explained(error, broken) from None
        return check_results.warnings(opened, run_id)


def serve(config_file: Path, data_dir: Path, port: int, console: Console) -> None:
    """Replace this process by Dagster's web server and daemon.

    Raises:
        EngagementError: when the port is taken.
    """
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise EngagementError(
                f"Port {port} is taken.", remedy="Name another one with --port."
            ) from error
    os.environ["DAGSTER_HOME"] = str(instance.prepare_to_serve(data_dir))
    os.environ[definitions.CONFIG_VARIABLE] = str(config_file.absolute())
    os.environ["DAGSTER_DISABLE_TELEMETRY"] = "1"
    console.print(f"Opening http://127.0.0.1:{port}/asset-groups (Ctrl-C stops it) ...")
    command = Path(sys.executable).with_name("dg")
    module = ["-m", "engagement_assets.definitions"]
    os.execv(  # noqa: S606 - a fixed command without a shell; in this process, Ctrl-C reaches it
        command, [str(command), "dev", *module, "-h", "127.0.0.1", "-p", str(port)]
    )


def _explained(error: BaseException, broken: Sequence[str]) -> EngagementError:
    """Return the failure that explains itself among an error and its causes.

    Args:
        error: what ended the run.
        broken: the checks that would have stopped it.
    """
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, EngagementError):
            return cause
        root, cause = cause, cause.__cause__
    if broken:
        return RunFailedError(
            "The results break a rule and were not published; those of the run before stay: "
            f"{', '.join(broken)}",
            remedy="Their pages in the Dagster UI (engagement ui) say what is wrong.",
        )
    if known := libraries.explanation(root):
        what, remedy = known
        return RunFailedError(
            f"{what} ({type(root).__name__}). What was published before is unchanged.",
            remedy=remedy,
        )
    return RunFailedError(
        f"The run failed unexpectedly ({type(root).__name__}). What was published before is "
        "unchanged.",
        remedy="Its log is in the Dagster UI: engagement ui.",
    )
