"""Looking for texts that must not be there: in bytes, files, tables, in any spelling."""

import base64
import json
from collections.abc import Iterator, Mapping
from pathlib import Path

import duckdb


def spellings(text: str) -> Iterator[bytes]:
    """Yield a text as bytes, in every encoding that somebody may choose for it."""
    for case in {text, text.upper(), text.lower()}:
        raw = case.encode()
        yield raw
        yield json.dumps(case).strip('"').encode()
        yield case.replace("@", "%40").encode()
        yield case.encode("utf-16-le")
        yield case.encode("utf-16-be")
        yield raw.hex().encode()
        for shift in range(3):  # base64 of the text anywhere within something
            encoded = base64.b64encode(bytes(shift) + raw)
            start, end = (0, 2, 3)[shift], len(encoded) - 4
            yield encoded[start:end]
            yield encoded[start:end].replace(b"+", b"-").replace(b"/", b"_")


class Markers:
    """Texts to look for, each with a name that a failure may show.

    Attributes:
        spellings: of every text, by name.
    """

    def __init__(self, texts: Mapping[str, str]) -> None:
        self.spellings = {name: frozenset(spellings(text)) for name, text in texts.items()}

    def found(self, content: bytes) -> set[str]:
        """Return the names of the texts that are in some bytes, in any spelling."""
        return {
            name
            for name, spelt in self.spellings.items()
            if any(spelling in content for spelling in spelt)
        }

    def in_files(self, folder: Path) -> dict[str, set[str]]:
        """Return what is in the bytes of the files below a folder, by file."""
        files = [path for path in folder.rglob("*") if path.is_file()]
        assert files, f"{folder} is empty: nothing was looked at"
        found = {str(path.relative_to(folder)): self.found(path.read_bytes()) for path in files}
        return {name: markers for name, markers in found.items() if markers}

    def in_values(
        self, connection: duckdb.DuckDBPyConnection, relation: str
    ) -> dict[str, set[str]]:
        """Return what is in the values of a relation, by column."""
        answer = connection.execute(f"from {relation}")
        names = [column[0] for column in answer.description or ()]
        columns: list[set[str]] = [set() for _ in names]
        for row in answer.fetchall():
            for place, value in enumerate(row):
                columns[place].add(str(value))
        found = {
            name: self.found("\n".join(values).encode())
            for name, values in zip(names, columns, strict=True)
        }
        return {name: markers for name, markers in found.items() if markers}

    def in_tables(self, database: Path) -> dict[str, dict[str, set[str]]]:
        """Return what is in the values of a database's tables, by table and column."""
        with duckdb.connect(database, read_only=True) as connection:
            names = connection.execute(
                "select table_name from duckdb_tables() where not internal"
            ).fetchall()
            assert names
            found = {name: self.in_values(connection, f'"{name}"') for (name,) in names}
        return {name: columns for name, columns in found.items() if columns}

    def in_published(self, snapshots: Path) -> dict[str, object]:
        """Return what is in the bytes and values of published snapshots."""
        found: dict[str, object] = dict(self.in_files(snapshots))
        for parquet in snapshots.rglob("*.parquet"):
            with duckdb.connect() as connection:
                if values := self.in_values(connection, f"read_parquet('{parquet}')"):
                    found[f"values of {parquet.name}"] = values
        for database in snapshots.rglob("*.duckdb"):
            if tables := self.in_tables(database):
                found[f"values of {database.name}"] = tables
        return found
