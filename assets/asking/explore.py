"""Addresses of the Explore API v2.1 of Opendatasoft: a dataset, its records, its exports.

Pure: nothing is asked here. https://help.opendatasoft.com/apis/ods-explore-v2/
"""

import re
from collections.abc import Iterable, Sequence

from assets.asking.address import Address
from assets.asking.communes import communes
from assets.asking.interface import address
from checks.contract import Contract
from checks.territory import TerritoryFolder

SIMPLE = re.compile(r"[a-z_][a-z0-9_]*")
PAGE = 100
MOST = 10_000  # offset + limit must stay under it
Words = Sequence[tuple[str, str]]


def dataset(parts: Address) -> str:
    """The description of a dataset; its rows stand under it."""
    portal, _, name = parts.place.partition("/")
    return f"https://{portal}/api/explore/v2.1/catalog/datasets/{name}"


def kept(parts: Address, territory: TerritoryFolder) -> Words:
    """What keeps only the rows that are wanted."""
    words = parts.words
    conditions = [f"({words['where']})"] if "where" in words else []
    if "communes" in words:
        codes = ", ".join(f'"{code}"' for code in communes(territory))
        conditions.append(f"{_field(words['communes'])} in ({codes})")
    where = [("where", " and ".join(conditions))] if conditions else []
    return [*where, *((word, words[word]) for word in ("refine", "exclude") if word in words)]


def count(parts: Address, rows: Words) -> str:
    """How many rows there are, and none of them."""
    return address(f"{dataset(parts)}/records", [*rows, ("limit", "0")])


def export(parts: Address, rows: Words, fields: Iterable[str], contract: Contract) -> str:
    """The whole file, in the format and the dialect of the contract, under technical names."""
    layout = {
        "csv": [
            ("delimiter", contract.dialect.delimiter),
            ("list_separator", ","),
            ("with_bom", "false"),
        ],
        "parquet": [("parquet_compression", "zstd")],
    }
    words = [*_select(parts, fields), *rows, *layout.get(contract.format, [])]
    url = f"{dataset(parts)}/exports/{contract.format}"
    return address(url, [*words, ("use_labels", "false")])


def records(
    parts: Address, rows: Words, fields: Iterable[str], order: Iterable[str], offset: int
) -> str:
    """A page of rows from `offset` on."""
    words = [
        *_select(parts, fields),
        *rows,
        ("order_by", ", ".join(map(_field, order))),
        ("limit", str(min(PAGE, MOST - 1 - offset))),
        ("offset", str(offset)),
    ]
    return address(f"{dataset(parts)}/records", words)


def _select(parts: Address, fields: Iterable[str]) -> Words:
    return [
        ("select", ", ".join(map(_field, dict.fromkeys(fields)))),
        ("timezone", parts.words.get("timezone", "UTC")),
    ]


def _field(name: str) -> str:
    """A field as the portal's language takes it."""
    return name if SIMPLE.fullmatch(name) else f"`{name}`"
