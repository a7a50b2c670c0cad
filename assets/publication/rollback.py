"""Giving readers a former version again, at once: one link moves, one line in the journal.

The warehouse is not touched: it still holds what was withdrawn. The next run leaves the rollback
alone as long as nothing that may be read changes; then it publishes what the warehouse holds, and
says that the rollback has ended. What is wrong is to be mended in a contract meanwhile.
"""

import getpass

from assets.platform import Platform
from assets.publication.audiences import readable_columns, shown
from assets.publication.shelf import Shelf, Version
from assets.publication.standing import ROLLBACK
from resources.errors import ArdoiseError
from resources.files import sha256_of


def roll_back(platform: Platform, name: str | None, reason: str) -> tuple[Version, Version]:
    """Give readers the version before the current one, or a kept one by its name or number.

    Returns the version they had, and the one they have.

    Raises:
        ArdoiseError: there is no such version, it is damaged, or it shows what may no longer be
            read. Nothing changed.
        BusyWarehouse: a run is under way.
    """
    shelf = Shelf(platform.home.published)
    with platform.warehouse.idle():
        current = shelf.current()
        if current is None:
            raise ArdoiseError(
                "Rien n’est publié : il n’y a pas de version à rendre. Lancez « ardoise run »."
            )
        target = _chosen(shelf, current, name)
        _check_whole(shelf, target)
        _check_allowed(platform, target)
        shelf.point(target)
        platform.journal.write(
            ROLLBACK,
            version=target.name,
            former=current.name,
            files={name: kept.bytes for name, kept in target.published.items()},
            sha256={name: kept.sha256 for name, kept in target.published.items()},
            tables=target.tables,
            state=target.state,
            withdrawn=current.state,
            reason=reason,
            by=getpass.getuser(),
        )
    return current, target


def _chosen(shelf: Shelf, current: Version, name: str | None) -> Version:
    kept = [one for one in shelf.kept() if one.name != current.name]
    if name is None:
        found = [one for one in kept if one.number < current.number][-1:]
    else:
        found = [one for one in kept if name in (one.name, str(one.number))]
    if found:
        return found[0]
    missing = f"La version « {name} »" if name else "Aucune version antérieure"
    listed = ", ".join(one.name for one in kept) or "aucune autre"
    raise ArdoiseError(
        f"{missing} n’est gardée (le sont : {listed}). La version « {current.name} » reste "
        "publiée. ARDOISE_VERSIONS dit combien en garder."
    )


def _check_whole(shelf: Shelf, version: Version) -> None:
    for name, kept in version.files.items():
        path = shelf.place(version) / name
        if not path.is_file() or sha256_of(path) != kept.sha256:
            raise ArdoiseError(
                f"La version « {version.name} » est abîmée (« {name} ») : elle n’est pas rendue. "
                "Ce qui est publié n’a pas changé."
            )


def _check_allowed(platform: Platform, version: Version) -> None:
    """A contract may have closed a table or a column since."""
    allowed = set[str]()
    for table in platform.catalogue:
        allowed |= shown(table, readable_columns(table.contract))
    if closed := sorted(set(version.shown) - allowed):
        column = closed[0].partition(":")[2]
        raise ArdoiseError(
            f"La version « {version.name} » montre « {column} », que son contrat ne permet plus de "
            "lire : elle n’est pas rendue. Ce qui est publié n’a pas changé."
        )
