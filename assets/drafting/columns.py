"""What each column is, from a sample of its texts: its type, its format, what was doubtful.

A type is kept when it reads nine values of ten (`SHARE`): wrong values are then set aside, and the
draft says how many. Whatever looks like a code stays text, whatever its digits.
"""

import re
from collections.abc import Mapping
from dataclasses import replace

import duckdb

from assets.drafting.candidates import CANDIDATES, YEARS, Candidate
from assets.drafting.detector import SHARE, Detector, detectors
from assets.drafting.facts import Facts, all_look, facts_of, rejected
from assets.drafting.missing import is_missing_word
from assets.drafting.personal import with_persons
from assets.drafting.proposal import Proposal
from checks.contract import Contract
from checks.protection.kind import says
from resources.french import percent

_CODES = (
    "code cod codes insee siren siret nic id ids ident identifiant numero num no ref reference "
    "cp postal cedex dep departement reg region epci commune com iris uai finess naf ape rna tel "
    "telephone fax cle matricule parcelle section can arr cpv fantoir rivoli siv plan lot"
)
CODES = tuple(_CODES.split())
QUANTITIES = (
    "nb",
    "nbre",
    "nombre",
    "effectif",
    "total",
    "montant",
    "population",
    "pop",
    "surface",
)
# « 2A004 », « 12 bis », « A104 »: among numbers, they tell that the numbers were codes.
CODE_LIKE = re.compile(r"\d+ ?(bis|ter|quater)|\d+ ?[A-Z]\d*|[A-Za-z]{1,3}-?\d+", re.I)
WITH_UNIT = re.compile(
    r"[+-]?[\d ,.\u00a0\u202f]+ ?(€|%|eur|euros|m|m2|m²|km|kg|t|h|kwh|mwh)", re.I
)


def propose(
    connection: duckdb.DuckDBPyConnection, contract: Contract, titles: Mapping[str, str]
) -> tuple[list[Proposal], list[str]]:
    """A proposal for each column, and the words that say « no value » in this file.

    `titles` gives the title of each column of `contract`, whose columns are all texts and whose
    file was just read.
    """
    proposals, missing = [], dict.fromkeys([""])
    facts = facts_of(connection, contract)
    for rank, (column, known) in enumerate(zip(contract.columns, facts, strict=True)):
        found = Proposal(titles[column.name], column.name)
        if known is None:
            found = found.doubting("Toujours vide dans ce fichier : à retirer ?")
        else:
            found = _judged(connection, rank, found, known)
            typed = found.type != "string"
            missing |= dict.fromkeys(
                word for word in known.words if is_missing_word(word, among_typed=typed)
            )
        proposals.append(found)
    return with_persons(proposals), list(missing)


def _judged(
    connection: duckdb.DuckDBPyConnection, rank: int, found: Proposal, known: Facts
) -> Proposal:
    for name, detector in detectors().items():
        share = known.detectors[name]
        if not _convinces(detector, found.name, share, known):
            if detector.named(found.name) and 0.5 <= share < SHARE and detector.words:
                found = found.doubting(
                    f"Le titre dit {detector.what}, {percent(1 - share)} des valeurs n’en sont "
                    "pas : laissé en texte."
                )
            continue
        if detector.personal != "none" and not detector.named(found.name):
            found = found.doubting(f"Le contenu ressemble à {detector.what}.")
        kept = {word: value for word, value in detector.words.items() if word != "personal_data"}
        found = replace(found, words=kept, personal=detector.personal, example=detector.example)
        return found.doubting(*_set_aside(share if kept else 1.0, detector.what))
    allowed = [
        (known.candidates[index], -index, one)
        for index, one in enumerate(CANDIDATES)
        if one.allowed(found.name)
    ]
    share, _, best = max(allowed, key=lambda item: item[:2])
    if share < SHARE:
        return found.doubting(*_unread(connection, rank, best, share))
    return _typed(connection, rank, found, known, best, share)


def _convinces(detector: Detector, name: str, share: float, known: Facts) -> bool:
    if detector.named(name):
        return share >= min(SHARE, detector.share)
    # A few values pass any key by chance.
    few = known.distinct < 3 and detector.personal == "none"
    return detector.alone and share >= detector.share and not few


def _typed(
    connection: duckdb.DuckDBPyConnection,
    rank: int,
    found: Proposal,
    known: Facts,
    best: Candidate,
    share: float,
) -> Proposal:
    kind = best.words["type"]
    if kind in ("integer", "number"):
        why = _why_a_code(found.name, known, kind)
        unread = rejected(connection, rank, best)
        codes = sum(n for text, n in unread if CODE_LIKE.fullmatch(text))
        if why is None and codes * 2 > sum(n for _, n in unread):
            why = "des valeurs mêlent chiffres et lettres"
        if why is not None:
            return found.doubting(f"Des chiffres laissés en texte, comme un code : {why}.")
    found = replace(found, words=dict(best.words))
    doubts = [] if best.doubt is None else [f"Forme peu sûre : {best.doubt}."]
    doubts += _set_aside(
        share,
        {"integer": "un nombre entier", "number": "un nombre"}.get(
            kind, "une date lisible" if kind in ("date", "datetime") else "de ce type"
        ),
    )
    doubts += _ambiguities(connection, rank, found, known)
    return found.doubting(*doubts)


def _why_a_code(name: str, known: Facts, kind: str) -> str | None:
    if known.zeros:
        return "certains commencent par zéro"
    if says(name, QUANTITIES):
        return None
    if kind == "integer" and says(name, CODES):
        return "le titre annonce un code"
    if kind == "integer" and known.shortest == known.longest >= 7:
        return f"toujours {known.longest} caractères"
    return None


def _ambiguities(
    connection: duckdb.DuckDBPyConnection, rank: int, found: Proposal, known: Facts
) -> list[str]:
    """Where two readings give two values, which one was taken."""
    words = found.words
    tests = []
    if words["type"] == "number" and not words.get("groupChar"):
        mark = words.get("decimalChar", ".")
        tests.append(
            (
                rf"[+-]?[1-9]\d{{0,2}}[{mark}]\d{{3}}",
                f"Toujours trois chiffres après « {mark} » : décimales, ou milliers ?",
            )
        )
    if words.get("format") in ("%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y", "%d/%m/%y"):
        tests.append(
            (r"(0\d|1[0-2])\D(0\d|1[0-2])\D.*", "Jour avant mois : rien ne le prouve ici.")
        )
    if words["type"] == "integer" and not says(found.name, YEARS):
        tests.append((r"(19|20)\d\d", "Une année ? Alors « type: year »."))
    if words["type"] == "integer":
        tests.append(("[01]", "Que des 0 et des 1 : un booléen ?"))
    return [doubt for pattern, doubt in tests if all_look(connection, rank, pattern)]


def _unread(
    connection: duckdb.DuckDBPyConnection, rank: int, best: Candidate, share: float
) -> list[str]:
    """Why a column that nearly has a type stays text."""
    texts = rejected(connection, rank, best)
    with_unit = sum(n for text, n in texts if WITH_UNIT.fullmatch(text))
    if texts and with_unit >= SHARE * sum(n for _, n in texts) and share < 0.5:
        return ["Des nombres écrits avec leur unité : laissé en texte."]
    if share >= 0.5:
        return [
            f"{percent(share)} des valeurs se lisent comme « {best.words['type']} », trop peu : "
            "laissé en texte."
        ]
    return []


def _set_aside(share: float, what: str) -> list[str]:
    if share == 1.0:
        return []
    return [f"{percent(1 - share, 1)} des valeurs ne sont pas {what} : mises à l’écart."]
