"""Verdicts on what the platform knows without reading the table: rows set aside, volumes, CPU.

Same words as the gate's (`checks.rules`). Facts may refuse a version; what varies with the machine
only warns.
"""

from collections.abc import Sequence

from checks.contract import Contract
from checks.rules import Dimension, Rule, Severity, Verdict
from resources.french import day, number, percent, plural, quantity, signed

PRECEDENT = "lignes.precedent"
FEW, LOST, GAINED = 100, -0.6, 4.0


def quarantine_verdict(contract: Contract, received: int, set_aside: int) -> Verdict:
    """Whether few enough rows were set aside for the version to be worth publishing."""
    share = set_aside / received if received else 0.0
    threshold = contract.quarantine.max_pct
    return Verdict(
        Rule(
            "quarantaine",
            Dimension.VALIDITY,
            Severity.CRITICAL,
            f"Au plus {number(threshold, 1 if threshold % 1 else 0)} % des lignes reçues sont "
            "mises à l’écart",
            "share_of_rows_set_aside",
        ),
        passed=100 * share <= threshold,
        observed=f"{plural(set_aside, 'ligne')} sur {number(received)} ({percent(share, 1)})",
        checked=received,
        unexpected=set_aside,
    )


def volume_verdict(rows: int, before: int, *, accepted: bool) -> Verdict:
    """Whether a version has about as many rows as the one it replaces.

    A loss of 60 % or a growth of 400 % is more often a cut or doubled file than the truth; under a
    hundred rows of difference it says nothing. `accepted` by someone, it only warns.
    """
    change = (rows - before) / before if before else 0.0
    usual = abs(rows - before) < FEW or LOST < change < GAINED
    told = f"{plural(rows, 'ligne')} au lieu de {number(before)} ({signed(100 * change)} %)"
    return Verdict(
        Rule(
            PRECEDENT,
            Dimension.VOLUME,
            Severity.WARNING if accepted else Severity.CRITICAL,
            "Le nombre de lignes est proche de celui de la version publiée",
            "row_count_close_to_previous_version",
        ),
        passed=usual,
        observed=told + (", accepté" if accepted and not usual else ""),
    )


def reading_verdicts(
    contract: Contract, *, corrections: Sequence[int], hidden: bool
) -> list[Verdict]:
    """What reading the file showed that an agent should see to: warnings, without any value.

    A correction that mends nothing is that of an error the producer has put right.
    """
    verdicts = []
    if contract.corrections:
        declared = list(zip(contract.corrections, corrections, strict=True))
        idle = [
            f"{contract.by_name[one.column].label}, déclarée par {one.author} le {day(one.date)}"
            for one, mended in declared
            if not mended
        ]
        told = plural(sum(corrections), "valeur corrigée", "valeurs corrigées")
        rule = Rule(
            "lecture.corrections",
            Dimension.VALIDITY,
            Severity.WARNING,
            "Chaque correction du contrat corrige encore quelque chose",
            "corrections_mend_something",
        )
        left = f" ; sans effet, à retirer du contrat : {' ; '.join(idle)}" if idle else ""
        verdicts.append(
            Verdict(
                rule, not idle, observed=told + left, checked=len(declared), unexpected=len(idle)
            )
        )
    if hidden:
        rule = Rule(
            "lecture.invisibles",
            Dimension.VALIDITY,
            Severity.WARNING,
            "Aucun caractère invisible ne se cache dans le fichier",
            "no_hidden_character",
        )
        observed = "des caractères invisibles s’y trouvent : deux noms semblables peuvent différer"
        verdicts.append(Verdict(rule, passed=False, observed=observed))
    return verdicts


def budget_verdicts(
    contract: Contract, *, downloaded: int | None, stored: int | None, cpu_s: float | None
) -> list[Verdict]:
    """Volumes against the budget: a warning above it, a refusal above twice a fact.

    CPU-seconds vary with the machine, so they only warn. A volume not measured is not judged.
    """
    budget = contract.budget
    verdicts = []
    if contract.url and budget.downloaded_mb and downloaded is not None:
        verdicts += _volume("recu", "Volume reçu", downloaded / 1e6, budget.downloaded_mb)
    if stored is not None:
        verdicts += _volume("conserve", "Volume conservé", stored / 1e6, budget.stored_mb)
    if cpu_s is not None:
        rule = Rule(
            "budget.calcul",
            Dimension.SOBRIETY,
            Severity.WARNING,
            f"Le calcul tient en {quantity(budget.cpu_s, 'secondes de processeur', 1)}",
            "cpu_seconds_within_budget",
        )
        verdicts.append(Verdict(rule, cpu_s <= budget.cpu_s, observed=quantity(cpu_s, "s", 2)))
    return verdicts


def _volume(name: str, subject: str, megabytes: float, budget: float) -> list[Verdict]:
    observed = quantity(megabytes, "Mo", 2)
    return [
        Verdict(
            Rule(
                f"budget.{name}{suffix}",
                Dimension.SOBRIETY,
                severity,
                f"{subject} {sentence} ({quantity(limit, 'Mo', 1)})",
                "volume_within_budget",
            ),
            passed=megabytes <= limit,
            observed=observed,
        )
        for suffix, severity, sentence, limit in (
            ("", Severity.WARNING, "sous le budget", budget),
            (".double", Severity.CRITICAL, "sous le double du budget", 2 * budget),
        )
    ]
