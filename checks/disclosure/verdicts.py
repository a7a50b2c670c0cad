"""What the control found, in the words of the gate: counts and causes, never a value."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

import duckdb

from checks.disclosure.anonymity import anonymity
from checks.disclosure.words import Disclosure
from checks.rules import Dimension, Rule, Severity, Verdict
from resources.french import number, percent, plural

if TYPE_CHECKING:
    from checks.disclosure.hidden import Hidden  # NumPy: paid only where cells are hidden

DEDUCED = ("cellule masquée se déduirait", "cellules masquées se déduiraient")
GONE = "valeurs dont une cellule était masquée ont disparu"
FEW = 10
FINE = 0.5  # share of hidden cells beyond which a table no longer says much


def _rule(name: str, sentence: str, severity: Severity = Severity.CRITICAL) -> Rule:
    return Rule(name, Dimension.PROTECTION, severity, sentence, name.replace(".", "_"))


def public_verdict(declared: Disclosure) -> Verdict:
    """Who has protected these statistics already, and why that is enough."""
    public = declared.already_public
    assert public is not None
    return Verdict(
        _rule(
            "statistiques_publiques", "Les unités comptées sont déjà protégées par le producteur"
        ),
        passed=True,
        observed=f"{public.by} : {public.reason}",
    )


def anonymity_verdicts(
    connection: duckdb.DuckDBPyConnection, table: str, declared: Disclosure
) -> Iterator[Verdict]:
    """Rows that could be told apart refuse the version: emptying them would not merge them."""
    minimum, label = declared.kind.minimum, declared.kind.label
    found = anonymity(connection, table, declared.quasi_identifiers, minimum, declared.sensitive)
    together = ", ".join(f"« {name} »" for name in declared.quasi_identifiers)
    yield Verdict(
        _rule(
            "k_anonymat",
            f"Chaque combinaison de {together} est partagée par {number(minimum)} {label} au moins "
            "[K_ANONYMAT]",
        ),
        passed=not found.small_groups,
        observed=f"{plural(found.small_rows, 'ligne')} dans "
        f"{plural(found.small_groups, 'combinaison trop rare', 'combinaisons trop rares')} "
        f"sur {number(found.groups)} ; la plus petite en compte {number(found.smallest)}",
        checked=found.groups,
        unexpected=found.small_groups,
    )
    if declared.sensitive:
        yield Verdict(
            _rule(
                "diversite",
                "Savoir à quelle combinaison une personne appartient ne dit pas sa valeur "
                "sensible [L_DIVERSITE]",
            ),
            passed=not found.uniform,
            observed=f"{plural(found.uniform, 'combinaison')} d’une seule valeur",
            checked=found.groups,
            unexpected=found.uniform,
        )


def cell_verdicts(declared: Disclosure, found: "Hidden", what: str) -> Iterator[Verdict]:
    """What was hidden of one count (`what`: the columns), why, and what that leaves."""
    count, kind = found.cells.count, declared.kind
    hidden = len(found.rows)
    # Of a few cells, how many are small would tell which.
    why = (
        []
        if hidden < FEW
        else [
            f"{number(many)} {reason}"
            for many, reason in (
                (found.small, f"sous {number(kind.minimum)} {kind.label}"),
                (found.dominated, "dominées par une seule unité"),
                (found.left, f"qui laissent moins de {number(kind.minimum)} {kind.label}"),
                (found.kept, "où se lirait ce qu’une version précédente masquait"),
                (found.added, "pour qu’aucune soustraction ne rende les autres"),
            )
            if many
        ]
    )
    share = percent(hidden / found.total, 1) if found.total else percent(0)
    told = f"{plural(hidden, 'cellule masquée', 'cellules masquées')} sur {number(found.total)}"
    yield Verdict(
        _rule(
            f"{count}.secret",
            f"{what} : rien ne se lit ni ne se déduit sous le seuil ({kind.french})",
        ),
        passed=not found.exposed and not found.negative,
        observed=f"{told} ({share})" + (f" : {', '.join(why)}" if why else ""),
        error=_refusal(found),
        checked=found.total,
        unexpected=found.exposed,
    )
    if found.known:
        yield Verdict(
            _rule(
                f"{count}.deja_diffusees",
                f"{what} : rien de masqué n’a été diffusé auparavant",
                Severity.WARNING,
            ),
            passed=False,
            observed=f"{plural(found.known, 'cellule')} d’une version précédente : qui l’a gardée "
            "en connaît la valeur",
            checked=hidden,
            unexpected=found.known,
        )
    if found.before:
        least = number(kind.minimum)
        yield Verdict(
            _rule(
                f"{count}.ecarts",
                f"{what} : d’une version à l’autre, rien ne change de moins de {least} unités",
                Severity.WARNING,
            ),
            passed=not found.moved,
            observed=f"{plural(found.moved, 'cellule')} : l’écart de deux versions est un petit "
            "effectif. Publiez moins souvent, ou des périodes closes"
            if found.moved
            else None,
            checked=found.total,
            unexpected=found.moved,
        )
    yield Verdict(
        _rule(
            f"{count}.finesse",
            f"{what} : la moitié des cellules au moins reste lisible",
            Severity.WARNING,
        ),
        passed=hidden <= FINE * found.total,
        observed=share + " de cellules masquées",
        checked=found.total,
        unexpected=hidden,
    )


def memory_verdict(known: bool) -> Verdict:
    """Whether there is something to compare with: a warehouse made again has forgotten."""
    return Verdict(
        _rule("diffusions", "Les versions déjà diffusées sont connues", Severity.WARNING),
        passed=known,
        observed=None
        if known
        else "aucune ne l’est : celle-ci n’est comparée à rien, et sera la première retenue",
    )


def moved_verdicts(gone: Mapping[str, tuple[int, int]]) -> Iterator[Verdict]:
    """Hidden cells whose place disappeared while another came: the one may give the other back."""
    for name, (lost, new) in gone.items():
        yield Verdict(
            _rule(
                f"{name}.deplacements",
                f"Ce que sont devenues les valeurs masquées de « {name} » est connu [DIFFERENCE]",
            ),
            passed=False,
            error=f"{plural(lost, 'valeur dont une cellule était masquée a disparu', GONE)} et "
            f"{plural(new, 'est apparue', 'sont apparues')} : l’une dans l’autre, elle se "
            f"déduirait. Dites dans « moved » ce que chacune est devenue ([] si elle n’est plus)",
        )


def _refusal(found: "Hidden") -> str | None:
    """Why hiding is not enough, and what to do."""
    if found.negative:
        return (
            "une valeur est négative : la part d’une unité n’y a pas de sens. Séparez les montants "
            "positifs et négatifs en deux colonnes [DOMINANCE]"
        )
    if found.by_earlier:
        return (
            f"{plural(found.by_earlier, *DEDUCED)} d’une version déjà diffusée. "
            "Retirez la marge ajoutée, ou regroupez des modalités [DIFFERENCE]"
        )
    if found.exposed:
        return (
            f"{plural(found.exposed, *DEDUCED)} de ses marges, quoi "
            "qu’on masque avec. Retirez une marge, ou regroupez des modalités [SECRET_SECONDAIRE]"
        )
    return None
