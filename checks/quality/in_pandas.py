"""What DuckDB does not compute, judged by Great Expectations' own pandas engine, and said to be.

Only the columns a rule is about are brought into memory; what it found is told as counts, like the
rest. Imports Great Expectations and pandas.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import duckdb
from great_expectations.execution_engine.pandas_execution_engine import PandasExecutionEngine
from great_expectations.validator.validator import Validator

from checks.quality.conditions import columns_of
from checks.quality.figures import UnanswerableError, unforeseen
from checks.quality.judgement import Judgement
from checks.quality.tables import Tables
from checks.quality.validation import expectation_of, without_values
from checks.rules import Rule
from resources.sql import quoted

NOTE = "jugé en mémoire, hors de DuckDB"


def judge(
    connection: duckdb.DuckDBPyConnection, table: str, rules: Sequence[Rule]
) -> list[Judgement | UnanswerableError]:
    """The judgement on each rule, or why there is none."""
    tables = Tables(connection)
    return [_judged(tables, table, rule) for rule in rules]


def _judged(tables: Tables, table: str, rule: Rule) -> Judgement | UnanswerableError:
    try:
        engine = PandasExecutionEngine(batch_data_dict={"table": _frame(tables, table, rule)})
        validator = Validator(execution_engine=engine)
        validator.metrics_calculator.show_progress_bars = False
        (found,) = validator.graph_validate(
            [expectation_of(rule).configuration],
            {"catch_exceptions": True, **without_values()},
        )
    except UnanswerableError as fault:
        return fault
    except duckdb.Error:
        raise  # the connection itself is at fault: no rule can be judged
    except Exception as error:
        return unforeseen(error)
    if _raised(found.exception_info):
        return unforeseen(RuntimeError())
    return Judgement(found.success is True, _counts(found.result) | {"note": NOTE})


def _frame(tables: Tables, table: str, rule: Rule) -> Any:
    names = [rule.parameters["column"], *columns_of(rule.parameters.get("row_condition"))]
    known = tables.columns(table)
    for name in names:
        if name not in known:
            raise UnanswerableError(f"La colonne « {name} » n’existe pas dans la table.")
    columns = ", ".join(quoted(name) for name in dict.fromkeys(names))
    return tables.connection.execute(f"select {columns} from {table}").df()


def _raised(said: Mapping[str, Any] | None) -> bool:
    """One exception, or one for each metric: either way its message may quote a value."""
    if not said:
        return False
    if "raised_exception" in said:
        return bool(said["raised_exception"])
    return any(each.get("raised_exception") for each in said.values())


def _counts(result: Mapping[str, Any]) -> dict[str, Any]:
    """The counts and the figure; the rest of the result may be made of values."""
    kept = ("element_count", "unexpected_count", "missing_count", "observed_value")
    return {
        key: float(value) if key == "observed_value" else int(value)
        for key in kept
        if isinstance(value := result.get(key), int | float)
    }
