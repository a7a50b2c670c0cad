"""From a file to the words of its contract, each doubt said, tried on the file itself.

The text of the contract is written in `assets.drafting.writing`.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from assets.drafting.columns import propose
from assets.drafting.constraints import constrained, measured
from assets.drafting.detector import SHARE
from assets.drafting.doubts import doubts_of, missing_doubts, others_in
from assets.drafting.keys import key_of
from assets.drafting.known import About
from assets.drafting.names import names_of
from assets.drafting.packed import unpacked
from assets.drafting.personal import strongest
from assets.drafting.proposal import Proposal
from assets.drafting.shape import Shape, shape_of
from assets.drafting.trial import Bench, Trial, bench
from assets.drafting.words import costs_of, grain_of, protection_of, words_of
from checks.contract import Column, Contract, PersonalData
from checks.declaration import VARIABLE
from resources.errors import SourceError

CUT = 60  # longest example copied
BORN = dt.datetime(1985, 5, 17)  # nobody's birth


@dataclass(frozen=True)
class Draft:
    """Everything the text of a contract is written from."""

    name: str
    file: Path
    about: About
    words: Mapping[str, Any]
    proposals: Sequence[Proposal]
    doubts: Sequence[str]
    key_doubts: Sequence[str]
    missing_doubts: Sequence[str]
    trial: Trial
    personal: PersonalData

    @property
    def contract(self) -> Contract:
        """The drafted contract."""
        return Contract.model_validate(self.words)


def drafted(file: Path, name: str, about: About) -> Draft:
    """Profile a file and propose its contract, which accepts it.

    Raises:
        SourceError: the file cannot be read, or holds no row that could be published.
    """
    with unpacked(file) as plain:
        shape = shape_of(plain.path)
    if plain.member is not None:
        shape = replace(
            shape,
            words={**shape.words, "member": plain.member},
            doubts=[*shape.doubts, *others_in(plain)],
        )
    found = dict(zip(shape.titles, names_of(shape.titles), strict=False))
    titles = {name: title for title, name in found.items() if title}
    for title in titles.values():
        if VARIABLE.search(title):
            raise SourceError(
                "EN_TETE",
                f"le titre « {title} » s’écrit comme une variable du territoire, entre accolades : "
                "aucun contrat ne peut le nommer",
            )
    if not titles:
        raise SourceError("EN_TETE", "aucune colonne n’a de titre")
    with bench(file) as tried:
        texts = words_of(shape, about, [Proposal(title, name) for name, title in titles.items()])
        if not tried.read(Contract.model_validate(texts)):
            raise SourceError("VIDE", "le fichier n’a aucune ligne lisible sous ses titres")
        proposals, missing = propose(tried.connection, Contract.model_validate(texts), titles)
        proposals, trial = _kept(tried, shape, about, proposals, missing)
        rows, figures = measured(tried.connection, tried.table, list(titles))
        proposals = [
            constrained(tried.connection, tried.table, rows, one, of)
            for one, of in zip(proposals, figures, strict=True)
        ]
        key, key_doubts = key_of(tried.connection, tried.table, rows, proposals, figures)
        words = words_of(shape, about, proposals, missing)
        words |= {"key": key} if key else {}
        trial = tried.stage(Contract.model_validate(words | costs_of(file, trial, about.whole)))
        words |= costs_of(file, trial, about.whole)
        words["columns"] = _with_examples(tried, Contract.model_validate(words), proposals, words)
    words["grain"] = grain_of(key)
    personal = strongest([one.personal for one in proposals])
    words |= protection_of(personal, name)
    return Draft(
        name,
        file,
        about,
        words,
        proposals,
        doubts_of(about, shape, trial),
        key_doubts,
        missing_doubts(missing),
        trial,
        personal,
    )


def _kept(
    tried: Bench, shape: Shape, about: About, proposals: list[Proposal], missing: list[str]
) -> tuple[list[Proposal], Trial]:
    """The proposals the whole file agrees with, and what became of the file under them."""
    while True:
        trial = tried.stage(Contract.model_validate(words_of(shape, about, proposals, missing)))
        most = (1 - SHARE) * trial.staged.received
        wrong = {
            column
            for column, _, _ in (fault.partition(":") for fault in trial.faults)
            if sum(n for fault, n in trial.faults.items() if fault.startswith(f"{column}:")) > most
        }
        wrong &= {one.name for one in proposals if one.words}
        if not wrong:
            break
        proposals = [
            one.as_text("Sur le fichier entier, trop de valeurs n’ont pas cette forme : en texte.")
            if one.name in wrong
            else one
            for one in proposals
        ]
    if not trial.staged.rows:
        raise SourceError(
            "NB_COLONNES",
            "aucune ligne n’a le nombre de colonnes de la ligne de titres : ce fichier ne peut "
            "pas être publié tel quel",
        )
    return proposals, trial


def _with_examples(
    tried: Bench, contract: Contract, proposals: Sequence[Proposal], words: Mapping[str, Any]
) -> list[dict[str, Any]]:
    """The columns with an example each: a value of the file, or an invented one for a person."""
    columns = []
    for said, column, one in zip(words["columns"], contract.columns, proposals, strict=True):
        if one.example is None:
            example = tried.example(contract, column) or ""
        else:
            example = _as_written(column, one.example)
        if one.type == "geojson":
            example = '{"type": "Point", "coordinates": [-0.55, 47.47]}'
        if one.words == {} or not one.words.get("constraints", {}).get("enum"):
            example = example if len(example) <= CUT else example[:CUT].rstrip() + "…"
        # Between braces, a word would be read as a variable of the territory.
        columns.append({**said, "example": VARIABLE.sub(r"(\1)", example)})
    return columns


def _as_written(column: Column, invented: str) -> str:
    """An invented example in the form its column is written in."""
    if column.type in ("date", "datetime"):
        written = column.format if column.format and "%" in column.format else None
        day = BORN if column.type == "datetime" else BORN.date()
        return day.strftime(written) if written else day.isoformat()
    if column.type in ("integer", "number") and not invented.isdecimal():
        return "1"
    return invented
