"""A distant Parquet file: the rows and columns wanted, and only their bytes on the wire."""

import duckdb
import pytest

from resources.errors import SourceError
from tests.portals.asking import SHARED, Asking, contract
from tests.server import Server, ranged, redirect, status, whole

IRIS = SHARED / "iris" / "iris_2021.parquet"
URL = "parquet:static.example.org/iris.parquet"

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def large(tmp_path_factory) -> bytes:
    """The real IRIS, a hundred times over with a wide column, in row groups sorted by commune: the
    layout of the SIRENE stock.
    """
    path = tmp_path_factory.mktemp("parquet") / "iris.parquet"
    with duckdb.connect() as connection:
        connection.execute(
            f"""
            copy (
                select iris, com, pop, md5(iris || i) as large, i
                from read_parquet('{IRIS}'), range(10) t(i) order by com, iris, i
            ) to '{path}' (format parquet, row_group_size 20000)
            """
        )
    return path.read_bytes()


@pytest.fixture
def server():
    with Server() as server:
        yield server


@pytest.fixture
def asking(tmp_path, server) -> Asking:
    return Asking(tmp_path, server.relay)


@pytest.fixture
def stock(server, large) -> Server:
    server.on("/static.example.org/iris.parquet", ranged(large))
    return server


def of(*words: str, url: str = URL, headers: tuple[str, ...] = ("iris", "pop"), **more: object):
    said = {"format": "parquet", **more}
    return contract(url + ("?" + "&".join(words) if words else ""), *headers, **said)


def rows(asking: Asking) -> list[tuple]:
    with duckdb.connect() as connection:
        return connection.execute(f"from read_parquet('{asking.received}')").fetchall()


def refused(asking: Asking, said) -> SourceError:
    with pytest.raises(SourceError) as error:
        asking.fetch(said)
    return error.value


def expected(condition: str) -> list[tuple]:
    with duckdb.connect() as connection:
        return connection.execute(
            f"select iris, pop from read_parquet('{IRIS}') where {condition} order by iris"
        ).fetchall()


def test_the_communes_of_the_territory_come_and_little_else_travels(asking, stock, large):
    answer = asking.fetch(of("communes=com", "where=i = 0"))
    assert rows(asking) == expected("com in ('01004', '01007', '01014')")
    assert answer.facts["lignes extraites"] == len(rows(asking))
    assert answer.facts["octets du fichier distant"] == len(large)
    # One row group of twenty-five, without its widest column.
    assert answer.facts["octets lus à distance"] < len(large) / 15


def test_what_is_reported_is_what_travelled(asking, stock):
    answer = asking.fetch(of("communes=com"))
    spans = [asked.headers["range"].removeprefix("bytes=").split("-") for asked in stock.asked]
    asked = sum(int(last) - int(first) + 1 for first, last in spans)
    # The first byte, asked to know the size, is not read.
    assert answer.facts["octets lus à distance"] == asked - 1


def test_an_unchanged_file_costs_one_byte(asking, stock, large):
    tag = asking.fetch(of("communes=com")).tag
    stock.asked.clear()
    assert asking.fetch(of("communes=com"), tag) is None
    assert [asked.headers["range"] for asked in stock.asked] == ["bytes=0-0"]
    assert asking.fetch(of("where=i = 1"), tag).tag != tag
    stock.on("/static.example.org/iris.parquet", ranged(large, '"v2"'))
    assert asking.fetch(of("communes=com"), tag).tag != tag


def test_a_stable_address_that_redirects_is_followed(asking, stock):
    stock.on("/www.example.org/r", redirect("https://static.example.org/iris.parquet"))
    answer = asking.fetch(of("communes=com", url="parquet:www.example.org/r"))
    assert answer.final_url == "https://static.example.org/iris.parquet"


def test_a_server_that_only_gives_whole_files_is_told(asking, server, large):
    server.on("/static.example.org/iris.parquet", whole(large))
    assert refused(asking, of()).code == "SANS_PLAGES"


def test_a_failure_while_reading_is_told_as_itself(asking, server, large):
    answers = [ranged(large), ranged(large), status(404)]
    server.on("/static.example.org/iris.parquet", answers)
    assert refused(asking, of("communes=com")).code == "ABSENTE"


def test_a_file_that_changes_while_it_is_read_is_not_taken(asking, server, large):
    answers = [ranged(large), ranged(large), ranged(large, '"v2"')]
    server.on("/static.example.org/iris.parquet", answers)
    assert refused(asking, of("communes=com")).code == "TRONQUE"


def test_more_bytes_than_the_contract_allows_are_not_asked(asking, stock):
    assert refused(asking, of(transport={"max_mb": 0.2})).code == "TROP_GROS"


def test_what_is_no_parquet_a_wrong_condition_and_unknown_columns_are_told(asking, stock):
    stock.on("/static.example.org/autre", ranged(b"id;nom\n" * 1000))
    assert refused(asking, of(url="parquet:static.example.org/autre")).code == "NON_PARQUET"
    assert refused(asking, of("where=inconnue = 1")).code == "REQUETE"
    assert refused(asking, of("where=pop >")).code == "REQUETE"
    assert refused(asking, of(headers=("inconnue",))).code == "EN_TETE"
    assert refused(asking, of(format="csv")).code == "FORMAT"


def test_a_condition_reads_no_file_of_this_machine(asking, stock):
    said = of("where=com in (select content from read_text('/etc/hostname'))")
    assert refused(asking, said).code == "REQUETE"


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("parquet:a.parquet", "serveur/chemin"),
        ("parquet:https://static.example.org/a", "serveur/chemin"),
        ("parquet:static.example.org/a?colonne=b", "colonne"),
    ],
)
def test_an_address_that_can_never_be_read_is_told_at_the_load(asking, url, told):
    assert told in asking.fault(url)
    assert asking.fault(f"{URL}?where=a = 1") is None
    assert asking.asks(of("where=i = 1")) == [
        "https://static.example.org/iris.parquet",
        'select "iris", "pop" where (i = 1)',
    ]
