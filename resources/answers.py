"""What the answers of a server mean, and what is told of those that hold no file.

Pure: a status, headers and the beginning of a body become an error, or nothing.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta

from resources.errors import SourceError
from resources.patience import LONGEST_S, told_wait

ABSENT = frozenset({404, 410})
CLOSED = frozenset({401, 403, 407})
MISUNDERSTOOD = frozenset({400, 405, 406, 414, 422})
PASSING = frozenset({408, 425, 429, 500, 502, 503, 504})
UNREACHABLE = frozenset(
    {"SOURCE_INDISPONIBLE", "TRONQUE", "QUOTA", "CERTIFICAT", "ABSENTE", "ACCES_REFUSE"}
    | {"EN_COURS", "CLE_HOTE", "SECRET_ABSENT"}
)
"""Codes that say nothing of the data: the last version received still stands for the source.

The others (`BOMBE`, `ADRESSE_INTERDITE`…) are answers, and refuse the version they came with.
"""


class Passing(Exception):
    """A failure that may pass: worth another attempt after `wait` seconds (None: no idea)."""

    def __init__(self, error: SourceError, wait: float | None = None) -> None:
        super().__init__()
        self.error = error
        self.wait = wait


def failure(
    place: str, status: int, headers: Mapping[str, str], beginning: bytes, now: datetime
) -> SourceError | Passing:
    """Why an answer holds no file. `place` is the address as it may be told."""
    if status in ABSENT:
        return SourceError(
            "ABSENTE",
            f"l’adresse « {place} » n’existe plus (réponse {status}) : le fichier a sans doute "
            "été publié de nouveau ailleurs",
        )
    if status in CLOSED:
        return SourceError(
            "ACCES_REFUSE", f"le serveur de « {place} » refuse l’accès (réponse {status})"
        )
    if status in MISUNDERSTOOD:
        return SourceError(
            "REQUETE",
            f"le serveur de « {place} » ne comprend pas ce qui est demandé (réponse {status}) : "
            "un filtre ou un nom de colonne est à corriger dans l’adresse du contrat",
        )
    if status not in PASSING:
        return unreachable(place, f"le serveur répond {status}")
    wait = told_wait(headers, beginning, now)
    back = f", et demande de revenir {_moment(now, wait)}" if wait and wait > LONGEST_S else ""
    if status == 429:
        limited = f"le serveur de « {place} » limite le nombre de demandes{back}"
        return Passing(SourceError("QUOTA", limited), wait)
    return Passing(unreachable(place, f"le serveur répond {status}{back}"), wait)


def unreachable(place: str, why: str) -> SourceError:
    """The error of a source that gives nothing."""
    return SourceError("SOURCE_INDISPONIBLE", f"« {place} » ne peut pas être reçu : {why}")


def cut(place: str) -> SourceError:
    """The error of a body that ended before its end."""
    return SourceError("TRONQUE", f"« {place} » est arrivé incomplet : la réception a été coupée")


def whole_only(place: str) -> SourceError:
    """The error of a server that only gives whole files where a part was asked."""
    return SourceError(
        "SANS_PLAGES", f"le serveur de « {place} » ne sait pas donner une partie d’un fichier"
    )


def _moment(now: datetime, wait: float) -> str:
    """« après le 12/11/2026 à 14:30 UTC »."""
    try:
        return f"après le {now + timedelta(seconds=wait):%d/%m/%Y à %H:%M} UTC"
    except OverflowError:
        return "plus tard"
