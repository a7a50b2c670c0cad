"""A suite held by Great Expectations to a table of DuckDB.

Takes expectations from its registry and their results from their own judgement; between the two,
all figures are asked of the engine in one go. How a result reads in French is in `results`.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import duckdb
from great_expectations.compatibility.pydantic import ValidationError
from great_expectations.core.expectation_validation_result import ExpectationValidationResult
from great_expectations.expectations.expectation import Expectation, _convert_string_to_condition
from great_expectations.expectations.metadata_types import FailureSeverity
from great_expectations.expectations.registry import get_expectation_impl
from great_expectations.expectations.row_conditions import deserialize_row_condition
from great_expectations.validator.validator import ValidationDependencies

from checks.quality import expectations as expectations  # entered in GX's registry by their import
from checks.quality.conditions import unreadable
from checks.quality.engine import DuckDBExecutionEngine
from checks.quality.figures import UnanswerableError, unforeseen
from checks.quality.judgement import moment
from checks.rules import Rule

Outcome = ExpectationValidationResult | UnanswerableError
_EXTREMES = ("expect_column_min_to_be_between", "expect_column_max_to_be_between")


def validate(
    connection: duckdb.DuckDBPyConnection, table: str, rules: Sequence[Rule]
) -> list[Outcome]:
    """What Great Expectations says of each rule, or why it cannot say anything."""
    engine = DuckDBExecutionEngine(connection, table)
    suite = [_asked(rule, engine) for rule in rules]
    metrics = [
        metric
        for asked in suite
        if not isinstance(asked, UnanswerableError)
        for metric in asked[1].get_metric_configurations()
    ]
    figures, faults = engine.figures(metrics)
    return [
        asked if isinstance(asked, UnanswerableError) else _judged(*asked, engine, figures, faults)
        for asked in suite
    ]


def _asked(
    rule: Rule, engine: DuckDBExecutionEngine
) -> tuple[Expectation, ValidationDependencies] | UnanswerableError:
    try:
        expectation = expectation_of(rule)
        return expectation, expectation.get_validation_dependencies(engine, without_values())
    except UnanswerableError as fault:
        return fault
    except ValidationError as error:
        faulty = ", ".join(dict.fromkeys(f"« {fault['loc'][0]} »" for fault in error.errors()))
        return UnanswerableError(f"Great Expectations n’accepte pas ce paramètre : {faulty}.")
    except Exception as error:
        return unforeseen(error)


def _judged(
    expectation: Expectation,
    dependencies: ValidationDependencies,
    engine: DuckDBExecutionEngine,
    figures: Mapping[Any, Any],
    faults: Mapping[Any, UnanswerableError],
) -> Outcome:
    metrics = dependencies.metric_configurations
    for metric in metrics.values():
        if metric.id in faults:
            return faults[metric.id]
    try:
        # What `metrics_validate` does, without asking a second time which metrics are needed: that
        # would double the cost of a small table (70 ms for 12 rules, 2026-11).
        return expectation._build_evr(
            expectation._validate(
                metrics={name: figures[metric.id] for name, metric in metrics.items()},
                runtime_configuration={"result_format": dependencies.result_format},
                execution_engine=engine,
            )
        )
    except Exception as error:
        return unforeseen(error)


def expectation_of(rule: Rule) -> Expectation:
    """A rule as Great Expectations has it."""
    parameters = dict(rule.parameters)
    if parameters.get("row_condition") is not None:
        parameters["row_condition"] = _condition(parameters["row_condition"])
    if rule.expectation in _EXTREMES:
        # The engine gives moments; a bound which is a day begins at midnight.
        for bound in ("min_value", "max_value"):
            parameters[bound] = moment(parameters.get(bound))
    implementation: type[Expectation] = get_expectation_impl(rule.expectation)
    return implementation(**parameters, severity=FailureSeverity(rule.severity))


def _condition(written: Any) -> Any:
    try:
        if isinstance(written, str):
            return _convert_string_to_condition(written)
        return deserialize_row_condition(written)
    except Exception:
        raise unreadable() from None


def without_values() -> dict[str, Any]:
    """The format of result that holds no value of the table."""
    # BASIC holds the counts; without the partial list, it holds no value. Great Expectations
    # writes into what it is given: each call has its own.
    return {"result_format": {"result_format": "BASIC", "partial_unexpected_count": 0}}
