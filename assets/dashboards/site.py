"""The site: which pages there are, what each is given, how they find one another.

One module of `assets.dashboards.subjects` per page, or per family of pages; adding a page adds a
file. How a page is rendered is in `assets.dashboards.pages`, when it is written in `assets.site`.
"""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from importlib import import_module
from pathlib import Path
from typing import Any, Protocol, cast

import duckdb

from assets.catalogue import Table
from assets.dashboards import footnotes
from assets.dashboards.facts import Budget, Late, TableCard
from assets.register.facts import Told
from checks.register import Entry
from checks.territory import Territory
from resources import french

SUBJECTS = Path(__file__).parent / "subjects"
LAST = "plan"  # the plan of the site is made from all the other pages


@dataclass(frozen=True)
class Draft:
    """A page to render: where it goes, its title, its template and words.

    `gzip_bytes` is its own budget when it is not the common one; `document` the file to complete
    in an office suite, beside the page.
    """

    path: str
    title: str
    template: str
    words: Mapping[str, Any]
    gzip_bytes: int | None = None
    document: str | None = None

    @property
    def root(self) -> str:
        """How the page names the folder of the site."""
        return "../" * self.path.count("/")


@dataclass(frozen=True)
class Site:
    """What every page may draw from. Nothing of a source's rows: counts, bytes, energy, words."""

    connection: duckdb.DuckDBPyConnection
    territory: Territory
    tables: Sequence[Table]
    today: dt.date
    journal_intact: bool | None = None
    late: Sequence[Late] = ()
    register: Mapping[str, Entry] = field(default_factory=dict)
    journal: Told = field(default_factory=Told)
    made: Sequence[Draft] = field(default=())

    @cached_property
    def cards(self) -> list[TableCard]:
        """What pages need of each contract."""
        return [table_card(table) for table in self.tables]

    @property
    def budget(self) -> Budget:
        """What the council voted."""
        voted = self.territory.budget
        return Budget(voted.energy_kwh_month, voted.storage_gb)


class Subject(Protocol):
    """What each module of `assets.dashboards.subjects` offers.

    `NAVIGATION` is its place and its words in the header, None for the pages of the footer.
    """

    NAVIGATION: tuple[int, str, str] | None

    def drafts(self, site: Site) -> Iterator[Draft]:
        """The pages of this subject."""
        ...


def drafts(site: Site) -> Iterator[Draft]:
    """Every page of the site, ready to be rendered."""
    made: list[Draft] = []
    for name in [*(each for each in subjects() if each != LAST), LAST]:
        for draft in _subject(name).drafts(replace(site, made=tuple(made))):
            made.append(draft)
            yield replace(draft, words={**_frame(site, draft), **draft.words})


def subjects() -> list[str]:
    """The names of the subjects."""
    return sorted(path.stem for path in SUBJECTS.glob("*.py") if path.stem != "__init__")


def navigation() -> list[tuple[str, str]]:
    """The words and addresses of the header, in order."""
    entries = [_subject(name).NAVIGATION for name in subjects()]
    return [(words, path) for _, words, path in sorted(entry for entry in entries if entry)]


def table_card(table: Table) -> TableCard:
    """What a page needs of a contract."""
    contract = table.contract
    return TableCard(
        name=table.key,
        title=contract.title,
        theme=contract.theme,
        layer=table.layer,
        access=contract.access,
        synthetic=contract.synthetic,
        keep=contract.retention.keep,
        keep_reason=contract.retention.reason,
        cadence=contract.cadence,
        owner=contract.owner or None,
        publisher=contract.publisher or None,
        license=contract.license or None,
    )


def _frame(site: Site, draft: Draft) -> dict[str, Any]:
    """The words of the frame, which every page has."""
    return {
        "title": draft.title,
        "description": draft.title,
        "territory": site.territory.name,
        "root": draft.root,
        "path": draft.path,
        "navigation": navigation(),
        "banner": footnotes.banner(site.cards),
        "credits": footnotes.credits(site.cards),
        "made_on": french.day(site.today),
        "reen": draft.path in ("index.html", "bilan.html"),
    }


def _subject(name: str) -> Subject:
    return cast(Subject, import_module(f"assets.dashboards.subjects.{name}"))
