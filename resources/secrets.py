"""The secrets a connector needs, from the environment. None is ever in a contract, a log or a file.

A contract names the variable (`password_from=SIGB_PASSWORD`); its value is read when a source is
asked and kept nowhere.
"""

import os
import re
from collections.abc import Mapping

from resources.errors import SourceError

VARIABLE = re.compile(r"[A-Z][A-Z0-9_]*")


def variable_fault(word: str, name: str) -> str | None:
    """Why a contract's word does not name an environment variable, never quoting it.

    Whoever writes the secret itself where its variable is asked must be told at once.
    """
    if VARIABLE.fullmatch(name):
        return None
    return (
        f"« {word} » attend le nom d’une variable d’environnement (MAJUSCULES_ET_CHIFFRES), "
        "jamais le secret lui-même"
    )


def secret(name: str, environment: Mapping[str, str] = os.environ) -> str:
    """The value of a secret.

    Raises:
        SourceError: `SECRET_ABSENT`; its name is told, nothing else.
    """
    value = environment.get(name, "")
    if not value:
        raise SourceError(
            "SECRET_ABSENT",
            f"la variable d’environnement « {name} », que demande le contrat, est absente ou "
            "vide ; renseignez-la là où la plateforme est lancée",
        )
    return value
