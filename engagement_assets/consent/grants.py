"""Since when consent is there: one small file in `data_dir`, read and written by runs and sensor.

A grant lasts from when it is first seen to when it is seen to be gone. A renewed one is another.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from filelock import FileLock, Timeout

from engagement_assets import state_files
from engagement_assets.errors import DataFolderError

FILE = "consent.json"
FORMAT = 1

# writing takes milliseconds; who holds the lock longer is stuck
_LONGEST_LOCK = 10.0


@dataclass(frozen=True)
class Grant:
    """One grant of consent.

    Attributes:
        of: what was granted: a tenant and an app, or the privacy terms of a folder. Another
            tenant's consent is another grant.
        granted_at: when it was first seen that nothing is missing.
        first_run_requested_at: when its first run was requested; None while that is to come.
    """

    of: str
    granted_at: datetime
    first_run_requested_at: datetime | None = None

    def first_run_due(self, delay_hours: float) -> datetime:
        """Return when its first run is to be requested."""
        return self.granted_at + timedelta(hours=delay_hours)


def _numbered(content: state_files.Content) -> state_files.Content:
    """Before format 1 there was no number, and the same content."""
    return content


_STEPS: state_files.Steps = {0: _numbered}


def last_seen(data_dir: Path) -> Grant | None:
    """Return the grant that was there when somebody looked last; None when there was none.

    Raises:
        DataFolderError: when a newer version wrote the file.
    """
    try:
        content = state_files.read(data_dir / FILE, FORMAT, _STEPS)
        requested = content.get("first_run_requested_at")
        return Grant(
            str(content["of"]),
            datetime.fromisoformat(content["granted_at"]),
            datetime.fromisoformat(requested) if requested else None,
        )
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        return None


def remember(data_dir: Path, of: str, *, is_granted: bool, checked_at: datetime) -> Grant | None:
    """Return the present grant, after noting that it began or ended.

    Args:
        data_dir: `data_dir` of the configuration.
        of: what was looked at.
        is_granted: whether nothing is missing.
        checked_at: when the check began, UTC. A check that began before a grant was seen does
            not end it: runs and the sensor look at the same time.

    Raises:
        DataFolderError: when the file has to change and cannot, or a newer version wrote it.
    """
    known = last_seen(data_dir)
    if (known is None) != is_granted and (known is None or known.of == of):
        return known  # the usual case, in which nobody has to write
    with _locked(data_dir) as file:
        known = last_seen(data_dir)
        if not is_granted:
            if known is not None and known.granted_at <= checked_at:
                file.unlink(missing_ok=True)
            return None
        if known is None or known.of != of:
            known = Grant(of, checked_at)
            _write(file, known)
        return known


def note_first_run(data_dir: Path, granted_at: datetime, requested_at: datetime) -> None:
    """Note that the first run of a grant was requested, unless the grant has ended meanwhile.

    Raises:
        DataFolderError: when the file cannot be written, or a newer version wrote it.
    """
    with _locked(data_dir) as file:
        known = last_seen(data_dir)
        if known is not None and known.granted_at == granted_at:
            _write(file, replace(known, first_run_requested_at=requested_at))


def note_results(data_dir: Path, published_at: datetime) -> None:
    """Note that results exist: no first run of the present grant is to come any more.

    Raises:
        DataFolderError: when the file cannot be written, or a newer version wrote it.
    """
    known = last_seen(data_dir)
    if known is not None and known.first_run_requested_at is None:
        note_first_run(data_dir, known.granted_at, published_at)


@contextmanager
def _locked(data_dir: Path) -> Iterator[Path]:
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
        with FileLock(data_dir / "consent.lock", timeout=_LONGEST_LOCK):
            yield data_dir / FILE
    except Timeout:
        raise DataFolderError(
            "another process holds it",
            where=f"data_dir: {data_dir / 'consent.lock'}",
            remedy="Try again.",
        ) from None
    except OSError as error:
        raise DataFolderError.unwritable(data_dir, error) from error


def _write(file: Path, grant: Grant) -> None:
    state_files.write(file, FORMAT, asdict(grant))
