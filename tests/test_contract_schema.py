"""The contracts we ship: editors can complete them, they load, and their own examples pass.

One parametrised test per promise, over every file of `assets/sources`: a new source is proved by
being added.
"""

import csv
import io
import json
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

import duckdb
import polars as pl
import pytest

from assets.catalogue import HERE, Table
from assets.decoding.stage import stage_source
from checks import schema
from checks.contract import Column, Contract
from checks.promises import rules_of
from checks.quality import evaluate
from resources.sql import quoted
from tests.scenario import Scenario

FILES = [
    path
    for folder in ("sources", "territories/*/sources")
    for path in sorted(HERE.glob(f"{folder}/*.y*ml"))
    if "\nformat: gtfs\n" not in path.read_text(encoding="utf-8")  # several tables, no column
]
NAMES = [path.stem for path in FILES]
TYPES = {"integer": "bigint", "number": "double", "year": "bigint"}
# Texts that no column of these types or shapes can hold.
WRONG = "§"


@pytest.fixture(scope="module")
def tables(tmp_path_factory) -> dict[str, Table]:
    """Every shipped table, whatever its profile, under a small territory."""
    platform = Scenario(tmp_path_factory.mktemp("contracts")).platform()
    return {path.stem: _table(platform, path) for path in FILES}


def _table(platform, path: Path) -> Table:
    from checks.loading import read_contract

    contract, _ = read_contract(path, "sources", platform.territory.territory.variables)
    return Table("sources", path.stem, contract, path, None, frozenset(contract.references))


@pytest.fixture
def connection(tables) -> Iterator[duckdb.DuckDBPyConnection]:
    """A database where each table holds the one row its contract gives as an example."""
    with duckdb.connect() as connection:
        connection.execute("create schema sources; create schema quarantine")
        for name in tables:
            columns = ", ".join(
                f"{quoted(column.name)} {TYPES.get(column.type, 'varchar')}"
                for column in tables[name].contract.columns
            )
            connection.execute(f"create table sources.{name} ({columns})")
        for referring in tables.values():
            for column in referring.contract.columns:
                if column.constraints.reference:
                    table, name = column.constraints.reference.rsplit(".", 1)
                    connection.execute(f"insert into {table} ({name}) values (?)", [column.example])
        yield connection


def written(contract: Contract, texts: dict[str, str]) -> bytes:
    """A file of one row, as the publisher would write it."""
    headers = {column.header: texts[column.name] for column in contract.columns}
    if contract.format == "geojson":
        text = headers.pop("geometry", "")
        geometry = json.loads(text) if text else None
        feature = {"type": "Feature", "properties": headers, "geometry": geometry}
        return json.dumps({"type": "FeatureCollection", "features": [feature]}).encode()
    if contract.format == "json":
        return json.dumps([headers]).encode()
    if contract.format == "parquet":
        buffer = io.BytesIO()
        pl.DataFrame({name: [text] for name, text in headers.items()}).write_parquet(buffer)
        return buffer.getvalue()
    file = io.StringIO()
    dialect = contract.dialect
    writer = csv.writer(file, delimiter=dialect.delimiter, quotechar=dialect.quote_char)
    writer.writerows([headers.keys(), headers.values()])
    content = file.getvalue().encode(contract.encoding)
    if contract.member:
        archive = io.BytesIO()
        with zipfile.ZipFile(archive, "w") as zipped:
            zipped.writestr(contract.member, content)
        return archive.getvalue()
    return content


def examples(contract: Contract) -> dict[str, str]:
    return {column.name: column.example for column in contract.columns}


def reasons(connection, table: Table, tmp_path: Path, texts: dict[str, str]) -> dict[str, int]:
    """Why the row of these texts is set aside; empty when it is published."""
    file = tmp_path / f"{table.name}.{table.contract.format}"
    file.write_bytes(written(table.contract, texts))
    staged = stage_source(connection, table.name, table.contract, file, tmp_path)
    assert staged.rows + staged.quarantined == staged.received == 1
    return dict(staged.reasons)


def faults(column: Column) -> Iterator[tuple[str, str]]:
    """Texts that break each promise of a column, with the reason each deserves."""
    constraints = column.constraints
    if constraints.required and column.severity == "critical":
        yield "", "MANQUANT"
    if column.severity != "critical" and column.type in ("string", "geojson"):
        return
    if column.type in ("date", "datetime"):
        yield "31/02/2026 §", "DATE"
    elif column.type not in ("string", "geojson"):
        yield WRONG, "TYPE"
    elif column.format or constraints.pattern:
        yield WRONG, "FORMAT"
    elif constraints.enum:
        yield WRONG, "HORS_LISTE"
    elif constraints.max_length:
        yield "x" * (constraints.max_length + 1), "LONGUEUR"
    elif constraints.reference:
        yield WRONG, "REFERENCE"
    if column.severity == "critical" and column.type in ("integer", "number", "year"):
        if constraints.minimum is not None:
            yield f"{constraints.minimum - 1:.15g}".replace(".", column.decimal_char), "HORS_BORNES"
        if constraints.maximum is not None:
            yield f"{constraints.maximum + 1:.15g}".replace(".", column.decimal_char), "HORS_BORNES"


def test_the_committed_json_schema_is_that_of_the_contract():
    """`make schema` writes it again."""
    assert schema.FILE.read_text(encoding="utf-8") == schema.contract_schema()


def test_the_json_schema_says_every_word_with_its_choices():
    known = json.loads(schema.contract_schema())
    assert known["additionalProperties"] is False
    assert "horaire" in json.dumps(known["properties"]["cadence"])
    column = known["$defs"]["Column"]["properties"]
    assert {"name", "from", "decimalChar", "trueValues", "constraints"} <= set(column)
    assert {"in", "minLength", "pattern"} <= set(known["$defs"]["Constraints"]["properties"])


@pytest.mark.parametrize("path", FILES, ids=NAMES)
def test_the_first_line_of_a_contract_leads_editors_to_the_schema(path):
    first = path.read_text(encoding="utf-8").partition("\n")[0]
    (named,) = re.findall(r"^# yaml-language-server: \$schema=(\S+)$", first)
    assert (path.parent / named).resolve() == schema.FILE.resolve()


@pytest.mark.parametrize("name", NAMES)
def test_the_example_of_each_column_passes_its_own_contract(tables, connection, tmp_path, name):
    table = tables[name]
    assert reasons(connection, table, tmp_path, examples(table.contract)) == {}
    row = connection.execute(f"from sources._staging_{name}").fetchone()
    kept = dict(zip(examples(table.contract), row, strict=True))
    assert all(value is not None for value in kept.values()), kept


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_a_row_that_breaks_a_promise_is_set_aside_for_that_reason(
    tables, connection, tmp_path, name
):
    table = tables[name]
    tried = 0
    for column in table.contract.columns:
        for text, code in faults(column):
            texts = examples(table.contract) | {column.name: text}
            found = reasons(connection, table, tmp_path, texts)
            assert found == {f"{column.name}:{code}": 1}, (column.name, text)
            tried += 1
    assert tried >= 2


@pytest.mark.parametrize("name", NAMES)
def test_the_gate_holds_no_grudge_against_the_example_row(tables, connection, tmp_path, name):
    """Decoding and the gate read a column's promises alike: what one keeps the other accepts."""
    table = tables[name]
    reasons(connection, table, tmp_path, examples(table.contract))
    rules = [rule for rule in rules_of(table.contract) if "." in rule.name]
    columns = {column.name for column in table.contract.columns}
    own = [
        rule
        for rule in rules
        if (
            rule.name.partition(".")[0] in columns
            and rule.name.partition(".")[2] in ("required", "unique", "pattern", "enum", "bornes")
        )
        or rule.name.endswith((".reference", ".longueur", ".format"))
    ]
    verdicts = evaluate(connection, f"sources._staging_{name}", own)
    assert [verdict.rule.name for verdict in verdicts if not verdict.passed] == []


@pytest.mark.parametrize("name", NAMES)
def test_every_promise_has_a_french_sentence_of_its_own(tables, name):
    rules = rules_of(tables[name].contract)
    assert len({rule.name for rule in rules}) == len(rules)
    for rule in rules:
        assert rule.sentence
        assert not re.search(r"expect_|column_|to_be|\{|\}|None", rule.sentence), rule
