"""The five principles as practices: each kept, not kept, or not measured, which is not kept.

Pure functions over facts. The grade is of practices, never of grams: A from 90 % of the weight
kept, B 75, C 60, D 40 (weights of RGESN 2024: 1.5 for what comes first, 1.25, 1). Home-made scale,
said to be so on the page.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from assets.dashboards.chips import Chip
from resources import french

VERSION = "2026-11"
FIRST, SECOND, THIRD = 1.5, 1.25, 1.0
GRADES = ((0.90, "A"), (0.75, "B"), (0.60, "C"), (0.40, "D"), (0.0, "E"))


@dataclass(frozen=True)
class Practice:
    """One practice of a principle. `kept` is None when it is not measured."""

    sentence: str
    kept: bool | None
    weight: float = THIRD
    detail: str = ""


@dataclass(frozen=True)
class Principle:
    """One of the five principles, and its practices."""

    name: str
    means: str
    practices: Sequence[Practice]


@dataclass(frozen=True)
class Facts:
    """What the practices are judged from. Counts; None where nothing was measured."""

    tables: int = 0
    published: int = 0
    refused: int = 0
    late: int = 0
    rules: int = 0
    rules_kept: int = 0
    set_aside_explained: bool | None = None
    personal_tables: int = 0
    registered: int = 0
    assessments_missing: int | None = None
    personal_in_open: int = 0
    personal_unread: int | None = None
    overdue_rows: int | None = None
    journal_intact: bool | None = None
    documented_columns: int = 0
    columns: int = 0
    open_tables: int = 0
    ledger_adds_up: bool | None = None
    budgets_kept: int | None = None
    budgets: int = 0
    unread_tables: int | None = None
    energy_within_budget: bool | None = None
    storage_within_budget: bool | None = None
    scanned: bool | None = None
    restored: bool | None = None
    encrypted: bool | None = None


def principles(facts: Facts) -> list[Principle]:
    """The five principles of the strategy, in its order."""
    return [
        Principle(
            "Protection", "Le RGPD est mis en place, suivi et contrôlé.", list(_protection(facts))
        ),
        Principle(
            "Sécurité", "Rien ne sort, rien ne se perd, tout laisse une trace.",
            list(_security(facts)),
        ),
        Principle(
            "Fiabilité", "Rien n’est publié sans avoir été vérifié.", list(_reliability(facts))
        ),
        Principle(
            "Accès sécurisé", "Chacun lit ce qui est pour lui, sans attendre.",
            list(_access(facts)),
        ),
        Principle(
            "Sobriété", "Peu de volume, peu de temps, peu de calcul.", list(_sobriety(facts))
        ),
    ]  # fmt: skip


def grade(practices: Sequence[Practice]) -> str:
    """The letter of a principle; E when there is nothing to show."""
    whole = sum(practice.weight for practice in practices)
    kept = sum(practice.weight for practice in practices if practice.kept)
    share = kept / whole if whole else 0.0
    return next(letter for least, letter in GRADES if share >= least)


def chip(practice: Practice) -> Chip:
    """A practice in a word."""
    if practice.kept is None:
        return Chip("none", "Non mesuré")
    return Chip("good", "Tenue") if practice.kept else Chip("over", "Non tenue")


def worst_first(practices: Sequence[Practice]) -> list[Practice]:
    """Those not kept, then those not measured, then the others; heaviest first."""
    order = {False: 0, None: 1, True: 2}
    return sorted(practices, key=lambda practice: (order[practice.kept], -practice.weight))


def summary(practices: Sequence[Practice]) -> str:
    """« 5 pratiques tenues sur 7, 1 non mesurée »."""
    kept = sum(practice.kept is True for practice in practices)
    unknown = sum(practice.kept is None for practice in practices)
    told = f"{french.plural(kept, 'pratique tenue', 'pratiques tenues')} sur {len(practices)}"
    return told + (f", {unknown} non mesurée{'s' if unknown > 1 else ''}." if unknown else ".")


def _protection(facts: Facts) -> Iterator[Practice]:
    yield Practice(
        "Chaque table qui porte une donnée personnelle a son entrée au registre",
        facts.registered == facts.personal_tables,
        FIRST,
        f"{facts.registered} sur {facts.personal_tables}",
    )
    yield Practice(
        "Chaque traitement qui appelle une analyse d’impact (AIPD) l’a, ou une décision l’écarte",
        None if facts.assessments_missing is None else facts.assessments_missing == 0,
        SECOND,
        f"{french.plural(facts.assessments_missing, 'analyse')} à faire"
        if facts.assessments_missing
        else "",
    )
    yield Practice(
        "Aucune donnée personnelle déclarée dans une table ouverte",
        facts.personal_in_open == 0,
        FIRST,
    )
    yield Practice(
        "Aucune ligne n’est gardée au-delà de sa durée",
        None if facts.overdue_rows is None else facts.overdue_rows == 0,
        FIRST,
        _lines(facts.overdue_rows),
    )
    yield Practice(
        "Chaque donnée personnelle reçue sert à quelqu’un",
        None if facts.personal_unread is None else facts.personal_unread == 0,
        SECOND,
        ""
        if not facts.personal_unread
        else french.plural(facts.personal_unread, "colonne personnelle", "colonnes personnelles")
        + " que rien ne lit",
    )
    yield Practice(
        "Les fichiers sont balayés pour trouver des données personnelles non déclarées",
        facts.scanned,
        SECOND,
    )


def _security(facts: Facts) -> Iterator[Practice]:
    yield Practice(
        "Le journal des décisions est complet et n’a pas été modifié", facts.journal_intact, FIRST
    )
    yield Practice("Une sauvegarde a été restaurée pour de vrai", facts.restored, FIRST)
    yield Practice("Les fichiers restreints sont chiffrés", facts.encrypted, SECOND)
    yield Practice("Les pages n’exécutent aucun script et n’appellent personne", True, THIRD)


def _reliability(facts: Facts) -> Iterator[Practice]:
    yield Practice(
        "Toutes les tables sont publiées",
        facts.published == facts.tables and facts.tables > 0,
        FIRST,
        f"{facts.published} sur {facts.tables}",
    )
    yield Practice(
        "Aucune nouvelle version n’est refusée",
        facts.refused == 0,
        SECOND,
        french.plural(facts.refused, "version refusée", "versions refusées")
        if facts.refused
        else "",
    )
    yield Practice(
        "Toutes les règles de qualité sont tenues",
        None if not facts.rules else facts.rules_kept == facts.rules,
        SECOND,
        f"{french.number(facts.rules_kept)} sur {french.number(facts.rules)}",
    )
    yield Practice(
        "Chaque ligne mise de côté a son motif : publiées + écartées = reçues",
        facts.set_aside_explained,
        FIRST,
    )
    yield Practice(
        "Chaque source arrive à la cadence promise",
        facts.late == 0,
        SECOND,
        french.plural(facts.late, "source en retard", "sources en retard") if facts.late else "",
    )


def _access(facts: Facts) -> Iterator[Practice]:
    yield Practice(
        "Les analystes ont leur fichier, sans jamais rencontrer de verrou",
        facts.published > 0,
        FIRST,
    )
    yield Practice(
        "Chaque colonne est décrite",
        facts.columns > 0 and facts.documented_columns == facts.columns,
        SECOND,
        f"{french.number(facts.documented_columns)} sur {french.number(facts.columns)}",
    )
    yield Practice("Des tables sont ouvertes à tous", facts.open_tables > 0, THIRD)
    yield Practice("Chaque public a son fichier, le restreint est chiffré", facts.encrypted, SECOND)


def _sobriety(facts: Facts) -> Iterator[Practice]:
    yield Practice("Chaque table a une durée de conservation et sa raison", facts.tables > 0, FIRST)
    yield Practice("Le registre d’énergie s’additionne à 1 % près", facts.ledger_adds_up, FIRST)
    yield Practice("Le budget d’électricité du mois est tenu", facts.energy_within_budget, SECOND)
    yield Practice("Le plafond de stockage est tenu", facts.storage_within_budget, SECOND)
    yield Practice(
        "Chaque table tient dans son budget de volume et de calcul",
        None if facts.budgets_kept is None else facts.budgets_kept == facts.budgets,
        SECOND,
        "" if facts.budgets_kept is None else f"{facts.budgets_kept} sur {facts.budgets}",
    )
    yield Practice(
        "Chaque table sert à une autre table ou à quelqu’un",
        None if facts.unread_tables is None else facts.unread_tables == 0,
        SECOND,
        french.plural(facts.unread_tables, "table que rien ne lit", "tables que rien ne lit")
        if facts.unread_tables
        else "",
    )
    yield Practice("Aucune exécution n’est prévue entre 19 h et 23 h", True, THIRD)


def _lines(count: int | None) -> str:
    return "" if not count else french.plural(count, "ligne hors délai", "lignes hors délai")
