"""The three questions of the G29 on anonymous data, answered by what was computed of one table.

Singling out, linking, inferring: avis 05/2014 (WP216). What was not computed is said not to be; a
promise of the contract is never an answer by itself. Pure functions.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from assets.dashboards.chips import Chip
from assets.dashboards.history import RuleState
from checks.contract import Contract
from checks.disclosure.words import Disclosure
from resources.french import NBSP, listing, number, percent

QUESTIONS = {
    "individualisation": f"Peut-on isoler quelqu’un{NBSP}?",
    "correlation": f"Peut-on relier ce qui le concerne{NBSP}?",
    "inference": f"Peut-on en déduire quelque chose sur lui{NBSP}?",
}
NO = Chip("good", "Non")
IN_PART = Chip("watch", "Non calculé")
REFUSED = Chip("over", "Version refusée")
PUBLIC = Chip("good", "Rien à masquer")
UNKNOWN = Chip("none", "Pas encore jugé")


@dataclass(frozen=True)
class Answer:
    """One question, its answer in a word, and what was computed to give it."""

    question: str
    chip: Chip
    told: str


def hidden(contract: Contract, rules: Sequence[RuleState]) -> str:
    """« 23 cellules masquées sur 124 (18,5 %) », of its first count; nothing where none is."""
    declared = contract.disclosure
    if declared is None or not declared.cells:
        return ""
    state = _by_name(rules).get(f"{declared.cells[0].count}.secret")
    return str(state.observed).partition(" :")[0] if state and state.observed else ""


def answers(contract: Contract, rules: Sequence[RuleState]) -> list[Answer]:
    """The three answers; none for a table that counts nobody."""
    declared = contract.disclosure
    if declared is None:
        return []
    if declared.already_public:
        public = declared.already_public
        told = f"Déjà protégées par leur producteur, {public.by} : {public.reason}."
        return [Answer("Des statistiques publiques.", PUBLIC, told)]
    found = _by_name(rules)
    return [
        Answer(QUESTIONS["individualisation"], *_singled_out(contract, declared, found)),
        Answer(QUESTIONS["correlation"], *_linked(contract, declared, found)),
        Answer(QUESTIONS["inference"], *_inferred(contract, declared, found)),
    ]


def _singled_out(
    contract: Contract, declared: Disclosure, found: Mapping[str, RuleState]
) -> tuple[Chip, str]:
    kind = declared.kind
    told = []
    if declared.cells:
        told.append(
            f"chaque nombre publié porte sur {number(kind.minimum)} {kind.label} au moins "
            f"({kind.source})"
        )
        told += [
            str(state.observed)
            for cells in declared.cells
            if (state := found.get(f"{cells.count}.secret")) and state.observed
        ]
    if declared.quasi_identifiers:
        told.append(
            f"chaque combinaison de {_columns(contract, declared.quasi_identifiers)} est partagée "
            f"par {number(kind.minimum)} {kind.label} au moins ({kind.source})"
        )
        told += [str(found["k_anonymat"].observed)] if "k_anonymat" in found else []
    names = [*(f"{cells.count}.secret" for cells in declared.cells)]
    names += ["k_anonymat"] if declared.quasi_identifiers else []
    return _chip(names, found), _sentence(told)


def _linked(
    contract: Contract, declared: Disclosure, found: Mapping[str, RuleState]
) -> tuple[Chip, str]:
    if not declared.cells:
        return IN_PART, _sentence(
            [
                f"seules {_columns(contract, declared.quasi_identifiers)} sont tenues pour "
                "rapprochables d’un autre fichier ; aucun autre fichier n’a été essayé"
            ]
        )
    margins = [f"par {_columns(contract, margin)}" for margin in declared.margins if margin]
    margins += ["d’ensemble"] if [] in declared.margins else []
    totals = f"ni les totaux {listing(margins)}, ni" if margins else "pas même"
    names = [f"{cells.count}.secret" for cells in declared.cells]
    return _chip(names, found), _sentence(
        [
            f"{totals} les versions déjà diffusées ne rendent une cellule masquée : un autre "
            "tableau, égal en tout ce qui est publié, la met au-dessus du seuil"
        ]
    )


def _inferred(
    contract: Contract, declared: Disclosure, found: Mapping[str, RuleState]
) -> tuple[Chip, str]:
    share = declared.kind.dominance_pct
    if declared.sensitive:
        sensitive = _columns(contract, declared.sensitive)
        told = f"chaque combinaison a deux valeurs au moins de {sensitive}"
        return _chip(["diversite"], found), _sentence([told])
    if share is not None and any(cells.sums for cells in declared.cells):
        names = [f"{cells.count}.secret" for cells in declared.cells]
        told = f"aucune unité ne fait plus de {percent(share / 100)} d’une valeur publiée"
        return _chip(names, found), _sentence([told])
    return IN_PART, _sentence(
        [
            f"une case dit au moins {number(declared.kind.minimum)} {declared.kind.label}, jamais "
            "lesquelles ; si toutes avaient la même réponse, la case la dirait, et ce n’est pas "
            "calculé"
        ]
    )


def _chip(names: Sequence[str], found: Mapping[str, RuleState]) -> Chip:
    states = [found[name] for name in names if name in found]
    if len(states) < len(names):
        return UNKNOWN
    return NO if all(state.passed for state in states) else REFUSED


def _by_name(rules: Sequence[RuleState]) -> dict[str, RuleState]:
    return {rule.name: rule for rule in rules}


def _columns(contract: Contract, names: Sequence[str]) -> str:
    return listing([contract.by_name[name].label for name in names])


def _sentence(told: Sequence[str]) -> str:
    text = ". ".join(each[:1].upper() + each[1:] for each in told if each)
    return f"{text}."
