"""What `bench/decode.py` measures: the same file, put in a DuckDB table by each.

Each gives the rows kept and those set aside. Imports are where they are used: peers live in
another Python.
"""

import os
import tempfile
from pathlib import Path

IMPORTED = {
    "ardoise": (
        "assets.decoding.formats.csv",
        "assets.decoding.stage",
        "checks.contract",
        "resources.warehouse",
    ),
    "dlt": ("dlt", "dlt.destinations", "pyarrow.csv"),
    "pandas": ("pandas",),
}
KINDS = {"string": "VARCHAR", "date": "DATE", "integer": "BIGINT", "number": "DOUBLE"}


def ardoise(connection, file: Path, french: bool, *, exact: bool = False) -> list[int]:
    """As the warehouse is opened; `exact` keeps numbers as decimals."""
    import sales

    from assets.decoding.stage import stage_source
    from checks.contract import Contract
    from resources.warehouse import SETTINGS

    connection.execute(SETTINGS)
    connection.execute("create schema sources; create schema quarantine")
    contract = Contract.model_validate(sales.contract(french=french, exact=exact))
    with tempfile.TemporaryDirectory(dir=file.parent) as work:
        staged = stage_source(connection, "ventes", contract, file, Path(work))
    assert staged.rows + staged.quarantined == staged.received
    return [staged.rows, staged.quarantined]


def duckdb_alone(connection, file: Path, french: bool) -> list[int]:
    import sales

    columns = ", ".join(f"'{name}': '{KINDS[kind]}'" for name, kind, _ in sales.COLUMNS)
    french_words = "delim = ';', decimal_separator = ',', dateformat = '%d/%m/%Y'"
    words = french_words if french else "delim = ','"
    connection.execute(
        f"create table ventes as from read_csv('{file}', columns = {{{columns}}}, "
        f"auto_detect = false, header = true, {words}, "
        "store_rejects = true, rejects_limit = 0)"
    )
    count = "select count(*) from ventes union all select count(distinct line) from reject_errors"
    return [row[0] for row in connection.execute(count).fetchall()]


def with_pandas(connection, file: Path, french: bool) -> list[int]:
    import pandas
    import sales

    texts = {name: "string" for name, kind, _ in sales.COLUMNS if kind == "string"}
    frame = pandas.read_csv(file, dtype=texts, on_bad_lines="skip")
    frame["date_mutation"] = pandas.to_datetime(frame["date_mutation"], errors="coerce")
    connection.register("frame", frame)
    connection.execute("create table ventes as from frame")
    return [len(frame), 0]


def with_dlt(file: Path, folder: Path) -> list[int]:
    """Through pyarrow's reader, its fastest way in (1.31); torn lines are skipped."""
    import dlt
    import pyarrow as pa
    import pyarrow.csv
    import sales

    kinds = {"string": pa.string(), "integer": pa.string(), "number": pa.float64()}
    types = {name: kinds.get(kind, pa.string()) for name, kind, _ in sales.COLUMNS}

    @dlt.resource(name="ventes")
    def read():
        yield from pyarrow.csv.open_csv(
            file,
            parse_options=pa.csv.ParseOptions(invalid_row_handler=lambda _: "skip"),
            convert_options=pa.csv.ConvertOptions(column_types=types),
        )

    os.environ["RUNTIME__DLTHUB_TELEMETRY"] = "false"
    pipeline = dlt.pipeline(
        "ventes",
        destination=dlt.destinations.duckdb(str(folder / "dlt.duckdb")),
        pipelines_dir=str(folder / "state"),
    )
    pipeline.run(read())
    counts = pipeline.last_trace.last_normalize_info.row_counts
    return [counts["ventes"], 0]
