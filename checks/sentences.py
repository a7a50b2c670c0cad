"""A French sentence for each expectation a contract may write without one of its own.

What it promises about a column follows « : »; what it promises about the table stands alone. No
value of the table is in it, only what the contract says.
"""

from collections.abc import Callable, Mapping
from typing import Any

from checks.formats import FORMATS
from resources.french import listing, number, percent, plural

Asked = Mapping[str, Any]


def between(low: Any, high: Any, unit: str | None = None) -> str:
    """« entre 0 et 100 % », « au moins 0 », « au plus 9 caractères »."""
    told = [_bound(low), _bound(high)]
    end = f" {unit}" if unit else ""
    if low is None:
        return f"au plus {told[1]}{end}"
    if high is None:
        return f"au moins {told[0]}{end}"
    return f"entre {told[0]} et {told[1]}{end}"


def _bound(bound: Any) -> str:
    if isinstance(bound, bool) or not isinstance(bound, int | float):
        return str(bound)
    return number(bound, len(f"{bound:g}".partition(".")[2]))


def _limits(figure: str, unit: str | None = None) -> Callable[[Asked], str]:
    return lambda asked: f"{figure} {between(asked.get('min_value'), asked.get('max_value'), unit)}"


def _fixed(sentence: str) -> Callable[[Asked], str]:
    return lambda asked: sentence


def _columns(sentence: str) -> Callable[[Asked], str]:
    return lambda asked: f"{listing([f'« {name} »' for name in asked['column_list']])} : {sentence}"


def _pair(sentence: str) -> Callable[[Asked], str]:
    return lambda asked: f"« {asked['column_A']} » et « {asked['column_B']} » : {sentence}"


def _allowed(several: str, one: str) -> Callable[[Asked], str]:
    def told(asked: Asked) -> str:
        count = len(asked["value_set"])
        return f"{several} {number(count)} valeurs de la liste" if count > 1 else one

    return told


def _shares(asked: Asked) -> str:
    least, most = asked.get("min_ratio", 0.4), asked.get("max_ratio", 5)
    return (
        f"La table compte entre {percent(least)} et {percent(most)} des lignes de "
        f"« {asked['other_table_name']} »"
    )


ABOUT_COLUMN: dict[str, Callable[[Asked], str]] = {
    "column_to_exist": _fixed("la colonne existe"),
    "column_values_to_not_be_null": _fixed("toujours une valeur"),
    "column_values_to_be_null": _fixed("jamais de valeur"),
    "column_values_to_be_unique": _fixed("jamais deux fois la même valeur"),
    "column_values_to_be_in_set": _allowed("l’une des", "la seule valeur admise"),
    "column_values_to_not_be_in_set": _allowed("aucune des", "jamais la valeur exclue"),
    "column_values_to_be_between": _limits("chaque valeur est"),
    "column_values_to_match_regex": _fixed("la forme attendue"),
    "column_values_to_not_match_regex": _fixed("jamais la forme interdite"),
    "column_values_to_match_regex_list": _fixed("l’une des formes attendues"),
    "column_values_to_not_match_regex_list": _fixed("aucune des formes interdites"),
    "column_values_to_match_like_pattern": _fixed("la forme attendue"),
    "column_values_to_not_match_like_pattern": _fixed("jamais la forme interdite"),
    "column_values_to_match_like_pattern_list": _fixed("l’une des formes attendues"),
    "column_values_to_not_match_like_pattern_list": _fixed("aucune des formes interdites"),
    "column_values_to_match_strftime_format": lambda asked: (
        f"une date écrite « {asked['strftime_format']} »"
    ),
    "column_values_to_be_dateutil_parseable": _fixed("une date"),
    "column_values_to_be_json_parseable": _fixed("du JSON"),
    "column_values_to_match_json_schema": _fixed("du JSON de la forme attendue"),
    "column_values_to_match_french_format": lambda asked: FORMATS[asked["format"]].sentence,
    "column_values_to_be_increasing": _fixed("des valeurs croissantes, ligne après ligne"),
    "column_values_to_be_decreasing": _fixed("des valeurs décroissantes, ligne après ligne"),
    "column_values_to_be_of_type": lambda asked: f"le type {asked['type_']}",
    "column_type_to_be": lambda asked: f"le type {asked['type_']}",
    "column_values_to_be_in_type_list": lambda asked: f"le type {listing(asked['type_list'])}",
    "column_values_to_be_in_reference": lambda asked: (
        f"une valeur connue de « {asked['reference']} »"
    ),
    "column_values_to_not_be_outliers": _fixed("aucune valeur hors de l’ordinaire"),
    "column_values_to_be_near_median": _fixed("aucun ordre de grandeur aberrant"),
    "column_value_z_scores_to_be_less_than": lambda asked: (
        f"aucune valeur à plus de {_bound(asked['threshold'])} écarts-types de la moyenne"
    ),
    "column_value_lengths_to_be_between": _limits("chaque texte a", "caractères"),
    "column_value_lengths_to_equal": lambda asked: f"{plural(int(asked['value']), 'caractère')}",
    "column_min_to_be_between": _limits("le minimum est"),
    "column_max_to_be_between": _limits("le maximum est"),
    "column_mean_to_be_between": _limits("la moyenne est"),
    "column_median_to_be_between": _limits("la médiane est"),
    "column_stdev_to_be_between": _limits("l’écart-type est"),
    "column_sum_to_be_between": _limits("le total est"),
    "column_quantile_values_to_be_between": _fixed("les quantiles sont dans leurs bornes"),
    "column_unique_value_count_to_be_between": _limits("le nombre de valeurs distinctes est"),
    "column_proportion_of_unique_values_to_be_between": _limits("la part de valeurs uniques est"),
    "column_proportion_of_non_null_values_to_be_between": _limits(
        "la part de valeurs remplies est"
    ),
    "column_distinct_values_to_be_in_set": _allowed("rien que les", "la seule valeur admise"),
    "column_distinct_values_to_contain_set": _allowed(
        "chacune des", "la valeur attendue s’y trouve"
    ),
    "column_distinct_values_to_equal_set": _allowed("exactement les", "la seule valeur admise"),
    "column_most_common_value_to_be_in_set": _allowed(
        "la plus fréquente est l’une des", "la plus fréquente est celle attendue"
    ),
    "column_kl_divergence_to_be_less_than": _fixed("la répartition attendue"),
    "column_sum_to_equal_reference": lambda asked: f"le même total que « {asked['reference']} »",
    "column_missing_share_to_be_close_to_reference": lambda asked: (
        f"pas plus souvent vide que « {asked['reference']} »"
    ),
    "column_distribution_to_be_close_to_reference": lambda asked: (
        f"la même répartition que « {asked['reference']} », à "
        f"{percent(asked.get('threshold') or 0.2)} des lignes près"
    ),
    "column_max_to_be_recent": lambda asked: (
        f"la date la plus récente a au plus {plural(int(asked['max_age_days']), 'jour')}"
    ),
}
ABOUT_TABLE: dict[str, Callable[[Asked], str]] = {
    "table_row_count_to_be_between": _limits("La table compte", "lignes"),
    "table_row_count_to_equal": lambda asked: f"La table compte {number(asked['value'])} lignes",
    "table_row_count_to_equal_other_table": lambda asked: (
        f"La table compte autant de lignes que « {asked['other_table_name']} »"
    ),
    "table_row_count_to_be_close_to_other_table": _shares,
    "table_column_count_to_be_between": _limits("La table a", "colonnes"),
    "table_column_count_to_equal": lambda asked: f"La table a {number(asked['value'])} colonnes",
    "table_columns_to_match_ordered_list": _fixed("La table a ses colonnes, dans l’ordre"),
    "table_columns_to_match_set": _fixed("La table a ses colonnes"),
    "unexpected_rows_expectation": _fixed("La table n’a aucune des lignes que la règle cherche"),
    "column_pair_values_to_be_equal": _pair("la même valeur"),
    "column_pair_values_a_to_be_greater_than_b": _pair("le premier dépasse le second"),
    "column_pair_values_to_be_in_set": _pair("l’un des couples permis"),
    "compound_columns_to_be_unique": _columns("une seule ligne pour chaque ensemble de valeurs"),
    "multicolumn_sum_to_equal": lambda asked: (
        f"{listing([f'« {name} »' for name in asked['column_list']])} : "
        f"un total de {_bound(asked['sum_total'])}"
    ),
    "multicolumn_values_to_be_equal": _columns("la même valeur"),
    "select_column_values_to_be_unique_within_record": _columns("des valeurs toutes différentes"),
}


def sentence(expectation: str, asked: Asked, label: str) -> str:
    """The sentence of an expectation; `label` is how the column it is about is called.

    Raises:
        KeyError: the vocabulary has no such expectation, or it lacks a parameter.
    """
    name = expectation.removeprefix("expect_")
    if name in ABOUT_TABLE:
        told = ABOUT_TABLE[name](asked)
    else:
        told = f"{label} : {ABOUT_COLUMN[name](asked)}"
    mostly = asked.get("mostly")
    share = (
        f", pour au moins {percent(mostly, 1 if mostly * 100 % 1 else 0)}"
        if mostly not in (None, 1)
        else ""
    )
    return told + share + (", sous condition" if asked.get("row_condition") else "")
