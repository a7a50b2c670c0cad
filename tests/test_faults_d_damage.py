"""Family D of the faults, on the disk: what is cut or altered is found, kept aside, and given back.

Files are damaged for real; the warehouse's log is that of a process killed for real.
"""

import random
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from assets.verification import verify
from pipelines.run import run
from resources.errors import ArdoiseError
from resources.warehouse import reading
from tests.durability import (
    TABLES,
    assert_finished,
    assert_served,
    assert_whole,
    copied,
    generation,
    trees,
)
from tests.dying import KILLED, dies_in, run_apart
from tests.scenario import Scenario

pytestmark = pytest.mark.slow
SEED = 2021
TRIALS = 8


@pytest.fixture(scope="module")
def unsaved(template, tmp_path_factory) -> Scenario:
    """Generation 1 of the source, in the journal and in the log, not yet in the file."""
    folder = tmp_path_factory.mktemp("unsaved")
    scenario = copied(template, folder)
    scenario.write("arbres.csv", generation(1))
    assert run_apart(folder, dies_unsaved) == KILLED
    assert log_of(scenario).stat().st_size > 1_000
    return scenario


def dies_unsaved() -> None:
    """A process that dies after a decision is in the journal, and never made a checkpoint."""
    import assets.versions

    def nothing(connection: object) -> None: ...

    assets.versions.checkpoint.__code__ = nothing.__code__
    dies_in("assets.querying:stage_curated")


def log_of(scenario: Scenario) -> Path:
    file = scenario.home.warehouse
    return file.with_name(f"{file.name}.wal")


def each_damage(
    origin: Scenario, folder: Path, seed: int, trials: int = TRIALS
) -> Iterator[tuple[Scenario, random.Random]]:
    chance = random.Random(seed)
    for trial in range(trials):
        yield copied(origin, folder / str(trial)), chance
        shutil.rmtree(folder / str(trial))


def flip(path: Path, chance: random.Random) -> None:
    """Change one bit."""
    content = bytearray(path.read_bytes())
    content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
    path.write_bytes(content)


def cut(path: Path, chance: random.Random) -> None:
    """Keep the beginning."""
    content = path.read_bytes()
    path.write_bytes(content[: chance.randrange(len(content))])


def rebuildings(scenario: Scenario) -> list[dict]:
    lines = scenario.platform().journal.lines()
    return [line for _, line in lines if line["event"] == "reconstruction"]


def set_aside(scenario: Scenario) -> list[Path]:
    return sorted(scenario.home.warehouse.parent.glob("ecarte-*/*"))


@pytest.mark.parametrize("damage", [cut, flip])
def test_d4_d5_a_log_cut_or_altered_loses_no_decision(unsaved, tmp_path, caplog, damage):
    reasons = set()
    for scenario, chance in each_damage(unsaved, tmp_path, SEED):
        damage(log_of(scenario), chance)
        damaged = log_of(scenario).read_bytes()
        assert_whole(scenario, 0, 1)
        assert scenario.query("select count(*) from sources.arbres") == [(trees(1),)]
        for line in rebuildings(scenario):
            reasons.add(line["reason"])
            assert set(TABLES) <= set(line["restored"])
            assert line["lost"] == []
            assert damaged in [path.read_bytes() for path in set_aside(scenario)]
    assert reasons == {"EN_RETARD"} if damage is cut else {"ILLISIBLE"}
    assert "refaites à l’identique" in caplog.text


def test_d4_the_run_after_a_log_cut_short_ends_the_work(unsaved, tmp_path):
    scenario = copied(unsaved, tmp_path)
    log_of(scenario).write_bytes(log_of(scenario).read_bytes()[:500])
    assert_finished(scenario, 1, run(scenario.platform()))
    assert [line["reason"] for line in rebuildings(scenario)] == ["EN_RETARD"]


@pytest.mark.parametrize("moment", ["resources.recovery:attach_copies", "assets.recovery:restore"])
def test_d4_a_rebuilding_that_is_killed_is_done_by_the_next_run(unsaved, tmp_path, moment):
    scenario = copied(unsaved, tmp_path)
    log_of(scenario).write_bytes(log_of(scenario).read_bytes()[:500])
    assert run_apart(tmp_path, dies_in, moment) == KILLED
    assert_served(scenario, 0)
    assert_finished(scenario, 1, run(scenario.platform()))
    (line,) = rebuildings(scenario)
    assert (line["reason"], line["lost"]) == ("ABSENT", [])
    assert line["set_aside"].startswith("warehouse/ecarte-")


@pytest.mark.parametrize("damage", [cut, flip])
def test_d6_a_warehouse_cut_or_altered_is_never_a_silent_wrong_value(template, tmp_path, damage):
    before = {key: template.query(f"from {key} order by all") for key in TABLES}
    found = 0
    for scenario, chance in each_damage(template, tmp_path, SEED):
        damage(scenario.home.warehouse, chance)
        findings = verify(scenario.platform()).findings
        assert_whole(scenario, 0)
        assert {key: scenario.query(f"from {key} order by all") for key in TABLES} == before
        assert bool(findings) <= bool(rebuildings(scenario))
        assert [path.name for path in set_aside(scenario)] == ["ardoise.duckdb"] * len(
            rebuildings(scenario)
        )
        found += len(rebuildings(scenario))
    assert found > TRIALS / 2


def test_d6_damage_met_by_a_run_is_told_and_mended_by_the_next(template, tmp_path):
    scenario = copied(template, tmp_path)
    ((block,),) = scenario.query(
        "select min(block_id) from pragma_storage_info('sources.arbres') where block_id >= 0"
    )
    with scenario.home.warehouse.open("r+b") as file:
        file.seek(3 * 4096 + block * 65_536 + 1_000)
        (byte,) = file.read(1)
        file.seek(-1, 1)
        file.write(bytes([byte ^ 1]))
    report = run(scenario.platform(), ["arbres_par_essence"], force=True)
    assert not report.complete
    assert any("abîmé" in told for told in report.crashes.values()), report.crashes
    assert_served(scenario, 0)
    assert_finished(scenario, 0, run(scenario.platform()))
    assert [line["reason"] for line in rebuildings(scenario)] == ["ABIME"]


def one(scenario: Scenario, pattern: str) -> Path:
    (found,) = scenario.home.path.glob(pattern)
    return found


@pytest.mark.parametrize(
    "pattern",
    [
        "published/current/internal/interne.duckdb",
        "published/current/open/parquet/sources.arbres.parquet",
        "site/index.html",
        "landing/arbres/*.zst",
    ],
)
def test_d6_a_bit_flipped_in_any_file_is_found_set_aside_and_made_again(
    template, tmp_path, pattern
):
    for scenario, chance in each_damage(template, tmp_path, SEED, trials=1):
        path = one(scenario, pattern)
        whole = path.read_bytes()
        assert verify(scenario.platform()).findings == []
        flip(path, chance)
        damaged = path.read_bytes()
        (finding,) = verify(scenario.platform()).findings
        assert finding.what.startswith("fichier")
        assert not path.is_file()
        assert damaged in [kept.read_bytes() for kept in path.parent.glob("*.altered")]
        assert run(scenario.platform()).complete
        assert path.is_file()
        if path.suffix in (".zst", ".parquet"):
            assert path.read_bytes() == whole
        assert verify(scenario.platform()).findings == []


def test_d6_a_table_of_a_damaged_published_file_is_refused_in_french(template, tmp_path):
    scenario = copied(template, tmp_path)
    path = scenario.platform().analyst_file
    path.write_bytes(path.read_bytes()[:20_000])
    with pytest.raises(ArdoiseError, match="ardoise verify"), reading(path) as published:
        published.execute("from sources.arbres").fetchall()
    assert_finished(scenario, 0, run(scenario.platform()))


def test_d6_a_line_of_the_journal_that_was_altered_is_found_and_stops_nobody(template, tmp_path):
    for scenario, chance in each_damage(template, tmp_path, SEED, trials=6):
        journal = scenario.home.journal
        flip(journal, chance)
        findings = [finding.what for finding in verify(scenario.platform()).findings]
        assert "journal" in findings
        scenario.platform().journal.write("essai")
        assert scenario.platform().journal.last("essai") is not None


def test_d6_a_received_file_that_is_damaged_is_asked_for_again(template, tmp_path):
    scenario = copied(template, tmp_path)
    path = one(scenario, "landing/arbres/*.zst")
    flip(path, random.Random(SEED))
    (scenario.folder / "arbres.csv").rename(tmp_path / "emporté.csv")
    refused = run(scenario.platform(), ["arbres"], force=True)
    assert not refused.complete
    assert_served(scenario, 0)
    (tmp_path / "emporté.csv").rename(scenario.folder / "arbres.csv")
    assert run(scenario.platform()).complete
    assert_whole(scenario, 0)


def test_d6_a_received_file_that_is_damaged_is_received_again_in_the_same_run(template, tmp_path):
    scenario = copied(template, tmp_path)
    flip(one(scenario, "landing/arbres/*.zst"), random.Random(SEED))
    assert run(scenario.platform(), ["arbres"], force=True).complete
    assert_whole(scenario, 0)


def test_d6_a_clock_that_goes_back_hides_no_newer_version(template, tmp_path):
    """The order is that of the versions; dates are only said."""
    scenario = copied(template, tmp_path)
    scenario.query("update quality.versions set decided_at = decided_at + interval 10 years")
    scenario.write("arbres.csv", generation(1))
    assert_finished(scenario, 1, run(scenario.platform()))


def test_d16_after_another_duckdb_the_tables_pass_the_gate_again(template, tmp_path, monkeypatch):
    """Its file does not open, and its contents cannot be compared: nothing is believed."""
    scenario = copied(template, tmp_path)
    file = scenario.home.warehouse
    file.write_bytes(b"\0" * 8 + b"DUCK" + (9_999).to_bytes(8, "little") + file.read_bytes()[20:])
    monkeypatch.setattr("resources.content.KIND", "duckdb-9.9.9")
    report = run(scenario.platform())
    assert report.complete
    assert {outcome.state for outcome in report.outcomes} == {"published"}
    (line,) = rebuildings(scenario)
    assert (line["reason"], line["restored"]) == ("ILLISIBLE", [])
    assert verify(scenario.platform()).findings == []
    assert_served(scenario, 0)
