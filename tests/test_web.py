"""The fine grain of the web: which addresses, which waits, which bodies, which ranges."""

import datetime as dt
import gzip
import ipaddress
import tracemalloc
import zlib

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as some

from resources import patience
from resources.addresses import doors, is_public, literal, told
from resources.errors import DeclarationError, SourceError
from resources.receiving import Body, Cut, Limits
from resources.settings import settings_from
from resources.validators import conditions_of, holds, tag_of
from resources.web import Web
from tests import server as faults
from tests.server import Server, whole

PLAIN = Limits(plain_http=True, attempts=1)
ADDRESS = "https://data.example.org/x.csv"
NOW = dt.datetime(2026, 11, 24, 12, 0, tzinfo=dt.UTC)


def answers(*responses: httpx.Response) -> httpx.MockTransport:
    """One response after another."""
    left = list(responses)
    return httpx.MockTransport(lambda request: left.pop(0))


def code_of(action, *arguments, **named) -> str:
    with pytest.raises(SourceError) as caught:
        action(*arguments, **named)
    return caught.value.code


# --- addresses ------------------------------------------------------------------------------------

closed_v4 = some.one_of(
    *(
        some.ip_addresses(network=network)
        for network in (
            "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16",
            "172.16.0.0/12", "192.0.0.0/29", "192.0.2.0/24", "192.168.0.0/16", "198.18.0.0/15",
            "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
        )
    )
)  # fmt: skip
closed_v6 = some.one_of(
    *(
        some.ip_addresses(network=network)
        for network in (
            "::/127", "100::/64", "2001::/32", "2001:db8::/32", "2002::/16", "3fff::/20",
            "64:ff9b:1::/48", "fc00::/7", "fe80::/10", "fec0::/10", "ff00::/8",
        )
    )
)  # fmt: skip


@some.composite
def spelling_v4(draw, address: ipaddress.IPv4Address) -> str:
    """An address as some software accepts to read it: 1 to 4 parts, decimal, octal or hexadecimal,
    or wrapped in one of the newer kind."""
    value = int(address)
    wrapped = draw(some.sampled_from(["", "::ffff:", "64:ff9b::"]))
    if wrapped:
        ending = draw(some.sampled_from([str(address), f"{value >> 16:x}:{value & 0xFFFF:x}"]))
        return f"[{wrapped}{ending}]"
    parts = draw(some.integers(1, 4))
    numbers = [value >> (24 - 8 * index) & 0xFF for index in range(parts - 1)]
    numbers.append(value & (1 << 8 * (5 - parts)) - 1)
    write = [draw(some.sampled_from(["{}", "0{:o}", "0x{:x}", "0X{:X}"])) for _ in numbers]
    return ".".join(form.format(number) for form, number in zip(write, numbers, strict=True))


@given(some.data())
def test_any_spelling_of_any_address_that_is_not_public_is_refused(data):
    if data.draw(some.booleans()):
        host = data.draw(closed_v4.flatmap(spelling_v4))
    else:
        address = data.draw(closed_v6)
        host = data.draw(some.sampled_from([f"[{address}]", f"[{address.exploded.upper()}]"]))
    scheme = data.draw(some.sampled_from(["http", "https"]))
    web = Web()
    assert code_of(web.read, f"{scheme}://{host}/x", PLAIN) == "ADRESSE_INTERDITE"


@given(some.ip_addresses(v=4))
def test_a_spelling_is_the_address_it_spells(address):
    assert literal(str(int(address))) == address
    assert literal(f"{address}.") == address
    assert is_public(ipaddress.ip_address(f"::ffff:{address}")) == is_public(address)


@pytest.mark.parametrize(
    "address", ["8.8.8.8", "185.15.58.224", "2a00:1450:4007::200e", "64:ff9b::808:808"]
)
def test_the_open_internet_is_open(address):
    assert is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize("address", ["168.63.129.16", "192.88.99.1", "fe80::1%eth0"])
def test_what_is_public_by_the_letter_only_is_closed(address):
    assert not is_public(ipaddress.ip_address(address))


def test_the_name_is_resolved_once_and_the_connection_is_made_to_what_was_checked():
    with Server() as server:
        server.on("/x", whole(b"inside"))
        told_addresses = iter([["8.8.8.8"], ["127.0.0.1"]])
        asked = []

        def rebinding(host, port):
            asked.append(host)
            return next(told_addresses, ["127.0.0.1"])

        web = Web(resolve=rebinding)
        limits = Limits(plain_http=True, attempts=1, deadline_s=0.2)
        url = f"http://rebond.example.org:{server.port}/x"
        assert code_of(web.read, url, limits) == "SOURCE_INDISPONIBLE"
        assert code_of(web.read, url, limits) == "ADRESSE_INTERDITE"
        assert len(asked) == 2
        assert server.asked == []


@pytest.mark.parametrize(
    "addresses", [["127.0.0.1"], ["8.8.8.8", "10.0.0.1"], ["::1"], ["fe80::1%2"], ["n’importe"]]
)
def test_a_name_one_of_whose_addresses_is_inside_is_refused(addresses):
    web = Web(resolve=lambda host, port: addresses)
    assert code_of(web.read, "https://piege.example.org/", PLAIN) == "ADRESSE_INTERDITE"


def test_an_internal_server_is_permitted_by_its_name_and_its_port_together():
    with Server() as server:
        server.on("/x", whole(b"dedans"))
        internal = frozenset({("serveur.interne", server.port)})
        web = Web(internal=internal, resolve=lambda host, port: ["127.0.0.1"])
        content, _ = web.read(f"http://Serveur.interne:{server.port}/x", PLAIN)
        assert content == b"dedans"
        other = f"http://autre.interne:{server.port}/x"
        assert code_of(web.read, other, PLAIN) == "ADRESSE_INTERDITE"
        elsewhere = f"http://serveur.interne:{server.port + 1}/x"
        assert code_of(web.read, elsewhere, PLAIN) == "ADRESSE_INTERDITE"


def test_everything_goes_through_the_relay_and_redirections_stay_logical():
    with Server() as server:
        server.on("/data.example.org/a", faults.redirect("/b?x=1"))
        server.on("/data.example.org/b", faults.redirect("https://files.example.org/c"))
        server.on("/files.example.org/c", whole(b"fin"))
        content, received = Web(relay=server.url).read("https://data.example.org/a", Limits())
        assert content == b"fin"
        assert received.url == "https://files.example.org/c"
        assert server.asked[1].path == "/data.example.org/b?x=1"


def test_the_relay_itself_is_no_address_for_a_source():
    with Server() as server:
        server.on("/data.example.org/a", faults.redirect(f"{server.url}/admin"))
        web = Web(relay=server.url)
        limits = Limits(plain_http=True, attempts=1)
        assert code_of(web.read, "http://data.example.org/a", limits) == "ADRESSE_INTERDITE"


def test_a_page_too_large_for_the_memory_is_refused():
    body = httpx.Response(200, headers={"Content-Length": "200000000"})
    assert code_of(Web(answers(body)).read, ADDRESS, Limits()) == "TROP_GROS"


def test_a_key_does_not_follow_to_another_server():
    seen = []

    def answer(request):
        seen.append(request.headers.get("x-api-key"))
        moved = httpx.Response(302, headers={"Location": "https://other.example.org/"})
        return moved if len(seen) == 1 else httpx.Response(200, content=b"x")

    Web(httpx.MockTransport(answer)).read(ADDRESS, Limits(), headers={"X-Api-Key": "chut"})
    assert seen == ["chut", None]


def test_no_cookie_is_kept_and_the_machine_s_proxy_is_ignored(monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")
    with Server() as server:
        server.on("/x", whole(b"x", {"Set-Cookie": "suivi=1"}))
        web = Web(internal=server.outside.internal)
        web.read(f"{server.url}/x", PLAIN)
        web.read(f"{server.url}/x", PLAIN)
        assert "cookie" not in server.asked[1].headers


def test_a_connection_is_kept_between_two_pages_a_redirection_and_a_304(tmp_path):
    with Server() as server:
        server.on("/x", whole(b"x"))
        server.on("/moved", faults.redirect("/x"))
        server.on("/same", faults.validated(b"y"))
        made = []

        def resolve(host, port):
            made.append(host)
            return ["127.0.0.1"]

        web = Web(internal=server.outside.internal, resolve=resolve)
        for path in ("/x", "/moved", "/x"):
            web.read(server.url + path, PLAIN)
        tag, file = None, tmp_path / "same"
        for _ in range(3):
            received = web.download(server.url + "/same", file, PLAIN, tag=tag)
            tag = received.tag if received else tag
        assert len(made) == 1


@pytest.mark.parametrize("handler", [whole(b""), faults.chunked(b"abc"), faults.unframed(b"abc")])
def test_a_body_is_read_once_whatever_ends_it(handler):
    with Server() as server:
        server.on("/x", handler)
        web = Web(internal=server.outside.internal)
        contents = [web.read(f"{server.url}/x", PLAIN)[0] for _ in range(2)]
        assert contents[0] == contents[1]
        assert contents[0] in (b"", b"abc")


# --- what is told ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://u:p@x.fr/a?b=1#c", "https://x.fr/a?b=1"),
        ("https://x.fr/a?where=epci%3D1&apikey=S&limit=2", "https://x.fr/a?where=epci%3D1&apikey=…&limit=2"),
        ("https://x.fr/?access%5Ftoken=S", "https://x.fr/?access%5Ftoken=…"),
        ("https://x.fr/a@b?cle=S&article=9", "https://x.fr/a@b?cle=…&article=9"),
        ("demo:electricite", "demo:electricite"),
        ("folder:../depots/x_*.csv?take=all", "folder:../depots/x_*.csv?take=all"),
        ("postgresql://u:S@h/base?password=S", "postgresql://h/base?password=…"),
    ],
)  # fmt: skip
def test_an_address_is_told_without_its_secrets(url, shown):
    assert told(url) == shown


def test_who_asks_is_said():
    with Server() as server:
        server.on("/x", whole(b"x"))
        agent = "Ardoise/0.1 (Métropole; donnees@example.org)"
        Web(internal=server.outside.internal, agent=agent).read(f"{server.url}/x", PLAIN)
        assert (
            server.asked[0].headers["user-agent"] == "Ardoise/0.1 (Mtropole; donnees@example.org)"
        )


# --- validators -----------------------------------------------------------------------------------

headers = some.dictionaries(
    some.sampled_from(["etag", "last-modified", "server"]),
    some.one_of(some.text(min_size=1), some.sampled_from(['"v1"', 'W/"é"', '"v\r\n1"'])),
    max_size=3,
)


@given(headers)
def test_a_tag_asks_the_same_address_with_what_the_server_gave(given_headers):
    tag = tag_of(ADDRESS, given_headers)
    conditions = conditions_of(tag, ADDRESS)
    asked = httpx.Request("GET", ADDRESS, headers=conditions)  # none that cannot be sent
    for header, given_header in (("If-None-Match", "etag"), ("If-Modified-Since", "last-modified")):
        assert asked.headers.get(header) in (given_headers.get(given_header), None)
    assert conditions_of(tag, ADDRESS + "2") == {}


def test_what_a_server_gave_is_asked_back():
    given_headers = {"etag": 'W/"v1"', "last-modified": "Sun, 01 Nov 2026 00:00:00 GMT"}
    assert list(conditions_of(tag_of(ADDRESS, given_headers), ADDRESS).values()) == [
        'W/"v1"',
        "Sun, 01 Nov 2026 00:00:00 GMT",
    ]


@given(some.text())
def test_a_tag_of_another_kind_asks_without_condition(tag):
    assert conditions_of(tag, ADDRESS) == {}


def test_a_304_to_a_question_without_condition_is_no_answer():
    web = Web(answers(httpx.Response(304)))
    assert code_of(web.read, ADDRESS, Limits(attempts=1)) == "SOURCE_INDISPONIBLE"
    assert not holds({}, 304, {})


# --- patience -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "body", "wait"),
    [
        ({"retry-after": "12"}, b"", 12),
        ({"retry-after": "Tue, 24 Nov 2026 12:01:00 GMT"}, b"", 60),
        ({"retry-after": "Tue, 24 Nov 2026 11:00:00 GMT"}, b"", 0),
        ({"retry-after": "bientôt"}, b"", None),
        ({"retry-after": "-3"}, b"", None),
        ({"retry-after": "9" * 400}, b"", None),
        ({"retry-after": "inf"}, b"", None),
        ({}, b'{"reset_time": "2026-11-24T12:00:30+00:00"}', 30),
        ({}, b'{"reset_time": "2026-11-24T12:00:30Z", "errorcode": 10002}', 30),
        ({}, b'{"reset_time": null}', None),
        ({}, b"[1]", None),
        ({"x-ratelimit-reset": "2026-11-24 12:00:05+00:00"}, b"", 5),
        ({"x-ratelimit-reset": str(NOW.timestamp() + 9)}, b"", 9),
    ],
)
def test_the_wait_a_server_asks_is_read(said, body, wait):
    assert patience.told_wait(said, body, NOW) == wait


@given(
    some.dictionaries(some.sampled_from(["retry-after", "x-ratelimit-reset"]), some.text()),
    some.binary(),
)
def test_nothing_a_server_says_of_waiting_breaks_the_run(said, body):
    wait = patience.told_wait(said, body, NOW)
    assert wait is None or wait >= 0


@given(some.integers(1, 40))
def test_the_wait_we_choose_grows_and_is_bounded(attempt):
    assert 0 < patience.own_wait(attempt) <= patience.LONGEST_S


# --- bodies ---------------------------------------------------------------------------------------

pieces = some.lists(some.integers(1, 400), max_size=20)


def cut_into(content: bytes, sizes: list[int]) -> list[bytes]:
    found, start = [], 0
    for size in sizes:
        found.append(content[start : start + size])
        start += size
    return [*found, content[start:]]


@given(some.binary(max_size=5000), pieces, some.sampled_from(["gzip", "deflate", "raw", "members"]))
def test_a_body_is_what_was_sent_however_it_is_packed_and_cut(content, sizes, how):
    raw = zlib.compressobj(wbits=-15)
    packed = {
        "gzip": gzip.compress(content),
        "deflate": zlib.compress(content),
        "raw": raw.compress(content) + raw.flush(),
        "members": gzip.compress(content[:100]) + gzip.compress(content[100:]),
    }[how]
    encoding = "gzip" if how in ("gzip", "members") else "deflate"
    assert b"".join(Body(Limits(), encoding).plain(cut_into(packed, sizes))) == content


@given(some.binary(min_size=1, max_size=2000), some.data())
def test_a_packed_body_cut_anywhere_is_seen(content, data):
    packed = gzip.compress(content)
    end = data.draw(some.integers(1, len(packed) - 1))
    with pytest.raises(Cut):
        b"".join(Body(Limits(), "gzip").plain([packed[:end]]))


@pytest.mark.slow
def test_a_bomb_costs_no_memory():
    packed = gzip.compress(bytes(200_000_000))
    body = Body(Limits(max_ratio=1e9), "gzip")
    tracemalloc.start()
    size = sum(len(piece) for piece in body.plain([packed]))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert size == 200_000_000
    assert peak < 2_000_000


@pytest.mark.parametrize("encoding", ["br", "zstd", "gzip, gzip", "n’importe"])
def test_a_packing_that_was_not_asked_is_refused(encoding):
    assert code_of(list, Body(Limits(), encoding).plain([b"x"])) == "ILLISIBLE"


def test_what_does_not_unpack_is_refused():
    assert code_of(list, Body(Limits(), "gzip").plain([b"pas du gzip"])) == "ILLISIBLE"


def test_a_file_already_packed_is_not_asked_to_be_packed_again():
    seen = []

    def answer(request):
        seen.append(request.headers["accept-encoding"])
        return httpx.Response(200, content=b"x")

    web = Web(httpx.MockTransport(answer))
    for name in ("x.csv", "x.csv.gz", "x.parquet"):
        web.read(f"https://data.example.org/{name}", Limits())
    assert seen == ["gzip, deflate", "identity", "identity"]


# --- ranges ---------------------------------------------------------------------------------------

BIG = bytes(range(256)) * 4000


@pytest.fixture
def server():
    with Server() as server:
        yield server


def opened(server, handler, limits=PLAIN, path="/x.parquet"):
    server.on(path, handler)
    return Web(internal=server.outside.internal).opened(server.url + path, limits)


def test_a_distant_file_is_read_like_one_of_here(server):
    file = opened(server, faults.ranged(BIG))
    assert file.size == len(BIG)
    file.seek(-8, 2)
    assert file.read() == BIG[-8:]
    file.seek(300_000)
    assert file.read(100) == BIG[300_000:300_100]
    assert file.read(5) == BIG[300_100:300_105]
    assert file.tell() == 300_105
    file.seek(0)
    assert file.read() == BIG
    assert file.read() == b""
    file.seek(10_000_000)
    assert file.read(10) == b""


@given(some.lists(some.tuples(some.integers(0, 1_100_000), some.integers(0, 200_000)), max_size=8))
def test_any_part_of_a_distant_file_is_the_same_as_here(parts):
    from resources.ranges import RangedFile

    file = RangedFile(len(BIG), lambda start, end: BIG[start:end])
    for start, length in parts:
        file.seek(start)
        assert file.read(length) == BIG[start : start + length]


def test_the_end_is_asked_once_and_little_travels(server):
    file = opened(server, faults.ranged(BIG))
    for back in (8, 100, 5000):
        file.seek(-back, 2)
        file.read(back)
    assert len(server.asked) == 2  # its size, its end
    assert file.travelled < 70_000


@pytest.mark.parametrize(
    "handler",
    [
        whole(BIG),
        faults.status(416),
        faults.status(206, body=b"x"),
        faults.status(206, {"Content-Range": "bytes 5-5/9"}, b"x"),
        faults.status(206, {"Content-Range": "bytes 0-0/*"}, b"x"),
        faults.status(206, {"Content-Range": "bytes 0-0/9"}, b"xyz"),
    ],
    ids=["ignored", "unsatisfiable", "unsaid", "elsewhere", "unknown size", "too long"],
)
def test_a_server_that_does_not_give_parts_is_refused(server, handler):
    server.on("/x", handler)
    web = Web(internal=server.outside.internal)
    assert code_of(web.opened, server.url + "/x", PLAIN) == "SANS_PLAGES"


def test_a_file_that_changes_while_it_is_read_is_refused(server):
    file = opened(server, [faults.ranged(BIG), faults.ranged(BIG[::-1], etag='"v2"')])
    assert code_of(file.read, 100) == "TRONQUE"


def test_a_range_cut_short_is_asked_again(server):
    limits = Limits(plain_http=True, attempts=2)
    server.on("/x", [faults.ranged(BIG), faults.status(503), faults.ranged(BIG)])
    web = Web(internal=server.outside.internal, pause=lambda seconds: None)
    assert web.opened(server.url + "/x", limits).read(3) == BIG[:3]


def test_only_what_travels_counts_against_the_limit(server):
    file = opened(server, faults.ranged(BIG), Limits(plain_http=True, max_bytes=200_000))
    file.seek(-8, 2)
    file.read()
    file.seek(0)
    assert code_of(file.read) == "TROP_GROS"


# --- settings -------------------------------------------------------------------------------------


def test_internal_servers_and_the_relay_come_from_the_environment():
    outside = settings_from(
        {
            "ARDOISE_INTERNAL_HOSTS": "Sig.interne:8080, [::1]:80",
            "ARDOISE_RELAY": "http://relais:3128",
        }
    ).outside
    assert outside.internal == {("sig.interne", 8080), ("::1", 80)}
    assert outside.relay == "http://relais:3128"
    assert doors("") == frozenset()


@pytest.mark.parametrize(
    "environment",
    [
        {"ARDOISE_INTERNAL_HOSTS": "sig.interne"},
        {"ARDOISE_INTERNAL_HOSTS": "sig.interne:http"},
        {"ARDOISE_INTERNAL_HOSTS": ":80"},
        {"ARDOISE_RELAY": "relais:3128"},
        {"ARDOISE_RELAY": "ftp://relais"},
        {"SSL_CERT_FILE": "/nulle/part.pem"},
    ],
)
def test_a_setting_that_cannot_be_used_stops_the_load(environment):
    with pytest.raises(DeclarationError):
        settings_from(environment)
