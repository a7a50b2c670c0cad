"""`ardoise pseudonyms`: which columns are read behind a pseudonym, under which key; a new key.

A key is never shown, nor where it is used written anywhere but in the journal: domain and version.
"""

import getpass
from collections.abc import Mapping

from assets.catalogue import Table
from assets.platform import Platform
from checks.declaration import closest
from pipelines.display import ProgressView, summary
from pipelines.grids import console, filled
from pipelines.run import run
from resources.errors import DeclarationError
from resources.french import listing

EVENT = "rotation"


def domains(platform: Platform) -> Mapping[str, list[tuple[Table, str]]]:
    """The columns of each domain, in the order of the catalogue."""
    found: dict[str, list[tuple[Table, str]]] = {}
    for table in platform.catalogue:
        for column in table.contract.columns:
            if column.pseudonym is not None:
                found.setdefault(column.pseudonym, []).append((table, column.name))
    return found


def show_pseudonyms(platform: Platform) -> None:
    """A line for each column behind a pseudonym. No key is made by looking."""
    found = domains(platform)
    if not found:
        console().print(
            "Aucune colonne n’est lue derrière un pseudonyme. Dans un contrat : "
            "« pseudonym: usagers » sur une colonne personnelle."
        )
        return
    lines = [
        {
            "Domaine": domain,
            "Clé": f"k{version}" if (version := platform.pseudonyms.version(domain)) else "à faire",
            "Table": table.key,
            "Colonne": column,
        }
        for domain, columns in sorted(found.items())
        for table, column in columns
    ]
    console().print(filled(("Domaine", "Clé", "Table", "Colonne"), lines))


def rotate(platform: Platform, domain: str, reason: str) -> bool:
    """Give a domain a new key, then make again, from their files, the tables that use it; whether
    they all are.

    The former key stays: it finds what was made with it. A table whose file is no longer there
    keeps the pseudonyms of the former key until its source gives another.

    Raises:
        DeclarationError: no column is in this domain.
        BusyWarehouse: a run is under way.
    """
    found = domains(platform)
    if domain not in found:
        raise DeclarationError(
            f"Aucune colonne n’est dans le domaine « {domain} »{closest(domain, found)}. Rien n’a "
            "changé. « ardoise pseudonyms » donne la liste."
        )
    with platform.warehouse.writing():  # from the new key to the last table, nobody else builds
        key = platform.pseudonyms.rotate(domain)
        platform.journal.write(
            EVENT, domain=domain, version=key.version, reason=reason, by=getpass.getuser()
        )
        tables = {table.key: table for table, _ in found[domain]}
        names = [name for name, one in tables.items() if platform.landing.last(one.landing)]
        with ProgressView() as view:
            report = run(platform, names, watcher=view.watch, ask="none") if names else None
    out = console()
    if report is not None:
        summary(platform, report)
    out.print(
        f"« {domain} » a sa clé k{key.version}. "
        + (
            f"Refaites depuis leur fichier reçu, avec ce qui les lit : {listing(names)}."
            if names
            else "Aucune de ses tables n’a encore de fichier reçu."
        )
    )
    return report is None or report.complete
