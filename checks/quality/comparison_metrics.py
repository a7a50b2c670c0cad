"""Metrics that compare: a column with a column of another table, its values with a list of modes.

They are how a version is held to the last good one: same rows, same gaps, same distribution.
"""

from collections.abc import Callable, Mapping
from typing import Any

from checks.quality.figures import Figure, Known, Question, UnanswerableError
from checks.quality.sql import INSTANTS, NUMBERS, Column, Domain, Family
from resources.sql import quoted

Asked = Mapping[str, Any]
Metric = Callable[[Domain, Asked], Figure | Known]


def _missing_share(column: Column) -> str:
    return f"coalesce(1 - count({column.value}) / nullif(count(*), 0), 0)"


def _share_here(domain: Domain, asked: Asked) -> Question:
    return Question(_missing_share(domain.column(asked["column"])), domain.source)


def _share_there(domain: Domain, asked: Asked) -> Question:
    table, column = domain.reference(asked["reference"])
    return Question(_missing_share(column), Domain(table, domain.describe).source)


def _distance(domain: Domain, asked: Asked) -> Question:
    """Half the sum of differences of shares: 0 for the same distribution, 1 for disjoint ones.

    Numbers and moments are counted between the deciles of the other column.
    """
    column = domain.column(asked["column"])
    table, other = domain.reference(asked["reference"])
    ours, theirs = column.value, other.value
    families = {column.family, other.family}
    if families <= NUMBERS or families <= INSTANTS:
        deciles = (
            f"(select quantile_disc({theirs}, [{', '.join(f'0.{n}' for n in range(1, 10))}]) "
            f"from {table} where {other.present})"
        )
        ours, theirs = (f"len(list_filter({deciles}, lambda b: b < {v}))" for v in (ours, theirs))
    elif len(families) > 1 or Family.OTHER in families:
        raise UnanswerableError(
            f"La colonne « {column.name} » ({column.kind}) et sa référence « {asked['reference']} »"
            f" ({other.kind}) n’ont pas le même type."
        )
    shares = " full join ".join(
        f"(select {value} as v, count(*) / sum(count(*)) over () as {name} from {rows} "
        f"where {present} group by all)"
        for value, rows, present, name in (
            (ours, domain.source.sql, column.present, "here"),
            (theirs, table, other.present, "there"),
        )
    )
    apart = "coalesce(sum(abs(coalesce(here, 0) - coalesce(there, 0))) / 2, 0)"
    return Question(apart, domain.source, alone=(f"{shares} using (v)", apart))


def _modes(kept: Callable[[Column, Asked], str]) -> Metric:
    """How many values are found most often, among those kept."""

    def figure(domain: Domain, asked: Asked) -> Question:
        column = domain.column(asked["column"])
        name, times = quoted(column.name), column.times
        counted = (
            f"(select {name}, count(*) as {times} from {domain.source.sql} "
            f"where {column.present} group by {name})"
        )
        modes = f"(select {name} from {counted} qualify {times} = max({times}) over ())"
        found = f"count(*) filter (where {kept(column, asked)})"
        return Question(found, domain.source, alone=(modes, found))

    return figure


def _quantiles(domain: Domain, asked: Asked) -> Question:
    """The value nearest each share of the way, the even one when two are as near (numpy)."""
    if asked.get("allow_relative_error") not in (None, False, "nearest"):
        raise UnanswerableError("« allow_relative_error » n’est calculé ici que pour « nearest ».")
    column = domain.column(asked["column"])
    column.must_be(*NUMBERS, *INSTANTS)
    shares = [
        float(share) for share in asked.get("quantiles") or asked["quantile_ranges"]["quantiles"]
    ]
    places = ", ".join(
        f"round_even({share!r}::double * (count({column.value}) - 1), 0)::bigint + 1"
        for share in shares
    )
    present = f"coalesce(list({column.value}) filter (where {column.present}), [])"
    return Question(
        f"list_select(list_sort({present}), [{places}])",
        domain.source,
    )


COMPARISON_METRICS: dict[str, Metric] = {
    "column.missing_share": _share_here,
    "column.reference_missing_share": _share_there,
    "column.distance_to_reference": _distance,
    "column.modes.count": _modes(lambda column, asked: "true"),
    "column.modes.in_set.count": _modes(
        lambda column, asked: f"({column.is_in(asked['value_set'])}) is true"
    ),
    "column.quantile_values": _quantiles,
}
