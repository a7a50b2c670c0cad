"""The titles of a file, and where each column of the contract stands under them.

By name, never by position: order does not matter, titles that nobody asked for are reported.
"""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field

from checks.contract import Column, Contract
from checks.declaration import closest
from resources.errors import SourceError

UNNAMED = "(sans titre)"


@dataclass(frozen=True)
class Titles:
    """What a file calls the columns of a contract.

    `found`: the title of each column of the contract, in its order; None for an optional column
    that the file does not have. `unnamed`: the places of columns without a title. `extra`: titles
    not asked for. `aliases`: the columns that stand
    under another title than the usual one. `absent`: the optional columns that are not there.
    """

    header: list[str]
    found: list[str | None]
    extra: list[str]
    unnamed: list[int] = field(default_factory=list)
    aliases: dict[str, str] = field(default_factory=dict)
    absent: list[str] = field(default_factory=list)


def placed(header: Sequence[str], contract: Contract) -> Titles:
    """Find the columns of the contract among the titles of a file.

    Raises:
        SourceError: `EN_TETE`, when two columns have one title; `SCHEMA`, with the closest title
            found for each column that is missing.
    """
    titles = [_seen(title) for title in header]
    repeated = sorted({title for title in titles if title and titles.count(title) > 1})
    if repeated:
        told = ", ".join(f"« {title} »" for title in repeated)
        raise SourceError("EN_TETE", f"des colonnes portent le même titre : {told}")
    check_columns(titles, contract)
    found = [_under(column, titles) for column in contract.columns]
    columns = list(zip(contract.columns, found, strict=True))
    return Titles(
        header=titles,
        found=found,
        extra=[title for title in titles if title and title not in found]
        + ([UNNAMED] if "" in titles else []),
        unnamed=[place for place, title in enumerate(titles) if not title],
        aliases={c.name: t for c, t in columns if t is not None and t != _seen(c.header)},
        absent=[column.name for column, title in columns if title is None],
    )


def check_columns(header: Sequence[str], contract: Contract) -> None:
    """Every column of the contract must be there, by name, but those that may be absent.

    Raises:
        SourceError: `SCHEMA`, with the closest title found for each that is missing.
    """
    titles = [_seen(title) for title in header]
    missing = [
        column.header
        for column in contract.columns
        if _under(column, titles) is None
        and (not column.optional or column.name in contract.key or column.constraints.required)
    ]
    if missing:
        told = ", ".join(f"« {name} »{closest(name, titles)}" for name in missing)
        raise SourceError("SCHEMA", f"des colonnes attendues manquent : {told}")


def _under(column: Column, titles: list[str]) -> str | None:
    return next((seen for name in column.headers if (seen := _seen(name)) in titles), None)


def _seen(title: str) -> str:
    """The title as an eye sees it: accents composed, one kind of space, nothing invisible."""
    composed = unicodedata.normalize("NFC", title)
    shown = "".join(one for one in composed if unicodedata.category(one) != "Cf")
    return shown.replace("\u00a0", " ").replace("\u202f", " ").strip()
