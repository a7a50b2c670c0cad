"""No value of a table leaves it by the gate: canaries in every column, every artefact searched.

Only the tables themselves, what is published of them and the quarantine may hold a value.
"""

import logging

import dagster as dg
import pytest

from pipelines.assembly import definitions_of
from pipelines.instance import prepare
from pipelines.session import Session
from tests.scenario import Scenario

pytestmark = pytest.mark.slow

TEXTS = {"identifiant": "CANARIUN", "essence": "CANARIDEUX", "remarque": "jean.canari@exemple.fr"}
# A number and a day nobody writes by chance, as DuckDB, Python and French would spell them.
NUMBERS = ("41592.653", "41592,653", "41 592", "41\u202f592", "41\u00a0592")
DAYS = ("1911-11-11", "11/11/1911", "11 novembre 1911")
FILE = "Identifiant;essence;Hauteur (m);Planté le;remarque\n" + "".join(
    f"{TEXTS['identifiant']};{TEXTS['essence']};41592,653;11/11/1911;{TEXTS['remarque']}\n"
    for _ in range(3)
)
# Rules which all fail without setting a row aside: it is the gate that meets the canaries.
EXPECTATIONS = """\
expectations:
  - expect_column_values_to_be_in_set: {column: essence, value_set: [x], severity: warning}
  - expect_column_values_to_match_regex: {column: remarque, regex: ^x$, severity: warning}
  - expect_column_values_to_be_unique: {column: id_arbre, severity: warning}
  - expect_column_distinct_values_to_equal_set:
      {column: essence, value_set: [x], severity: warning}
  - expect_column_most_common_value_to_be_in_set:
      {column: essence, value_set: [x], severity: warning}
  - expect_column_max_to_be_between: {column: hauteur_m, max_value: 3, severity: warning}
  - expect_column_mean_to_be_between: {column: hauteur_m, max_value: 3, severity: warning}
  - expect_column_quantile_values_to_be_between:
      column: hauteur_m
      quantile_ranges: {quantiles: [0.5], value_ranges: [[0, 1]]}
      severity: warning
  - expect_column_max_to_be_recent: {column: plante_le, max_age_days: 1, severity: warning}
  - expect_column_values_to_match_french_format: {column: remarque, format: nir, severity: warning}
  - expect_column_values_to_be_dateutil_parseable: {column: remarque, severity: warning}
access: internal
"""


@pytest.fixture
def scenario(tmp_path) -> Scenario:
    found = Scenario(tmp_path)
    for old, new in {
        "constraints: {required: true, pattern: '^A-\\d{3}$'}": "personal_data: direct",
        "constraints: {required: true, enum: [tilleul, platane, érable]}": "personal_data: direct",
        "constraints: {minimum: 0, maximum: 60}": "personal_data: direct",
        "example: 21/03/1998": "example: 21/03/1998\n    personal_data: direct",
        "example: taillé": "example: taillé\n    personal_data: direct",
        "key: [id_arbre]\n": "protection: {personal_data: direct, register: arbres}\n",
        "access: open\n": EXPECTATIONS,
    }.items():
        found.edit("sources/arbres.yaml", old, new)
    found.aggregated()
    found.register("arbres")
    found.write("arbres.csv", FILE)
    return found


def test_no_canary_is_found_outside_of_the_tables(scenario, monkeypatch, caplog, capfd):
    monkeypatch.setenv("DAGSTER_HOME", str(scenario.home.dagster))
    with caplog.at_level(logging.DEBUG):
        settings = str(prepare(scenario.home))
        with dg.DagsterInstance.from_config(settings) as instance:
            definitions = definitions_of(scenario.platform(), Session(scenario.platform()))
            job = definitions.resolve_implicit_global_asset_job_def()
            job.execute_in_process(
                instance=instance,
                asset_selection=[
                    dg.AssetKey(["sources", "arbres"]),
                    dg.AssetKey(["publication", "elus"]),
                ],
                raise_on_error=False,
            )
            events = repr(
                [each for run in instance.get_runs() for each in instance.all_logs(run.run_id)]
            )
    told = scenario.query(
        "select count(*) filter (where not passed), any_value(table_name) "
        "from quality.results where table_name = 'sources.arbres' and severity = 'warning'"
    )
    assert told[0][0] >= 11

    artefacts = {
        "événements": events,
        "journaux": caplog.text,
        "sorties": "".join(capfd.readouterr()),
    }
    for table in ("quality.results", "quality.versions", "sobriety.ledger"):
        artefacts[table] = repr(scenario.query(f"from {table}"))
    for path in searched(scenario):
        artefacts[str(path)] = path.read_bytes().decode("latin-1")
    # The search does find what is there: the sentence of a rule, in the events and in their file.
    assert sum("plus fréquente" in text for text in artefacts.values()) >= 2
    assert any(name.endswith(".db") for name in artefacts)

    words = [*TEXTS.values(), *NUMBERS, *DAYS]
    spelled = {word: (word, word.encode().decode("latin-1")) for word in words}
    found = [
        (name, word)
        for name, text in artefacts.items()
        for word, spellings in spelled.items()
        if any(each in text for each in spellings)
    ]
    assert found == []


def searched(scenario: Scenario):
    """Every file of the data folder, but those which are the tables or what came in."""
    held = {scenario.home.warehouse, scenario.home.warehouse.with_suffix(".wal")}
    for path in sorted(scenario.home.path.rglob("*")):
        received = "landing" in path.parts or path.suffix in (".zst", ".parquet", ".duckdb")
        if path.is_file() and path not in held and not received:
            yield path
