"""The bytes of a person outside of tables: what would betray her in a log, an event, a file.

Her own values, in clear, held in memory for the time of one erasure: a hash cannot be searched for
in a file. Only values that are nobody else's are proof of anything.
"""

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

import duckdb
import zstandard

from assets.catalogue import Table
from assets.platform import Platform
from assets.rights.landed import among, texts
from assets.rights.rows import person_rows
from checks.contract import Contract
from checks.identity import Description
from resources.sql import literal, quoted

SHORTEST = 5  # letters: a shorter value stands in any file by chance
CHUNK = 1 << 20
OWN = ("direct", "sensitive", "nir")


@dataclass(frozen=True)
class Traces:
    """Groups of values: a text that holds all the values of one group tells of the person."""

    groups: Sequence[tuple[str, ...]] = field(repr=False)

    def told_in(self, text: str) -> bool:
        """Whether a line, or an event, tells of the person."""
        folded = text.casefold()
        return any(
            all(any(form in folded for form in _forms(value)) for value in group)
            for group in self.groups
        )

    @property
    def pattern(self) -> re.Pattern[bytes] | None:
        """The bytes that are the person's alone; None when no value is long enough."""
        alone = [group[0] for group in self.groups if len(group) == 1]
        spelled = {
            form.encode(codec)
            for value in alone
            for form in (value, json.dumps(value)[1:-1])
            for codec in ("utf-8", "cp1252", "utf-16-le")
            if _can(form, codec)
        }
        if not spelled:
            return None
        return re.compile(b"|".join(re.escape(one) for one in sorted(spelled)), re.IGNORECASE)


def traces_of(
    connection: duckdb.DuckDBPyConnection,
    platform: Platform,
    tables: Iterable[Table],
    descriptions: Iterable[Description],
) -> Traces:
    """What tells of a person: the values given, and those of her rows that are in no other row."""
    groups = {tuple(one.values[name].strip() for name in one.shape) for one in descriptions}
    for table in tables:
        for relation, names, numbers in _places(connection, platform, table):
            for rank, name in enumerate(names):
                hers = {
                    value.strip()
                    for _, values in texts(connection, relation, names, among(numbers))
                    if (value := values[rank]) is not None and len(value.strip()) >= SHORTEST
                }
                shared = _in_others(connection, relation, name, numbers, hers)
                groups |= {(value,) for value in hers - shared}
    return Traces(sorted(one for one in groups if sum(map(len, one)) >= SHORTEST))


def files_that_tell(platform: Platform, traces: Traces) -> tuple[int, list[Path]]:
    """How many files of the data folder were searched, and which hold a trace; zstd is opened.

    Encrypted files tell nothing: what they hold is for who made them.
    """
    pattern, searched, found = traces.pattern, 0, []
    for path in sorted(platform.home.path.rglob("*")):
        if path.is_file() and not path.is_symlink():
            searched += 1
            if pattern is not None and _holds(path, pattern):
                found.append(path)
    return searched, found


def without_lines(path: Path, traces: Traces) -> tuple[int, str]:
    """How many lines of a text tell of the person, and the text without them."""
    lines = path.read_text(encoding="utf-8", errors="surrogateescape").splitlines(keepends=True)
    kept = [line for line in lines if not traces.told_in(line)]
    return len(lines) - len(kept), "".join(kept)


def _places(
    connection: duckdb.DuckDBPyConnection, platform: Platform, table: Table
) -> Iterator[tuple[str, list[str], set[int]]]:
    """Where her rows are: a relation, its columns of her own, the numbers of her rows."""
    for relation, numbers in person_rows(connection, platform, table):
        described = connection.execute(f"describe {relation}").fetchall()
        known = {str(row[0]) for row in described}
        yield relation, [one for one in _own(table.contract) if one in known], numbers


def _in_others(
    connection: duckdb.DuckDBPyConnection,
    relation: str,
    name: str,
    numbers: set[int],
    values: set[str],
) -> set[str]:
    """Those of her values that another row has too: they tell of nobody in particular."""
    sought = ", ".join(literal(value) for value in values if "\0" not in value)
    if not sought:
        return set()
    column = f"trim({quoted(name)}::varchar)"
    rows = connection.execute(
        f"select distinct {column} from {relation} "
        f"where {column} in ({sought}) and not ({among(numbers)})"
    ).fetchall()
    return {value for (value,) in rows}


def _own(contract: Contract) -> list[str]:
    return [one.name for one in contract.columns if one.personal_data in OWN]


def _forms(value: str) -> tuple[str, str]:
    """A value as a text has it, and as JSON writes it."""
    return value.casefold(), json.dumps(value)[1:-1].casefold()


def _can(text: str, codec: str) -> bool:
    try:
        text.encode(codec)
    except UnicodeEncodeError:
        return False
    return True


def _holds(path: Path, pattern: re.Pattern[bytes]) -> bool:
    with path.open("rb") as file:
        if _found(file, pattern):
            return True
        if path.suffix != ".zst":
            return False
        file.seek(0)
        try:
            return _found(zstandard.ZstdDecompressor().stream_reader(file), pattern)
        except zstandard.ZstdError:
            return False


def _found(file: IO[bytes] | zstandard.ZstdDecompressionReader, pattern: re.Pattern[bytes]) -> bool:
    before = b""
    while chunk := file.read(CHUNK):
        if pattern.search(before + chunk):
            return True
        before = chunk[-4096:]
    return False
