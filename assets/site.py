"""The static pages: rendered, held to their own rules, then put in place of the former ones.

What a page says is in `assets.dashboards`; what it must satisfy is in `checks.page`.
"""

import datetime as dt
import hashlib
import json
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import duckdb

from assets.dashboards.facts import Late
from assets.platform import Platform
from assets.reception import outages_of
from assets.register.facts import told_by
from checks.page import check_page
from checks.rules import Verdict
from resources.files import write_whole

if TYPE_CHECKING:
    from assets.dashboards.site import Draft, Site

MANIFEST = "manifeste.json"


@dataclass(frozen=True)
class SitePublication:
    """What became of the site: pages written and kept back, their weight, their verdicts.

    `digests` are the sha256 of what was written. `verdicts` are those of the page that does worst,
    by rule: one broken page is one broken rule.
    """

    pages: int
    kept_back: Sequence[str]
    facts: Mapping[str, int]
    verdicts: Sequence[Verdict]
    digests: Mapping[str, str]

    @property
    def written(self) -> bool:
        """Whether every page replaced the former one."""
        return not self.kept_back


def publish_site(
    connection: duckdb.DuckDBPyConnection, platform: Platform, today: dt.date
) -> SitePublication:
    """Render every page from the platform's own tables, and put those that keep their word.

    A page that breaks a rule leaves the former one in place; pages nobody makes any more go.
    """
    # Jinja: paid only when pages are rendered.
    from assets.dashboards.pages import render_draft
    from assets.dashboards.site import drafts

    site = site_of(connection, platform, today)
    folder = platform.home.site
    manifest: dict[str, Mapping[str, int]] = {}
    kept_back: list[str] = []
    digests: dict[str, str] = {}
    worst: dict[str, Verdict] = {}
    made = list(drafts(site))
    for page in [render_draft(draft) for draft in made]:  # all of them, or none is written
        verdicts = check_page(page.content, gzip_bytes=page.gzip_bytes)
        for verdict in verdicts:
            known = worst.setdefault(verdict.rule.name, verdict)
            if known.passed and not verdict.passed:
                worst[verdict.rule.name] = verdict
        manifest[page.name] = page.facts
        if any(verdict.refuses for verdict in verdicts):
            kept_back.append(page.name)
            continue
        write_whole(folder / page.name, page.content)
        digests[page.name] = hashlib.sha256(page.content).hexdigest()
    _write_documents(made, platform, today)
    _remove_stale(platform, set(manifest))
    write_whole(folder / MANIFEST, json.dumps(manifest, indent=1).encode())
    facts = {
        "pages": len(manifest),
        "bytes": sum(page["bytes"] for page in manifest.values()),
        "gzip_bytes": max(page["gzip_bytes"] for page in manifest.values()),
        "nodes": max(page["nodes"] for page in manifest.values()),
        "requests": max(page["requests"] for page in manifest.values()),
    }
    return SitePublication(len(manifest), kept_back, facts, list(worst.values()), digests)


def site_of(connection: duckdb.DuckDBPyConnection, platform: Platform, today: dt.date) -> "Site":
    """What every page may draw from, on a day."""
    from assets.dashboards.site import Site

    return Site(
        connection,
        platform.territory.territory,
        list(platform.catalogue),
        today,
        platform.journal.intact(),
        _late(platform),
        platform.catalogue.processings,
        told_by(platform.journal),
    )


def _late(platform: Platform) -> list[Late]:
    """The sources that give nothing at the moment."""
    outages = outages_of(platform)
    found = []
    for table in platform.catalogue:
        if table.layer == "sources" and (outage := outages.get(table.key)):
            landed = platform.landing.last(table.landing)
            received_on = landed.received_at.date() if landed else None
            found.append(Late(table.contract.title, received_on, outage.since.date()))
    return found


def _write_documents(made: "Sequence[Draft]", platform: Platform, today: dt.date) -> None:
    """The pages that an agent completes, as documents of an office suite too."""
    from resources.opendocument import write_text

    for draft in made:
        if draft.document is not None:
            sections = [{"paragraphs": [draft.words["lead"]]}, *draft.words["sections"]]
            write_text(platform.home.site / draft.document, draft.title, sections, today)


def _remove_stale(platform: Platform, current: set[str]) -> None:
    folder = platform.home.site
    for path in [*folder.glob("*.html"), *folder.glob("*/*.html")]:
        if path.relative_to(folder).as_posix() not in current:
            path.unlink()
    for path in folder.iterdir():
        if path.is_dir() and not any(path.iterdir()):
            shutil.rmtree(path)
