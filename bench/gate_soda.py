"""Soda 4 on DuckDB, by a contract as its documentation writes them."""

import json
import logging
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from gate_suites import SUITES, Counts
from soda_core.contracts import verify_contract_locally


def check(stem: str, place: int, name: str, p: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """A check of Soda, by its kind; `qualifier` lets a column have several of one kind."""
    at = {"qualifier": f"r{place}"}
    match name.removeprefix("expect_column_"):
        case "values_to_not_be_null":
            if "mostly" in p:
                share = {"metric": "percent", "must_be_less_than": 100 * (1 - p["mostly"])}
                return "missing", at | {"threshold": share}
            return "missing", at
        case "values_to_be_unique":
            return "duplicate", at
        case "values_to_be_in_set":
            return "invalid", at | {"valid_values": p["value_set"]}
        case "values_to_match_regex":
            return "invalid", at | {"valid_format": {"name": f"r{place}", "regex": p["regex"]}}
        case "values_to_be_in_reference":
            known = {"dataset": f"bench/{stem}/sources/communes", "column": "code_commune"}
            return "invalid", at | {"valid_reference_data": known}
        case "value_lengths_to_equal":
            return "invalid", at | {"valid_length": p["value"]}
        case "value_lengths_to_be_between":
            return "invalid", at | {"valid_max_length": p["max_value"]}
        case "values_to_be_between" if not isinstance(p["min_value"], str):
            return "invalid", at | {"valid_min": p["min_value"], "valid_max": p["max_value"]}
        case "values_to_be_between":
            c, low, high = p["column"], p["min_value"], p["max_value"]
            return "failed_rows", at | {
                "name": f"r{place}",
                "expression": f"{c} not between '{low}' and '{high}'",
            }
        case "mean_to_be_between":
            limits = {"greater_than": p["min_value"], "less_than": p["max_value"]}
            return "aggregate", at | {
                "function": "avg",
                "threshold": {"must_be_between": limits},
            }
        case "max_to_be_between":
            fresh = f"case when max({p['column']}) >= '{p['min_value']}' then 1 else 0 end"
            return "metric", at | {
                "name": f"r{place}",
                "expression": fresh,
                "threshold": {"must_be": 1},
            }
        case "pair_values_a_to_be_greater_than_b":
            return "failed_rows", at | {
                "name": f"r{place}",
                "expression": f"{p['column_A']} < {p['column_B']}",
            }
    raise NotImplementedError(name)


def prepare(shape: str, stored: Path, parquet: Path) -> Callable[[], Counts]:
    logging.disable(logging.CRITICAL)
    columns: dict[str, list[Any]] = {}
    checks: list[Any] = []
    for place, (name, p) in enumerate(SUITES[shape]):
        if "row_count" in name:
            checks.append({"row_count": None})
        elif "columns_to_match" in name:
            checks.append({"schema": None})
            columns |= {column: columns.get(column, []) for column in p["column_set"]}
        elif "compound" in name:
            checks.append({"duplicate": {"columns": p["column_list"]}})
        else:
            kind, words = check(stored.stem, place, name, p)
            if kind in ("failed_rows", "metric"):
                checks.append({kind: words})
            else:
                columns.setdefault(p["column"], []).append({kind: words})
    contract = {
        "dataset": f"bench/{stored.stem}/sources/{shape}",
        "columns": [
            {"name": column, **({"checks": found} if found else {})}
            for column, found in columns.items()
        ],
        "checks": checks,
    }
    source = {
        "type": "duckdb",
        "name": "bench",
        "connection": {"database": str(stored), "read_only": True},
    }
    folder = Path(tempfile.mkdtemp())
    # JSON is YAML in which '08' stays a text for every reader.
    for told, content in (("source", source), ("contract", contract)):
        (folder / f"{told}.yml").write_text(json.dumps(content))

    def judge() -> Counts:
        result = verify_contract_locally(
            data_source_file_path=str(folder / "source.yml"),
            contract_file_path=str(folder / "contract.yml"),
        ).contract_verification_results[0]
        outcomes = [str(found.outcome).upper() for found in result.check_results]
        undone = [told for told in outcomes if "PASS" not in told and "FAIL" not in told]
        # A schema without types is « not evaluated »: one is expected, not more.
        if len(outcomes) < len(SUITES[shape]) - 1 or len(undone) > 1:
            errors = result.get_errors_str()[:300] if hasattr(result, "get_errors_str") else ""
            raise RuntimeError(f"{len(outcomes)} checks, {len(undone)} not evaluated {errors}")
        return {}

    return judge
