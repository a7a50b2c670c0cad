"""A file of this machine, from the folder of the contract: `file:../deposits/subventions.csv`."""

import shutil
from pathlib import Path

from assets.connectors.request import Request
from checks.territory import TerritoryFolder
from resources.errors import SourceError
from resources.files import why
from resources.landing import Answer


def fault(location: str, territory: TerritoryFolder) -> str | None:
    """A path is needed; the file may come later."""
    return None if location else "l’adresse « file: » ne dit pas quel fichier"


def fetch(request: Request, destination: Path, tag: str | None) -> Answer | None:
    """Copy the file when its size or its date changed.

    Raises:
        SourceError: `ABSENT` or `ILLISIBLE`.
    """
    return copy(request.folder / request.location, destination, tag)


def copy(path: Path, destination: Path, tag: str | None) -> Answer | None:
    """Copy a file unless size and date are those of `tag`."""
    try:
        state = path.stat()
        current = f"{state.st_size}-{state.st_mtime_ns}"
        if current == tag:
            return None
        shutil.copyfile(path, destination)
    except FileNotFoundError:
        raise SourceError("ABSENT", f"le fichier « {path.resolve()} » n’existe pas") from None
    except OSError as error:
        raise SourceError(
            "ILLISIBLE", f"le fichier « {path.resolve()} » est illisible ({why(error)})"
        ) from None
    return Answer(origin=f"file:{path.name}", tag=current)
