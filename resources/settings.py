"""Where everything written goes, and what the environment says. Read here and nowhere else."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from resources.errors import DeclarationError

REPOSITORY = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Home:
    """The one data folder: everything the platform writes is under it."""

    path: Path

    @property
    def landing(self) -> Path:
        """Files as received, by source and sha256."""
        return self.path / "landing"

    @property
    def warehouse(self) -> Path:
        """The DuckDB file every table lives in. Its stem is the name of no schema."""
        return self.path / "warehouse" / "ardoise.duckdb"

    @property
    def published(self) -> Path:
        """What analysts read."""
        return self.path / "published"

    @property
    def site(self) -> Path:
        """The static pages."""
        return self.path / "site"

    @property
    def dagster(self) -> Path:
        """Dagster's own history (DAGSTER_HOME)."""
        return self.path / "dagster"

    @property
    def journal(self) -> Path:
        """One line per decision, appended and synced."""
        return self.path / "journal" / "journal.jsonl"

    @property
    def work(self) -> Path:
        """Files of the moment; empty between two runs."""
        return self.path / "work"

    @property
    def logs(self) -> Path:
        """Text logs."""
        return self.path / "logs"


@dataclass(frozen=True)
class Messages:
    """Where a refusal is announced besides the log; None where nothing is configured."""

    webhook: str | None = None
    smtp_host: str | None = None
    smtp_port: int = 25
    sender: str = "ardoise@localhost"
    recipient: str | None = None


@dataclass(frozen=True)
class Settings:
    """What the environment decides.

    `territory` is None for the shipped one; `profile` is None for the territory's own.
    `history_days` is how long Dagster's own history of runs is kept.
    """

    home: Home
    territory: Path | None = None
    profile: str | None = None
    seed: int = 2021
    sensor_rows: int = 300_000
    until: date = date(2026, 10, 31)
    history_days: int = 180
    messages: Messages = Messages()


def settings_from(environment: Mapping[str, str] = os.environ) -> Settings:
    """The settings of this process.

    Raises:
        DeclarationError: a variable that holds something else than it should.
    """
    home = environment.get("ARDOISE_HOME")
    territory = environment.get("ARDOISE_TERRITORY")
    return Settings(
        home=Home(Path(home).expanduser().resolve() if home else REPOSITORY / "data"),
        territory=Path(territory).expanduser().resolve() if territory else None,
        profile=environment.get("ARDOISE_PROFILE") or None,
        seed=_number(environment, "ARDOISE_SEED", 2021, least=0),
        sensor_rows=_number(environment, "ARDOISE_SENSOR_ROWS", 300_000, least=1),
        history_days=_number(environment, "ARDOISE_HISTORY_DAYS", 180, least=1),
        messages=Messages(
            webhook=environment.get("ARDOISE_WEBHOOK") or None,
            smtp_host=environment.get("ARDOISE_SMTP_HOST") or None,
            smtp_port=_number(environment, "ARDOISE_SMTP_PORT", 25, least=1, most=65_535),
            sender=environment.get("ARDOISE_MAIL_FROM") or "ardoise@localhost",
            recipient=environment.get("ARDOISE_MAIL_TO") or None,
        ),
    )


def _number(
    environment: Mapping[str, str], name: str, default: int, *, least: int, most: int | None = None
) -> int:
    text = environment.get(name, "").replace("_", "").replace(" ", "")
    if not text:
        return default
    within = text.isdecimal() and least <= int(text) and (most is None or int(text) <= most)
    if not within:
        bounds = f"d’au moins {least}" if most is None else f"entre {least} et {most}"
        raise DeclarationError(
            f"La variable {name} attend un nombre entier {bounds}. "
            "Rien n’a été exécuté. Corrigez-la ou retirez-la."
        )
    return int(text)
