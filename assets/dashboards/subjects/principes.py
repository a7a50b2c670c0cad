"""The five principles on one page: one honest grade of practices each, and what failed."""

from collections.abc import Iterator

from assets.dashboards.chips import Chip
from assets.dashboards.practice_facts import practice_facts
from assets.dashboards.practices import (
    VERSION,
    Principle,
    chip,
    grade,
    principles,
    summary,
    worst_first,
)
from assets.dashboards.site import Draft, Site

NAVIGATION = (2, "Principes", "principes.html")


def drafts(site: Site) -> Iterator[Draft]:
    """The one page."""
    found = principles(practice_facts(site))
    broken = sum(practice.kept is not True for one in found for practice in one.practices)
    whole = sum(len(one.practices) for one in found)
    lead = (
        f"Sur {whole} pratiques que la plateforme vérifie elle-même, **{whole - broken} sont "
        f"tenues**. Les autres sont listées, avec ce qui manque."
    )
    yield Draft(
        "principes.html",
        "Les cinq principes",
        "principes.html.j2",
        {"lead": lead, "version": VERSION, "principles": [_words(one) for one in found]},
    )


def _words(one: Principle) -> dict[str, object]:
    letter = grade(one.practices)
    broken = sum(practice.kept is not True for practice in one.practices)
    told = "Tout est tenu" if not broken else f"{broken} à reprendre"
    return {
        "name": one.name,
        "means": one.means,
        "grade": letter,
        "chip": Chip("good" if not broken else "over" if letter in "DE" else "watch", told),
        "detail": summary(one.practices),
        "lines": [
            {"sentence": practice.sentence, "chip": chip(practice), "detail": practice.detail}
            for practice in worst_first(one.practices)
        ],
    }
