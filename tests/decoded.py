"""A file decoded through the public door `stage_source`, for the tests of formats."""

import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb

from assets.decoding.stage import Staged, stage_source
from checks.contract import Contract


def column(name: str, **words: Any) -> dict[str, Any]:
    return {"name": name, "description": "Une colonne.", "example": "x", **words}


def contract(*columns: str | dict[str, Any], **words: Any) -> Contract:
    return Contract.model_validate(
        {
            "title": "Essai",
            "description": "Un fichier d’essai.",
            "theme": "référentiel",
            "grain": "une ligne par ligne",
            "columns": [column(each) if isinstance(each, str) else each for each in columns],
            "access": "open",
            "retention": {"keep": "1 year", "reason": "essai"},
            "budget": {"stored_mb": 1, "cpu_s": 1},
            **words,
        }
    )


class Decoded:
    """What became of a file: published rows, and those set aside as (line, column, reason)."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, staged: Staged) -> None:
        self.staged = staged
        self.extra = staged.extra
        self.rows = connection.execute("from sources._staging_essai").fetchall()
        self.aside = connection.execute(
            "select _ligne, _colonne, _motif from quarantine._staging_essai order by _ligne"
        ).fetchall()
        self.texts = connection.execute(
            "select _texte from quarantine._staging_essai order by _ligne"
        ).fetchall()
        assert len(self.rows) == staged.rows
        assert staged.rows + staged.quarantined == staged.received

    @property
    def counts(self) -> dict[str, int]:
        """Published rows, and set aside ones by `column:REASON`."""
        reasons = Counter(f"{column or ''}:{reason}" for _, column, reason in self.aside)
        return {"published": len(self.rows), **reasons}


@contextmanager
def scratch() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        connection.execute("create schema sources; create schema quarantine")
        yield connection


def decode(content: bytes | str | Path, contract: Contract) -> Decoded:
    """Stage a file; whatever happens, nothing stays in the work folder but the file itself."""
    with tempfile.TemporaryDirectory() as folder, scratch() as connection:
        work = Path(folder)
        file = work / f"essai.{contract.format}"
        if isinstance(content, Path):
            content = content.read_bytes()
        file.write_bytes(content.encode() if isinstance(content, str) else content)
        try:
            return Decoded(connection, stage_source(connection, "essai", contract, file, work))
        finally:
            assert [path.name for path in work.iterdir()] == [file.name]
