"""What nothing may leave, however old: data under a dispute, and public archives without a visa.

A dispute (`hold` of the register) suspends every elimination, so that evidence stays (RGPD, art.
17.3.e and 18.1.c). What the register sends to archives, whole or sorted, is eliminated only with
the visa of the archives (code du patrimoine, art. L212-2, L212-3 and R212-14): its draft is written
here, with counts and dates, never a value.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from assets.catalogue import Table
from assets.intermediate import second_age
from assets.platform import Platform
from assets.purge import Past
from checks.register import Entry
from resources.french import day
from resources.opendocument import write_sheets

FINAL = {"archive": "conservation définitive", "sort": "tri", "destroy": "destruction"}


@dataclass(frozen=True)
class Withheld:
    """A table that keeps what is past its time, and why, in French."""

    table: str
    register: str
    code: str
    why: str


def withheld(
    platform: Platform,
    tables: Iterable[Table],
    *,
    handed_over: bool = False,
    at_the_end: bool = False,
) -> dict[str, Withheld]:
    """The tables that nothing may leave, by key; one read by a table under dispute is among them:
    what is made of it would change.

    `handed_over` says that what goes to archives is given to them first; `at_the_end` asks of what
    is past its second age. What has one is not eliminated at the end of the first.
    """
    found = {}
    for table in tables:
        final = at_the_end or second_age(platform, table) is None
        for key in (table.key, *sorted(platform.catalogue.downstream([table.key]) - {table.key})):
            name = platform.catalogue.tables[key].contract.protection.register_entry
            entry = platform.register.get(name) if name else None
            if name and entry and (told := _why(entry, final and key == table.key, handed_over)):
                found[table.key] = Withheld(table.key, name, *told)
                break
    return found


def _why(entry: Entry, own: bool, handed_over: bool) -> tuple[str, str] | None:
    if entry.hold is not None:
        return "gel", (
            f"« {entry.title} » est gelé depuis le {day(entry.hold.since)} ({entry.hold.author}) : "
            "rien n’en part tant que « hold » est au registre"
        )
    if not own or entry.retention.final == "destroy":
        return None
    if not entry.elimination_visa:
        return "visa", (
            f"le sort final de « {entry.title} » est « {FINAL[entry.retention.final]} » : faites "
            "viser le bordereau par les archives, puis écrivez la référence du visa "
            "(« elimination_visa ») au registre"
        )
    if not handed_over:
        return "versement", (
            f"« {entry.title} » va aux archives (visa {entry.elimination_visa}) : dites où le "
            "verser d’abord, par « --archives DOSSIER »"
        )
    return None


def draft_elimination(
    platform: Platform, register: str, past: Sequence[Past], folder: Path
) -> Path:
    """Write the draft of a `bordereau d’élimination`, for the archives to check and sign.

    Its columns are those of the model of the Service interministériel des Archives de France.
    """
    entry = platform.register[register]
    today = platform.settings.today or dt.date.today()
    head = [
        "N° d’ordre",
        "Intitulé des documents",
        "Dates extrêmes",
        "Support",
        "Importance matérielle (lignes)",
        "Durée d’utilité administrative",
        "Texte de référence",
        "Sort final",
        "Observations",
    ]
    rows: list[list[object]] = [
        ["Bordereau d’élimination (projet)"],
        ["Service versant ou propriétaire", entry.service],
        ["Responsable", entry.controller],
        ["Traitement", f"{entry.number} {entry.title}"],
        ["Établi le", day(today)],
        [],
        list(head),
    ]
    for rank, one in enumerate(past, 1):
        contract = platform.catalogue.tables[one.table].contract
        rows.append(
            [
                rank,
                f"{contract.title} ({one.table})",
                f"jusqu’au {day(dt.date.fromisoformat(one.limit))} exclu",
                "numérique",
                one.rows + one.aside,
                entry.retention.french,
                entry.retention.reference,
                FINAL[entry.retention.final],
                contract.retention.reason,
            ]
        )
    rows += [
        [],
        ["Le responsable du service", "", "", "Visa du directeur des archives", ""],
        ["Date et signature", "", "", "Date, référence et signature", ""],
    ]
    path = folder / f"bordereau-elimination-{register}-{today.isoformat()}.ods"
    write_sheets(path, "Bordereau d’élimination", {"Bordereau": rows}, today)
    return path
