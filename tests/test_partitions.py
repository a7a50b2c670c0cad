"""Sources received by period: what is new advances, what is refused stands where it was."""

import datetime as dt
import itertools
import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assets.dashboards.periods import period_states, periods
from assets.purge import purge
from assets.table import Builder, Run
from checks.partitions import Partitions, inside
from pipelines.fetching import show_fetch, show_request
from pipelines.run import run
from resources.content import content_of
from resources.energy import Meter
from resources.errors import DeclarationError
from resources.recovery import altered
from resources.settings import Settings
from tests.scenario import Scenario

CONTRACT = """\
title: Mesures
description: Une mesure par capteur et par heure.
publisher: Service des déchets
license: etalab-2.0
theme: aménagement
grain: une ligne par capteur et instant
profiles: [essai]
url: file:../mesures-{partition}.csv
cadence: quotidienne
partitions: {by: instant, each: day, start: 2026-11-01, lookback: 1}
columns:
  - name: capteur
    description: Numéro du capteur.
    example: C-1
    constraints: {required: true}
  - name: instant
    type: datetime
    description: Instant de la mesure.
    example: "2026-11-01T08:00:00"
    constraints: {required: true, minimum: "2020-01-01"}
  - name: taux_pct
    type: integer
    unit: "%"
    description: Remplissage.
    example: "72"
    constraints: {minimum: 0, maximum: 100}
key: [capteur, instant]
quarantine: {max_pct: 20}
access: open
retention: {keep: 1 year, since: instant, reason: comparer à l’année précédente}
budget: {downloaded_mb: 1, stored_mb: 2, cpu_s: 60}
"""
CURATED = """\
/* ---
title: Mesures par jour
description: Nombre de mesures.
theme: aménagement
grain: une ligne par jour
profiles: [essai]
columns:
  - {name: jour, type: date, description: Jour., example: "2026-11-01"}
  - {name: mesures, type: integer, description: Nombre., example: "3"}
access: open
retention: {keep: 10 years, reason: suivi}
budget: {stored_mb: 2, cpu_s: 60}
--- */
select instant::date as jour, count(*) as mesures from sources.mesures group by all order by jour
"""
WORDS = "partitions: {by: instant, each: day, start: 2026-11-01, lookback: 1}\n"
TODAY = dt.date(2026, 11, 4)


class Days(Scenario):
    """A source of one file a day, written by hand."""

    def __init__(self, folder, today=TODAY):
        super().__init__(folder)
        self.today = today
        self.write("sources/mesures.yaml", CONTRACT)
        self.write("curated/mesures_par_jour.sql", CURATED)

    @property
    def settings(self):
        return Settings(home=self.home, territory=self.folder, today=self.today)

    def day(self, day, *lines, count=3):
        """Write the file of a day: some sound measures, then the lines given."""
        sound = [f"C-{i},2026-11-{day:02}T0{i}:00:00,{10 * i}" for i in range(1, count + 1)]
        text = "\n".join(["capteur,instant,taux_pct", *sound, *lines])
        self.write(f"mesures-2026-11-{day:02}.csv", text + "\n")

    def only(self, *names, force=False):
        platform = self.platform()
        builder = Builder(platform, Run("essai", Meter()), force=force)
        return builder.build(platform.catalogue.named("mesures"), names or None)

    def states(self, outcome):
        return {one.partition: one.state for one in outcome.partitions}

    def counts(self):
        return dict(
            self.query(
                "select instant::date::varchar, count(*) from sources.mesures group by 1 order by 1"
            )
        )

    def sound(self):
        """Contents, counts and history agree, whatever happened."""
        with self.platform().warehouse.writing() as connection:
            assert altered(connection) == []
            rows, aside = (
                connection.execute(f"select count(*) from {schema}.mesures").fetchone()[0]
                for schema in ("sources", "quarantine")
            )
            told = connection.execute(
                "select received_rows, published_rows, quarantined_rows from quality.versions "
                "where table_name = 'sources.mesures' and outcome = 'published' "
                "order by version desc limit 1"
            ).fetchone()
            assert told == (rows + aside, rows, aside)
            left = connection.execute(
                "select table_name from duckdb_tables() where table_name like '\\_%' escape '\\'"
            ).fetchall()
            assert left == []


@pytest.fixture
def days(tmp_path):
    scenario = Days(tmp_path)
    scenario.day(1)
    scenario.day(2)
    return scenario


def test_a_period_says_which_day_it_starts_and_ends():
    cut = Partitions(by="x", each="month", start="2025-11-15")
    names = [period.name for period in cut.until(dt.date(2026, 2, 1))]
    assert names == ["2025-11", "2025-12", "2026-01", "2026-02"]
    assert cut.period("2025-12").end == dt.date(2026, 1, 1)
    with pytest.raises(ValueError, match="2025-13"):
        cut.period("2025-13")


@pytest.mark.parametrize("name", ["2026-11-31", "2026", "hier", "2026-1-01", "2026-11-01T00"])
def test_a_name_of_no_period_is_refused(name):
    with pytest.raises(ValueError, match=r"\d|hier"):
        Partitions(by="x", each="day", start="2026-11-01").period(name)


@pytest.mark.slow
def test_only_the_new_period_is_read_and_the_table_is_their_union(days):
    assert days.states(days.only()) == {"2026-11-01": "published", "2026-11-02": "published"}
    days.day(3, count=4)
    outcome = days.only()
    assert days.states(outcome) == {"2026-11-03": "published"}
    assert (outcome.rows, outcome.left) == (10, 2)
    assert days.counts() == {"2026-11-01": 3, "2026-11-02": 3, "2026-11-03": 4}
    days.sound()


@pytest.mark.slow
def test_nothing_new_changes_nothing(days):
    days.only()
    assert days.only().state == "unchanged"
    assert run(days.platform(), ["mesures_par_jour"]).complete
    again = run(days.platform(), ["mesures"])
    assert not again.plan.stale


@pytest.mark.slow
def test_a_day_published_again_replaces_that_day_alone(days):
    days.only()
    days.day(2, count=5)
    outcome = days.only("2026-11-02")
    assert days.states(outcome) == {"2026-11-02": "published"}
    assert days.counts() == {"2026-11-01": 3, "2026-11-02": 5}
    days.sound()


@pytest.mark.slow
def test_a_refused_day_leaves_its_previous_version_and_the_others_advance(days):
    days.today = dt.date(2026, 11, 3)
    days.only()
    days.day(2, "x", "y", "z")
    days.day(3)
    outcome = days.only()
    assert (outcome.state, outcome.complete) == ("published", False)
    assert days.states(outcome) == {"2026-11-02": "refused", "2026-11-03": "published"}
    assert days.counts() == {"2026-11-01": 3, "2026-11-02": 3, "2026-11-03": 3}
    days.sound()
    (line,) = [
        line for _, line in days.platform().journal.lines() if line["event"] == "refus_partition"
    ]
    assert line["partition"] == "2026-11-02"
    again = days.only()
    assert (again.state, again.complete) == ("refused", False)
    assert "2026-11-02" in again.message
    days.day(2, count=4)
    assert days.only().complete
    assert days.counts()["2026-11-02"] == 4
    days.sound()


@pytest.mark.slow
def test_rows_of_another_period_are_set_aside_with_their_texts(days):
    days.day(2, "C-9,2026-11-01T09:00:00,5", count=6)
    outcome = days.only()
    assert outcome.reasons == {"instant:HORS_PARTITION": 1}
    aside = days.query("select _partition, _ligne, capteur, _motif from quarantine.mesures")
    assert aside == [("2026-11-02", 8, "C-9", "HORS_PARTITION")]
    days.sound()


@pytest.mark.slow
def test_every_verdict_bears_the_partition_it_judges(days):
    days.only()
    judged = days.query(
        "select partition from quality.results where rule = 'capteur.required' order by 1"
    )
    assert judged == [("2026-11-01",), ("2026-11-02",)]


@pytest.mark.slow
def test_a_closed_day_that_loses_most_of_its_rows_is_refused_and_may_be_accepted(days):
    days.today = dt.date(2026, 11, 3)
    days.day(1, *[f"D-{i},2026-11-01T10:00:00,5" for i in range(300)])
    days.only()
    days.edit("sources/mesures.yaml", "lookback: 1", "lookback: 5")
    days.query("update quality.partitions set data_date = timestamp '2026-11-02 05:00:00'")
    days.day(1)
    outcome = days.only()
    refused = {one.partition for one in outcome.refused_partitions}
    assert "2026-11-01" in refused
    from assets.acceptance import accept

    platform = days.platform()
    accept(platform, platform.catalogue.named("mesures"), "capteurs retirés")
    assert days.only().complete
    assert days.counts()["2026-11-01"] == 3


@pytest.mark.slow
def test_a_changed_contract_reads_every_period_again_without_asking(days):
    days.only()
    days.edit("sources/mesures.yaml", "maximum: 100", "maximum: 25")
    days.edit("sources/mesures.yaml", "max_pct: 20", "max_pct: 60")
    outcome = days.only()
    assert days.states(outcome) == {"2026-11-01": "published", "2026-11-02": "published"}
    assert days.counts() == {"2026-11-01": 2, "2026-11-02": 2}
    days.sound()


@pytest.mark.slow
def test_a_new_column_is_refused_whole_while_one_period_cannot_follow(days):
    days.day(2, "x,y", count=6)  # a torn line: set aside
    assert days.only().complete
    days.edit("sources/mesures.yaml", "max_pct: 20", "max_pct: 0")
    days.edit(
        "sources/mesures.yaml",
        "key: [capteur, instant]",
        "  - {name: note, optional: true, description: Note., example: x}\nkey: [capteur, instant]",
    )
    outcome = days.only()
    assert outcome.state == "refused"
    assert "2026-11-02" in outcome.message
    assert days.counts() == {"2026-11-01": 3, "2026-11-02": 6}
    days.sound()


@pytest.mark.slow
def test_a_missing_period_is_no_fault_and_an_older_hole_is_not_asked_again(days):
    days.today = dt.date(2026, 11, 10)
    assert days.only().complete
    absent = json.loads((days.home.landing / "mesures" / "absent.json").read_text())
    assert absent == [f"2026-11-{day:02}" for day in range(3, 11)]
    days.day(4)
    assert days.only().state == "unchanged"
    assert days.states(days.only("2026-11-04")) == {"2026-11-04": "published"}
    days.sound()


@pytest.mark.slow
def test_the_journal_holds_what_gives_each_partition_back(days):
    days.only()
    line = days.platform().journal.last_decision()
    assert list(line["partitions"]) == ["2026-11-01", "2026-11-02"]
    assert line["partitions"]["2026-11-01"]["rows"] == 3


@pytest.mark.parametrize("lost", ["warehouse", "everything"])
@pytest.mark.slow
def test_a_lost_warehouse_is_given_back_partition_by_partition(days, lost):
    days.only()
    days.day(2, count=5)
    days.day(3)
    days.only("2026-11-02", "2026-11-03")
    days.home.warehouse.unlink()
    if lost == "warehouse":
        days.sound()
    assert days.counts() == {"2026-11-01": 3, "2026-11-02": 5, "2026-11-03": 3}
    days.sound()
    assert days.only().state == "unchanged"


@pytest.mark.slow
def test_a_table_that_was_whole_becomes_a_union_and_whole_again(days):
    partitioned = (days.folder / "sources/mesures.yaml").read_text()
    plain = partitioned.replace("mesures-{partition}.csv", "mesures-2026-11-01.csv").replace(
        WORDS, ""
    )
    for text, count in ((plain, 1), (partitioned, 2), (plain, 1), (partitioned, 2)):
        days.write("sources/mesures.yaml", text)
        assert days.only().state == "published"
        assert len(days.counts()) == count
        days.sound()


@pytest.mark.slow
def test_a_run_carries_new_days_to_what_reads_them(days):
    assert run(days.platform()).complete
    days.day(3)
    report = run(days.platform(), ["mesures"])
    assert report.complete
    assert len(days.query("from curated.mesures_par_jour")) == 3
    assert run(days.platform()).plan.stale == []


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("-{partition}.csv", ".csv", "ajoutez « {partition} »"),
        ("by: instant", "by: instan", "« instant »"),
        ("by: instant", "by: taux_pct", "ne se coupe pas"),
        ("key: [capteur, instant]", "key: [capteur]", "la clé doit contenir"),
        ("each: day", "each: week", "day"),
        (WORDS, "", "partitions"),
    ],
)
def test_partitions_that_cannot_be_sound_stop_the_load(days, old, new, told):
    days.edit("sources/mesures.yaml", old, new)
    with pytest.raises(DeclarationError, match=told):
        _ = days.platform().catalogue


def test_the_condition_of_a_period_is_that_of_its_column_type():
    cut = Partitions(by="x", each="year", start="2020-01-01")
    year = cut.period("2024")
    assert inside("year", "x", year) == '("x" >= 2024 and "x" < 2025)'
    assert inside("yearmonth", "x", year) == "(\"x\" >= '2024-01' and \"x\" < '2025-01')"


@pytest.mark.slow
def test_the_content_of_a_table_is_the_sum_of_its_partitions(days):
    days.only()
    days.day(2, count=5)
    days.only("2026-11-02")
    with days.platform().warehouse.writing() as connection:
        (content,) = connection.execute(
            "select content from quality.versions where table_name = 'sources.mesures' "
            "order by version desc limit 1"
        ).fetchone()
        assert content == content_of(connection, "sources.mesures")


@pytest.mark.slow
def test_a_purge_drops_whole_periods_with_their_files_and_what_they_set_aside(days):
    days.day(1, "C-9,2026-11-02T09:00:00,5", count=6)
    days.only()
    days.today = dt.date(2027, 11, 2)
    platform = days.platform()
    (past,) = purge(platform, [platform.catalogue.named("mesures")])
    assert past.rows == 6
    assert days.counts() == {"2026-11-02": 3}
    days.sound()
    assert platform.landing.partitions("mesures") == {"2026-11-02"}
    assert len(list((days.home.landing / "mesures").glob("*.zst"))) == 1
    line = platform.journal.last("publication")
    assert line["partitions"]["2026-11-01"]["outcome"] == "purged"
    assert days.only().state == "unchanged"
    days.home.warehouse.unlink()
    days.sound()
    assert days.counts() == {"2026-11-02": 3}


@pytest.mark.slow
def test_a_purge_inside_a_period_keeps_what_is_not_past_its_time(days):
    months = (days.folder / "sources/mesures.yaml").read_text()
    days.write("sources/mesures.yaml", months.replace("each: day", "each: month"))
    days.write(
        "mesures-2026-11.csv",
        "capteur,instant,taux_pct\n"
        + "".join(f"C,2026-11-{day:02}T00:00:00,5\n" for day in range(1, 11))
        + "C,2026-12-01T00:00:00,5\n",
    )
    days.today = dt.date(2026, 11, 20)
    days.only()
    days.today = dt.date(2027, 11, 6)
    platform = days.platform()
    (past,) = purge(platform, [platform.catalogue.named("mesures")])
    assert past.rows == 5
    days.sound()
    aside = dict(days.query("select _partition, count(*) from quarantine.mesures group by 1"))
    assert aside == {"2026-11": 6}
    # The purge took the past rows out of the received file too: their places are not given back.
    days.home.warehouse.unlink()
    assert sum(days.counts().values()) == 5
    with days.platform().warehouse.writing() as connection:
        assert altered(connection) == []


@pytest.mark.slow
def test_the_periods_left_alone_are_counted_as_work_avoided(days):
    days.today = dt.date(2026, 11, 7)
    for day in range(1, 7):
        days.day(day)
    assert run(days.platform(), ["mesures"]).complete
    days.day(7)
    assert run(days.platform(), ["mesures"], partitions=["2026-11-07"]).complete
    ((compared, cpu_s, low, high),) = days.query(
        "select runs_compared, cpu_s, cpu_s_low, cpu_s_high from sobriety.avoided "
        "where asset = 'sources.mesures'"
    )
    assert compared == 6
    assert 0 < low <= high
    assert cpu_s > 0


@pytest.mark.parametrize(
    ("names", "told"), [([], "demande la table"), (["arbres"], "n’est pas reçue par période")]
)
def test_a_partition_is_asked_of_a_source_that_has_some(days, names, told):
    with pytest.raises(DeclarationError, match=told):
        run(days.platform(), names, partitions=["2026-11-01"])
    with pytest.raises(DeclarationError, match="2026-11-01"):
        run(days.platform(), ["mesures"], partitions=["novembre"])


@pytest.mark.slow
def test_the_page_of_a_table_tells_each_period_in_plain_french(days):
    days.today = dt.date(2026, 11, 3)
    days.only()
    days.day(2, "x", "y", "z")
    days.day(3)
    days.only()
    with days.platform().warehouse.writing() as connection:
        told = periods(
            days.platform().catalogue.named("mesures").contract.partitions,
            period_states(connection, "sources.mesures"),
        )
    lead = told["lead"].replace("\N{NO-BREAK SPACE}", " ")
    assert lead.startswith("Reçue par jour : 3 jours en ligne, de 2026-11-01 à 2026-11-03.")
    assert [row["name"] for row in told["rows"]] == ["2026-11-03", "2026-11-02", "2026-11-01"]
    assert told["rows"][1]["chip"].text == "Refusée, la précédente reste"
    assert "mises à l’écart" in told["rows"][1]["reason"]


@pytest.mark.slow
def test_fetching_lands_the_periods_that_are_due_and_publishes_nothing(days, capsys):
    assert show_fetch(days.platform(), "mesures")
    assert days.platform().landing.partitions("mesures") == {"2026-11-01", "2026-11-02"}
    assert days.query("select count(*) from quality.versions") == [(0,)]
    show_request(days.platform(), "mesures")
    assert "2026-11-04" in capsys.readouterr().out


@pytest.mark.slow
def test_a_period_without_a_row_is_not_begun_unless_it_had_some_or_is_named(days):
    days.day(3, count=0)
    outcome = days.only()
    assert outcome.complete
    assert days.states(outcome)["2026-11-03"] == "unchanged"
    assert days.only().state == "unchanged"
    days.day(4, count=0)
    assert days.only().state == "unchanged"
    days.sound()
    assert days.states(days.only("2026-11-04", force=True)) == {"2026-11-04": "refused"}
    days.day(3)
    assert days.counts()["2026-11-02"] == 3
    assert days.states(days.only()) == {"2026-11-03": "published"}
    days.day(3, count=0)
    assert days.states(days.only()) == {"2026-11-03": "refused"}
    assert days.counts()["2026-11-03"] == 3
    days.sound()


@pytest.mark.slow
def test_a_source_whose_periods_are_all_empty_is_refused(days):
    days.day(1, count=0)
    days.day(2, count=0)
    outcome = days.only()
    assert outcome.state == "refused"
    assert "aucune" in outcome.message


SALES = Path(__file__).parent.parent.parent / "shared/data/dvf/dvf_geoloc_sample_33_2021.csv"


@pytest.mark.skipif(not SALES.is_file(), reason="real files are not here")
@pytest.mark.slow
def test_real_sales_come_vintage_by_vintage(tmp_path):
    """The producer's sample of 2021; the vintage of 2022 is the same file, a year later."""
    scenario = Days(tmp_path, today=dt.date(2023, 5, 1))
    shipped = Path(__file__).parent.parent / "assets/sources/ventes_immobilieres.yaml"
    text = shipped.read_text(encoding="utf-8")
    start = text.index("url: ")
    text = text.replace(text[start : text.index("\n", start)], "url: file:../dvf-{partition}.csv")
    scenario.write(
        "sources/ventes_immobilieres.yaml", text.replace("profiles: [angers]", "profiles: [essai]")
    )
    scenario.write(
        "register/ventes_immobilieres.yaml",
        (shipped.parent.parent / "register/ventes_immobilieres.yaml").read_bytes(),
    )
    sales = SALES.read_text(encoding="utf-8")
    scenario.write("dvf-2021.csv", sales)
    scenario.write("dvf-2022.csv", sales.replace("2021-", "2022-"))
    platform = scenario.platform()
    outcome = Builder(platform, Run("essai", Meter())).build(
        platform.catalogue.named("ventes_immobilieres")
    )
    assert outcome.complete, outcome.message
    found = scenario.query(
        "select partition, received_rows, published_rows, quarantined_rows from quality.partitions "
        "where outcome = 'published' order by partition"
    )
    assert found == [("2021", 164, 159, 5), ("2022", 164, 159, 5)]
    assert scenario.query("select count(*) from sources.ventes_immobilieres") == [(318,)]


@given(
    each=st.sampled_from(["day", "month", "year"]),
    start=st.dates(dt.date(1990, 1, 1), dt.date(2100, 1, 1)),
    days=st.integers(0, 800),
)
@pytest.mark.slow
def test_periods_follow_one_another_and_leave_no_day_out(each, start, days):
    cut = Partitions(by="x", each=each, start=start)
    today = start + dt.timedelta(days=days)
    found = list(cut.until(today))
    assert found[0].start <= start < found[0].end
    assert found[-1].start <= today < found[-1].end
    assert all(one.end == other.start for one, other in itertools.pairwise(found))
    assert [cut.period(one.name) for one in found] == found


@pytest.mark.slow
@settings(max_examples=4, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.lists(
        st.tuples(st.integers(1, 3), st.sampled_from(["more", "less", "torn", "gone"])),
        max_size=4,
    )
)
def test_whatever_comes_the_table_is_the_union_of_the_last_accepted(tmp_path_factory, changes):
    scenario = Days(tmp_path_factory.mktemp("days"))
    scenario.edit("sources/mesures.yaml", "lookback: 1", "lookback: 5")
    accepted = {}
    for day, change in [(1, "more"), (2, "more"), *changes]:
        name, count = f"2026-11-{day:02}", accepted.get(f"2026-11-{day:02}", 3)
        match change:
            case "more" | "less":
                count = count + 2 if change == "more" else max(1, count - 1)
                scenario.day(day, count=count)
                accepted[name] = count
            case "torn":
                scenario.day(day, *["x"] * 9)
            case "gone":
                (scenario.folder / f"mesures-{name}.csv").unlink(missing_ok=True)
        scenario.only()
        assert scenario.counts() == accepted
        scenario.sound()
    scenario.home.warehouse.unlink()
    assert scenario.counts() == accepted
    scenario.sound()
