"""A draft as a text: the YAML a data engineer would have written, its doubts in comments."""

import os
import textwrap
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from assets.decoding.reasons import REASONS
from assets.drafting.draft import Draft
from assets.drafting.known import TO_COMPLETE
from resources.french import day, number, percent, plural, weight
from resources.settings import REPOSITORY

WIDTH = 100
SCHEMA = REPOSITORY / "checks" / "contract.schema.json"
# Written between braces on one line, as in the other contracts.
FLOWING = ("dialect", "protection", "retention", "budget", "quarantine", "missingValues", "key")
LEFT_OUT = {"format": "csv", "missingValues": [""], "homepage": ""}


def text_of_draft(draft: Draft, folder: Path, dpo: str, today: date) -> str:
    """The whole file, to be put in `folder`."""
    return "\n".join([*_head(draft, folder, dpo, today), *_body(draft)]) + "\n"


def _head(draft: Draft, folder: Path, dpo: str, today: date) -> Iterator[str]:
    if folder.resolve().is_relative_to(REPOSITORY):
        yield f"# yaml-language-server: $schema={os.path.relpath(SCHEMA, folder.resolve())}"
    staged = draft.trial.staged
    yield from _comment(
        f"Brouillon de « ardoise contract draft », {day(today)}, d’après {draft.file.name} "
        f"({plural(staged.received, 'ligne')}, {weight(draft.file.stat().st_size)}). Cherchez "
        f"« {TO_COMPLETE} » ; chaque doute est dit en commentaire."
    )
    if staged.quarantined:
        reasons = ", ".join(
            f"{column + ' : ' if column else ''}{REASONS.get(code or column, code)} × {number(n)}"
            for (column, code), n in (
                ((fault.rpartition(":")[0], fault.rpartition(":")[2]), n)
                for fault, n in staged.reasons.items()
            )
        )
        share = percent(staged.quarantined / staged.received, 1)
        yield from _comment(f"Quarantaine attendue : {share} ({reasons}).")
    if draft.personal != "none":
        yield from _comment(
            "DONNÉES PERSONNELLES trouvées : prévenez la personne déléguée à la protection des "
            f"données ({dpo}) avant de charger cette table, et complétez son entrée au registre."
        )
    for doubt in draft.doubts:
        yield from _comment(doubt)


def _body(draft: Draft) -> Iterator[str]:
    comments = {
        "license": "à vérifier auprès du producteur",
        "theme": f"{TO_COMPLETE}, parmi les thèmes du contrat",
        "cadence": TO_COMPLETE,
        "access": "open si la licence le permet" if draft.words["access"] == "internal" else None,
    }
    if draft.about.license:
        del comments["license"]
    if draft.about.cadence:
        del comments["cadence"]
    for word in _order(draft.words):
        value = draft.words[word]
        if LEFT_OUT.get(word) == value:
            continue
        if word == "columns":
            yield "columns:"
            yield from _columns(draft)
            continue
        if word == "missingValues":
            for doubt in draft.missing_doubts:
                yield from _comment(doubt)
        if word == "key" or (word == "access" and "key" not in draft.words):
            for doubt in draft.key_doubts:
                yield from _comment(doubt)
        comment = f"  # {comments[word]}" if comments.get(word) else ""
        yield f"{word}: {_value(value)}{comment}"


def _order(words: Mapping[str, Any]) -> list[str]:
    """What is promised of the whole table comes after its columns."""
    last = ("key", "quarantine", "protection", "access", "retention", "budget")
    return [word for word in words if word not in last] + [word for word in last if word in words]


def _columns(draft: Draft) -> Iterator[str]:
    for said, one in zip(draft.words["columns"], draft.proposals, strict=True):
        for doubt in one.doubts:
            yield from _comment(doubt, "  ")
        lead = "  - "
        for word, value in said.items():
            yield from _said(lead, word, value)
            lead = "    "


def _said(lead: str, word: str, value: Any) -> Iterator[str]:
    """A word and its value: on one line, or one line per item where it would be too long."""
    line = f"{lead}{word}: {_value(value)}"
    if len(line) <= WIDTH or not isinstance(value, dict):
        yield line
        return
    yield f"{lead}{word}:"
    told = yaml.safe_dump(value, allow_unicode=True, sort_keys=False, width=10**9)
    for line in told.splitlines():
        yield " " * (len(lead) + 2) + line


def _value(value: Any) -> str:
    """A value on one line, quoted only where YAML would read something else."""
    told = yaml.safe_dump(
        value, allow_unicode=True, default_flow_style=True, sort_keys=False, width=10**9
    )
    return told.removesuffix("\n").removesuffix("\n...").removesuffix("\n")


def _comment(sentence: str, indent: str = "") -> Iterator[str]:
    for line in textwrap.wrap(
        " ".join(sentence.split(" ")).replace("\n", " "), WIDTH - len(indent) - 2
    ):
        yield f"{indent}# {line}"
