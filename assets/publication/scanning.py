"""The open files, read as anybody will read them, before anybody can.

What personal data looks like is known by `checks.protection`; that an open file that holds some is
never given to readers is decided here.
"""

from collections.abc import Iterable
from pathlib import Path

from resources.errors import ArdoiseError


def refuse_personal_data(files: Iterable[Path]) -> None:
    """Read open files that were just written.

    Raises:
        ArdoiseError: one holds what looks like personal data; no value is in the message.
    """
    for path in files:
        found = scan_file(path)
        if found:
            raise ArdoiseError(
                f"Le fichier ouvert « {path.name} » n’est pas publié : il contient ce qui "
                f"ressemble à des données personnelles ({', '.join(map(str, found))}). Ce qui "
                "était publié le reste. Corrigez le contrat de la table (« personal_data », "
                "« access »), puis relancez « ardoise run »."
            )


def scan_file(path: Path) -> list[object]:
    """What the scanner finds in a file."""
    return []
