"""What the data protection officer is told of a version: personal data that no contract declares.

Columns, kinds and shares, never a value. Written once in the journal, with the refusal; the message
itself leaves by `resources.messages`, once for a table until it is published.
"""

from typing import Any

from assets.outcome import Outcome
from checks.protection import INVENTORY
from resources.french import day


def warning_to_the_dpo(outcome: Outcome) -> dict[str, Any]:
    """The facts of a warning and its message in French; empty where there is nothing to say."""
    found = [one for one in outcome.refusals if one.rule.expectation == INVENTORY]
    found = [one for one in found if "kind" in one.rule.parameters]
    if not found:
        return {}
    table = outcome.table
    told = "\n".join(f"  – {one.rule.sentence} : {one.observed}" for one in found)
    stands = (
        f"La version du {day(outcome.standing.decided_at.date())} reste publiée"
        if outcome.standing
        else "Aucune version n’est publiée"
    )
    register = table.contract.protection.register_entry
    entry = f"fiche « {register} » du registre" if register else "aucune fiche au registre"
    return {
        "table": table.key,
        **({"partition": outcome.partition} if outcome.partition else {}),
        "version": outcome.version,
        "found": [
            {
                "column": one.rule.parameters["column"],
                "kind": one.rule.parameters["kind"],
                "cells": one.unexpected,
                "of": one.checked,
            }
            for one in found
        ],
        "message": (
            f"{table.contract.title} ({table.key}, {entry}) : le fichier reçu porte des données "
            f"personnelles que son contrat ne déclare pas.\n{told}\n{stands} ; la version refusée "
            "n’est lue par personne. Que faire : décider avec le service producteur "
            f"({table.contract.publisher or 'table calculée'}) de les retirer à la source, ou de "
            f"les déclarer dans {table.path.name} et au registre ; effacer le fichier reçu si rien "
            "ne fonde sa conservation."
        ),
    }
