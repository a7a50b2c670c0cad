"""A table of a business application, read from a real PostgreSQL: exact, whole, never written."""

import socket
import time

import duckdb
import pytest

from resources.errors import SourceError
from tests.portals.asking import Asking, contract
from tests.portals.postgres import PASSWORD, Base, postgres

pytestmark = pytest.mark.slow

# One value of each kind that a client is tempted to change.
AWKWARD = r"""
create schema if not exists sigb;
create table sigb.prets (
    id int primary key, "N° de carte" text, montant numeric, rendu boolean, le date, a timestamptz,
    notes jsonb, mots text[], photo bytea, duree interval, flottant double precision
);
insert into sigb.prets values
    (1, '000123', 12345678901234567890.123456789012345678, true, '2026-02-28',
     '2026-03-29 03:30:00+02', '{"à": 1}', '{é,"b c"}', '\x00ff', '1 day 2 hours', 0.1),
    (2, E'ligne\nsuivante;"', 'NaN', false, 'infinity', '-infinity', null, null, null, null, 1e-7);
create sequence sigb.suite;
create view sigb.rendus as select id, montant from sigb.prets where rendu;
"""


@pytest.fixture(scope="module")
def server():
    with postgres() as base:
        yield base


@pytest.fixture
def base(server: Base, monkeypatch) -> Base:
    monkeypatch.setenv("BASE_PASSWORD", PASSWORD)
    server.execute("drop schema if exists sigb cascade;" + AWKWARD)
    return server


@pytest.fixture
def asking(tmp_path) -> Asking:
    return Asking(tmp_path)


def of(url: str, *headers: str, **words: object):
    return contract(url, *headers, format="parquet", **words)


def received(asking: Asking) -> list[tuple]:
    with duckdb.connect() as connection:
        return connection.execute(f"from read_parquet('{asking.received}')").fetchall()


def refused(asking: Asking, said) -> SourceError:
    with pytest.raises(SourceError) as error:
        asking.fetch(said)
    assert PASSWORD not in str(error.value)
    return error.value


def test_every_value_comes_as_the_text_postgresql_gives(asking, base):
    columns = ("N° de carte", "montant", "rendu", "le", "a", "notes", "mots", "photo", "duree")
    answer = asking.fetch(of(base.url("sigb.prets"), *columns, "flottant"))
    assert received(asking) == [
        ("000123", "12345678901234567890.123456789012345678", "true", "2026-02-28",
         "2026-03-29 01:30:00+00", '{"à": 1}', '{é,"b c"}', "\\x00ff", "P1DT2H", "0.1"),
        ('ligne\nsuivante;"', "NaN", "false", "infinity", "-infinity", None, None, None, None,
         "1e-07"),
    ]  # fmt: skip
    assert answer.facts == {"lignes lues": 2, "colonnes laissées à la source": 1}


def test_only_the_columns_of_the_contract_are_asked_for(asking, base):
    base.execute("alter system set log_statement = 'all'")
    base.execute("select pg_reload_conf()")
    time.sleep(0.3)
    asking.fetch(of(base.url("sigb.prets", where="id > 1"), "id", "montant"))
    told = (base.folder / "journal").read_text()
    assert 'COPY (select "id"::text, "montant"::text from "sigb"."prets" where (id > 1))' in told


def test_a_filter_is_applied_by_the_server(asking, base):
    asking.fetch(of(base.url("sigb.prets", where="rendu and montant > 1"), "id"))
    assert received(asking) == [("1",)]


def test_a_query_is_read_in_the_order_of_the_key(asking, base):
    query = "select id, rendu as ok from sigb.prets"
    asking.fetch(of(base.url(query=query), "id", "ok", key=["c1"]))
    assert received(asking) == [("2", "false"), ("1", "true")]


def test_a_table_that_did_not_change_is_not_read_again(asking, base):
    said = of(base.url("sigb.prets"), "id")
    tag = asking.fetch(said).tag
    tag = asking.fetch(said, tag).tag if asking.fetch(said, tag) else tag
    assert asking.fetch(said, tag) is None


@pytest.mark.parametrize(
    "change",
    [
        "insert into sigb.prets (id) values (3)",
        "update sigb.prets set rendu = false where id = 1",
        "delete from sigb.prets where id = 1",
        "truncate sigb.prets",
        "alter table sigb.prets alter column flottant type text",
    ],
)
def test_a_table_that_changed_is_read_again(asking, base, change):
    said = of(base.url("sigb.prets"), "id")
    tag = asking.fetch(said).tag
    base.execute(change)
    assert asking.fetch(said, tag).tag != tag


def test_another_filter_or_another_column_is_asked_again(asking, base):
    tag = asking.fetch(of(base.url("sigb.prets"), "id")).tag
    assert asking.fetch(of(base.url("sigb.prets", where="id = 1"), "id"), tag)
    assert asking.fetch(of(base.url("sigb.prets"), "id", "montant"), tag)


@pytest.mark.parametrize("where", ["le < current_date", "a < now()", "random() < 2"])
def test_a_filter_that_moves_with_time_is_asked_each_time(asking, base, where):
    assert asking.fetch(of(base.url("sigb.prets", where=where), "id")).tag is None


def test_a_view_is_read_each_time_because_nothing_counts_its_changes(asking, base):
    said = of(base.url("sigb.rendus"), "id", key=["c0"])
    assert asking.fetch(said).tag is None
    first = asking.received.read_bytes()
    asking.fetch(said)
    assert asking.received.read_bytes() == first


def test_a_hundred_thousand_rows_all_come(asking, base):
    base.execute("create table sigb.mesures as select i as id, i % 7 as v "
                 "from generate_series(1, 250000) i")  # fmt: skip
    answer = asking.fetch(of(base.url("sigb.mesures"), "id", "v"))
    assert answer.facts["lignes lues"] == 250_000
    with duckdb.connect() as connection:
        (row,) = connection.execute(
            "select count(*), count(distinct id), sum(id::int) "
            f"from read_parquet('{asking.received}')"
        ).fetchall()
    assert row == (250_000, 250_000, 250_000 * 250_001 // 2)


@pytest.mark.parametrize(
    "query",
    [
        "select 1 as id; drop table sigb.prets",
        "with d as (delete from sigb.prets returning id) select id from d",
        "select nextval('sigb.suite')::text as id",
        "select set_config('x.y', id::text, false) as id from (delete from sigb.prets) d",
    ],
)
def test_nothing_can_be_written(asking, base, query):
    assert refused(asking, of(base.url(query=query), "id")).code == "REQUETE"
    assert base.execute("select count(*) from sigb.prets") == "2"


@pytest.mark.parametrize(
    ("table", "words", "code"),
    [
        ("sigb.inconnue", {}, "ABSENTE"),
        ("sigb.prets", {"where": "inconnue = 1"}, "REQUETE"),
        ("sigb.prets", {"where": "id ="}, "REQUETE"),
        ("sigb.prets", {"where": "1 / (id - 1) = 1"}, "SOURCE_INDISPONIBLE"),
    ],
)
def test_what_the_server_refuses_is_told_in_french(asking, base, table, words, code):
    assert refused(asking, of(base.url(table, **words), "id")).code == code


def test_a_table_without_any_column_of_the_contract_is_told(asking, base):
    assert refused(asking, of(base.url("sigb.prets"), "autre")).code == "EN_TETE"


def test_another_format_than_parquet_is_told(asking, base):
    assert refused(asking, contract(base.url("sigb.prets"), "id")).code == "FORMAT"


def test_a_wrong_password_and_a_missing_right_are_told_apart_from_an_absent_server(
    asking, base, monkeypatch
):
    base.execute("drop role if exists tiers; create role tiers login password 'tiers'")
    other = base.url("sigb.prets").replace("ardoise@", "tiers@")
    monkeypatch.setenv("BASE_PASSWORD", "tiers")
    assert refused(asking, of(other, "id")).code == "ACCES_REFUSE"
    monkeypatch.setenv("BASE_PASSWORD", "faux")
    assert refused(asking, of(base.url("sigb.prets"), "id")).code == "ACCES_REFUSE"
    absent = base.url("sigb.prets").replace(f":{base.port}", ":1")
    assert refused(asking, of(absent, "id")).code == "SOURCE_INDISPONIBLE"
    nowhere = base.url("sigb.prets").replace("/postgres/", "/autre/")
    monkeypatch.setenv("BASE_PASSWORD", PASSWORD)
    assert refused(asking, of(nowhere, "id")).code == "ABSENTE"


def test_a_slow_query_is_stopped_at_the_deadline(asking, base):
    said = of(base.url("sigb.prets", where="pg_sleep(20) is not null"), "id",
              transport={"deadline_s": 1})  # fmt: skip
    before = time.monotonic()
    assert refused(asking, said).code == "SOURCE_INDISPONIBLE"
    assert time.monotonic() - before < 8


def test_a_table_over_the_limit_is_stopped(asking, base):
    query = "select md5(i::text) || md5((i + 1)::text) as id from generate_series(1, 600000) i"
    said = of(base.url(query=query), "id", transport={"max_mb": 2})
    assert refused(asking, said).code == "TROP_GROS"


def test_a_server_that_cannot_prove_its_identity_is_refused_unless_the_contract_says_so(
    asking, base
):
    url = base.url("sigb.prets", sslmode="verify-full")
    assert refused(asking, of(url, "id")).code == "CERTIFICAT"
    assert asking.fetch(of(base.url("sigb.prets", sslmode="disable"), "id"))
    known = base.url("sigb.prets", sslmode="verify-full", sslrootcert=str(base.certificate))
    assert asking.fetch(of(known, "id"))


def test_a_server_that_never_answers_is_given_up(asking, base):
    with socket.create_server(("127.0.0.1", 0)) as mute:
        port = mute.getsockname()[1]
        url = base.url("sigb.prets").replace(f":{base.port}", f":{port}")
        before = time.monotonic()
        assert refused(asking, of(url, "id", transport={"deadline_s": 2})).code == (
            "SOURCE_INDISPONIBLE"
        )
        assert time.monotonic() - before < 20


def test_a_dry_run_shows_the_server_and_the_query(asking, base):
    told = asking.asks(of(base.url("sigb.prets", where="id = 1"), "id"))
    assert told[0] == f"postgresql://ardoise@127.0.0.1:{base.port}/postgres/sigb.prets"
    assert told[1] == 'select "id" from "sigb"."prets" where (id = 1)'


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("postgresql://c@s/base/t", "password_from"),
        ("postgresql://c@s/?password_from=P", "quelle base"),
        ("postgresql://c@s/base?password_from=P", "query="),
        ("postgresql://c@s/base/t?password_from=P&query=select 1", "pas les deux"),
        ("postgresql://c@s/base/t?password_from=P&sslmode=prefer", "verify-full"),
        ("postgresql://c:mot@s/base/t", "mot de passe"),
        ("postgresql://c@s/base/t?password_from=P&wher=x", "« where »"),
    ],
)
def test_an_address_that_can_never_be_read_is_told_at_the_load(asking, url, told):
    assert told in asking.fault(url)
    assert asking.fault("postgresql://c@s/base/schema.t?password_from=P&where=a > 1") is None
