"""A file decoded through the public door, for the tests of `assets.decoding`."""

import csv
import io
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import HealthCheck, settings

from assets.decoding.stage import Staged, stage_source
from checks.contract import Contract
from resources.errors import SourceError

FEW = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
NARROW, NBSP = "\u202f", "\u00a0"
SPACES = f"{NBSP}{NARROW} \t"


def column(name: str, **words: Any) -> dict[str, Any]:
    return {"name": name, "description": "Une colonne.", "example": "x", **words}


def contract(*columns: dict[str, Any], **words: Any) -> Contract:
    return Contract.model_validate(
        {
            "title": "Essai",
            "description": "Un fichier d’essai.",
            "theme": "référentiel",
            "grain": "une ligne par ligne",
            "columns": list(columns),
            "access": "open",
            "retention": {"keep": "1 year", "reason": "essai"},
            "budget": {"stored_mb": 1, "cpu_s": 1},
            **words,
        }
    )


TEXTS = contract(column("a"), column("b"))


@contextmanager
def warehouse() -> Iterator[duckdb.DuckDBPyConnection]:
    """A warehouse in memory, with the schemas that staging writes to."""
    with duckdb.connect() as connection:
        connection.execute("create schema sources; create schema quarantine")
        yield connection


class Decoded:
    """What became of a file: its count, its published rows and those set aside, in file order."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, staged: Staged) -> None:
        self.staged = staged
        self.rows = connection.execute("from sources._staging_essai").fetchall()
        self.aside = connection.execute(
            "select _ligne, _colonne, _motif from quarantine._staging_essai order by _ligne"
        ).fetchall()
        self.raw = connection.execute(
            "select * exclude (_ligne, _colonne, _motif, _motifs, _texte) "
            "from quarantine._staging_essai order by _ligne"
        ).fetchall()
        assert len(self.rows) == staged.rows
        assert len(self.aside) == staged.quarantined
        assert staged.rows + staged.quarantined == staged.received

    @property
    def lines(self) -> list[int]:
        return [line for line, _, _ in self.aside]

    @property
    def reasons(self) -> list[str]:
        return [reason for _, _, reason in self.aside]


def decode(
    connection: duckdb.DuckDBPyConnection, content: bytes | str, contract: Contract
) -> Decoded:
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        file = work / f"essai.{contract.format}"
        file.write_bytes(content.encode(contract.encoding) if isinstance(content, str) else content)
        decoded = Decoded(connection, stage_source(connection, "essai", contract, file, work))
        assert [path.name for path in work.iterdir()] == [file.name]
        return decoded


def refused(connection, content: bytes | str, contract: Contract) -> SourceError:
    with pytest.raises(SourceError) as error:
        decode(connection, content, contract)
    return error.value


def written(rows: Sequence[Sequence[str]], contract: Contract, ends: str = "\n") -> str:
    """A CSV file by Python's own writer."""
    file = io.StringIO()
    writer = csv.writer(
        file,
        delimiter=contract.dialect.delimiter,
        quotechar=contract.dialect.quote_char,
        lineterminator=ends,
    )
    writer.writerow([column.header for column in contract.columns])
    writer.writerows(rows)
    return file.getvalue()
