"""Verdicts on the sobriety of a table: what it keeps, what it costs, whether it serves.

Pure: facts in, verdicts out. Only facts about rows refuse a version; what varies with the machine
or with readers warns. A fact that is not known yet passes, and says that it is not known. Volumes
against the budget are in `checks.facts`, the weight of pages in `checks.page`.
"""

import statistics
from collections.abc import Sequence

from checks.contract import Contract
from checks.rules import Dimension, Rule, Severity, Verdict
from resources.french import number, percent, plural, quantity

LEAST_RUNS = 5
DEVIATIONS = 3
# Between two readings of the same work a loaded machine varies by a seventh (measured): under a
# quarter, or a tenth of a second, a change says nothing.
LEAST_SHARE, LEAST_S = 0.25, 0.1
USED_SHARE = 0.6
TWICE = 2.0
UNREAD_DAYS = 90
UNKNOWN = "pas encore connu"


def overdue_verdict(contract: Contract, rows: int | None) -> Verdict | None:
    """Whether no row is past its time; None where the contract does not say since when."""
    if contract.retention.since is None:
        return None
    label = contract.by_name[contract.retention.since].label
    return Verdict(
        _rule(
            "hors_delai",
            f"Aucune ligne de plus de {contract.retention.french}, d’après {label}",
            "no_row_past_its_time",
            Severity.CRITICAL,
        ),
        passed=not rows,
        observed=UNKNOWN if rows is None else plural(rows, "ligne hors délai", "lignes hors délai"),
        unexpected=rows,
    )


def drift_verdict(cpu_s: float | None, before: Sequence[float]) -> Verdict:
    """Whether making the table costs about what it did: median + 3 median deviations."""
    rule = _rule(
        "derive",
        "Le calcul coûte à peu près ce qu’il coûtait aux dernières exécutions",
        "cpu_seconds_close_to_usual",
    )
    if cpu_s is None or len(before) < LEAST_RUNS:
        known = plural(len(before), "exécution connue", "exécutions connues")
        return Verdict(rule, passed=True, observed=f"{UNKNOWN} ({known})")
    usual = statistics.median(before)
    deviation = statistics.median(abs(each - usual) for each in before)
    limit = usual + max(DEVIATIONS * deviation, LEAST_SHARE * usual, LEAST_S)
    return Verdict(
        rule,
        passed=cpu_s <= limit,
        observed=f"{quantity(cpu_s, 's', 2)} pour {quantity(usual, 's', 2)} d’habitude",
    )


def columns_verdict(used: int | None, kept: int | None) -> Verdict:
    """Whether most columns that are kept are read by something."""
    rule = _rule(
        "colonnes",
        f"Au moins {percent(USED_SHARE)} des colonnes gardées servent",
        "share_of_columns_used",
    )
    if used is None or not kept:
        return Verdict(rule, passed=True, observed=UNKNOWN)
    return Verdict(
        rule,
        passed=used / kept >= USED_SHARE,
        observed=f"{number(used)} sur {plural(kept, 'colonne')}",
        checked=kept,
        unexpected=kept - used,
    )


def rhythm_verdict(asked_days: float | None, changes_days: float | None) -> Verdict | None:
    """Whether a source is asked about as often as it changes; None where it has no rhythm."""
    if asked_days is None:
        return None
    rule = _rule(
        "rythme",
        "La source n’est pas interrogée bien plus souvent qu’elle ne change",
        "asked_as_often_as_it_changes",
    )
    if changes_days is None:
        return Verdict(rule, passed=True, observed=UNKNOWN)
    decimals = 0 if changes_days >= 2 else 1
    return Verdict(
        rule,
        passed=changes_days < TWICE * asked_days,
        observed=f"change tous les {quantity(changes_days, 'jours', decimals)} environ",
    )


def reading_verdict(readers: int | None, days_unread: int | None) -> Verdict:
    """Whether a table serves another, or somebody.

    `days_unread`: days since somebody read it, or since the platform has been watching.
    """
    rule = _rule(
        "lecture",
        f"Une autre table ou quelqu’un l’a lue depuis {UNREAD_DAYS} jours",
        "table_is_read",
    )
    if readers:
        return Verdict(rule, True, observed=plural(readers, "table la lit", "tables la lisent"))
    if readers is None or days_unread is None:
        return Verdict(rule, passed=True, observed=UNKNOWN)
    return Verdict(
        rule,
        passed=days_unread < UNREAD_DAYS,
        observed=f"personne ne l’a lue depuis {plural(days_unread, 'jour')}",
    )


def _rule(
    name: str, sentence: str, expectation: str, severity: Severity = Severity.WARNING
) -> Rule:
    return Rule(f"sobriete.{name}", Dimension.SOBRIETY, severity, sentence, expectation)
