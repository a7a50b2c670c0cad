"""The register in French: what its English words are called on a page, in a file, at a terminal.

The labels of the CNIL's simplified model where it has one (2019, « registre simplifié »).
"""

from collections.abc import Mapping
from typing import get_args

from checks.register import (
    Basis6,
    Condition9,
    Criterion,
    DataKind,
    Entry,
    NirField,
    SensitiveKind,
)

BASES: Mapping[Basis6, str] = {
    "consent": "consentement (art. 6.1.a)",
    "contract": "contrat (art. 6.1.b)",
    "legal_obligation": "obligation légale (art. 6.1.c)",
    "vital_interests": "sauvegarde des intérêts vitaux (art. 6.1.d)",
    "public_task": "mission d’intérêt public (art. 6.1.e)",
    "legitimate_interests": "intérêt légitime (art. 6.1.f)",
}
CONDITIONS: Mapping[Condition9, str] = {
    "explicit_consent": "consentement explicite (art. 9.2.a)",
    "employment_and_social_protection": "droit du travail et protection sociale (art. 9.2.b)",
    "vital_interests": "sauvegarde des intérêts vitaux (art. 9.2.c)",
    "association": "membres d’une association (art. 9.2.d)",
    "made_public": "données rendues publiques par la personne (art. 9.2.e)",
    "legal_claims": "droits en justice (art. 9.2.f)",
    "substantial_public_interest": "intérêt public important (art. 9.2.g)",
    "health_care": "médecine et prise en charge sanitaire ou sociale (art. 9.2.h)",
    "public_health": "santé publique (art. 9.2.i)",
    "archives_research_statistics": "archives, recherche, statistique (art. 9.2.j)",
}
NIR_FIELDS: Mapping[NirField, str] = {
    "social_protection": "protection sociale",
    "health": "santé",
    "employment": "travail et emploi",
    "finance_and_tax": "domaine financier, fiscal et douanier",
    "justice": "justice",
    "statistics": "statistique publique",
    "education": "éducation",
    "housing": "logement",
    "law_article_30": "loi du 6 janvier 1978, art. 30",
}
DATA: Mapping[DataKind, str] = {
    "identity": "État civil, identité, données d’identification, images",
    "personal_life": "Vie personnelle (habitudes de vie, situation familiale)",
    "professional_life": "Vie professionnelle (CV, situation professionnelle)",
    "economic": "Informations d’ordre économique et financier",
    "connection": "Données de connexion (adresse IP, journaux)",
    "location": "Données de localisation",
    "nir": "Numéro de sécurité sociale (NIR)",
    "racial_origin": "Origine raciale ou ethnique",
    "political_opinions": "Opinions politiques",
    "beliefs": "Convictions religieuses ou philosophiques",
    "trade_union": "Appartenance syndicale",
    "genetic": "Données génétiques",
    "biometric": "Données biométriques",
    "health": "Données de santé",
    "sexual_life": "Vie ou orientation sexuelle",
    "offences": "Condamnations pénales ou infractions",
}
SENSITIVE = frozenset(get_args(SensitiveKind))
FINAL = {
    "destroy": "destruction",
    "archive": "versement aux archives définitives",
    "sort": "tri, puis archives ou destruction",
}
CRITERIA: Mapping[Criterion, str] = {
    "evaluation": "évaluation ou notation de personnes",
    "automated_decision": "décision automatique avec effet juridique",
    "systematic_monitoring": "surveillance systématique",
    "sensitive_data": "données sensibles ou hautement personnelles",
    "large_scale": "grande échelle",
    "matching": "croisement de données",
    "vulnerable_persons": "personnes vulnérables",
    "innovative_use": "usage innovant d’une technologie",
    "blocks_a_right": "exclusion d’un droit, d’un service ou d’un contrat",
}


def assessment(entry: Entry) -> str:
    """Where the impact assessment of a processing stands, in one sentence without its full stop."""
    found = entry.assessment
    count = len(set(found.criteria))
    met = {0: "aucun critère", 1: "1 critère"}.get(count, f"{count} critères") + " sur 9"
    if found.cnil_list:
        met += ", et la liste de la CNIL"
    if found.reference:
        return f"faite : {found.reference} ({met})"
    if found.not_needed:
        return f"écartée par {found.not_needed.author} : {found.not_needed.reason} ({met})"
    if found.missing:
        return f"à faire : {met}"
    return f"non requise : {met}"


def ground(entry: Entry) -> str:
    """What makes it lawful, those of sensitive data and of the NIR included."""
    told = [f"{BASES[entry.basis.article_6]} : {entry.basis.justification}"]
    if entry.special_categories:
        special = entry.special_categories
        told.append(f"{CONDITIONS[special.condition]} : {special.justification}")
    if entry.nir:
        told.append(f"décret n° 2019-341, {NIR_FIELDS[entry.nir.field]} : {entry.nir.reference}")
    return " ; ".join(each.rstrip(".") for each in told)


def duration(entry: Entry) -> str:
    """« 2 ans, puis destruction, à compter du dépôt »."""
    ages = entry.retention
    return f"{ages.french}, puis {FINAL[ages.final]}"
