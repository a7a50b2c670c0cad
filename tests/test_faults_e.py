"""Faults E of reference/faults.md: attacks, by name. What is not here is where its subject is: E6
and E8 in `test_archives`, E7 in `test_workbooks`, E19 in `test_protection`, E20 in
`test_no_egress`, the interface of Dagster (E12 to E14) in `test_faults_e_interface`.
"""

import datetime as dt
import hashlib
import json
import re
import subprocess
import sys
from importlib.resources import files
from pathlib import Path

import duckdb
import pytest

from assets.verification import verify
from pipelines.run import run
from resources.anchor import anchor
from resources.errors import ArdoiseError, DeclarationError
from resources.journal import START
from resources.layout import lock_down
from resources.settings import REPOSITORY
from resources.sql import literal, quoted
from tests.scenario import GOOD, Scenario

DAY = dt.date(2026, 11, 24)
HOSTILE = 'x" int); DROP TABLE sources.arbres; --'
SCRIPT = "<script>alert(1)</script>"


@pytest.fixture
def scenario(tmp_path) -> Scenario:
    return Scenario(tmp_path)


def with_query(scenario: Scenario, query: str) -> None:
    """The curated table, asking something else."""
    path = scenario.folder / "curated/arbres_par_essence.sql"
    head, _, _ = path.read_text(encoding="utf-8").partition("--- */")
    path.write_text(f"{head}--- */\n{query}\n", encoding="utf-8")


# --- names ------------------------------------------------------------------------------------


@pytest.mark.slow
def test_e1_a_title_that_is_sql_is_a_column_that_nobody_keeps(scenario):
    assert scenario.build("arbres").state == "published"
    lines = GOOD.splitlines()
    titled = [
        f'{lines[0]};"{HOSTILE.replace(chr(34), chr(34) * 2)}"',
        *(f"{x};1" for x in lines[1:]),
    ]
    scenario.write("arbres.csv", "\n".join(titled) + "\n")
    outcome = scenario.build("arbres")
    assert (outcome.state, list(outcome.extra)) == ("published", [HOSTILE])
    assert scenario.query("select count(*) from sources.arbres") == [(3,)]


@pytest.mark.slow
def test_e1_a_title_that_is_sql_may_be_named_by_a_contract(scenario):
    scenario.edit("sources/arbres.yaml", "from: Hauteur (m)", f"from: '{HOSTILE}'")
    scenario.write(
        "arbres.csv", GOOD.replace("Hauteur (m)", f'"{HOSTILE.replace(chr(34), chr(34) * 2)}"')
    )
    assert scenario.build("arbres").state == "published"
    assert scenario.query("select max(hauteur_m) from sources.arbres") == [(12.5,)]


@pytest.mark.parametrize(
    "name", ['a"b', "a'b", "a; drop table x", "é", "1a", "A", "a b", "a.b", "..", "-", "a" * 64]
)
def test_e2_a_file_whose_name_is_not_a_plain_word_stops_the_load(scenario, name):
    text = (scenario.folder / "sources/arbres.yaml").read_text(encoding="utf-8")
    scenario.write(f"sources/{name}.yaml", text)
    with pytest.raises(DeclarationError):
        _ = scenario.platform().catalogue


@pytest.mark.parametrize("name", ['"a\\"b"', "a'b", '"a\\0b"', "../a", "é", "a" * 5_000])
def test_e2_a_column_whose_name_is_not_a_plain_word_stops_the_load(scenario, name):
    scenario.edit("sources/arbres.yaml", "name: remarque", f"name: {name}")
    with pytest.raises(DeclarationError):
        _ = scenario.platform().catalogue


@pytest.mark.parametrize("name", ["select", "table", "order", "'null'"])
@pytest.mark.slow
def test_e2_a_reserved_word_is_only_a_name(scenario, name):
    scenario.edit("sources/arbres.yaml", "name: remarque", f"name: {name}\n    from: remarque")
    assert scenario.build("arbres").state == "published"
    column = quoted(name.strip("'"))
    assert scenario.query(f"select count({column}) from sources.arbres") == [(1,)]


# --- what a contract may ask of DuckDB --------------------------------------------------------

FORBIDDEN = (
    "select content as essence, 1 as arbres, 1.0 as hauteur_moyenne_m from read_text('{secret}')",
    "select * from read_csv('{secret}')",
    "from '{secret}'",
    "select essence, 1 as arbres, 1.0 as hauteur_moyenne_m from sources.arbres; "
    "copy sources.arbres to '{out}'",
    "copy sources.arbres to '{out}'",
    "attach '{out}' as ailleurs",
    "install httpfs",
    "load httpfs",
    "set enable_external_access = true",
    "export database '{out}'",
    "create table sources.autre as select 1",
    "drop table sources.arbres",
    "pragma database_list",
    "select getenv('HOME') as essence, 1 as arbres, 1.0 as hauteur_moyenne_m",
    "select * from glob('/etc/*')",
)


@pytest.mark.parametrize("query", FORBIDDEN)
@pytest.mark.slow
def test_e4_a_query_reads_nothing_outside_of_the_warehouse_and_writes_nothing(
    scenario, tmp_path, query
):
    secret, out = tmp_path / "secret.txt", tmp_path / "sorti"
    secret.write_text("CANARI", encoding="utf-8")
    assert scenario.build("arbres").state == "published"
    with_query(scenario, query.format(secret=secret, out=out))
    try:
        outcome = scenario.build("arbres_par_essence")
        assert outcome.state == "refused", query
        assert "CANARI" not in outcome.message
    except ArdoiseError as error:
        assert "CANARI" not in str(error)
    assert not out.exists()
    assert scenario.query("select count(*) from sources.arbres") == [(3,)]
    assert scenario.query("select count(*) from duckdb_tables() where table_name = 'autre'") == [
        (0,)
    ]


def test_e4_a_rule_written_in_sql_reads_no_file(scenario, tmp_path):
    secret = tmp_path / "secret.txt"
    secret.write_text("CANARI", encoding="utf-8")
    rule = f"select * from {{batch}} where essence in (select content from read_text('{secret}'))"
    scenario.edit(
        "sources/arbres.yaml",
        "key: [id_arbre]",
        "key: [id_arbre]\nexpectations:\n  - unexpected_rows_expectation:\n"
        f'      unexpected_rows_query: "{rule}"',
    )
    try:
        outcome = scenario.build("arbres")
        assert outcome.state == "refused"
        assert "CANARI" not in outcome.message
    except ArdoiseError as error:
        assert "CANARI" not in str(error)


def test_e5_a_link_inside_an_allowed_folder_leads_to_no_file_outside(tmp_path):
    inside, outside = tmp_path / "entree", tmp_path / "dehors"
    inside.mkdir()
    outside.mkdir()
    (outside / "secret.csv").write_text("a\nCANARI\n", encoding="utf-8")
    (inside / "lien.csv").symlink_to(outside / "secret.csv")
    (inside / "dossier").symlink_to(outside)
    (inside / "bon.csv").write_text("a\n1\n", encoding="utf-8")
    with duckdb.connect() as connection:
        lock_down(connection, [inside], temporary=None)
        assert connection.execute(f"from read_csv({literal(inside / 'bon.csv')})").fetchall()
        for path in ("lien.csv", "dossier/secret.csv", "../dehors/secret.csv"):
            with pytest.raises(duckdb.PermissionException):
                connection.execute(f"from read_csv({literal(inside / path)}, all_varchar = true)")


# --- what leaves ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text", ['=HYPERLINK("http://x")', "+cmd|' /C calc'!A0", "-2+3", "@SUM(1)", "\t=1"]
)
def test_e10_a_cell_of_a_spreadsheet_that_looks_like_a_formula_is_a_text(tmp_path, text):
    from odfdo import Document

    from resources.opendocument import write_sheets

    path = tmp_path / "export.ods"
    write_sheets(path, "Export", {"Export": [["libelle"], [text]]}, DAY)
    xml = Document(path).get_part("content.xml").serialize().decode()
    assert "table:formula" not in xml
    assert "office:value=" not in xml


@pytest.mark.slow
def test_e11_a_label_that_is_a_script_is_shown_as_it_is_written(scenario):
    scenario.edit("sources/arbres.yaml", "title: Arbres d’alignement", f"title: '{SCRIPT}'")
    scenario.edit(
        "sources/arbres.yaml",
        "description: Ce que le jardinier a noté.",
        "description: '</p><svg onload=alert(1)> javascript:alert(1)'",
    )
    scenario.edit(
        "sources/arbres.yaml",
        "publisher: Service des espaces verts",
        "publisher: '\"><img src=x onerror=alert(1)>'",
    )
    run(scenario.platform(), ["arbres"])
    pages = list(scenario.home.site.rglob("*.html"))
    told = "".join(page.read_text(encoding="utf-8") for page in pages)
    assert "&lt;script&gt;alert(1)" in told
    assert not re.search(r"<script|<svg[^>]*onload|<img[^>]*onerror|href=.javascript:", told)
    for page in pages:
        policy = re.search(r'Content-Security-Policy" content="([^"]+)"', page.read_text())
        assert policy, page
        assert "default-src 'none'" in policy[1]
        assert "script-src" not in policy[1]


# --- secrets, the journal, what is installed --------------------------------------------------


@pytest.mark.slow
def test_e15_a_secret_of_the_environment_is_in_no_file_no_message_and_no_command_line(tmp_path):
    scenario, secret = Scenario(tmp_path), "S3CRET-CANARI"
    scenario.edit(
        "sources/arbres.yaml",
        "url: file:../arbres.csv",
        "url: postgresql://lecteur@127.0.0.1:1/base/public.arbres?password_from=BASE_SECRET",
    )
    code = (
        "import sys; from pipelines.command import app\n"
        "try: app(['run'])\n"
        "except SystemExit: pass\n"
        "import pathlib; sys.stdout.write(pathlib.Path('/proc/self/cmdline').read_text())"
    )
    environment = {
        "ARDOISE_HOME": str(scenario.home.path),
        "ARDOISE_TERRITORY": str(scenario.folder),
        "ARDOISE_INTERNAL_HOSTS": "127.0.0.1:1",
        "BASE_SECRET": secret,
        "PATH": "/usr/bin:/bin",
        "PYTHONPATH": str(REPOSITORY),
    }
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False
    )
    assert "arbres" in done.stdout + done.stderr
    assert secret not in done.stdout + done.stderr
    written = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert any(path.name == "journal.jsonl" for path in written)
    assert [path for path in written if secret.encode() in path.read_bytes()] == []


def rewritten(texts: list[str]) -> list[str]:
    """A journal without one of its lines, its chain computed anew."""
    previous, done = START, []
    for text in [*texts[:1], *texts[2:]]:
        line = {**json.loads(text), "previous": previous}
        line.pop("hash")
        said = json.dumps(line, ensure_ascii=False, sort_keys=True).encode()
        previous = line["hash"] = hashlib.sha256(said).hexdigest()
        done.append(json.dumps(line, ensure_ascii=False) + "\n")
    return done


@pytest.mark.parametrize(
    "tamper",
    [
        lambda lines: [lines[0].replace('"n": 0', '"n": 7'), *lines[1:]],
        lambda lines: [lines[0], *lines[2:]],
        lambda lines: [lines[1], lines[0], *lines[2:]],
        lambda lines: lines[:-1],
        lambda lines: [],
        rewritten,
    ],
    ids=["edit", "removal", "reorder", "truncation", "emptied", "chain recomputed"],
)
def test_e16_a_journal_that_was_touched_is_told_by_verify(scenario, tamper):
    platform = scenario.platform()
    for n in range(4):
        platform.journal.write("essai", n=n)
    anchor(platform.journal, platform.home.keys)
    platform.journal.write("essai", n=4)  # after the head that was kept: no fault
    assert [one.what for one in verify(platform).findings if one.what == "journal"] == []
    lines = platform.journal.path.read_text(encoding="utf-8").splitlines(keepends=True)[:4]
    platform.journal.path.write_text("".join(tamper(lines)), encoding="utf-8")
    assert "journal" in [one.what for one in verify(platform).findings]


@pytest.mark.slow
def test_e16_each_run_keeps_the_head_of_the_journal_outside_of_the_data(scenario):
    run(scenario.platform(), ["arbres"])
    platform = scenario.platform()
    kept = json.loads((platform.home.keys / "journal.head").read_bytes())
    assert (kept["position"], kept["hash"]) == platform.journal.head()
    assert not platform.home.keys.is_relative_to(platform.home.path)


def test_e17_nothing_is_installed_whose_hash_is_not_in_the_lock():
    assert "--require-hashes" in (REPOSITORY / "deploy/venv.sh").read_text(encoding="utf-8")
    for lock in sorted(REPOSITORY.glob("requirements*.lock")):
        pinned = re.findall(
            r"^([^\s=]+)==[^\\\n]+\\\n((?:    --hash=sha256:[0-9a-f]{64}(?: \\)?\n?)+)",
            lock.read_text(),
            re.M,
        )
        named = re.findall(r"^[A-Za-z0-9]", lock.read_text(), re.M)
        assert len(pinned) == len(named) > 50, lock
        assert "--index-url" not in lock.read_text()


@pytest.mark.slow
def test_e17_a_wheel_that_was_changed_is_not_installed(tmp_path):
    wheel = tmp_path / "essai-1.0-py3-none-any.whl"
    wheel.write_bytes(b"PK\x05\x06" + bytes(18))
    lock = tmp_path / "requirements.lock"
    lock.write_text(f"essai @ file://{wheel} --hash=sha256:{'0' * 64}\n", encoding="utf-8")
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "pip",
            "install",
            "--no-index",
            "--require-hashes",
            "--target",
            str(tmp_path / "ici"),
            "-r",
            str(lock),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode != 0
    assert "HASHES" in done.stderr.upper()


def test_e18_an_extension_of_duckdb_that_was_altered_is_not_loaded(tmp_path):
    (shipped,) = Path(str(files("duckdb_extension_httpfs"))).rglob("httpfs.duckdb_extension")
    content = bytearray(shipped.read_bytes())
    content[len(content) // 2] ^= 1
    altered = tmp_path / "httpfs.duckdb_extension"
    altered.write_bytes(content)
    with duckdb.connect() as connection, pytest.raises(duckdb.Error, match=r"signature|metadata"):
        connection.execute(f"load {literal(altered)}")
