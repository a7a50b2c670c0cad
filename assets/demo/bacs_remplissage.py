"""Fill sensors of waste containers: one message every fifteen minutes. The big file of the demo.

Containers follow the inhabitants of each commune; each fills at its own pace and is emptied when
its round comes. Whole columns at a time and whole numbers only: 300 000 lines take a fraction of a
second and are the same everywhere. Times are UTC, as sensors send them.

A day depends on nothing but itself: it is the same in the file of that day, in that of the month,
and when the world goes on. Only the first day is cut, where the lines asked for end.
"""

import datetime as dt
from collections.abc import Sequence
from functools import lru_cache

import polars as pl

from assets.demo.chance import Chance, noise
from assets.demo.world import Defect, Fate, Generated, Options, World

VERSION = 2
INHABITANTS_PER_SENSOR = 3_000
SLOT = dt.timedelta(minutes=15)
SLOTS_PER_DAY = 96
# Slots are counted from here, so that a moment has the same number in every file.
ORIGIN = dt.date(2020, 1, 1)
# Usual temperature of each month and of each two hours of the day, in tenths of a degree.
MONTHS = (50, 60, 90, 115, 150, 185, 205, 205, 170, 130, 85, 55)
HOURS = (-35, -45, -50, -40, -15, 15, 40, 50, 45, 20, -5, -20)

# Shares of the lines, in hundred thousandths.
BELOW_ZERO, SATURATED, CLOCK_LOST, LATE = 150, 150, 50, 800
REPEATED_RATE = 0.002
# One sensor in forty has repeated the same figure since that day; nobody has mended it.
FROZEN_ONE_IN = 40
FROZEN_SINCE = dt.date(2026, 10, 24)
LATEST_SLOTS = 60

COLUMNS = ("capteur", "code_commune", "horodatage", "taux_remplissage_pct", "temperature_c",
           "batterie_pct", "origine")  # fmt: skip


def generate(world: World, options: Options) -> Generated:
    """Exactly `sensor_rows` lines up to the last quarter of an hour of `until`.

    Of a period, those of its days: none where it is before the first line.
    """
    sensors = _sensors(world, options.seed)
    days = [
        _day(sensors, day, options.seed).head(lines)
        for day, lines in _days(sensors, options)
        if options.covers(day)
    ]
    if not days:
        return Generated(b"", 0, ())
    lines = pl.concat(days)
    content = lines.select(COLUMNS).write_csv(line_terminator="\n").encode()
    return Generated(content, len(lines), _defects(lines))


def _days(sensors: pl.DataFrame, options: Options) -> list[tuple[dt.date, int]]:
    """Each day of the file, oldest first, and how many lines it has."""
    whole = len(sensors) * SLOTS_PER_DAY
    whole += _repeated(whole)
    count, rest = divmod(options.sensor_rows, whole)
    lines = ([rest] if rest else []) + [whole] * count
    first = options.until - dt.timedelta(days=len(lines) - 1)
    return [(first + dt.timedelta(days=rank), each) for rank, each in enumerate(lines)]


def _repeated(messages: int) -> int:
    return int(messages * REPEATED_RATE)


def _day(sensors: pl.DataFrame, day: dt.date, seed: int) -> pl.DataFrame:
    """The lines of a day in the order of their arrival.

    A message sent twice comes right after the first; a late one with those of its arrival.
    """
    messages = _messages(sensors, day, seed)
    sound = messages.filter(pl.col("defaut") == "")
    count = _repeated(len(messages))
    again = sound.gather_every(max(1, len(sound) // max(1, count))).head(count)
    return pl.concat([messages, again.with_columns(defaut=pl.lit("repete"))]).sort(
        "arrivee", "indice", maintain_order=True
    )


@lru_cache(maxsize=1)
def _sensors(world: World, seed: int) -> pl.DataFrame:
    """Each container: its commune, its round, how full it gets by then, its battery."""
    chance = Chance(seed, "bacs_remplissage")
    return pl.DataFrame(
        [
            {
                "capteur": f"BAC-{commune['code_commune']}-{number:03d}",
                "code_commune": commune["code_commune"],
                "tournee": chance.between(3, 8) * SLOTS_PER_DAY,
                "decalage": chance.between(0, 8 * SLOTS_PER_DAY),
                "plein": chance.between(55, 115),
                "pile": chance.between(40, 100),
                "fige": chance.between(5, 95),
            }
            for commune in world.communes.iter_rows(named=True)
            for number in range(1, 2 + commune["population"] // INHABITANTS_PER_SENSOR)
        ]
    ).with_row_index("capteur_numero")


def _messages(sensors: pl.DataFrame, day: dt.date, seed: int) -> pl.DataFrame:
    """Every message of a day with its defect, a line having one at most."""
    first = (day - ORIGIN).days * SLOTS_PER_DAY
    start = dt.datetime.combine(day, dt.time())
    index, slot = pl.col("indice"), pl.col("instant")
    return (
        pl.select(rang=pl.int_range(len(sensors) * SLOTS_PER_DAY, dtype=pl.Int64))
        .with_columns(
            indice=pl.col("rang") + first * len(sensors),
            instant=pl.col("rang") // len(sensors) + first,
            capteur_numero=(pl.col("rang") % len(sensors)).cast(pl.UInt32),
        )
        .with_columns(tirage=noise(index, seed, 1, 100_000))
        .join(sensors, on="capteur_numero", maintain_order="left")
        .with_columns(
            moment=pl.lit(start) + (slot - first) * SLOT,
            defaut=_defect(first, frozen=day >= FROZEN_SINCE),
            retard=noise(index, seed, 2, LATEST_SLOTS - 5) + 5,
        )
        .with_columns(
            horodatage=_stamp(),
            taux_remplissage_pct=_fill(seed),
            temperature_c=_temperature(seed),
            batterie_pct=pl.max_horizontal(1, (pl.col("pile") - slot // (7 * SLOTS_PER_DAY)) % 100),
            origine=pl.lit("synthetique"),
            arrivee=slot + pl.when(pl.col("defaut") == "tardif").then("retard").otherwise(0),
        )
    )


def _defect(first: int, *, frozen: bool) -> pl.Expr:
    draw, slot = pl.col("tirage"), pl.col("instant")
    bounds = _cumulated((BELOW_ZERO, SATURATED, CLOCK_LOST, LATE))
    stuck = (pl.col("capteur_numero") % FROZEN_ONE_IN == FROZEN_ONE_IN // 3) & frozen
    # A late message arrives the same day: the file of the day holds the whole day.
    early = slot < first + SLOTS_PER_DAY - LATEST_SLOTS - 1
    return (
        pl.when(draw < bounds[0])
        .then(pl.lit("negatif"))
        .when(draw < bounds[1])
        .then(pl.lit("sature"))
        .when(draw < bounds[2])
        .then(pl.lit("horloge"))
        .when(stuck)
        .then(pl.lit("fige"))
        .when((draw < bounds[3]) & early)
        .then(pl.lit("tardif"))
        .otherwise(pl.lit(""))
    )


def _cumulated(shares: Sequence[int]) -> list[int]:
    return [sum(shares[: position + 1]) for position in range(len(shares))]


def _stamp() -> pl.Expr:
    """The time of the message; a sensor whose battery was changed starts again from 1970."""
    restarted = pl.lit(dt.datetime(1970, 1, 1)) + pl.col("instant") % SLOTS_PER_DAY * SLOT
    moment = pl.when(pl.col("defaut") == "horloge").then(restarted).otherwise("moment")
    return moment.dt.strftime("%Y-%m-%dT%H:%M:%SZ")


def _fill(seed: int) -> pl.Expr:
    """A saw tooth: up to `plein` at the end of a round, with two points of noise, at most 100."""
    age = (pl.col("instant") + pl.col("decalage")) % pl.col("tournee")
    level = age * pl.col("plein") // pl.col("tournee") + noise(pl.col("indice"), seed, 3, 3)
    return (
        pl.when(pl.col("defaut") == "negatif")
        .then(-1)
        .when(pl.col("defaut") == "sature")
        .then(255)
        .when(pl.col("defaut") == "fige")
        .then("fige")
        .otherwise(level.clip(0, 100))
    )


def _temperature(seed: int) -> pl.Expr:
    """Degrees written from tenths: no binary fraction, hence no last digit that could differ."""
    moment = pl.col("moment").dt
    usual = moment.month().replace_strict(dict(enumerate(MONTHS, 1)), return_dtype=pl.Int64)
    hourly = (moment.hour() // 2).replace_strict(dict(enumerate(HOURS)), return_dtype=pl.Int64)
    tenths = usual + hourly + noise(pl.col("indice"), seed, 4, 31) - 15
    sign = pl.when(tenths < 0).then(pl.lit("-")).otherwise(pl.lit(""))
    return pl.concat_str(sign, tenths.abs() // 10, pl.lit("."), tenths.abs() % 10)


def _defects(messages: pl.DataFrame) -> tuple[Defect, ...]:
    lines: dict[str, int] = dict(messages.group_by("defaut").len().iter_rows())
    defects = (
        Defect("mesure à -1", lines.get("negatif", 0), Fate.QUARANTINED, "HORS_BORNES"),
        Defect("mesure à 255", lines.get("sature", 0), Fate.QUARANTINED, "HORS_BORNES"),
        Defect("date de 1970", lines.get("horloge", 0), Fate.QUARANTINED, "HORS_BORNES"),
        Defect("message tardif", lines.get("tardif", 0), Fate.MENDED),
        Defect("capteur figé", lines.get("fige", 0), Fate.PUBLISHED),
        Defect("message répété", lines.get("repete", 0), Fate.QUARANTINED, "DOUBLON"),
    )
    return tuple(defect for defect in defects if defect.lines)
