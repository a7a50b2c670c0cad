"""The invented files: the same for the same seed, their faults counted, no real person in them."""

import csv
import datetime as dt
import hashlib
import io
import re
from collections import Counter
from collections.abc import Callable

import pytest

from assets.demo import generator, generators
from assets.demo.world import Options
from resources.errors import DeclarationError
from tests.demo_world import SENSOR_ROWS, TERRITORIES, generated, world

Line = dict[str, str]
NAMES = generators()
EVERYWHERE = [(territory, name) for territory in TERRITORIES for name in NAMES]
# The bytes for three communes, whatever the machine. Another digest is another VERSION.
DIGESTS: dict[tuple[str, int], str] = {
    ("arrets_transport", 1): "40601783b4173d26",
    ("bacs_remplissage", 2): "fa63a1d2c5fb2cc2",
    ("cantines", 1): "369be788db20b7a2",
    ("demandes_usagers", 2): "39b44ac81c2509ce",
    ("electricite", 1): "7545b2a10ba991ca",
    ("subventions", 1): "bf5e14188f5d18ca",
}


def lines(territory: str, name: str) -> list[Line]:
    """The file, read by something that knows nothing of how it was made."""
    content = generated(territory, name).content
    text = content.decode("cp1252" if name == "electricite" else "utf-8-sig")
    delimiter = ";" if ";" in text.splitlines()[0] else ","
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter, restkey="trop")
    return [dict(line) for line in reader]


def luhn(digits: str) -> bool:
    pairs = (sum(divmod(2 * int(digit), 10)) for digit in digits[-2::-2])
    return (sum(pairs) + sum(int(digit) for digit in digits[-1::-2])) % 10 == 0


def number(text: str) -> float:
    return float(text.replace(" ", "")) if re.fullmatch(r"[\d .]+", text) else -1


def dated(text: str) -> str:
    return "".join(reversed(text.split("/")))


# How each fault is recognised in the bytes, without the generator.
SIGNS: dict[tuple[str, str], Callable[[Line], bool]] = {
    ("electricite", "secret statistique (« s »)"): lambda r: r["Consommation (MWh)"] == "s",
    ("electricite", "orthographes d’un même secteur"): lambda r: not r["Secteur"].isupper(),
    ("electricite", "espaces de milliers"): lambda r: "\xa0" in r["Consommation (MWh)"],
    ("electricite", "zéros initiaux perdus"): lambda r: len(r["Code INSEE commune"]) == 4,
    ("electricite", "totaux parmi les communes"): lambda r: r["Maille"] == "EPCI",
    ("cantines", "repas prévus absents (« NA »)"): lambda r: r["Prévu"] == "NA",
    ("cantines", "repas servis absents (« NA »)"): lambda r: r["Réel"] == "NA",
    ("cantines", "service à zéro"): lambda r: r["Réel"] == "0",
    ("cantines", "servis au-delà de trois fois le prévu"): lambda r: (
        "NA" not in (r["Prévu"], r["Réel"]) and int(r["Réel"]) > 3 * int(r["Prévu"])
    ),
    ("cantines", "commune absente du référentiel"): lambda r: r["Code commune"] not in r["Site"],
    ("cantines", "dates d’un autre format"): lambda r: "/" not in r["Date"],
    ("bacs_remplissage", "mesure à -1"): lambda r: r["taux_remplissage_pct"] == "-1",
    ("bacs_remplissage", "mesure à 255"): lambda r: r["taux_remplissage_pct"] == "255",
    ("bacs_remplissage", "date de 1970"): lambda r: r["horodatage"].startswith("1970"),
    ("demandes_usagers", "clôture avant le dépôt"): lambda r: (
        "" < dated(r["Date de clôture"]) < dated(r["Date de dépôt"])
        and not r["Date de dépôt"].startswith("31/02")
    ),
    ("demandes_usagers", "coordonnées dans le texte libre"): lambda r: (
        re.search(r"@|\d{10}", r["Description"]) is not None
    ),
    ("demandes_usagers", "texte sur plusieurs lignes"): lambda r: "\n" in r["Description"],
    ("demandes_usagers", "courriel sans arobase"): lambda r: (
        r["Courriel"] != "" and "@" not in r["Courriel"]
    ),
    ("demandes_usagers", "téléphone incomplet"): lambda r: len(r["Téléphone"]) == 7,
    ("demandes_usagers", "téléphone espacé"): lambda r: " " in r["Téléphone"],
    ("demandes_usagers", "date impossible"): lambda r: r["Date de dépôt"].startswith("31/02"),
    ("demandes_usagers", "IRIS inconnu"): lambda r: r["Code IRIS"].endswith("9999"),
    ("arrets_transport", "accessibilité inconnue (0 ou vide)"): lambda r: (
        r["wheelchair_boarding"] in ("0", "")
    ),
    ("arrets_transport", "stations parmi les arrêts"): lambda r: r["location_type"] == "1",
    ("arrets_transport", "latitude et longitude échangées"): lambda r: (
        0 <= number(r["stop_lat"].replace("-", "")) < 40
    ),
    ("arrets_transport", "virgule décimale"): lambda r: "," in r["stop_lat"],
    ("arrets_transport", "arrêt sans nom"): lambda r: r["stop_name"] == "",
    ("subventions", "SIRET espacé"): lambda r: " " in r["idBeneficiaire"],
    ("subventions", "zéro initial du SIRET perdu"): lambda r: len(r["idBeneficiaire"]) == 13,
    ("subventions", "montant avec espaces"): lambda r: (
        number(r["montant"]) > 0 and " " in r["montant"]
    ),
    ("subventions", "montant en toutes lettres"): lambda r: "euros" in r["montant"],
    ("subventions", "date impossible"): lambda r: r["dateConvention"].endswith("02-30"),
    ("subventions", "SIRET erroné"): lambda r: (
        not luhn(r["idBeneficiaire"].replace(" ", "").zfill(14))
    ),
    ("subventions", "objet absent"): lambda r: r["objet"] == "",
    ("subventions", "objet trop long"): lambda r: len(r["objet"]) > 256,
    ("subventions", "séparateur sans guillemets"): lambda r: "trop" in r,
}
REPEATED = {
    "electricite": "lignes répétées",
    "cantines": "lignes répétées",
    "bacs_remplissage": "message répété",
    "demandes_usagers": "demande envoyée deux fois",
    "arrets_transport": "arrêt répété",
    "subventions": "convention saisie deux fois",
}


def repeats(rows: list[Line]) -> int:
    return len(rows) - len(Counter(str(row) for row in rows))


def late(rows: list[Line]) -> int:
    """Messages older than one already received."""
    sound = [row["horodatage"] for row in rows if not row["horodatage"].startswith("1970")]
    newest, count = "", 0
    for stamp in sound:
        count += stamp < newest
        newest = max(newest, stamp)
    return count


def frozen(rows: list[Line]) -> int:
    """Messages at the end of the file that all say the same, three hours long; not a full bin."""
    measures: dict[str, list[str]] = {}
    for row in sorted(rows, key=lambda row: row["horodatage"]):
        if row["taux_remplissage_pct"] not in ("-1", "100", "255"):
            measures.setdefault(row["capteur"], []).append(row["taux_remplissage_pct"])
    ends = [
        next((i for i, v in enumerate(m[::-1]) if v != m[-1]), len(m)) for m in measures.values()
    ]
    return sum(end for end in ends if end >= 12)


@pytest.mark.parametrize(("territory", "name"), EVERYWHERE)
def test_every_fault_that_is_told_is_in_the_bytes(territory: str, name: str) -> None:
    rows = lines(territory, name)
    told = dict(generated(territory, name).injected)
    found = {label: sum(map(sign, rows)) for (file, label), sign in SIGNS.items() if file == name}
    found[REPEATED[name]] = repeats(rows)
    if name == "bacs_remplissage":
        found |= {"message tardif": late(rows), "capteur figé": frozen(rows)}
    assert {label: count for label, count in found.items() if count} == told


@pytest.mark.parametrize("name", NAMES)
def test_the_same_seed_gives_the_same_bytes_and_another_seed_others(name: str) -> None:
    options = Options(sensor_rows=SENSOR_ROWS)
    again = generator(name).generate(world("small"), options)
    other = generator(name).generate(world("small"), Options(seed=7, sensor_rows=SENSOR_ROWS))
    assert again.content == generated("small", name).content
    assert other.content != again.content


@pytest.mark.parametrize("name", NAMES)
def test_a_version_stands_for_one_content(name: str) -> None:
    digest = hashlib.sha256(generated("small", name).content).hexdigest()[:16]
    assert digest == DIGESTS[name, generator(name).VERSION]


@pytest.mark.parametrize("rows", [1, 10, 1_000])
def test_the_sensor_file_has_the_number_of_lines_that_is_asked(rows: int) -> None:
    file = generator("bacs_remplissage").generate(world("small"), Options(sensor_rows=rows))
    assert file.rows == rows == file.content.count(b"\n") - 1


def test_a_day_of_sensors_is_the_same_whenever_the_world_stops() -> None:
    day, sensors = dt.date(2026, 10, 30), generator("bacs_remplissage").generate
    asked = {"since": day, "before": day + dt.timedelta(days=1)}
    alone = sensors(world("small"), Options(**asked))
    later = sensors(world("small"), Options(until=dt.date(2026, 11, 20), **asked))
    assert alone.content == later.content
    lines = alone.content.partition(b"\n")[2]
    assert lines in generated("small", "bacs_remplissage").content
    assert sensors(world("small"), Options(since=dt.date(2027, 1, 1))).rows == 0


@pytest.mark.parametrize(("territory", "name"), EVERYWHERE)
def test_every_line_says_that_it_is_invented(territory: str, name: str) -> None:
    rows = lines(territory, name)
    assert len(rows) == generated(territory, name).rows
    marks = {row.get("origine") or row.get("Origine") for row in rows if "trop" not in row}
    assert marks == {"synthetique"}


@pytest.mark.parametrize("name", NAMES)
def test_a_second_territory_shares_no_code_with_the_first(name: str) -> None:
    first = TERRITORIES["shipped"]().territory
    text = generated("small", name).content.decode("latin-1")
    for constant in (first.epci, first.name, first.short_name):
        assert constant not in text
    assert re.search(rf"\b{first.seat}", text) is None


def test_a_town_hall_far_from_the_others_is_brought_back() -> None:
    for territory in TERRITORIES:
        longitudes = world(territory).communes["lon"]
        assert longitudes.max() - longitudes.min() < 1  # type: ignore[operator]


def test_no_one_can_be_reached_by_what_is_in_the_requests() -> None:
    text = generated("shipped", "demandes_usagers").content.decode("utf-8-sig")
    numbers = re.findall(r"(?<!\d)0[1-9](?: ?\d\d){4}(?!\d)", text)
    assert len(numbers) > 1_000
    assert {number.replace(" ", "")[:6] for number in numbers} == {"026191", "063998"}
    domains = {domain.lower() for domain in re.findall(r"@([\w.-]+)", text)}
    assert domains == {"example.org", "example.fr", "example.com"}


def test_a_generator_nobody_wrote_is_refused_with_the_closest_name() -> None:
    with pytest.raises(DeclarationError, match="« cantines »"):
        generator("cantine")
    with pytest.raises(DeclarationError):
        generator("world")
