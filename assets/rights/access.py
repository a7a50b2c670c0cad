"""Everything the platform keeps of a person, handed over (RGPD, art. 15): a folder to give her.

Every row of hers as it stands in tables, in what was set aside, in the files received; then the
facts of the letter, which are those of the register. The folder is outside of the data: what is
handed over is no copy to keep.
"""

import datetime as dt
import json
from calendar import monthrange
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb

from assets.catalogue import Table
from assets.platform import Platform
from assets.rights.identity import Scope
from assets.rights.landed import among, rows_kept
from assets.rights.rows import name_of, person_rows, put_away_rows
from checks.register import Entry
from resources.errors import DeclarationError
from resources.french import day, listing, plural
from resources.opendocument import write_sheets, write_text

BASES = {
    "consent": "votre consentement (art. 6.1.a)",
    "contract": "un contrat avec vous (art. 6.1.b)",
    "legal_obligation": "une obligation légale (art. 6.1.c)",
    "vital_interests": "des intérêts vitaux (art. 6.1.d)",
    "public_task": "une mission d’intérêt public (art. 6.1.e)",
    "legitimate_interests": "des intérêts légitimes (art. 6.1.f)",
}


@dataclass(frozen=True)
class Part:
    """Her rows in one place: `title` says which, `columns` what each means."""

    place: str
    title: str
    columns: Mapping[str, str]
    rows: Sequence[Mapping[str, Any]] = field(repr=False)


@dataclass(frozen=True)
class Handed:
    """What was handed over: where, how many rows by place, and until when to answer."""

    folder: Path
    rows: Mapping[str, int]
    until: dt.date


def gather(connection: duckdb.DuckDBPyConnection, platform: Platform, scope: Scope) -> list[Part]:
    """Every row of a person, who is in the list that the platform assumes for the time of this."""
    parts = []
    for table in scope.tables:
        meaning = {column.name: column.description for column in table.contract.columns}
        for relation, numbers in person_rows(connection, platform, table):
            if numbers:
                aside = relation != name_of(table)
                rows = _rows(connection, relation, numbers)
                title = f"{table.contract.title}{', lignes mises à l’écart' if aside else ''}"
                parts.append(Part(relation.replace('"', ""), title, meaning, rows))
        if rows := put_away_rows(platform, table):
            title = f"{table.contract.title}, archivage intermédiaire"
            parts.append(Part(f"intermediaire.{table.key}", title, meaning, rows))
        if table.layer == "sources" and (rows := _received(platform, table)):
            title = f"{table.contract.title}, fichiers reçus"
            parts.append(Part(f"depot.{table.landing}", title, meaning, rows))
    return parts


def hand_over(
    platform: Platform, scope: Scope, parts: Sequence[Part], folder: Path, received: dt.date
) -> Handed:
    """Write a person's folder: her data twice (JSON, and a spreadsheet), and the letter's facts.

    `received` is the day of her request, from which the month to answer runs (art. 12.3).

    Raises:
        DeclarationError: the folder is among the data, or holds something already.
    """
    if folder.resolve().is_relative_to(platform.home.path):
        raise DeclarationError(
            "Ce dossier est parmi les données : une copie de plus y resterait. Rien n’a été écrit. "
            "Nommez un dossier ailleurs."
        )
    if folder.exists() and any(folder.iterdir()):
        raise DeclarationError(f"Le dossier « {folder} » n’est pas vide. Rien n’a été écrit.")
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    today, until = platform.settings.today or dt.date.today(), a_month_after(received)
    told = {
        "traitement": scope.register,
        "extrait_le": today.isoformat(),
        "donnees": [
            {
                "ou": part.place,
                "titre": part.title,
                "colonnes": dict(part.columns),
                "lignes": [dict(row) for row in part.rows],
            }
            for part in parts
        ],
    }
    text = json.dumps(told, ensure_ascii=False, indent=1, default=str)
    (folder / "donnees.json").write_text(text, encoding="utf-8")
    sheets = {f"{rank} {part.place}": _sheet(part) for rank, part in enumerate(parts, 1)}
    write_sheets(folder / "donnees.ods", "Vos données", sheets or {"vide": []}, today)
    entry = platform.register.get(scope.register)
    sections = letter(platform, entry, parts, received, until)
    write_text(folder / "reponse.odt", "Réponse à votre demande d’accès", sections, today)
    return Handed(folder, {part.place: len(part.rows) for part in parts}, until)


def letter(
    platform: Platform,
    entry: Entry | None,
    parts: Sequence[Part],
    received: dt.date,
    until: dt.date,
) -> list[dict[str, Any]]:
    """What article 15.1 says must be told, as the register says it."""
    rows = sum(len(part.rows) for part in parts)
    first = (
        f"Votre demande est du {day(received)} ; la réponse est due au plus tard le {day(until)} "
        "(un mois, RGPD, art. 12.3 ; deux mois de plus si elle est complexe, en vous le disant)."
    )
    found = (
        f"{plural(rows, 'ligne vous concerne', 'lignes vous concernent')}, dans "
        f"{plural(len(parts), 'endroit')} : elles sont dans « donnees.ods »."
        if parts
        else "Nous n’avons aucune donnée qui vous concerne dans ce traitement."
    )
    sections: list[dict[str, Any]] = [{"paragraphs": [first, found]}]
    if entry is not None:
        sections.append({"title": "Ce traitement", "points": list(_facts(entry))})
    rights = (
        "Vous pouvez demander la rectification ou l’effacement de vos données, la limitation du "
        "traitement, ou vous y opposer, auprès de "
        f"{entry.dpo if entry else platform.territory.territory.dpo}, et saisir la CNIL d’une "
        "réclamation (3 place de Fontenoy, TSA 80715, 75334 Paris Cedex 07)."
    )
    return [*sections, {"title": "Vos droits", "paragraphs": [rights]}]


def a_month_after(received: dt.date) -> dt.date:
    """The day the month of article 12.3 ends: the same of the next month, or its last.

    Regulation (EEC, Euratom) 1182/71, art. 3.2.c.
    """
    year, month = (
        (received.year, received.month + 1) if received.month < 12 else (received.year + 1, 1)
    )
    return dt.date(year, month, min(received.day, monthrange(year, month)[1]))


def _facts(entry: Entry) -> Sequence[str]:
    facts = [
        f"Finalité : {listing([entry.purposes.main, *entry.purposes.others])}.",
        f"Base : {BASES[entry.basis.article_6]} ; {entry.basis.justification}.",
        f"Données : {listing(list(entry.data.values()))}.",
        f"Origine : {entry.origin}.",
        f"Destinataires : {listing(entry.recipients.all)}.",
        f"Conservation : {entry.retention.french}, à compter de : {entry.retention.starts}.",
    ]
    facts += [
        f"Transfert hors de l’Union : {one.recipient} ({one.country}), {one.guarantee}."
        for one in entry.transfers
    ]
    return facts


def _rows(
    connection: duckdb.DuckDBPyConnection, relation: str, numbers: set[int]
) -> list[dict[str, Any]]:
    cursor = connection.execute(f"select * from {relation} where {among(numbers)}")
    names = [str(column[0]) for column in cursor.description or []]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def _received(platform: Platform, table: Table) -> list[dict[str, Any]]:
    """Her rows in every file kept, each once, with the day the file was received."""
    found: dict[tuple[str | None, ...], dict[str, Any]] = {}
    for on, row in rows_kept(platform, table):
        found.setdefault(tuple(row.values()), {"recu_le": on.isoformat(), **row})
    return list(found.values())


def _sheet(part: Part) -> list[list[object]]:
    names = list(dict.fromkeys(name for row in part.rows for name in row))
    meaning: list[object] = [part.columns.get(name, "") for name in names]
    return [
        [part.title],
        list(names),
        meaning,
        *([_cell(row.get(name)) for name in names] for row in part.rows),
    ]


def _cell(value: object) -> object:
    return value if isinstance(value, int | float | str) or value is None else str(value)
