"""`ardoise register`: the processings of the authority, declared and observed."""

import json
from pathlib import Path

from rich.text import Text

from assets.platform import Platform
from assets.register.export import register_json, write_register
from assets.register.facts import Processing, processings, told_by
from assets.register.words import assessment, duration
from pipelines.grids import console, filled, fitting
from resources.errors import ArdoiseError
from resources.files import refusal, write_whole
from resources.french import day, number, plural

COLUMNS = (
    (0, ("N°", "Traitement", "AIPD")),
    (84, ("N°", "Traitement", "Lignes", "Conservation", "AIPD")),
    (120, ("N°", "Traitement", "Tables", "Lignes", "Hors délai", "Conservation", "Purge", "AIPD")),
)
RIGHT = frozenset({"Lignes", "Hors délai"})


def observed(platform: Platform) -> list[Processing]:
    """The processings in use, with what is observed of them.

    Raises:
        BusyWarehouse: a run is under way.
    """
    catalogue = platform.catalogue
    tables, told = list(catalogue), told_by(platform.journal)
    if not platform.home.warehouse.is_file():
        return processings(None, tables, catalogue.processings, told)
    with platform.warehouse.writing() as connection:
        return processings(connection, tables, catalogue.processings, told)


def show_register(platform: Platform, ods: Path | None, as_json: Path | None) -> None:
    """A line for each processing, or the register in files.

    Raises:
        BusyWarehouse: a run is under way.
        ArdoiseError: a file cannot be written there.
    """
    found = observed(platform)
    territory = platform.territory.territory
    try:
        if ods is not None:
            write_register(ods, territory, found, platform.today)
            _written(ods, found)
        if as_json is not None:
            told = register_json(territory, found, platform.today)
            write_whole(as_json, json.dumps(told, ensure_ascii=False, indent=1).encode())
            _written(as_json, found)
    except OSError as error:
        raise ArdoiseError(
            f"Le registre n’a pas pu être écrit : {refusal(error)}. Rien d’autre n’a changé. "
            "Nommez un autre fichier, puis relancez."
        ) from None
    if ods is None and as_json is None:
        _list(found, platform)


def _written(path: Path, found: list[Processing]) -> None:
    console().print(f"{plural(len(found), 'traitement')} dans « {path} ».")


def _list(found: list[Processing], platform: Platform) -> None:
    out = console()
    columns = fitting(out.width, COLUMNS)
    out.print(
        filled(
            columns,
            [
                {
                    "N°": one.entry.number,
                    "Traitement": one.entry.title,
                    "Tables": ", ".join(held.key for held in one.holdings) or "–",
                    "Lignes": "–" if one.rows is None else number(one.rows),
                    "Hors délai": number(one.overdue),
                    "Conservation": duration(one.entry),
                    "Purge": day(one.purge.day) if one.purge else "jamais",
                    "AIPD": Text(
                        assessment(one.entry),
                        style="bold red" if one.entry.assessment.missing else "",
                    ),
                }
                for one in found
            ],
            right=RIGHT,
        )
    )
    missing = sum(one.entry.assessment.missing for one in found)
    told = f"{plural(len(found), 'traitement')} ; délégué à la protection des données : "
    out.print(told + platform.territory.territory.dpo + ".")
    if missing:
        out.print(
            f"{plural(missing, 'analyse')} d’impact à faire : les tables ouvertes qui en viennent "
            "ne sont pas publiées. Faites-la, puis écrivez « assessment: {reference: … } », ou "
            "« not_needed » avec sa raison."
        )
