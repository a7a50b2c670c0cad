"""Faults of transport, named after their numbers in the list: a real server that misbehaves, a
contract that points to it, and what an agent then sees.
"""

import datetime as dt
import json
import time

import pytest

from assets.acceptance import accept
from assets.connectors.request import web_of
from assets.platform import Platform
from assets.table import Builder, Run
from pipelines.run import plan_of
from resources.energy import Meter
from resources.errors import ArdoiseError
from resources.settings import Messages, Outside, Settings
from tests import server as faults
from tests.scenario import GOOD, Scenario
from tests.server import Server, bomb, named, redirect, self_signed, status, whole

# Each builds a table for real, from a server to a published version.
pytestmark = pytest.mark.slow

FILE = GOOD.encode()
MORE = FILE + b"A-004;tilleul;8;01/02/2021;\n"
LATER = MORE + b"A-005;tilleul;8;01/02/2021;\n"


class Distant(Scenario):
    """The scenario whose file comes from a server; waits are noted, not waited."""

    outside = Outside()

    def __init__(self, folder):
        super().__init__(folder)
        self.pauses: list[float] = []

    @property
    def settings(self) -> Settings:
        return Settings(home=self.home, territory=self.folder, outside=self.outside)

    def platform(self) -> Platform:
        platform = super().platform()
        platform.web = web_of(self.settings, platform.territory, self.pauses.append)
        return platform

    def reads(self, url: str, transport: str = "") -> None:
        """Point the contract to an address."""
        words = f"plain_http: true{transport and ', ' + transport}"
        self.edit(
            "sources/arbres.yaml", "url: file:../arbres.csv", f"url: {url}\ntransport: {{{words}}}"
        )

    @property
    def rows(self) -> int:
        return self.query("select count(*) from sources.arbres")[0][0]

    def left(self) -> set[str]:
        """Files of the moment that a failure left behind."""
        return (
            {path.name for path in self.home.work.glob("*")} if self.home.work.is_dir() else set()
        )


@pytest.fixture
def server():
    with Server() as server:
        yield server


@pytest.fixture
def distant(tmp_path, server):
    distant = Distant(tmp_path)
    distant.outside = server.outside
    return distant


def refused(outcome) -> str:
    """Why a version was refused."""
    assert outcome.state == "refused"
    return outcome.message


def serves_once_then(distant, server, *handlers, transport=""):
    """A first good version, then faults."""
    distant.reads(server.on("/arbres.csv", [whole(FILE), *handlers]), transport)
    assert distant.build("arbres").state == "published"


# --- B1: fewer bytes than announced --------------------------------------------------------------


@pytest.mark.parametrize("fault", [faults.short, faults.cut_chunks, faults.cut_zip, faults.reset])
def test_b1_a_body_cut_short_is_asked_again(distant, server, fault):
    distant.reads(server.on("/arbres.csv", [fault(FILE), whole(FILE)]))
    assert distant.build("arbres").state == "published"
    assert distant.rows == 3
    assert server.times("/arbres.csv") == 2


@pytest.mark.parametrize("fault", [faults.short, faults.cut_chunks, faults.cut_zip])
def test_b1_a_body_always_cut_short_is_refused(distant, server, fault):
    distant.reads(server.on("/arbres.csv", fault(FILE)))
    assert "TRONQUE" in refused(distant.build("arbres"))
    assert server.times("/arbres.csv") == 4
    assert not distant.left()


def test_b1_a_cut_never_replaces_the_last_good_file(distant, server):
    serves_once_then(distant, server, faults.short(MORE))
    outcome = distant.build("arbres")
    assert outcome.state == "unchanged"
    assert outcome.outage.code == "TRONQUE"
    assert distant.rows == 3


def test_b1_bytes_beyond_the_announced_length_are_not_taken(distant, server):
    distant.reads(server.on("/arbres.csv", faults.talkative(FILE)))
    assert distant.build("arbres").state == "published"
    assert distant.rows == 3


# --- B2: no length, and cut -----------------------------------------------------------------------


def test_b2_a_file_without_length_whose_last_line_is_cut_is_refused(distant, server):
    distant.reads(server.on("/arbres.csv", faults.unframed(FILE[:-5])))
    assert "TRONQUE" in refused(distant.build("arbres"))


def test_b2_a_whole_file_without_length_is_taken(distant, server):
    distant.reads(server.on("/arbres.csv", faults.unframed(FILE)))
    assert distant.build("arbres").state == "published"


def test_b2_a_file_with_a_length_may_end_without_a_line_end(distant, server):
    distant.reads(server.on("/arbres.csv", whole(FILE.rstrip(b"\n"))))
    assert distant.build("arbres").state == "published"


def test_b2_a_cut_between_two_lines_is_refused_by_a_row_floor(distant, server):
    distant.edit(
        "sources/arbres.yaml",
        "quarantine:",
        "expectations:\n"
        "  - expect_table_row_count_to_be_between: {min_value: 3, max_value: 100}\nquarantine:",
    )
    distant.reads(server.on("/arbres.csv", faults.unframed(FILE[: FILE.rindex(b"A-003")])))
    assert distant.build("arbres").state == "refused"


# --- B3: later ------------------------------------------------------------------------------------


def test_b3_the_seconds_of_retry_after_are_waited(distant, server):
    late = status(429, {"Retry-After": "7"})
    distant.reads(server.on("/arbres.csv", [late, whole(FILE)]))
    assert distant.build("arbres").state == "published"
    assert distant.pauses == [7.0]


def test_b3_the_date_of_retry_after_is_waited(distant, server):
    moment = dt.datetime.now(dt.UTC) + dt.timedelta(seconds=20)
    late = status(503, {"Retry-After": f"{moment:%a, %d %b %Y %H:%M:%S} GMT"})
    distant.reads(server.on("/arbres.csv", [late, whole(FILE)]))
    assert distant.build("arbres").state == "published"
    assert 17 < distant.pauses[0] <= 20


@pytest.mark.parametrize("code", [408, 425, 500, 502, 503, 504])
def test_b3_a_failing_server_is_asked_four_times_then_refused(distant, server, code):
    distant.reads(server.on("/arbres.csv", status(code)))
    assert "SOURCE_INDISPONIBLE" in refused(distant.build("arbres"))
    assert server.times("/arbres.csv") == 4
    assert 0 < distant.pauses[0] < distant.pauses[2] < 4


def test_b3_a_wait_longer_than_the_run_is_not_waited(distant, server):
    distant.reads(server.on("/arbres.csv", status(503, {"Retry-After": "86400"})))
    assert "demande de revenir après le" in refused(distant.build("arbres"))
    assert server.times("/arbres.csv") == 1
    assert distant.pauses == []


def test_b3_a_day_quota_of_opendatasoft_is_told_with_its_end(distant, server):
    said = {"errorcode": 10002, "limit_time_unit": "day", "reset_time": "2099-01-01T00:00:00Z"}
    distant.reads(server.on("/arbres.csv", status(429, body=json.dumps(said).encode())))
    message = refused(distant.build("arbres"))
    assert "QUOTA" in message
    assert "01/01/2099" in message
    assert server.times("/arbres.csv") == 1


@pytest.mark.parametrize("fault", [faults.hang_up, faults.garbage])
def test_b3_a_server_that_answers_nonsense_is_a_source_that_does_not_answer(distant, server, fault):
    distant.reads(server.on("/arbres.csv", fault))
    assert "SOURCE_INDISPONIBLE" in refused(distant.build("arbres"))


def test_b3_the_other_sources_go_on_when_one_is_unreachable(distant, server):
    distant.reads(server.on("/arbres.csv", status(503)))
    text = (distant.folder / "sources/arbres.yaml").read_text()
    distant.write("sources/bancs.yaml", text.replace("/arbres.csv", "/bancs.csv"))
    server.on("/bancs.csv", whole(FILE))
    assert distant.build("sources.arbres").state == "refused"
    assert distant.build("sources.bancs").state == "published"


# --- B4: drop by drop -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "fault",
    [faults.drip(FILE * 20), faults.drip_head(), faults.patience_please],
    ids=["body", "headers", "interim"],
)
def test_b4_a_server_that_drips_is_left_at_the_deadline(distant, server, fault):
    distant.reads(server.on("/arbres.csv", fault), "deadline_s: 0.5")
    start = time.monotonic()
    assert "SOURCE_INDISPONIBLE" in refused(distant.build("arbres"))
    assert time.monotonic() - start < 8  # the drip would last forty seconds


def test_b4_headers_that_never_stop_are_left_at_once(distant, server):
    distant.reads(server.on("/arbres.csv", faults.endless_head))
    assert "SOURCE_INDISPONIBLE" in refused(distant.build("arbres"))


# --- B5: nothing new ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "handler",
    [
        faults.validated(FILE),
        faults.validated(FILE, etag="", modified=dt.datetime(2026, 11, 1, tzinfo=dt.UTC)),
    ],
    ids=["etag", "date"],
)
def test_b5_a_file_the_server_says_unchanged_is_not_sent_again(distant, server, handler):
    distant.reads(server.on("/arbres.csv", handler))
    assert distant.build("arbres").state == "published"
    assert distant.build("arbres").state == "unchanged"
    conditions = {"if-none-match", "if-modified-since"}
    assert conditions & set(server.asked[-1].headers)


def test_b5_the_same_etag_with_the_whole_file_is_unchanged(distant, server):
    distant.reads(server.on("/arbres.csv", whole(FILE, {"ETag": '"v1"'})))
    assert distant.build("arbres").state == "published"
    landed = distant.platform().landing.last("arbres")
    assert distant.build("arbres").state == "unchanged"
    assert distant.platform().landing.last("arbres") == landed


def test_b5_the_same_bytes_without_validators_are_unchanged_and_nothing_runs(distant, server):
    distant.reads(server.on("/arbres.csv", whole(FILE)))
    assert distant.build("arbres").state == "published"
    assert distant.build("arbres_par_essence").state == "published"
    platform = distant.platform()
    asked = [platform.catalogue.named(name) for name in ("arbres", "arbres_par_essence")]
    plan = plan_of(Builder(platform, Run("essai", Meter())), asked)
    assert (plan.current, plan.stale) == (asked, [])


def test_b5_the_same_bytes_keep_their_first_date_and_are_known_to_be_checked(distant, server):
    distant.reads(server.on("/arbres.csv", whole(FILE)))
    distant.build("arbres")
    landing = distant.platform().landing
    first, checked = landing.last("arbres"), landing.checked_at("arbres")
    time.sleep(0.02)
    distant.build("arbres")
    assert landing.last("arbres").received_at == first.received_at
    assert landing.checked_at("arbres") > checked


def test_b5_a_date_that_never_moves_does_not_hide_new_bytes(distant, server):
    stuck = {"Last-Modified": "Sun, 01 Nov 2026 00:00:00 GMT"}
    distant.reads(server.on("/arbres.csv", [whole(FILE, stuck), whole(MORE, stuck)]))
    distant.build("arbres")
    assert distant.build("arbres").state == "published"
    assert distant.rows == 4


def test_b5_another_address_is_asked_without_condition(distant, server):
    distant.reads(server.on("/arbres.csv", faults.validated(FILE)))
    distant.build("arbres")
    server.on("/nouveau.csv", faults.validated(MORE))
    distant.edit("sources/arbres.yaml", "/arbres.csv", "/nouveau.csv")
    assert distant.build("arbres").state == "published"
    assert distant.rows == 4


def test_where_a_file_came_from_is_kept_with_it(distant, server):
    moved = dt.datetime(2026, 11, 1, 8, tzinfo=dt.UTC)
    server.on("/depot/v2.csv", faults.validated(FILE, modified=moved))
    distant.reads(server.on("/arbres.csv", redirect("/depot/v2.csv?token=chut7")))
    distant.build("arbres")
    landed = distant.platform().landing.last("arbres")
    assert landed.origin == f"{server.url}/arbres.csv"
    assert landed.final_url == f"{server.url}/depot/v2.csv?token=…"
    assert landed.modified == dt.datetime(2026, 11, 1, 8)


# --- B7: addresses --------------------------------------------------------------------------------

INSIDE = [
    "http://127.0.0.1:1/",
    "http://localhost:1/",
    "http://169.254.169.254/latest/meta-data/",
    "http://2130706433/",
    "http://0177.1/",
    "http://0x7f.0.0.1/",
    "http://127.1/",
    "http://0/",
    "http://[::1]/",
    "http://[::]/",
    "http://[::ffff:127.0.0.1]/",
    "http://[::ffff:a9fe:a9fe]/",
    "http://[64:ff9b::7f00:1]/",
    "http://[fe80::1]/",
    "http://[fd00:ec2::254]/",
    "http://10.0.0.1/",
    "http://192.168.1.1/",
    "http://100.100.100.200/",
    "//127.0.0.1:1/",
    "file:///etc/passwd",
    "ftp://example.org/",
    "gopher://example.org/",
    "http://nom:secret@example.org/",
    "",
]


@pytest.mark.parametrize("to", INSIDE)
def test_b7_a_redirection_to_the_inside_is_blocked(distant, server, to):
    distant.reads(server.on("/arbres.csv", redirect(to)))
    message = refused(distant.build("arbres"))
    assert "ADRESSE_INTERDITE" in message
    assert "secret" not in message
    assert len(server.asked) <= 6


@pytest.mark.parametrize("url", [url for url in INSIDE[:17] if url])
def test_b7_a_contract_cannot_name_the_inside_either(distant, url):
    distant.reads(url)
    assert "ADRESSE_INTERDITE" in refused(distant.build("arbres"))


def test_b7_a_redirection_to_a_permitted_server_is_followed(distant, server):
    server.on("/ailleurs.csv", whole(FILE))
    distant.reads(server.on("/arbres.csv", [redirect("/ailleurs.csv"), redirect("ailleurs.csv")]))
    assert distant.build("arbres").state == "published"


def test_b7_a_loop_of_redirections_ends(distant, server):
    distant.reads(server.on("/arbres.csv", redirect("/arbres.csv")))
    assert "ADRESSE_INTERDITE" in refused(distant.build("arbres"))
    assert server.times("/arbres.csv") == 6


def test_b7_an_encrypted_address_never_leads_to_one_that_is_not(tmp_path, server):
    server.on("/arbres.csv", whole(FILE))
    with Server(certificate=self_signed(tmp_path)) as safe:
        distant = Distant(tmp_path)
        inside = safe.outside.internal | server.outside.internal
        distant.outside = Outside(internal=inside, authorities=safe.outside.authorities)
        distant.reads(safe.on("/arbres.csv", redirect(f"{server.url}/arbres.csv")))
        assert "chiffrée" in refused(distant.build("arbres"))
    assert server.asked == []


def test_b7_http_is_refused_unless_the_contract_says_so(distant, server):
    distant.reads(server.on("/arbres.csv", whole(FILE)))
    distant.edit("sources/arbres.yaml", "plain_http: true", "plain_http: false")
    assert "plain_http" in refused(distant.build("arbres"))
    assert server.asked == []


# --- B9: file names -------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["../../etc/cron.d/x", "/etc/passwd", "..\\..\\x", "x\0y"])
def test_b9_the_server_does_not_name_the_file(distant, server, name, tmp_path):
    distant.reads(server.on("/arbres.csv", named(name.replace("\0", "%00"), whole(FILE))))
    assert distant.build("arbres").state == "published"
    received = {path.name for path in (distant.home.landing / "arbres").iterdir()}
    sha256 = distant.platform().landing.last("arbres").sha256
    assert received == {"last.json", f"{sha256}.zst"}
    assert not (tmp_path / "etc").exists()


# --- B10: bombs -----------------------------------------------------------------------------------


def test_b10_a_bomb_is_refused_and_leaves_nothing(distant, server):
    distant.reads(server.on("/arbres.csv", bomb(50)))
    assert "BOMBE" in refused(distant.build("arbres"))
    assert not distant.left()
    assert not list(distant.home.landing.rglob("*.zst"))


def test_b10_a_file_larger_than_its_contract_says_is_not_even_begun(distant, server):
    distant.reads(server.on("/arbres.csv", whole(FILE * 1000)), "max_mb: 0.05")
    assert "TROP_GROS" in refused(distant.build("arbres"))


@pytest.mark.parametrize("fault", [faults.chunked, faults.unframed, faults.zipped])
def test_b10_a_file_that_hides_its_size_is_stopped_on_its_way(distant, server, fault):
    distant.reads(server.on("/arbres.csv", fault(FILE * 1000)), "max_mb: 0.05")
    assert "TROP_GROS" in refused(distant.build("arbres"))


def test_b10_a_body_that_never_stops_is_stopped(distant, server):
    distant.reads(server.on("/arbres.csv", faults.endless), "max_mb: 5")
    assert "TROP_GROS" in refused(distant.build("arbres"))
    assert not distant.left()


def test_b10_an_honest_compression_is_read(distant, server):
    distant.reads(server.on("/arbres.csv", faults.zipped(FILE)))
    assert distant.build("arbres").state == "published"
    assert distant.rows == 3


# --- B11: certificates ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("certificate", "trusted"),
    [({}, False), ({"expired": True}, True), ({"host": "ailleurs.example.org"}, True)],
    ids=["self-signed", "expired", "of another"],
)
def test_b11_a_certificate_that_proves_nothing_is_refused(tmp_path, certificate, trusted):
    with Server(certificate=self_signed(tmp_path, **certificate)) as safe:
        distant = Distant(tmp_path)
        authorities = safe.outside.authorities if trusted else None
        distant.outside = Outside(internal=safe.outside.internal, authorities=authorities)
        distant.reads(safe.on("/arbres.csv", whole(FILE)))
        assert "CERTIFICAT" in refused(distant.build("arbres"))
        assert distant.pauses == []
        assert safe.asked == []


def test_b11_an_authority_of_one_s_own_may_be_named(tmp_path):
    with Server(certificate=self_signed(tmp_path)) as safe:
        distant = Distant(tmp_path)
        distant.outside = safe.outside
        distant.reads(safe.on("/arbres.csv", whole(FILE)))
        assert distant.build("arbres").state == "published"


# --- B12: gone, and the last good version served --------------------------------------------------


@pytest.mark.parametrize("code", [404, 410])
def test_b12_a_source_that_is_gone_is_announced_with_its_catalogue(distant, server, code):
    distant.edit(
        "sources/arbres.yaml", "theme:", "homepage: https://data.example.org/arbres\ntheme:"
    )
    serves_once_then(distant, server, status(code))
    outcome = distant.build("arbres")
    assert (outcome.state, outcome.outage.code) == ("unchanged", "ABSENTE")
    told = announced(distant)
    assert told == ["sources.arbres"]
    log = (distant.home.logs / "ardoise.log").read_text()
    assert "https://data.example.org/arbres" in log
    assert "données du" in log
    assert announced(distant) == []
    distant.build("arbres")
    assert announced(distant) == []  # told once, not at each run


def test_b12_a_failure_that_may_pass_is_not_announced(distant, server):
    serves_once_then(distant, server, status(503))
    distant.build("arbres")
    assert announced(distant) == []


def test_an_unreachable_source_keeps_its_table_and_the_date_of_its_first_failure(distant, server):
    serves_once_then(
        distant, server, status(503), status(503), status(503), status(503), status(404)
    )
    first = distant.build("arbres").outage
    time.sleep(0.01)
    again = distant.build("arbres").outage
    assert (first.code, again.code) == ("SOURCE_INDISPONIBLE", "ABSENTE")
    assert again.since == first.since
    assert distant.rows == 3


def test_an_outage_ends_with_the_next_success(distant, server):
    serves_once_then(distant, server, status(404), whole(MORE))
    assert distant.build("arbres").outage
    outcome = distant.build("arbres")
    assert (outcome.state, outcome.outage) == ("published", None)
    assert distant.rows == 4
    events = [line["event"] for _, line in distant.platform().journal.lines()]
    assert events[-3:] == ["indisponibilite", "retablissement", "publication"]


def test_an_outage_ends_with_a_file_that_did_not_change(distant, server):
    serves_once_then(distant, server, status(404), whole(FILE))
    assert distant.build("arbres").outage
    assert distant.build("arbres").outage is None


def test_a_corrected_contract_is_applied_to_the_last_file_during_an_outage(distant, server):
    serves_once_then(distant, server, status(404))
    distant.edit(
        "sources/arbres.yaml", "enum: [tilleul, platane, érable]", "enum: [tilleul, platane]"
    )
    outcome = distant.build("arbres")
    assert outcome.outage.code == "ABSENTE"
    assert outcome.state == "published"
    assert distant.rows == 2


@pytest.mark.parametrize("fault", [bomb(20), redirect("http://169.254.169.254/")])
def test_an_attack_is_a_refusal_and_not_an_outage(distant, server, fault):
    serves_once_then(distant, server, fault)
    outcome = distant.build("arbres")
    assert (outcome.state, outcome.outage) == ("refused", None)
    assert "reste publiée" in outcome.message
    assert distant.rows == 3


def announced(distant) -> list[str]:
    """The tables people were told about just now."""
    from resources.messages import announce_refusals

    return announce_refusals(distant.home, Messages())


# --- secrets --------------------------------------------------------------------------------------


@pytest.mark.parametrize("word", ["apikey", "api%6Bey", "X-Amz-Signature", "token", "sig"])
def test_a_secret_of_an_address_is_written_nowhere(distant, server, word, caplog):
    caplog.set_level(0)
    answers = [whole(FILE), status(503), status(503), status(503), status(503), status(404)]
    server.on("/arbres.csv", answers)
    distant.reads(f"{server.url}/arbres.csv?{word}=chut7")
    outcomes = [distant.build("arbres") for _ in range(3)]
    announced(distant)
    assert "apikey" not in word or "chut7" in server.asked[0].path
    assert all("chut7" not in str(outcome.outage) for outcome in outcomes)
    assert "chut7" not in caplog.text
    written = [path for path in distant.home.path.rglob("*") if path.is_file()]
    assert all(b"chut7" not in path.read_bytes() for path in written)


# --- B13: volume ----------------------------------------------------------------------------------


def rows(count: int) -> bytes:
    """A good file of some rows."""
    head = GOOD.partition("\n")[0]
    lines = "".join(f"A-{index:03};tilleul;8;01/02/2021;\n" for index in range(count))
    return f"{head}\n{lines}".encode()


@pytest.mark.parametrize(("before", "after"), [(600, 200), (150, 800)])
def test_b13_a_volume_that_falls_or_soars_waits_for_someone(distant, server, before, after):
    distant.reads(server.on("/arbres.csv", [whole(rows(before)), whole(rows(after))]))
    assert distant.build("arbres").state == "published"
    message = refused(distant.build("arbres"))
    assert "lignes" in message
    assert "ardoise accept" in message
    assert distant.rows == before
    platform = distant.platform()
    accept(platform, platform.catalogue.named("arbres"), "recensement partiel, confirmé")
    outcome = distant.build("arbres")
    assert outcome.state == "published"
    assert [verdict.rule.name for verdict in outcome.warnings] == ["lignes.precedent"]
    assert distant.rows == after
    line = distant.platform().journal.last("acceptation")
    assert (line["reason"], bool(line["by"])) == ("recensement partiel, confirmé", True)


def test_b13_what_is_accepted_is_one_file(distant, server):
    answers = [whole(rows(900)), whole(rows(300)), whole(rows(250)), whole(rows(20))]
    distant.reads(server.on("/arbres.csv", answers))
    distant.build("arbres")
    distant.build("arbres")
    platform = distant.platform()
    accept(platform, platform.catalogue.named("arbres"), "confirmé")
    assert distant.build("arbres").state == "refused"  # another file came meanwhile
    assert distant.rows == 900


def test_b13_nothing_waits_nothing_is_accepted(distant, server):
    distant.reads(server.on("/arbres.csv", whole(FILE)))
    distant.build("arbres")
    platform = distant.platform()
    with pytest.raises(ArdoiseError, match="aucune version refusée"):
        accept(platform, platform.catalogue.named("arbres"), "pour voir")


@pytest.mark.parametrize(("before", "after"), [(600, 500), (3, 90), (300, 600)])
def test_b13_an_ordinary_change_is_published(distant, server, before, after):
    distant.reads(server.on("/arbres.csv", [whole(rows(before)), whole(rows(after))]))
    distant.build("arbres")
    assert distant.build("arbres").state == "published"
