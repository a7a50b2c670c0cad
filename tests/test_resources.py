"""What the platform stands on: the warehouse, the landing, the journal, messages, settings.

Each through its own door, on a real folder, a real socket, a real second process.
"""

import datetime as dt
import hashlib
import math
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from resources.errors import ArdoiseError, BusyWarehouse, DeclarationError, SourceError
from resources.journal import Journal
from resources.landing import Answer, Landing
from resources.messages import announce_refusals
from resources.settings import REPOSITORY, Home, Messages, settings_from
from resources.sql import literal, quoted
from resources.syntax import tables_read
from resources.warehouse import Warehouse, append, reading, transaction
from tests.messaging import mail_server, webhook

HOSTILE = ['a"b', "a'b", "a; drop table t", "select", "é à", "a.b", "--", "a\nb", " ", "%s", "{}"]


@pytest.fixture
def home(tmp_path) -> Home:
    return Home(tmp_path / "data")


@pytest.fixture(scope="module")
def database() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        yield connection


# --- SQL written by hand ----------------------------------------------------------------------


@settings(max_examples=200, deadline=None)
@given(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False)
    | st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]))
    | st.datetimes(dt.datetime(1, 1, 1))
)
@example("'; drop table t; --")
@example("\\'")
@example("''")
@example("a\u2019b\r\n\t")
@example(math.inf)
@example(-0.0)
@example(5e-324)
@pytest.mark.slow
def test_a_literal_is_read_back_exactly(database, value):
    (found,) = database.execute(f"select {literal(value)}").fetchone()
    assert found == value
    assert isinstance(found, type(value))


def test_a_literal_that_is_not_a_number_stays_one(database):
    assert math.isnan(database.execute(f"select {literal(math.nan)}").fetchone()[0])


def test_a_text_with_a_nul_is_refused_rather_than_cut():
    with pytest.raises(ValueError, match="NUL"):
        literal("a\0b")


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_is_only_a_name(database, name):
    database.execute(f"create or replace table {quoted('main', name)} ({quoted(name)} integer)")
    append(database, quoted("main", name), [{name: 7}])
    assert database.execute(f"select {quoted(name)} from {quoted(name)}").fetchall() == [(7,)]
    database.execute(f"drop table {quoted(name)}")


# --- the warehouse ----------------------------------------------------------------------------


def test_a_transaction_that_fails_leaves_nothing(home):
    with Warehouse(home).writing() as connection:
        with pytest.raises(KeyError), transaction(connection):
            connection.execute("create table sources.essai as select 1 as x")
            raise KeyError
        assert (
            connection.execute(
                "select 1 from duckdb_tables() where table_name = 'essai'"
            ).fetchall()
            == []
        )


def test_writing_again_inside_is_the_same_connection(home):
    warehouse = Warehouse(home)
    with warehouse.writing() as outer, warehouse.writing() as inner:
        assert inner is outer
    with warehouse.writing() as after:
        assert after.execute("select count(*) from quality.versions").fetchall() == [(0,)]


def test_the_staging_tables_of_a_killed_run_are_gone_at_the_next_opening(home):
    with Warehouse(home).writing() as connection:
        connection.execute('create table sources."_staging_essai" as select 1 as x')
        connection.execute("create table sources.essai as select 1 as x")
    with Warehouse(home).writing() as connection:
        names = connection.execute("select table_name from duckdb_tables()").fetchall()
    assert ("essai",) in names
    assert ("_staging_essai",) not in names


@pytest.mark.parametrize(
    "forbidden",
    [
        "select * from read_text('/etc/passwd')",
        "select * from read_csv('/etc/passwd')",
        "from '/etc/passwd'",
        "from glob('/etc/*')",
        "copy (select 1) to '{outside}/x.csv'",
        "attach '{outside}/x.duckdb' as x",
        "load httpfs",
        "install httpfs",
        "set enable_external_access = true",
        "set temp_directory = '/tmp'",
        "create secret (type s3)",
        "export database '{outside}/x'",
    ],
)
def test_nothing_leads_out_of_the_data_folder(home, tmp_path, forbidden):
    """Neither for a query of the platform, nor for one of an analyst."""
    with Warehouse(home).writing() as connection, pytest.raises(duckdb.Error):
        connection.execute(forbidden.format(outside=tmp_path))
    with (
        reading(published(home)) as connection,
        pytest.raises(duckdb.Error),
    ):
        connection.execute(forbidden.format(outside=tmp_path))
    assert {path.name for path in tmp_path.iterdir()} == {"data"}


def published(home: Home) -> Path:
    """A file as analysts find it."""
    file = home.published / "analyse.duckdb"
    file.parent.mkdir(parents=True, exist_ok=True)
    if not file.exists():
        with duckdb.connect(str(file)) as connection:
            connection.execute("create table essai as select 1 as x")
    return file


@pytest.mark.parametrize(
    "forbidden",
    [
        "create table y as select 1",
        "insert into essai values (2)",
        "delete from essai",
        "drop table essai",
        "update essai set x = 2",
        "select * from read_text('{file}')",
        "attach '{file}' as again",
        "detach published",
        "copy essai to '{folder}/x.csv'",
    ],
)
def test_a_reader_can_neither_write_nor_look_elsewhere(home, forbidden):
    file = published(home)
    before = file.read_bytes()
    with reading(file) as connection, pytest.raises(duckdb.Error):
        connection.execute(forbidden.format(file=file, folder=file.parent))
    assert file.read_bytes() == before
    assert [path.name for path in file.parent.iterdir()] == ["analyse.duckdb"]


def test_reading_before_anything_is_published_says_what_to_do(home):
    with pytest.raises(ArdoiseError, match="ardoise run"), reading(home.published / "x.duckdb"):
        pass


def test_a_warehouse_that_is_no_duckdb_file_is_set_aside_whole_and_made_anew(home, caplog):
    home.warehouse.parent.mkdir(parents=True)
    home.warehouse.write_bytes(b"not a database" * 1000)
    with Warehouse(home).writing() as connection:
        assert connection.execute("select count(*) from quality.versions").fetchall() == [(0,)]
    (kept,) = home.warehouse.parent.glob("ecarte-*/ardoise.duckdb")
    assert kept.read_bytes().startswith(b"not a database")
    assert "L’entrepôt ne s’ouvrait plus" in caplog.text
    (line,) = [line for _, line in Journal(home.journal).lines()]
    assert (line["event"], line["reason"]) == ("reconstruction", "ILLISIBLE")


@pytest.mark.parametrize(
    ("query", "read"),
    [
        ("from sources.a", {("sources", "a")}),
        (
            "with x as (from sources.a) from x join curated.b using (id)",
            {("sources", "a"), ("curated", "b")},
        ),
        (
            "select (select max(n) from sources.b) as m from sources.a where id in "
            "(select id from curated.c)",
            {("sources", "a"), ("sources", "b"), ("curated", "c")},
        ),
        ("from sources.a union all by name from sources.b", {("sources", "a"), ("sources", "b")}),
        ("select * from unnest([1, 2]) as t(x), range(3) cross join sources.a", {("sources", "a")}),
        ("from x", {("", "x")}),
        ('from sources."A b"', {("sources", "A b")}),
        (
            "select 'from sources.b' as texte /* from sources.c */ from sources.a",
            {("sources", "a")},
        ),
        (
            "with recursive t as (select 1 as n union all select n + 1 from t where n < 3) from t",
            set(),
        ),
        (
            "select count(*) from sources.a having exists (from sources.b)",
            {("sources", "a"), ("sources", "b")},
        ),
        ("select (with x as (select 1) from x) as y from sources.a", {("sources", "a")}),
    ],
)
def test_the_tables_a_query_reads_are_found_wherever_they_stand(query, read):
    assert tables_read(query) == read


@pytest.mark.parametrize(
    "query",
    [
        "",
        "select 1; select 2",
        "drop table sources.a",
        "insert into sources.a values (1)",
        "attach 'x'",
        "pragma database_size",
        "select * from read_parquet('x')",
        "select (select content from read_text('/etc/passwd')) as x",
        "select * from query('from x')",
        "select * from duckdb_secrets()",
        "with x as (from read_blob('x')) from x",
    ],
)
def test_a_query_that_is_not_one_plain_select_is_refused(query):
    with pytest.raises(DeclarationError):
        tables_read(query)


HOLDER = """
import sys
from pathlib import Path
from resources.settings import Home
from resources.warehouse import Warehouse
with Warehouse(Home(Path(sys.argv[1]))).writing():
    print("held", flush=True)
    sys.stdin.readline()
"""


@pytest.mark.slow
def test_a_second_writer_is_told_which_process_holds_the_warehouse(home):
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(home.path)],
        cwd=REPOSITORY,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as holder:
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(BusyWarehouse, match=str(holder.pid)):
            Warehouse(home, wait_s=0).writing().__enter__()
        waiting = Warehouse(home, wait_s=30)
        holder.stdin.write("\n")
        holder.stdin.flush()
        with waiting.writing() as connection:
            assert connection.execute("select 1").fetchall() == [(1,)]


# --- the landing ------------------------------------------------------------------------------


def brings(content: bytes, tag: str | None = None):
    def fetch(destination: Path, known: str | None) -> Answer | None:
        if tag is not None and known == tag:
            return None
        destination.write_bytes(content)
        return Answer(origin="essai", tag=tag, facts={"lignes abîmées": 2})

    return fetch


def breaks(destination: Path, tag: str | None) -> Answer | None:
    destination.write_bytes(b"half of ")
    raise SourceError("RESEAU", "coupure")


def files(home: Home) -> set[str]:
    return {path.name for path in home.landing.rglob("*.zst")}


def test_a_file_is_named_by_its_sha256_and_comes_back_as_received(home, tmp_path):
    content = "é\r\n".encode("cp1252") * 50_000
    landing = Landing(home)
    landed = landing.take("essai", brings(content))
    digest = hashlib.sha256(content).hexdigest()
    assert (landed.sha256, landed.bytes, files(home)) == (digest, len(content), {f"{digest}.zst"})
    assert landed.landed_bytes < landed.bytes / 10
    landing.unpack(landed.source, landed.sha256, tmp_path / "back")
    assert (tmp_path / "back").read_bytes() == content


def test_the_same_bytes_are_kept_once_and_other_bytes_beside_them(home):
    landing = Landing(home)
    for content in (b"one", b"one", b"two"):
        landing.take("essai", brings(content))
    assert len(files(home)) == 2
    assert landing.last("essai").sha256 == hashlib.sha256(b"two").hexdigest()


def test_the_index_survives_the_process(home):
    first = Landing(home).take("essai", brings(b"one", tag="v1"))
    found = Landing(home).last("essai")
    assert (found.sha256, found.received_at, found.tag) == (first.sha256, first.received_at, "v1")
    assert found.facts == {"lignes abîmées": 2}
    assert not found.downloaded


def test_a_source_that_did_not_change_sends_nothing(home):
    landing = Landing(home)
    assert landing.take("essai", brings(b"one", tag="v1")).downloaded
    assert not landing.take("essai", brings(b"one", tag="v1")).downloaded


def test_a_fetch_that_breaks_leaves_the_last_file_and_no_scrap(home):
    landing = Landing(home)
    landing.take("essai", brings(b"one"))
    with pytest.raises(SourceError, match="coupure"):
        landing.take("essai", breaks)
    assert landing.last("essai").sha256 == hashlib.sha256(b"one").hexdigest()
    assert list(home.work.iterdir()) == []


def test_the_tag_of_an_address_says_nothing_of_another(home):
    landing = Landing(home)
    landing.take("essai", brings(b"one", tag="1"), address="https://un.example.org/")
    two = landing.take("essai", brings(b"two", tag="1"), address="https://deux.example.org/")
    assert two.path.name == f"{hashlib.sha256(b'two').hexdigest()}.zst"
    assert not landing.take(
        "essai", brings(b"-", tag="1"), address="https://deux.example.org/"
    ).downloaded


def test_a_lost_file_is_asked_for_again_whatever_the_tag_says(home):
    landing = Landing(home)
    landing.take("essai", brings(b"one", tag="v1")).path.unlink()
    assert landing.last("essai") is None
    assert landing.take("essai", brings(b"one", tag="v1")).downloaded


def test_an_index_that_is_torn_is_as_good_as_none(home):
    landing = Landing(home)
    landing.take("essai", brings(b"one", tag="v1"))
    index = home.landing / "essai" / "last.json"
    index.write_text(index.read_text(encoding="utf-8")[:40], encoding="utf-8")
    assert landing.take("essai", brings(b"one", tag="v1")).downloaded


# --- the journal ------------------------------------------------------------------------------


@pytest.fixture
def journal(home) -> Journal:
    journal = Journal(home.journal)
    for number in range(4):
        journal.write("publication", table=f"sources.t{number}", version=number)
    return journal


def lines(journal: Journal) -> list[str]:
    return journal.path.read_text(encoding="utf-8").splitlines(keepends=True)


def test_the_journal_tells_what_was_written_in_order(journal):
    assert [line["version"] for _, line in journal.lines()] == [0, 1, 2, 3]
    assert journal.intact()


def test_reading_starts_again_where_it_stopped(journal):
    ends = [end for end, _ in journal.lines()]
    assert [line["version"] for _, line in journal.lines(ends[1])] == [2, 3]
    assert ends[-1] == journal.path.stat().st_size


@pytest.mark.parametrize(
    "tamper",
    [
        lambda lines: [lines[0], lines[1].replace('"version": 1', '"version": 7'), *lines[2:]],
        lambda lines: [lines[0], *lines[2:]],
        lambda lines: lines[1:],
        lambda lines: [lines[0], lines[2], lines[1], lines[3]],
        lambda lines: [*lines[:3], lines[2]],
    ],
    ids=["edit", "removal", "removal of the first", "reorder", "repeat"],
)
def test_a_journal_that_was_touched_is_found_out(journal, tamper):
    journal.path.write_text("".join(tamper(lines(journal))), encoding="utf-8")
    assert not journal.intact()


def test_a_line_cut_by_a_crash_does_not_stop_the_next_one(journal):
    """The half line is not a decision; what follows must still be written and read."""
    with journal.path.open("a", encoding="utf-8") as file:
        file.write(lines(journal)[0][:50])
    journal.write("publication", table="sources.t4", version=4)
    assert [line["version"] for _, line in journal.lines()] == [0, 1, 2, 3, 4]
    assert journal.intact()


def test_a_very_long_line_is_followed_like_any_other(journal):
    journal.write("refus", table="sources.t", message="é" * 100_000)
    journal.write("publication", table="sources.t", version=5)
    assert journal.intact()


def test_two_writers_at_once_break_no_chain(journal):
    writers = [
        threading.Thread(target=lambda: [journal.write("essai", n=n) for n in range(20)])
        for _ in range(3)
    ]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert journal.intact()
    assert len(lines(journal)) == 64


# --- messages ---------------------------------------------------------------------------------


@pytest.fixture
def refusals(home) -> Home:
    """A data folder where two versions were refused, and one published."""
    journal = Journal(home.journal)
    journal.write("publication", table="sources.a", version=1)
    journal.write("refus", table="sources.a", message="Arbres : version refusée.")
    journal.write("refus", table="sources.b", message="Bancs : version refusée.")
    return home


@pytest.mark.slow
def test_each_refusal_is_announced_once(refusals):
    with webhook([]) as (url, told):
        messages = Messages(webhook=url)
        assert announce_refusals(refusals, messages) == ["sources.a", "sources.b"]
        assert announce_refusals(refusals, messages) == []
        assert [message["subject"] for message in told] == [
            "[Ardoise] Version refusée : sources.a",
            "[Ardoise] Version refusée : sources.b",
        ]
        Journal(refusals.journal).write("refus", table="sources.c", message="Canaux.")
        assert announce_refusals(refusals, messages) == ["sources.c"]


@pytest.mark.slow
def test_a_webhook_that_fails_is_tried_again_and_stops_nobody(refusals):
    with webhook([500, 204, 503]) as (url, told):
        messages = Messages(webhook=url)
        assert announce_refusals(refusals, messages) == []
        assert announce_refusals(refusals, messages) == ["sources.a"]
        assert announce_refusals(refusals, messages) == ["sources.b"]
        assert len(told) == 2


@pytest.mark.slow
def test_a_webhook_that_is_not_there_stops_nobody(refusals):
    with webhook([]) as (url, _):
        pass
    assert announce_refusals(refusals, Messages(webhook=url)) == []


@pytest.mark.slow
def test_a_webhook_is_never_followed_elsewhere(refusals):
    with webhook([302]) as (url, told):
        assert announce_refusals(refusals, Messages(webhook=url)) == []
        assert told == []


@pytest.mark.slow
def test_a_refusal_is_mailed_in_french_to_the_recipient(refusals):
    with mail_server() as (port, received):
        messages = Messages(
            smtp_host="127.0.0.1",
            smtp_port=port,
            sender="ardoise@example.org",
            recipient="donnees@example.org",
        )
        assert announce_refusals(refusals, messages) == ["sources.a", "sources.b"]
    assert "To: donnees@example.org" in received[0]
    assert "Arbres" in received[0]


@pytest.mark.slow
def test_a_mail_server_that_refuses_stops_nobody_and_is_tried_again(refusals):
    with mail_server(refuses=True) as (port, _):
        messages = Messages(smtp_host="127.0.0.1", smtp_port=port, recipient="x@example.org")
        assert announce_refusals(refusals, messages) == []
    with mail_server() as (port, received):
        messages = Messages(smtp_host="127.0.0.1", smtp_port=port, recipient="x@example.org")
        assert announce_refusals(refusals, messages) == ["sources.a", "sources.b"]
        assert len(received) == 2


def test_a_refusal_is_always_in_the_log(refusals, caplog):
    announce_refusals(refusals, Messages())
    assert "Bancs : version refusée." in caplog.text


def test_nothing_is_announced_before_the_first_run(home):
    assert announce_refusals(home, Messages()) == []
    assert not home.path.exists()


# --- settings ---------------------------------------------------------------------------------


def test_an_empty_environment_gives_the_shipped_settings():
    found = settings_from({})
    assert found.home.path == REPOSITORY / "data"
    assert (found.territory, found.profile, found.sensor_rows) == (None, None, 300_000)
    assert found.messages == Messages()


def test_the_environment_is_read_with_spaces_and_underscores_in_numbers(tmp_path):
    found = settings_from(
        {
            "ARDOISE_HOME": str(tmp_path / "x" / ".." / "y"),
            "ARDOISE_SENSOR_ROWS": "3_000 000",
            "ARDOISE_SEED": "0",
            "ARDOISE_PROFILE": "",
            "ARDOISE_SMTP_PORT": "2525",
        }
    )
    assert found.home.path == tmp_path / "y"
    assert (found.sensor_rows, found.seed, found.profile) == (3_000_000, 0, None)
    assert found.messages.smtp_port == 2525


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("ARDOISE_SENSOR_ROWS", "beaucoup"),
        ("ARDOISE_SENSOR_ROWS", "0"),
        ("ARDOISE_SENSOR_ROWS", "-5"),
        ("ARDOISE_SENSOR_ROWS", "1e6"),
        ("ARDOISE_SENSOR_ROWS", "²"),
        ("ARDOISE_SEED", "1.5"),
        ("ARDOISE_SMTP_PORT", "smtp"),
        ("ARDOISE_SMTP_PORT", "70000"),
    ],
)
def test_a_bad_number_is_told_with_the_name_of_its_variable(name, text):
    with pytest.raises(DeclarationError, match=f"{name}.*Corrigez"):
        settings_from({name: text})


def test_a_landed_file_that_was_altered_is_never_read_as_whole(tmp_path):
    landing = Landing(Home(tmp_path))

    def fetch(destination, tag):
        destination.write_bytes(bytes(range(256)) * 4_000)
        return Answer("essai", "1")

    landed = landing.take("essai", fetch)
    altered = bytearray(landed.path.read_bytes())
    altered[len(altered) // 2] ^= 0xFF
    landed.path.write_bytes(altered)
    with pytest.raises(SourceError) as error:
        landing.unpack(landed.source, landed.sha256, tmp_path / "lu")
    assert error.value.code == "DEPOT_ALTERE"
    assert landing.last("essai") is None


def test_a_landed_file_cut_short_is_asked_for_again(tmp_path):
    landing = Landing(Home(tmp_path))

    def fetch(destination, tag):
        assert tag is None
        destination.write_bytes(b"entier")
        return Answer("essai", "1")

    landed = landing.take("essai", fetch)
    landed.path.write_bytes(landed.path.read_bytes()[:-3])
    assert landing.last("essai") is None
    assert landing.take("essai", fetch).path.stat().st_size == landed.landed_bytes
