"""Official example files, judged as their names say: one table, with the reason of each verdict.

A file is valid when all its rows are published and the gate has no critical objection. Where we
judge otherwise than its name, the table says why.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
import pytest

from assets.decoding.stage import stage_source
from checks.contract import Contract
from checks.loading import read_contract
from checks.promises import rules_of
from checks.quality import evaluate
from resources.errors import SourceError
from tests.shared import SHARED, needs_shared

pytestmark = needs_shared
CONTRACTS = Path(__file__).parent / "contracts"
BAL = "bal/bal_fixtures_validateur-bal-3.5.2"


@dataclass(frozen=True)
class Verdict:
    """What a file gave: rows published, rows set aside by reason, critical rules broken; or the
    code of its refusal.
    """

    rows: int = 0
    aside: dict[str, int] = field(default_factory=dict)
    broken: tuple[str, ...] = ()
    refused: str | None = None

    @property
    def valid(self) -> bool:
        """Whether an official validator would say that all is well."""
        return not (self.aside or self.broken or self.refused)


def valid(rows: int) -> Verdict:
    return Verdict(rows)


def refused(code: str) -> Verdict:
    return Verdict(refused=code)


@pytest.fixture
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        connection.execute("create schema sources; create schema quarantine")
        yield connection


def judged(connection, contract: Contract, file: Path, work: Path) -> Verdict:
    """The verdict on a file, by the two doors a version goes through: decoding, then the gate."""
    try:
        staged = stage_source(connection, "essai", contract, file, work)
    except SourceError as error:
        return refused(error.code)
    if staged.rows == 0:
        return Verdict(0, dict(staged.reasons))
    verdicts = evaluate(connection, staged.table, rules_of(contract))
    assert not [verdict for verdict in verdicts if verdict.error], verdicts
    broken = tuple(verdict.rule.sentence for verdict in verdicts if verdict.refuses)
    return Verdict(staged.rows, dict(staged.reasons), broken)


def own(name: str) -> Contract:
    """A contract of `tests/contracts`."""
    path = CONTRACTS / f"{name}.yaml"
    return read_contract(path, "sources", {})[0]


# --------------------------------------------------------------------- Base adresse locale 1.3–1.5

ONE = "Une seule commune, un seul identifiant de commune"
EVERY = "Toutes les lignes ont leurs identifiants, ou aucune"
CHAIN = "L’identifiant d’une adresse suppose celui de sa voie, et celui-ci celui de sa commune"
APART = "La commune, la voie et l’adresse ont chacune leur identifiant"
ADDRESSES = {
    "1.4/data/1.3-valid.csv": valid(1),
    "1.4/data/1.3-valid-uid_adresse.csv": valid(1),
    "1.4/data/1.4-valid.csv": valid(2),
    "1.4/data/1.4-valid-relax.csv": valid(1),
    "1.4/data/1.4-ids-ban-empty.csv": valid(2),
    "1.4/data/1.4-good-dependance-id-ban.csv": valid(1),
    # The very bytes of the file before: the validator's own tests never read this one.
    "1.4/data/1.4-incoherent-dependance-id-ban.csv": valid(1),
    "1.5/data/1.5-valid.csv": valid(2),
    "1.5/data/1.5-without-ban-ids.csv": valid(2),
    "data/auto-detect-1.4.csv": valid(1),
    "data/auto-detect-1.5.csv": valid(1),
    "data/toponyme-replacing-voie_nom.csv": valid(1),
    # Their names say what is wrong.
    "1.4/data/1.3-invalid-uid_adresse.csv": Verdict(0, {"uid_adresse:FORMAT": 1}),
    "1.4/data/1.3-incoherent-uid_adresse.csv": Verdict(0, {"uid_adresse:FORMAT": 1}),
    "1.4/data/1.4-bad-id-ban-adresse.csv": Verdict(0, {"id_ban_adresse:FORMAT": 1}),
    "1.4/data/1.4-bad-id-ban-commune.csv": Verdict(0, {"id_ban_commune:FORMAT": 1}),
    "1.4/data/1.4-bad-id-ban-toponyme.csv": Verdict(0, {"id_ban_toponyme:FORMAT": 1}),
    "1.4/data/1.4-bad-dependance-id-ban.csv": Verdict(1, broken=(CHAIN,)),
    "1.4/data/1.4-incoherent-id-ban.csv": Verdict(1, broken=(APART,)),
    "1.4/data/1.4-without-ban-adresse.csv": Verdict(1, broken=(CHAIN, APART)),
    "1.4/data/1.4-no-ids-ban-every.csv": Verdict(2, broken=(EVERY,)),
    "1.4/data/1.4-cog-no-match-id_ban_commune.csv": Verdict(2, broken=(ONE,)),
    "data/without-voie_nom-nor-toponyme.csv": refused("SCHEMA"),
    "data/without_row.csv": refused("VIDE"),
    "data/junk.ascii.csv": refused("SCHEMA"),
    # Only names of streets in regional languages: no number, no date.
    "data/locales.csv": refused("SCHEMA"),
    # The titles cut to ten letters by a GIS are declared; the key and the date are still wrong.
    "data/aliases.csv": Verdict(0, {"cle_interop:FORMAT": 1}),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", ADDRESSES)
def test_a_local_address_base_is_judged_as_its_name_says(connection, tmp_path, name):
    verdict = judged(connection, own("bal"), SHARED / BAL / name, tmp_path)
    assert verdict == ADDRESSES[name]


def test_no_file_of_local_addresses_is_forgotten():
    named = {str(path.relative_to(SHARED / BAL)) for path in (SHARED / BAL).rglob("*.csv")}
    assert named - set(ADDRESSES) == {"data/sample.csv"}


@pytest.mark.slow
def test_the_messy_real_file_keeps_its_good_addresses(connection, tmp_path):
    verdict = judged(connection, own("bal"), SHARED / BAL / "data/sample.csv", tmp_path)
    # Keys in capitals, of two parts or whose number is not of five digits; one number with letters.
    assert verdict == Verdict(3, {"cle_interop:FORMAT": 11, "numero:TYPE": 1})


# ------------------------------------------------------------------------------ public procurement

MARKETS = {
    "decp-rama_tests/001_marche_simple.json": ("marches", valid(1)),
    "decp-rama_tests/001b_duplicate_supplier.json": (
        "marches",
        Verdict(1, broken=("Un titulaire n’est nommé qu’une fois",)),
    ),
    "decp-rama_tests/002_modification_montant.json": ("marches", valid(1)),
    # A modification that changes nothing is no fault of the market itself.
    "decp-rama_tests/002a_modifification_sans_donnees_modifiees.json": ("marches", valid(1)),
    # « id » without its sequence number: the 2019 format asks for one, its length allows none.
    "decp-rama_tests/003_pas_de_num_sequence_dans_id.json": ("marches", valid(1)),
    "decp-rama_tests/005_marche_meme_siret_acheteur_titulaire.json": (
        "marches",
        Verdict(1, broken=("Un acheteur n’est pas son propre titulaire",)),
    ),
    "exemples_139bercy/marches_avec_modifications.json": ("marches.marche", valid(2)),
    "exemples_139bercy/marches_concessions.json": ("marches.marche", valid(2)),
    # Concessions only: there is no market to read.
    "exemples_139bercy/concessions.json": ("marches.marche", refused("NON_JSON")),
    "exemples_139bercy/concessions_avec_modifications.json": (
        "marches.marche",
        refused("NON_JSON"),
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", MARKETS)
def test_a_file_of_markets_is_judged_as_its_name_says(connection, tmp_path, name):
    records, expected = MARKETS[name]
    contract = own("decp").model_copy(update={"records": records})
    assert judged(connection, contract, SHARED / "decp" / name, tmp_path) == expected
