"""The register of processings (RGPD, art. 30): an index, and one sheet per processing.

What anyone may read (CADA). The security measures are counted, not described: whoever must read
them has the file of `ardoise register`.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from assets.dashboards.chips import Chip
from assets.dashboards.sheet import ACCESS, PERSONAL
from assets.dashboards.site import Draft, Site
from assets.register.facts import Holding, Processing, processings
from assets.register.words import CRITERIA, DATA, FINAL, assessment, duration, ground
from checks.contract import NATURES
from checks.register import Entry
from resources import french

NAVIGATION = (5, "Registre", "registre.html")


def drafts(site: Site) -> Iterator[Draft]:
    """The index, then a sheet for each processing."""
    found = processings(site.connection, site.tables, site.register, site.journal)
    yield Draft(
        "registre.html",
        "Registre des traitements",
        "registre.html.j2",
        {
            "lead": _lead(found),
            "dpo": site.territory.dpo,
            "rows": [
                {
                    "path": f"registre/{one.name}.html",
                    "title": one.entry.title,
                    "more": f"{one.entry.number}, {one.entry.service}",
                    "rows": "–" if one.rows is None else french.number(one.rows),
                    "keep": one.entry.retention.french,
                    "chip": _chip(one),
                }
                for one in found
            ],
        },
    )
    for one in found:
        yield Draft(
            f"registre/{one.name}.html", one.entry.title, "traitement.html.j2", _words(site, one)
        )


def _lead(found: Sequence[Processing]) -> str:
    missing = sum(one.entry.assessment.missing for one in found)
    told = (
        french.plural(missing, "analyse d’impact reste", "analyses d’impact restent") + " à faire"
    )
    return (
        f"**{french.plural(len(found), 'traitement')}** de données personnelles. Aucune colonne "
        "personnelle n’est lue sans l’un d’eux : la plateforme refuse alors de démarrer. "
        + (f"**{told}** : rien de ce qui en vient n’est ouvert." if missing else "")
    ).strip()


def _words(site: Site, one: Processing) -> dict[str, Any]:
    entry = one.entry
    return {
        "description": entry.purposes.main,
        "number": entry.number,
        "name": one.name,
        "lead": entry.purposes.main + ".",
        "others": entry.purposes.others,
        "chip": _chip(one),
        "facts": _facts(one),
        "said": _said(entry),
        "data": [(DATA[kind], text) for kind, text in entry.data.items()],
        "holdings": [_held(held) for held in one.holdings],
        "opened": french.listing([f"« {title} »" for title in one.opened]),
        "assessment": _upper(assessment(entry)),
        "criteria": [_upper(CRITERIA[name]) for name in dict.fromkeys(entry.assessment.criteria)],
        "rights": entry.rights,
        "hold": f"Depuis le {french.day(entry.hold.since)} : {entry.hold.reason}."
        if entry.hold
        else "",
        "measures": french.plural(
            len(entry.security.technical) + len(entry.security.organisational),
            "mesure de sécurité est décrite",
            "mesures de sécurité sont décrites",
        ),
    }


def _facts(one: Processing) -> list[dict[str, str]]:
    """What is observed and what bounds it: one fact, one precision."""
    entry, ages = one.entry, one.entry.retention
    purge = one.purge
    return [
        _fact(
            "Lignes gardées",
            "–" if one.rows is None else french.number(one.rows),
            f"{french.plural(one.overdue, 'ligne')} hors délai",
        ),
        _fact("Conservation", ages.french, f"puis {FINAL[ages.final]}"),
        _fact(
            "Dernière purge",
            french.day(purge.day) if purge else "Aucune",
            french.plural(purge.rows, "ligne partie", "lignes parties") if purge else "",
        ),
        _fact("Mis à jour le", french.day(entry.updated), f"créé le {french.day(entry.created)}"),
    ]


def _said(entry: Entry) -> list[tuple[str, str]]:
    """Article 30, word by word; what does not apply is said not to."""
    ages = entry.retention
    moves = [f"{one.recipient}, {one.country} ({one.guarantee})" for one in entry.transfers]
    others = entry.joint_controllers
    count = entry.number_of_persons
    told = [
        ("Responsable", entry.controller + (f", avec {french.listing(others)}" if others else "")),
        ("Service", entry.service),
        ("Base légale", ground(entry)),
        (
            "Personnes",
            french.listing(entry.persons)
            + (f" (environ {french.number(count)})" if count is not None else ""),
        ),
        ("Origine", entry.origin),
        ("Destinataires", " ; ".join(entry.recipients.all)),
        ("Hors de l’Union européenne", " ; ".join(moves) or "Aucun transfert"),
        ("Durée", f"{duration(entry)}. Elle court depuis : {_lower(ages.starts)}"),
        ("Texte de référence", ages.reference),
        ("Validation", ages.validated_by),
    ]
    return [(name, _upper(text).rstrip(".") + ".") for name, text in told]


def _held(held: Holding) -> dict[str, str]:
    worst = max(held.natures.values(), key=NATURES.index, default="none")
    kind = _lower(PERSONAL[worst].removeprefix("Oui, "))
    natures = f"{french.plural(len(held.natures), 'colonne')}, {kind}"
    if held.pseudonyms:
        natures += f", dont {len(held.pseudonyms)} derrière un pseudonyme"
    more = f"{ACCESS[held.access]}, {held.keep}"
    if held.left_out:
        count = len(held.left_out)
        told = french.plural(count, "colonne du fichier n’est", "colonnes du fichier ne sont")
        more += f" ; {told} ni lue{'s' * (count > 1)} ni gardée{'s' * (count > 1)}"
    return {
        "path": f"../catalogue/{held.key}.html",
        "title": held.title,
        "more": more,
        "rows": "–" if held.rows is None else french.number(held.rows),
        "natures": natures,
    }


def _chip(one: Processing) -> Chip:
    """What the DPO must look at first."""
    if one.entry.hold:
        return Chip("watch", "Gelé")
    if one.entry.assessment.missing:
        return Chip("over", "AIPD à faire")
    if one.overdue:
        return Chip("over", "Hors délai")
    return Chip("good", "À jour")


def _fact(name: str, value: str, more: str) -> dict[str, str]:
    return {"name": name, "value": value, "more": more}


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]
