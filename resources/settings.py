"""Where everything written goes, and what the environment says. Read here and nowhere else."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from urllib.parse import urlsplit

from resources.addresses import Door, doors
from resources.errors import DeclarationError

REPOSITORY = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Home:
    """The one data folder: everything the platform writes is under it, its keys excepted."""

    path: Path
    key_folder: Path | None = None

    @property
    def keys(self) -> Path:
        """The platform's keys: beside the data unless said otherwise, never among it."""
        return self.key_folder or self.path.with_name(f"{self.path.name}-keys")

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
    def current(self) -> Path:
        """The version of it that is published: a link, which moves at once."""
        return self.published / "current"

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
    def suppressions(self) -> Path:
        """Who was erased, as keyed hashes."""
        return self.path / "suppressions" / "list.jsonl"

    @property
    def backups(self) -> Path:
        """Encrypted copies of what cannot be made again."""
        return self.path / "backups"

    @property
    def work(self) -> Path:
        """Files of the moment; empty between two runs."""
        return self.path / "work"

    @property
    def schemas(self) -> Path:
        """National schemas, as schema.data.gouv.fr lays them."""
        return self.path / "schemas"

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
class Outside:
    """How sources are reached: the `internal` servers of the authority, which need not be public,
    the `relay` everything else goes through, and a file of certificate `authorities` to trust
    instead of the system's. Nothing turns verification off.
    """

    internal: frozenset[Door] = frozenset()
    relay: str = ""
    authorities: Path | None = None


@dataclass(frozen=True)
class Settings:
    """What the environment decides. `today` is None for the day it really is.

    `territory` is None for the shipped one; `profile` is None for the territory's own;
    `schemas` is one more folder of national schemas.
    `history_days` is how long Dagster's own history of runs is kept, `kept_versions` how many
    versions of what is published: the current one, and those a rollback may give again.
    """

    home: Home
    territory: Path | None = None
    profile: str | None = None
    schemas: Path | None = None
    seed: int = 2021
    sensor_rows: int = 300_000
    until: date = date(2026, 10, 31)
    today: date | None = None
    history_days: int = 180
    kept_versions: int = 2
    messages: Messages = Messages()
    outside: Outside = Outside()


def settings_from(environment: Mapping[str, str] = os.environ) -> Settings:
    """The settings of this process.

    Raises:
        DeclarationError: a variable that holds something else than it should.
    """
    territory = environment.get("ARDOISE_TERRITORY")
    schemas = environment.get("ARDOISE_SCHEMAS")
    return Settings(
        home=_home(environment),
        territory=Path(territory).expanduser().resolve() if territory else None,
        profile=environment.get("ARDOISE_PROFILE") or None,
        schemas=Path(schemas).expanduser().resolve() if schemas else None,
        seed=_number(environment, "ARDOISE_SEED", 2021, least=0),
        sensor_rows=_number(environment, "ARDOISE_SENSOR_ROWS", 300_000, least=1),
        history_days=_number(environment, "ARDOISE_HISTORY_DAYS", 180, least=1),
        # Two at least: whoever has just followed the link still opens what it led to.
        kept_versions=_number(environment, "ARDOISE_VERSIONS", 2, least=2),
        messages=Messages(
            webhook=environment.get("ARDOISE_WEBHOOK") or None,
            smtp_host=environment.get("ARDOISE_SMTP_HOST") or None,
            smtp_port=_number(environment, "ARDOISE_SMTP_PORT", 25, least=1, most=65_535),
            sender=environment.get("ARDOISE_MAIL_FROM") or "ardoise@localhost",
            recipient=environment.get("ARDOISE_MAIL_TO") or None,
        ),
        outside=Outside(
            internal=_doors(environment, "ARDOISE_INTERNAL_HOSTS"),
            relay=_base(environment, "ARDOISE_RELAY"),
            authorities=_file(environment, "SSL_CERT_FILE"),
        ),
    )


def interface_hosts(environment: Mapping[str, str] = os.environ) -> frozenset[str]:
    """The names under which Dagster's interface may be asked for: this machine, and those that the
    reverse proxy of the authority answers to.
    """
    named = environment.get("ARDOISE_INTERFACE_HOSTS", "").split(",")
    return frozenset({"127.0.0.1", "localhost", *(n.strip().lower() for n in named if n.strip())})


def _home(environment: Mapping[str, str]) -> Home:
    home, keys = environment.get("ARDOISE_HOME"), environment.get("ARDOISE_KEYS")
    path = Path(home).expanduser().resolve() if home else REPOSITORY / "data"
    folder = Path(keys).expanduser().resolve() if keys else None
    if folder is not None and folder.is_relative_to(path):
        raise DeclarationError(
            "La variable ARDOISE_KEYS nomme un dossier placé parmi les données : qui copierait les "
            "données aurait leurs clés. Rien n’a été exécuté. Nommez un dossier ailleurs."
        )
    return Home(path, folder)


def _doors(environment: Mapping[str, str], name: str) -> frozenset[Door]:
    try:
        return doors(environment.get(name, ""))
    except ValueError as error:
        raise DeclarationError(
            f"La variable {name} attend des « serveur:port » séparés par des virgules, et contient "
            f"« {error} ». Rien n’a été exécuté. Corrigez-la ou retirez-la."
        ) from None


def _file(environment: Mapping[str, str], name: str) -> Path | None:
    text = environment.get(name)
    if text and not Path(text).is_file():
        raise DeclarationError(
            f"La variable {name} nomme un fichier qui n’existe pas. Rien n’a été exécuté. "
            "Corrigez-la ou retirez-la."
        )
    return Path(text) if text else None


def _base(environment: Mapping[str, str], name: str) -> str:
    """The beginning of an address of the web, or nothing."""
    text = environment.get(name, "")
    parts = urlsplit(text)
    if text and not (parts.scheme in ("http", "https") and parts.hostname and not parts.query):
        raise DeclarationError(
            f"La variable {name} attend le début d’une adresse (« https://relais.exemple.fr »). "
            "Rien n’a été exécuté. Corrigez-la ou retirez-la."
        )
    return text


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
