"""What the register says of a version before it is published: rules of « protection ».

That a table is in the register is held as declarations load; told here, so that it has a history.
The impact assessment (RGPD, art. 35) is judged: two criteria of nine, or the CNIL's list, call for
one. Until it is made or set aside by a decision, no open table made of that processing is
published; its other tables warn.
"""

from collections.abc import Mapping, Sequence

from assets.catalogue import Table
from assets.platform import Platform
from assets.register.facts import processings_behind
from assets.register.minimisation import Offered, minimisation_verdict
from checks.register import Entry
from checks.rules import Dimension, Rule, Severity, Verdict
from resources.french import listing


def protection_verdicts(
    platform: Platform, table: Table, titles: Sequence[str], offered: Mapping[str, Offered]
) -> list[Verdict]:
    """All that is judged of a version besides its rows; `titles` are those its file offers for
    nothing, `offered` what was known of each source.
    """
    found = register_verdicts(table, list(platform.catalogue), platform.register)
    if table.layer == "sources":
        found.append(minimisation_verdict(titles, offered.get(table.key)))
    return found


def register_verdicts(
    table: Table, tables: Sequence[Table], register: Mapping[str, Entry]
) -> list[Verdict]:
    """Which processing it falls under, and whether those behind it have their assessment."""
    behind = sorted(processings_behind(table, tables))
    titles = [f"« {register[name].title} »" for name in behind]
    found = [
        Verdict(
            _rule(
                "registre",
                "Les données personnelles dont elle vient sont au registre des traitements",
                "processing_is_in_the_register",
                Severity.CRITICAL,
            ),
            passed=True,
            observed=listing(titles) or "aucune donnée personnelle",
        )
    ]
    if behind:
        found.append(_assessed(table, [register[name] for name in behind]))
    return found


def unassessed(table: Table, tables: Sequence[Table], register: Mapping[str, Entry]) -> list[str]:
    """The processings that keep an open table from being published, by name."""
    if table.contract.access != "open":
        return []
    behind = sorted(processings_behind(table, tables))
    return [name for name in behind if register[name].assessment.missing]


def _assessed(table: Table, behind: Sequence[Entry]) -> Verdict:
    missing = [f"« {entry.title} »" for entry in behind if entry.assessment.missing]
    return Verdict(
        _rule(
            "aipd",
            "L’analyse d’impact (AIPD) de ces traitements est faite, s’il en faut une",
            "processing_has_its_impact_assessment",
            Severity.CRITICAL if table.contract.access == "open" else Severity.WARNING,
        ),
        passed=not missing,
        observed=f"à faire pour {listing(missing)}" if missing else "aucune ne manque",
    )


def _rule(name: str, sentence: str, expectation: str, severity: Severity) -> Rule:
    return Rule(name, Dimension.PROTECTION, severity, sentence, expectation)
