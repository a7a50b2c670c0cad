"""The words of a drafted contract: what was found, what nobody knows yet, what it may cost."""

from collections.abc import Sequence
from math import ceil
from pathlib import Path
from typing import Any

from assets.drafting.known import TO_COMPLETE, About
from assets.drafting.proposal import Proposal
from assets.drafting.shape import Shape
from assets.drafting.trial import Trial
from assets.drafting.units import unit_of
from checks.contract import PersonalData
from resources.french import listing

# Of what a file weighs and costs today, the budget that warns: it will grow.
MARGIN = 2
USUAL_PCT = 5  # set aside without the contract saying a word (`checks.contract`)


def words_of(
    shape: Shape, about: About, proposals: Sequence[Proposal], missing: Sequence[str] = ("",)
) -> dict[str, Any]:
    """The words of a contract with these columns, in the order they are written."""
    words: dict[str, Any] = {
        "title": about.title or TO_COMPLETE,
        "description": about.description or TO_COMPLETE,
        "publisher": about.publisher or TO_COMPLETE,
        "license": about.license or TO_COMPLETE,
        "homepage": about.homepage,
        "theme": "référentiel",
        "grain": TO_COMPLETE,
        "url": about.url,
        **shape.words,
        "missingValues": list(missing),
        "cadence": about.cadence or "ponctuelle",
        "columns": [_column(one, about) for one in proposals],
        "access": "open" if about.license else "internal",
        "retention": {"keep": "5 years", "reason": TO_COMPLETE},
        "budget": {"downloaded_mb": 1, "stored_mb": 1, "cpu_s": 2},
    }
    return words


def grain_of(key: Sequence[str]) -> str:
    """What a row is, by its key."""
    return f"une ligne par {listing(key)}" if key else f"une ligne par… ({TO_COMPLETE})"


def protection_of(personal: PersonalData, name: str) -> dict[str, Any]:
    """The words that protect persons, where there are any."""
    if personal == "none":
        return {}
    return {
        "protection": {"personal_data": personal, "register": name},
        "access": "restricted",
        "retention": {"keep": "1 year", "reason": TO_COMPLETE},
    }


def costs_of(file: Path, trial: Trial, whole: float) -> dict[str, Any]:
    """The budget of the whole dataset, and the share of rows that may be set aside if unusual."""
    words: dict[str, Any] = {}
    share = 100 * trial.staged.quarantined / trial.staged.received
    if share > USUAL_PCT:
        words["quarantine"] = {"max_pct": min(100, ceil(1.5 * share))}
    words["budget"] = {
        "downloaded_mb": _rounded(MARGIN * whole * file.stat().st_size / 1e6),
        "stored_mb": max(1, _rounded(MARGIN * whole * trial.stored_bytes / 1e6)),
        "cpu_s": max(2, ceil(MARGIN * whole * trial.cpu_s + 1)),
    }
    return words


def _column(one: Proposal, about: About) -> dict[str, Any]:
    title, description = about.columns.get(one.title, ("", ""))
    words: dict[str, Any] = {"name": one.name}
    if one.title != one.name:
        words["from"] = one.title
    if (title or one.title) != one.name:
        words["title"] = title or one.title
    words |= {word: value for word, value in one.words.items() if word != "constraints"}
    if one.type in ("number", "integer") and (unit := unit_of(one.name, one.title)):
        words["unit"] = unit
    words["description"] = description or f"{TO_COMPLETE} : {title or one.title}"
    words["example"] = one.example or ""
    if one.personal != "none":
        words["personal_data"] = one.personal
    if one.words.get("constraints"):
        words["constraints"] = one.words["constraints"]
    return words


def _rounded(megabytes: float) -> float:
    """Upwards, to what an agent would write."""
    return ceil(10 * megabytes) / 10 if megabytes < 1 else ceil(megabytes)
