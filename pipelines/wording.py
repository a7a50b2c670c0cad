"""What Dagster is told of tables and verdicts: descriptions, metadata, check results.

Pure translation: nothing is built or decided here.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from datetime import UTC
from typing import Any

import dagster as dg

from assets.catalogue import Table
from assets.outcome import Outcome
from checks.contract import Column
from checks.promises import dimensions_of, rules_of
from checks.rules import Dimension, Verdict
from resources import addresses
from resources.energy import Measure
from resources.french import plural
from resources.outage import Outage

DIMENSIONS = {
    Dimension.COMPLETENESS: "Complétude : les valeurs obligatoires sont là.",
    Dimension.UNIQUENESS: "Unicité : rien n’est compté deux fois.",
    Dimension.VALIDITY: "Validité : chaque valeur a la forme et les bornes promises.",
    Dimension.CONSISTENCY: "Cohérence : la table s’accorde avec les autres et avec elle-même.",
    Dimension.FRESHNESS: "Fraîcheur : les données sont assez récentes.",
    Dimension.VOLUME: "Volume : le nombre de lignes est plausible.",
    Dimension.SOBRIETY: "Sobriété : volumes et calcul tiennent dans le budget.",
    Dimension.PROTECTION: "Protection : rien de personnel ne sort.",
}
VERDICT_COLUMNS = [
    dg.TableColumn("regle", description="Ce qui est promis"),
    dg.TableColumn("verdict", description="Tenu, avertissement ou refus"),
    dg.TableColumn("constate", description="Ce qui a été trouvé"),
    dg.TableColumn("attente", description="Mot de Great Expectations"),
]


def table_spec(table: Table) -> dg.AssetSpec:
    """How the Dagster UI shows a table."""
    contract = table.contract
    return dg.AssetSpec(
        key=[table.layer, table.name],
        deps=[dg.AssetKey(key.split(".")) for key in sorted(table.upstream)],
        description=_description(table),
        group_name=table.layer,
        owners=[f"team:{contract.owner}"] if contract.owner else None,
        kinds={"duckdb", "sql" if table.query else contract.format},
        tags={
            "theme": slug(contract.theme),
            "acces": contract.access,
            "donnees-personnelles": "non"
            if contract.protection.personal_data == "none"
            else slug(contract.protection.personal_data),
            **({"cadence": contract.cadence} if contract.cadence else {}),
            **({"origine": "synthetique"} if contract.synthetic else {}),
        },
        metadata={
            "dagster/column_schema": dg.TableSchema(
                columns=[_column(column) for column in contract.columns]
            ),
            "dagster/table_name": table.key,
            "grain": contract.grain,
            "conservation": f"{contract.retention.french} ({contract.retention.reason})",
            **({"licence": contract.license} if contract.license else {}),
            **({"adresse": addresses.told(contract.url)} if contract.url else {}),
        },
        code_version=table.fingerprint[:12],
        skippable=True,
    )


def check_specs(table: Table) -> Iterator[dg.AssetCheckSpec]:
    """One check per dimension of quality the contract uses, its rules in the description."""
    rules = rules_of(table.contract)
    for dimension in dimensions_of(table.contract):
        told = [f"- {rule.sentence}" for rule in rules if rule.dimension is dimension]
        yield dg.AssetCheckSpec(
            name=str(dimension),
            asset=dg.AssetKey([table.layer, table.name]),
            description="\n".join([DIMENSIONS[dimension], "", *told]),
            blocking=True,
        )


def check_results(
    key: dg.AssetKey, verdicts: Sequence[Verdict], dimensions: Sequence[Dimension]
) -> Iterator[dg.AssetCheckResult]:
    """The verdicts of a version by dimension, what failed first.

    A dimension without a verdict (the file could not be read) is not reported: it was not judged.
    """
    for dimension in dimensions:
        found = [verdict for verdict in verdicts if verdict.rule.dimension is dimension]
        if found:
            yield check_result(key, str(dimension), found)


def check_result(key: dg.AssetKey, name: str, verdicts: Sequence[Verdict]) -> dg.AssetCheckResult:
    """Verdicts as one check, what failed first."""
    found = sorted(verdicts, key=lambda verdict: (verdict.passed, not verdict.refuses))
    failed = [verdict for verdict in found if not verdict.passed]
    return dg.AssetCheckResult(
        asset_key=key,
        check_name=name,
        passed=not failed,
        severity=dg.AssetCheckSeverity.ERROR
        if any(verdict.refuses for verdict in found)
        else dg.AssetCheckSeverity.WARN,
        description=_first_line(found, failed),
        metadata={
            "regles": dg.TableMetadataValue(
                records=[_record(verdict) for verdict in found],
                schema=dg.TableSchema(columns=VERDICT_COLUMNS),
            ),
            "regles_tenues": len(found) - len(failed),
            "regles_non_tenues": len(failed),
        },
    )


def materialization(outcome: Outcome) -> dict[str, Any]:
    """What a materialization says of itself; numbers stay numbers, so that the UI plots them."""
    metadata: dict[str, Any] = {
        "etat": "inchangée : rien n’a été réécrit" if outcome.state == "unchanged" else "publiée",
        "version": outcome.version,
        "dagster/row_count": outcome.rows,
        "lignes_recues": outcome.received,
        "lignes_ecartees": outcome.quarantined if outcome.state == "published" else None,
        "octets_recus": outcome.bytes_in,
        "octets_conserves": outcome.bytes_out,
        **energy(*outcome.measures),
    }
    if outcome.reasons:
        metadata["motifs_de_mise_a_l_ecart"] = dg.MetadataValue.json(dict(outcome.reasons))
    if outcome.facts:
        metadata["defauts_injectes"] = dg.MetadataValue.json(dict(outcome.facts))
    if outcome.extra:
        metadata["colonnes_non_retenues"] = ", ".join(outcome.extra)
    if outcome.outage:
        metadata |= outage_facts(outcome.outage)
    if outcome.aliases:
        found = [f"{name} : « {title} »" for name, title in outcome.aliases.items()]
        metadata["colonnes_sous_un_autre_titre"] = ", ".join(found)
    if outcome.absent:
        metadata["colonnes_absentes"] = ", ".join(outcome.absent)
    if outcome.corrections:
        mended = zip(outcome.table.contract.corrections, outcome.corrections, strict=True)
        metadata["corrections"] = dg.MetadataValue.md(
            "\n".join(
                f"- {one.column}, {one.date} : {count} ({one.reason})" for one, count in mended
            )
        )
    if outcome.warnings:
        metadata["avertissements"] = dg.MetadataValue.md(
            "\n".join(f"- {verdict.rule.sentence}" for verdict in outcome.warnings)
        )
    return {name: value for name, value in metadata.items() if value is not None}


def outage_facts(outage: Outage) -> dict[str, Any]:
    """What is said of a source that gives nothing, and whose last file stands."""
    return {
        "source_indisponible_depuis": dg.MetadataValue.timestamp(outage.since.replace(tzinfo=UTC)),
        "source_incident": f"{outage.message} [{outage.code}]",
    }


def late_observation(table: Table, outage: Outage) -> dg.AssetObservation:
    """What Dagster shows of a table that was left as it is because its source gave nothing."""
    return dg.AssetObservation(
        asset_key=dg.AssetKey([table.layer, table.name]), metadata=outage_facts(outage)
    )


def energy(*measures: Measure) -> dict[str, Any]:
    """CPU-seconds, kWh and gCO2e of some stretches; absent, never 0, when not measured."""
    known = [m for m in measures if m.cpu_s is not None]
    if not known:
        return {"methode": "non mesuré"}
    return {
        "cpu_s": round(sum(m.cpu_s or 0 for m in known), 6),
        "energie_kwh": _three_digits(sum(m.kwh() or 0 for m in known)),
        "energie_kwh_bas": _three_digits(sum(m.kwh("low") or 0 for m in known)),
        "energie_kwh_haut": _three_digits(sum(m.kwh("high") or 0 for m in known)),
        "gco2e": _three_digits(sum(m.gco2e() or 0 for m in known)),
        "methode": known[0].method,
    }


def _three_digits(value: float) -> float:
    """More digits would promise a precision nobody has."""
    return float(f"{value:.3g}")


def slug(text: str) -> str:
    """A French text as a Dagster tag value or team name."""
    plain = unicodedata.normalize("NFKD", text.replace("’", "'"))
    plain = plain.encode("ascii", "ignore").decode()
    return re.sub(r"[^A-Za-z0-9_.]+", "-", plain).strip("-")[:63]


def _description(table: Table) -> str:
    contract = table.contract
    parts = [f"**{contract.title}.** {contract.description}", f"*Grain* : {contract.grain}."]
    if contract.synthetic:
        parts.append("*Données synthétiques, pour démonstration.*")
    if contract.caveats:
        parts.append("\n".join(f"- {caveat}" for caveat in contract.caveats))
    if contract.publisher:
        parts.append(f"*Producteur* : {contract.publisher} ({contract.license}).")
    return "\n\n".join(parts)


def _column(column: Column) -> dg.TableColumn:
    constraints = column.constraints
    other = [
        f"{word} : {value:g}" if isinstance(value, float) else f"{word} : {value}"
        for word, value in (
            ("forme", constraints.pattern),
            ("valeurs", ", ".join(constraints.enum) if constraints.enum else None),
            ("minimum", constraints.minimum),
            ("maximum", constraints.maximum),
            ("référence", constraints.reference),
        )
        if value is not None
    ]
    unit = f" ({column.unit})" if column.unit else ""
    return dg.TableColumn(
        name=column.name,
        type=column.type,
        description=column.description + unit,
        constraints=dg.TableColumnConstraints(
            nullable=not constraints.required, unique=constraints.unique, other=other
        ),
    )


def _first_line(found: Sequence[Verdict], failed: Sequence[Verdict]) -> str:
    if not failed:
        return f"{plural(len(found), 'règle tenue', 'règles tenues')}."
    worst = failed[0]
    detail = worst.error or worst.observed
    told = f"{worst.rule.sentence} : {detail}" if detail else worst.rule.sentence
    more = f" (et {plural(len(failed) - 1, 'autre')})" if len(failed) > 1 else ""
    return f"{'Refus' if worst.refuses else 'Avertissement'} : {told}{more}"


def _record(verdict: Verdict) -> dg.TableRecord:
    state = "tenue" if verdict.passed else "refus" if verdict.refuses else "avertissement"
    return dg.TableRecord(
        {
            "regle": verdict.rule.sentence,
            "verdict": state,
            "constate": verdict.error or verdict.observed or "",
            "attente": verdict.rule.expectation,
        }
    )
