"""The word `disclosure:`: what it refuses to load, in French, with the line and the remedy."""

from pathlib import Path

import pytest

from checks.disclosure.thresholds import thresholds
from checks.loading import read_contract
from resources.errors import DeclarationError

CONTRACT = """\
/* ---
title: Ménages aidés
description: Ménages aidés par quartier et motif.
theme: relation aux habitants
grain: une ligne par quartier et motif
columns:
  - {name: quartier, description: Quartier., example: Nord}
  - {name: motif, description: Motif., example: loyer}
  - {name: menages, type: integer, description: Ménages., example: "12"}
  - {name: part_pct, type: number, unit: "%", description: Part., example: "12"}
  - {name: masque, type: boolean, description: Masqué., example: "false"}
key: [quartier, motif]
disclosure:
  unit: households
  dimensions: [quartier, motif]
  margins: [[quartier]]
  cells: [{count: menages, marker: masque}]
access: open
retention: {keep: 2 years, reason: suivi}
budget: {stored_mb: 2, cpu_s: 60}
--- */
select 1
"""
CELLS = "cells: [{count: menages, marker: masque}]"


def read(folder: Path, text: str):
    path = folder / "menages_aides.sql"
    path.write_text(text, encoding="utf-8")
    return read_contract(path, "curated", {})[0]


def refused(folder: Path, old: str, new: str) -> str:
    assert old in CONTRACT
    with pytest.raises(DeclarationError) as refusal:
        read(folder, CONTRACT.replace(old, new))
    return str(refusal.value)


def test_columns_nobody_speaks_of_are_hidden_with_the_cell(tmp_path):
    contract = read(tmp_path, CONTRACT)
    declared = contract.disclosure
    assert declared is not None
    assert declared.hidden_by(0, contract.by_name) == ["menages", "part_pct"]


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("unit: households", "unit: menages", "« menages » n’est pas un genre d’unité connu"),
        (
            "unit: households",
            "unit: households\n  minimum: 5",
            "le seuil des ménages est 11 (Insee, données carroyées sur les revenus (Filosofi)) : "
            "un contrat peut le relever, jamais l’abaisser",
        ),
        (
            "dimensions: [quartier, motif]",
            "dimensions: [quartier, motifs]",
            "« motifs » n’est pas une colonne du contrat ; le mot le plus proche est « motif »",
        ),
        (
            "dimensions: [quartier, motif]",
            "dimensions: [quartier]",
            "les mêmes colonnes que « key »",
        ),
        ("[[quartier]]", "[[quartier, motif]]", "une marge additionne une dimension au moins"),
        ("[[quartier]]", "[[menages]]", "« menages » n’est pas une des dimensions"),
        (CELLS, "cells: []", "dites ce qui protège les unités comptées"),
        (CELLS, "cells: [{count: menages}, {count: autres}]", "peut se passer de « hides »"),
        (
            CELLS,
            "cells: [{count: menages, hides: [part_pct], marker: part_pct}]",
            "son type est « boolean »",
        ),
        (
            CELLS,
            "cells: [{count: menages, marker: masque, within: menages}]",
            "« menages » n’est pas un compte des « cells » qui précèdent",
        ),
        (
            CELLS,
            "cells: [{count: menages, hides: [], marker: masque}]",
            "« part_pct » n’est pris en compte par aucun mot",
        ),
        (
            CELLS,
            CELLS + "\n  public: [menages]",
            "« menages » n’est pris en compte par plusieurs mots",
        ),
        (
            'description: Ménages., example: "12"',
            'description: Ménages., example: "12", constraints: {required: true}',
            "« menages » peut être masquée : elle ne peut pas être « required »",
        ),
        (
            "access: open",
            "expectations:\n  - expect_column_sum_to_equal_reference:\n"
            "      {column: menages, reference: sources.a.b}\naccess: open",
            "sa somme ne sera pas celle de la source",
        ),
        (
            CELLS,
            CELLS + "\n  already_public: {by: Insee, reason: effectifs déjà diffusés}",
            "des statistiques déjà publiques n’ont rien à masquer",
        ),
        ("[quartier]]", "[quartier]]\n  marges: []", "« marges » n’est pas un mot connu ici"),
    ],
)
def test_what_does_not_agree_is_refused_with_its_remedy(tmp_path, old, new, told):
    message = refused(tmp_path, old, new)
    assert told in message
    assert "ligne" in message


def test_the_dominance_rule_asks_for_the_largest_contribution(tmp_path):
    text = CONTRACT.replace("households", "companies")
    with pytest.raises(DeclarationError, match="demande la plus forte contribution à « part_pct »"):
        read(
            tmp_path,
            text.replace(
                CELLS, "cells: [{count: menages, sums: {part_pct: null}, marker: masque}]"
            ),
        )


def test_a_source_counts_no_cell(tmp_path):
    path = tmp_path / "menages.yaml"
    text = CONTRACT.split("--- */")[0].removeprefix("/* ---\n")
    path.write_text(
        text + 'url: "file:x.csv"\npublisher: x\nlicense: x\ncadence: annuelle\n', encoding="utf-8"
    )
    with pytest.raises(DeclarationError, match="seule une table « curated » compte des unités"):
        read_contract(path, "sources", {})


def test_every_threshold_says_where_it_comes_from():
    told = thresholds()
    assert told.version
    for name, kind in told.kinds.items():
        assert kind.minimum >= 2, name
        assert kind.source, name
    # Spelled by hand: a threshold that moves is a decision, not a typing error.
    assert {name: (kind.minimum, kind.dominance_pct) for name, kind in told.kinds.items()} == {
        "companies": (3, 85),
        "taxpayers": (11, 85),
        "wealth_taxpayers": (50, 85),
        "households": (11, None),
        "patients": (11, None),
        "pupils": (5, None),
        "persons": (5, None),
    }
