"""What the row by row metrics of Great Expectations mean in SQL: one function for each.

Holds meaning only. Figures about a whole column or table are in `table_metrics`; how metrics reach
Great Expectations is in `providers`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from checks.quality.figures import Question, UnanswerableError
from checks.quality.sql import INSTANTS, NUMBERS, Column, Domain, Family, text


@dataclass(frozen=True)
class RowTest:
    """Which rows a rule considers, and what must hold in them: what is not true is unexpected."""

    considered: str
    holds: str

    def unexpected(self, domain: Domain) -> Question:
        """How many considered rows break the rule."""
        return Question(
            f"count(*) filter (where ({self.considered}) and ({self.holds}) is not true)",
            domain.source,
        )


@dataclass(frozen=True)
class RepeatTest:
    """Which rows a rule considers, and what must not be found twice in them."""

    considered: str
    values: tuple[str, ...]

    def unexpected(self, domain: Domain) -> Question:
        """How many considered rows are found more than once, all of their occurrences counted."""
        grouped = (
            f"(select count(*) as occurrences from {domain.source} "
            f"where {self.considered} group by {', '.join(self.values)})"
        )
        return Question(
            "coalesce(sum(occurrences) filter (where occurrences > 1), 0)::bigint", grouped
        )


Asked = Mapping[str, Any]
Test = RowTest | RepeatTest


def _each_value(holds: Callable[[Domain, Column, Asked], str]) -> Callable[[Domain, Asked], Test]:
    """A metric about the values of one column, which says nothing of missing ones."""

    def test(domain: Domain, asked: Asked) -> Test:
        column = domain.column(asked["column"])
        return RowTest(column.present, holds(domain, column, asked))

    return test


def bounds(value: str, asked: Asked, literal: Callable[[Any], str]) -> str:
    """Whether a value stands between `min_value` and `max_value`, as strictly as asked."""
    low, high = asked.get("min_value"), asked.get("max_value")
    if low is None and high is None:
        raise UnanswerableError("La règle demande « min_value » ou « max_value ».")
    within = []
    if low is not None:
        within.append(f"{value} {'>' if asked.get('strict_min') else '>='} {literal(low)}")
    if high is not None:
        within.append(f"{value} {'<' if asked.get('strict_max') else '<='} {literal(high)}")
    return " and ".join(within)


def _between(domain: Domain, column: Column, asked: Asked) -> str:
    column.must_be(*NUMBERS, *INSTANTS)
    return bounds(column.value, asked, column.literal)


def _length_between(domain: Domain, column: Column, asked: Asked) -> str:
    return bounds(f"length({column.text})", asked, _whole)


def _whole(value: Any) -> str:
    if isinstance(value, bool) or not isinstance(value, int | float) or value != int(value):
        raise UnanswerableError("Une longueur se compare à un nombre entier.")
    return str(int(value))


def _matches(column: Column, patterns: list[str], match_on: str) -> str:
    both = " and " if match_on == "all" else " or "
    return both.join(f"regexp_matches({column.text}, {text(pattern)})" for pattern in patterns)


def _like(column: Column, asked: Asked, patterns: list[str], match_on: str) -> str:
    column.must_be(Family.TEXT)
    escape = asked.get("escape")
    suffix = "" if escape is None else f" escape {text(escape)}"
    both = " and " if match_on == "all" else " or "
    return both.join(f"{column.value} like {text(pattern)}{suffix}" for pattern in patterns)


def _in_reference(domain: Domain, column: Column, asked: Asked) -> str:
    table, key = domain.reference(asked["reference"])
    if column.family is not key.family:
        raise UnanswerableError(
            f"La colonne « {column.name} » ({column.kind}) et sa référence « {asked['reference']} »"
            f" ({key.kind}) n’ont pas le même type."
        )
    return f"{column.value} in (select {key.value} from {table})"


def _not_null(domain: Domain, asked: Asked) -> Test:
    return RowTest("true", domain.column(asked["column"]).present)


def _null(domain: Domain, asked: Asked) -> Test:
    return RowTest("true", f"{domain.column(asked['column']).value} is null")


def _unique(domain: Domain, asked: Asked) -> Test:
    column = domain.column(asked["column"])
    return RepeatTest(column.present, (column.value,))


def _several(domain: Domain, names: list[str], ignored: str) -> tuple[list[Column], str]:
    """The columns a rule compares in each row, and the rows it considers."""
    columns = [domain.column(name) for name in names]
    if ignored in ("neither", "never"):
        return columns, "true"
    only_if_all = ignored in ("both_values_are_missing", "all_values_are_missing")
    joined = " or " if only_if_all else " and "
    return columns, joined.join(column.present for column in columns)


def _pair(compare: Callable[[str, str, Asked], str]) -> Callable[[Domain, Asked], Test]:
    def test(domain: Domain, asked: Asked) -> Test:
        names = [asked["column_A"], asked["column_B"]]
        (left, right), considered = _several(domain, names, asked["ignore_row_if"])
        families = {left.family, right.family}
        if not (len(families) == 1 or families <= NUMBERS or families <= INSTANTS):
            raise UnanswerableError(
                f"Les colonnes « {left.name} » ({left.kind}) et « {right.name} » ({right.kind}) "
                "ne se comparent pas."
            )
        return RowTest(considered, compare(left.value, right.value, asked))

    return test


def _compound_unique(domain: Domain, asked: Asked) -> Test:
    columns, considered = _several(domain, asked["column_list"], asked["ignore_row_if"])
    return RepeatTest(considered, tuple(column.value for column in columns))


def _sum_equals(domain: Domain, asked: Asked) -> Test:
    columns, considered = _several(domain, asked["column_list"], asked["ignore_row_if"])
    for column in columns:
        column.must_be(*NUMBERS)
    total = columns[0].literal(asked["sum_total"])
    return RowTest(considered, f"{' + '.join(column.value for column in columns)} = {total}")


def _all_equal(domain: Domain, asked: Asked) -> Test:
    columns, considered = _several(domain, asked["column_list"], asked["ignore_row_if"])
    first, *others = (column.value for column in columns)
    return RowTest(
        considered, " and ".join(f"{first} is not distinct from {other}" for other in others)
    )


def _all_different(domain: Domain, asked: Asked) -> Test:
    columns, considered = _several(domain, asked["column_list"], asked["ignore_row_if"])
    pairs = combinations([column.value for column in columns], 2)
    return RowTest(
        considered, " and ".join(f"{left} is distinct from {right}" for left, right in pairs)
    )


ROW_METRICS: dict[str, Callable[[Domain, Asked], Test]] = {
    "column_values.nonnull": _not_null,
    "column_values.null": _null,
    "column_values.unique": _unique,
    "column_values.between": _each_value(_between),
    "column_values.in_set": _each_value(lambda _, column, asked: column.is_in(asked["value_set"])),
    "column_values.not_in_set": _each_value(
        lambda _, column, asked: f"not {column.is_in(asked['value_set'])}"
    ),
    "column_values.in_reference": _each_value(_in_reference),
    "column_values.match_regex": _each_value(
        lambda _, column, asked: _matches(column, [asked["regex"]], "any")
    ),
    "column_values.not_match_regex": _each_value(
        lambda _, column, asked: f"not ({_matches(column, [asked['regex']], 'any')})"
    ),
    "column_values.match_regex_list": _each_value(
        lambda _, column, asked: _matches(column, asked["regex_list"], asked["match_on"] or "any")
    ),
    "column_values.not_match_regex_list": _each_value(
        lambda _, column, asked: f"not ({_matches(column, asked['regex_list'], 'any')})"
    ),
    "column_values.match_like_pattern": _each_value(
        lambda _, column, asked: _like(column, asked, [asked["like_pattern"]], "any")
    ),
    "column_values.not_match_like_pattern": _each_value(
        lambda _, column, asked: f"not ({_like(column, asked, [asked['like_pattern']], 'any')})"
    ),
    "column_values.value_length.between": _each_value(_length_between),
    "column_values.value_length.equals": _each_value(
        lambda _, column, asked: f"length({column.text}) = {_whole(asked['value'])}"
    ),
    "column_pair_values.equal": _pair(lambda left, right, _: f"{left} = {right}"),
    "column_pair_values.a_greater_than_b": _pair(
        lambda left, right, asked: f"{left} {'>=' if asked.get('or_equal') else '>'} {right}"
    ),
    "compound_columns.unique": _compound_unique,
    "multicolumn_sum.equal": _sum_equals,
    "multicolumn_values.equal": _all_equal,
    "select_column_values.unique.within_record": _all_different,
}
