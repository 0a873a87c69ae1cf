"""Opening DuckDB: one file, one writer, nothing from outside."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
from duckdb.func import FunctionNullHandling
from duckdb.sqltypes import VARCHAR

from engagement_assets import addresses, time_zones
from engagement_assets.errors import BusyError

LANDING = Path(__file__).parent / "landing"

# measured at 32 million message copies: less costs nothing, more buys nothing (docs/benchmarks.md)
MEMORY_LIMIT = "2GB"


@contextmanager
def connect(file: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open the warehouse for writing, with the macros and time zones that landing needs.

    Args:
        file: the database; it and its folder are made when they are missing.

    Raises:
        BusyError: when another program has the file open, or it is damaged.
    """
    file.parent.mkdir(parents=True, exist_ok=True)
    try:
        connection = duckdb.connect(file)
    except duckdb.Error as error:
        raise BusyError(
            f"it cannot be opened: {str(error).splitlines()[0]}",
            where=file,
            remedy="Close the program that has it open; if it is damaged, remove it: the next run "
            "makes it anew.",
        ) from error
    try:
        prepare(connection, file.parent / "spill")
        yield connection
    finally:
        connection.close()


def prepare(connection: duckdb.DuckDBPyConnection, spill: Path) -> None:
    """Set limits, refuse the network, and define macros and time zones for this connection."""
    for setting, value in {
        "TimeZone": "UTC",
        "memory_limit": MEMORY_LIMIT,
        "temp_directory": str(spill),
        "preserve_insertion_order": False,
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
        "enable_progress_bar": False,
        "python_enable_replacements": False,  # a missing table must not turn into a variable
    }.items():
        connection.execute(f"set {setting} = ?", [value])
    connection.create_function(
        "address_of",
        addresses.normalise,
        [VARCHAR],
        VARCHAR,
        null_handling=FunctionNullHandling.SPECIAL,
    )
    macros = (LANDING / "macros.sql").read_text(encoding="utf-8")
    macros = macros.replace("$white_space$", addresses.WHITE_SPACE)
    connection.execute(macros.replace("$plain_address$", addresses.PLAIN))
    zones = _time_zones(connection)
    connection.execute("create or replace temp table time_zone (name varchar, iana varchar)")
    connection.execute(
        "insert into time_zone select unnest(?), unnest(?)", [list(zones), list(zones.values())]
    )


def _time_zones(connection: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """Return the IANA name behind every name of a time zone, in lower case (numbers 3.6)."""
    known = {
        name for (name,) in connection.execute("select name from pg_timezone_names()").fetchall()
    }
    names = time_zones.names_in_events()
    return {name: iana for name, iana in sorted(names.items()) if iana in known}
