"""What a contract declares against what was found: verdicts, in French, without a value.

A column declares a nature (`personal_data`), or says under `cleared` why a kind that is found in it
needs none: an organisation's telephone is nobody's, an elected official's name is public by law
(CRPA, art. D312-1-3). Anything found beyond that refuses the version.
"""

from collections.abc import Sequence

from checks.contract import Contract, PersonalData
from checks.protection.finding import Finding, weaker
from checks.protection.kind import kinds
from checks.rules import Dimension, Rule, Severity, Verdict
from resources.french import plural

INVENTORY = "no_undeclared_personal_data"
WHOLE = Rule(
    "protection.analyse",
    Dimension.PROTECTION,
    Severity.CRITICAL,
    "Aucune donnée personnelle que le contrat ne déclare",
    INVENTORY,
)


def undeclared(contract: Contract, findings: Sequence[Finding]) -> list[Finding]:
    """What was found and is neither declared nor cleared."""
    return [
        finding
        for finding in findings
        if not cleared(contract, finding) and weaker(_declared(contract, finding), finding.nature)
    ]


def declares_persons(contract: Contract | None) -> bool:
    """Whether a contract says that some column leads straight to persons."""
    natures = ("direct", "sensitive", "nir")
    return contract is not None and any(
        column.personal_data in natures for column in contract.columns
    )


def verdicts(contract: Contract, columns: int, found: Sequence[Finding]) -> list[Verdict]:
    """One verdict on the whole table, then one for each thing found and not declared."""
    read = plural(columns, "colonne lue en entier", "colonnes lues en entier")
    places = {finding.column for finding in found}
    told = plural(len(places), "colonne en porte", "colonnes en portent")
    return [
        Verdict(
            WHOLE,
            passed=not found,
            observed=f"{read}, {told if found else 'rien trouvé qui ne soit déclaré'}",
            checked=columns,
            unexpected=len(places),
        ),
        *(_verdict(contract, finding) for finding in found),
    ]


def failed(reason: str) -> Verdict:
    """The verdict of a search that could not end: what was not searched is not published."""
    return Verdict(WHOLE, passed=False, error=f"l’analyse n’a pas pu se terminer ({reason})")


def _verdict(contract: Contract, finding: Finding) -> Verdict:
    column = contract.by_name.get(finding.column)
    label = column.label if column is not None else f"« {finding.column} »"
    rule = Rule(
        f"protection.{finding.column}.{finding.kind}",
        Dimension.PROTECTION,
        Severity.CRITICAL,
        f"{label} ne porte pas {kinds()[finding.kind].what} sans le dire",
        INVENTORY,
        {"column": finding.column, "kind": finding.kind},
    )
    return Verdict(
        rule,
        passed=False,
        observed=f"{finding.told} ; {_remedy(finding)}",
        checked=finding.of,
        unexpected=finding.cells,
    )


def _remedy(finding: Finding) -> str:
    if finding.nature == "nir":
        return (
            "son usage est limité par le décret n° 2019-341 : retirez la colonne du contrat, "
            "prévenez le producteur et le délégué à la protection des données"
        )
    return (
        f"faites-la retirer par le producteur, ou déclarez « personal_data: {finding.nature} » et "
        f"son entrée au registre, ou dites sous « cleared » (kind: {finding.kind}) pourquoi ce "
        "n’est celle de personne"
    )


def cleared(contract: Contract, finding: Finding) -> bool:
    """Whether somebody answered for this kind in this column."""
    column = contract.by_name.get(finding.column)
    return column is not None and any(one.kind == finding.kind for one in column.cleared)


def _declared(contract: Contract, finding: Finding) -> PersonalData:
    column = contract.by_name.get(finding.column)
    return "none" if column is None else column.nature
