"""What the row by row metrics of Great Expectations mean in SQL: one function for each.

Holds meaning only. Figures about a whole column or table are in `table_metrics`; how metrics reach
Great Expectations is in `providers`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import Any, Protocol

from checks.quality.bounds import always_within, within, without
from checks.quality.figures import (
    Cost,
    Few,
    Figure,
    Known,
    Question,
    Repeats,
    Span,
    UnanswerableError,
)
from checks.quality.sql import ALWAYS, INSTANTS, NUMBERS, Column, Domain, Family, text
from checks.shapes import matches, shapes_of


@dataclass(frozen=True)
class RowTest:
    """Which rows a rule considers, and what must hold in them: what is not true is unexpected.

    `column` is the only one it reads, when it is a text: such a test may be made once for each
    value, which is worth as much as it costs. `alone` is a relation whose rows are the unexpected
    ones, when it is cheaper by itself.
    """

    considered: str
    holds: str
    column: Column | None = None
    alone: str | None = None
    cost: Cost = Cost.PLAIN

    def unexpected(self, domain: Domain) -> Figure | Known:
        """How many considered rows break the rule."""
        if self.holds == ALWAYS:
            return Known(0)
        broken = f"({self.holds}) is not true"
        if self.considered != ALWAYS:
            broken = f"({self.considered}) and {broken}"
        return Question(
            f"count(*) filter (where {broken})",
            domain.source,
            self.column.name if self.column else None,
            f"coalesce(sum({self.column.times}) filter (where {broken}), 0)::bigint"
            if self.column
            else None,
            None if self.alone is None else (self.alone, "count(*)"),
            self.cost,
        )


@dataclass(frozen=True)
class RepeatTest:
    """Which rows a rule considers, and what must not be found twice in them."""

    considered: str
    columns: tuple[Column, ...]

    def unexpected(self, domain: Domain) -> Figure:
        """How many considered rows are found more than once, all of their occurrences counted."""
        known = [column.line for column in self.columns]
        return Repeats(
            domain.source,
            tuple(column.value for column in self.columns),
            self.considered,
            tuple(each for each in known if isinstance(each, Span)) if all(known) else (),
            tuple(each for each in known if isinstance(each, Few)) if all(known) else (),
            # Eight bytes are no shorter than the value itself, unless it is a text.
            hashed=all(column.family is not Family.OTHER for column in self.columns)
            and (len(self.columns) > 1 or self.columns[0].family is Family.TEXT),
        )


Asked = Mapping[str, Any]


class Test(Protocol):
    """Which rows a rule considers, and how many of them break it."""

    @property
    def considered(self) -> str:
        """The condition the considered rows meet."""

    def unexpected(self, domain: Domain) -> Figure | Known:
        """How many of them break the rule."""


RowMetric = Callable[[Domain, Asked], Test]


def each_value(
    holds: Callable[[Domain, Column, Asked], str],
    cost: Cost | Callable[[Asked], Cost] = Cost.PLAIN,
) -> Callable[[Domain, Asked], Test]:
    """A metric about the values of one column, which says nothing of missing ones."""

    def test(domain: Domain, asked: Asked) -> Test:
        column = domain.column(asked["column"])
        return RowTest(
            column.present,
            holds(domain, column, asked),
            _repeating(column),
            cost=cost if isinstance(cost, Cost) else cost(asked),
        )

    return test


def _repeating(column: Column) -> Column | None:
    return column if column.family is Family.TEXT else None


def _between(domain: Domain, asked: Asked) -> Test:
    column = domain.column(asked["column"])
    column.must_be(*NUMBERS, *INSTANTS, Family.TIME)
    holds = within(column.value, asked, column.literal)
    if always_within(column.facts, asked):
        return RowTest(column.present, ALWAYS)
    broken = without(column.value, asked, column.literal)
    return RowTest(
        column.present,
        holds,
        alone=None if column.facts.low is None else f"{domain.source.sql} where {broken}",
    )


def _length_between(domain: Domain, column: Column, asked: Asked) -> str:
    holds = within(f"length({column.text})", asked, _whole)
    longest = column.facts.longest
    if longest is not None and asked.get("min_value") is None:
        # No text has more characters than bytes.
        return ALWAYS if longest < asked["max_value"] else holds
    return holds


def _length_equals(domain: Domain, column: Column, asked: Asked) -> str:
    return f"length({column.text}) = {_whole(asked['value'])}"


def _whole(value: Any) -> str:
    if isinstance(value, bool) or not isinstance(value, int | float) or value != int(value):
        raise UnanswerableError("Une longueur se compare à un nombre entier.")
    return str(int(value))


def _matches(column: Column, patterns: list[str], match_on: str) -> str:
    both = " and " if match_on == "all" else " or "
    return both.join(matches(column.text, _expression(pattern)) for pattern in patterns)


def _cost_of_matching(asked: Asked) -> Cost:
    return Cost.SHAPE if shapes_of(str(asked["regex"])) else Cost.HIGH


def _expression(pattern: Any) -> str:
    if not isinstance(pattern, str):
        raise UnanswerableError("Une expression régulière s’écrit comme un texte.")
    return pattern


def like(column: Column, asked: Asked, patterns: list[str], match_on: str) -> str:
    """Whether a value is like any of the patterns of SQL, or like all."""
    column.must_be(Family.TEXT)
    escape = asked.get("escape")
    suffix = "" if escape is None else f" escape {text(escape)}"
    both = " and " if match_on == "all" else " or "
    return both.join(f"{column.value} like {text(pattern)}{suffix}" for pattern in patterns)


def _in_reference(domain: Domain, asked: Asked) -> Test:
    column = domain.column(asked["column"])
    table, key = domain.reference(asked["reference"])
    if column.family is not key.family:
        raise UnanswerableError(
            f"La colonne « {column.name} » ({column.kind}) et sa référence « {asked['reference']} »"
            f" ({key.kind}) n’ont pas le même type."
        )
    return RowTest(
        column.present,
        f"{column.value} in (select {key.value} from {table})",
        _repeating(column),
        # DuckDB then makes its hash table of the smaller of the two.
        f"(select {column.value} as key from {domain.source.sql} where {column.present}) "
        f"anti join (select {key.value} as key from {table}) using (key)",
        cost=Cost.HIGH,
    )


def _not_null(domain: Domain, asked: Asked) -> Test:
    column = domain.column(asked["column"])
    return RowTest(ALWAYS, column.present, _repeating(column), cost=Cost.NONE)


def _null(domain: Domain, asked: Asked) -> Test:
    column = domain.column(asked["column"])
    return RowTest(ALWAYS, f"{column.value} is null", _repeating(column), cost=Cost.NONE)


def _unique(domain: Domain, asked: Asked) -> Test:
    column = domain.column(asked["column"])
    return RepeatTest(column.present, (column,))


def _several(domain: Domain, names: list[str], ignored: str | None) -> tuple[list[Column], str]:
    """The columns a rule compares in each row, and the rows it considers.

    Unless told otherwise, Great Expectations leaves out rows in which all of them are missing.
    """
    columns = [domain.column(name) for name in names]
    if ignored in ("neither", "never"):
        return columns, ALWAYS
    if_any = ignored in ("either_value_is_missing", "any_value_is_missing")
    present = [column.present for column in columns]
    if not if_any:
        return columns, ALWAYS if ALWAYS in present else " or ".join(present)
    return columns, " and ".join(each for each in present if each != ALWAYS) or ALWAYS


def _pair(compare: Callable[[str, str, Asked], str]) -> Callable[[Domain, Asked], Test]:
    def test(domain: Domain, asked: Asked) -> Test:
        names = [asked["column_A"], asked["column_B"]]
        (left, right), considered = _several(domain, names, asked.get("ignore_row_if"))
        families = {left.family, right.family}
        if not (len(families) == 1 or families <= NUMBERS or families <= INSTANTS):
            raise UnanswerableError(
                f"Les colonnes « {left.name} » ({left.kind}) et « {right.name} » ({right.kind}) "
                "ne se comparent pas."
            )
        return RowTest(considered, compare(left.value, right.value, asked))

    return test


def _pair_in_set(domain: Domain, asked: Asked) -> Test:
    names = [asked["column_A"], asked["column_B"]]
    columns, considered = _several(domain, names, asked.get("ignore_row_if"))
    pairs = [
        " and ".join(
            f"{column.value} is null"
            if each is None
            else f"{column.value} = {column.literal(each)}"
            for column, each in zip(columns, pair, strict=True)
        )
        for pair in asked["value_pairs_set"]
    ]
    return RowTest(considered, " or ".join(f"({pair})" for pair in pairs) or "false")


def _compound_unique(domain: Domain, asked: Asked) -> Test:
    columns, considered = _several(domain, asked["column_list"], asked.get("ignore_row_if"))
    return RepeatTest(considered, tuple(columns))


def _sum_equals(domain: Domain, asked: Asked) -> Test:
    columns, considered = _several(domain, asked["column_list"], asked.get("ignore_row_if"))
    for column in columns:
        column.must_be(*NUMBERS)
    total = columns[0].literal(asked["sum_total"])
    return RowTest(considered, f"{' + '.join(column.value for column in columns)} = {total}")


def _all_equal(domain: Domain, asked: Asked) -> Test:
    columns, considered = _several(domain, asked["column_list"], asked.get("ignore_row_if"))
    first, *others = (column.value for column in columns)
    return RowTest(
        considered, " and ".join(f"{first} is not distinct from {other}" for other in others)
    )


def _all_different(domain: Domain, asked: Asked) -> Test:
    columns, considered = _several(domain, asked["column_list"], asked.get("ignore_row_if"))
    pairs = combinations([column.value for column in columns], 2)
    return RowTest(
        considered, " and ".join(f"{left} is distinct from {right}" for left, right in pairs)
    )


ROW_METRICS: dict[str, Callable[[Domain, Asked], Test]] = {
    "column_values.nonnull": _not_null,
    "column_values.null": _null,
    "column_values.unique": _unique,
    "column_values.between": _between,
    "column_values.in_set": each_value(lambda _, column, asked: column.is_in(asked["value_set"])),
    "column_values.not_in_set": each_value(
        lambda _, column, asked: f"not {column.is_in(asked['value_set'])}"
    ),
    "column_values.in_reference": _in_reference,
    "column_values.match_regex": each_value(
        lambda _, column, asked: _matches(column, [asked["regex"]], "any"), _cost_of_matching
    ),
    "column_values.not_match_regex": each_value(
        lambda _, column, asked: f"not ({_matches(column, [asked['regex']], 'any')})",
        _cost_of_matching,
    ),
    "column_values.match_regex_list": each_value(
        lambda _, column, asked: _matches(
            column, asked["regex_list"], asked.get("match_on") or "any"
        ),
        cost=Cost.HIGH,
    ),
    "column_values.not_match_regex_list": each_value(
        lambda _, column, asked: f"not ({_matches(column, asked['regex_list'], 'any')})",
        cost=Cost.HIGH,
    ),
    "column_values.match_like_pattern": each_value(
        lambda _, column, asked: like(column, asked, [asked["like_pattern"]], "any")
    ),
    "column_values.not_match_like_pattern": each_value(
        lambda _, column, asked: f"not ({like(column, asked, [asked['like_pattern']], 'any')})"
    ),
    "column_values.value_length.between": each_value(_length_between),
    "column_values.value_length.equals": each_value(_length_equals),
    "column_pair_values.equal": _pair(lambda left, right, _: f"{left} = {right}"),
    "column_pair_values.a_greater_than_b": _pair(
        lambda left, right, asked: f"{left} {'>=' if asked.get('or_equal') else '>'} {right}"
    ),
    "column_pair_values.in_set": _pair_in_set,
    "compound_columns.unique": _compound_unique,
    "multicolumn_sum.equal": _sum_equals,
    "multicolumn_values.equal": _all_equal,
    "select_column_values.unique.within_record": _all_different,
}
