"""What is published, opened for an audience; the restricted file with its key."""

from collections.abc import Iterator
from contextlib import contextmanager

import duckdb

from assets.platform import Platform
from assets.publication.publishing import KEY_DOMAIN
from assets.publication.shelf import DATABASES, Shelf
from resources.errors import ArdoiseError
from resources.warehouse import reading


@contextmanager
def published_for(platform: Platform, audience: str) -> Iterator[duckdb.DuckDBPyConnection]:
    """What an audience reads, read-only; the restricted file with the internal one beside it.

    Raises:
        ArdoiseError: nothing is published yet for this audience, or its key is not to be read.
    """
    if audience != "restricted":
        with reading(platform.home.current / DATABASES[audience]) as connection:
            yield connection
        return
    version = Shelf(platform.home.published).current()
    if version is None or version.key is None:
        raise ArdoiseError(
            "Aucune table restreinte n’est publiée : il n’y a pas de fichier restreint à "
            "interroger. Les autres tables se lisent sans « --audience restricted »."
        )
    folder = platform.home.published / "versions" / version.name
    with reading(
        folder / DATABASES["restricted"],
        key=_key(platform, version.key),
        beside=folder / DATABASES["internal"],
    ) as connection:
        yield connection


def _key(platform: Platform, number: int) -> bytes:
    try:
        (found,) = [k for k in platform.keys.versions(KEY_DOMAIN) if k.version == number]
    except (PermissionError, ValueError):
        raise ArdoiseError(
            f"La clé « {KEY_DOMAIN}.{number}.key » du fichier restreint n’est pas lisible ici. "
            "Rien n’a été ouvert. Demandez-la à qui administre la plateforme, ou dites par "
            "ARDOISE_KEYS dans quel dossier elle se trouve."
        ) from None
    return found.value
