"""The register entry that goes with a drafted contract: its words, each of them the DPO's to say.

Only the columns are known; nothing else is proposed, for a purpose or a base of law that a machine
wrote would be signed without being read. Left as it is, it stops the load.
"""

from collections.abc import Mapping
from datetime import date

from assets.drafting.draft import Draft
from assets.drafting.known import TO_COMPLETE
from checks.contract import PersonalData
from resources.french import day

# The category a column is written under until somebody says better.
KINDS: Mapping[PersonalData, str] = {
    "indirect": "personal_life",
    "direct": "identity",
    "sensitive": "health",
    "nir": "nir",
}


def entry_of(draft: Draft, today: date) -> str:
    """The whole file, to be put in the folder `register` of the territory."""
    found: dict[str, list[str]] = {}
    for column in draft.contract.columns:
        if column.personal_data != "none":
            found.setdefault(KINDS[column.personal_data], []).append(column.name)
    data = "".join(
        f"  {kind}: {TO_COMPLETE} ({', '.join(names)})\n" for kind, names in found.items()
    )
    nir = f"nir: {{field: {TO_COMPLETE}, reference: {TO_COMPLETE}}}\n" if "nir" in found else ""
    criteria = "[sensitive_data]" if {"nir", "health"} & set(found) else "[]"
    return f"""\
# Brouillon de « ardoise contract draft », {day(today)}, pour la table {draft.name}.
# À compléter avec la personne déléguée à la protection des données : docs/dpo.md dit chaque mot.
title: {TO_COMPLETE}
number: {TO_COMPLETE}
created: {today.isoformat()}
updated: {today.isoformat()}
service: {TO_COMPLETE}
controller: "{{name}}"
dpo: "{{dpo}}"
purposes:
  main: {TO_COMPLETE}
basis:
  article_6: {TO_COMPLETE}
  justification: {TO_COMPLETE}
{nir}persons: [{TO_COMPLETE}]
data:
{data}origin: {TO_COMPLETE}
recipients:
  internal: [{TO_COMPLETE}]
retention:
  active: 1 year # {TO_COMPLETE}, au moins « keep » du contrat
  final: destroy # ou archive, ou sort
  starts: {TO_COMPLETE}
  reference: {TO_COMPLETE}
  validated_by: {TO_COMPLETE}
security:
  technical: [{TO_COMPLETE}]
  organisational: [{TO_COMPLETE}]
rights: {TO_COMPLETE}
assessment:
  criteria: {criteria} # {TO_COMPLETE} : les neuf critères sont dans docs/dpo.md
"""
