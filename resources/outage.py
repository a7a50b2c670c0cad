"""Sources that give nothing at the moment: since when, and why. Kept between two runs.

One small file beside the files received of the source; it goes with the first success. What is
done meanwhile is in `assets.reception`.
"""

import json
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from resources.errors import SourceError
from resources.settings import Home

LASTING = frozenset({"ABSENTE", "ACCES_REFUSE", "CERTIFICAT"})


@dataclass(frozen=True)
class Outage:
    """A source that cannot be reached. `since` is its first failure (UTC), `message` the last."""

    since: datetime
    code: str
    message: str

    @property
    def lasting(self) -> bool:
        """Whether waiting will not do: someone has to find the address, the key, the producer."""
        return self.code in LASTING


class Outages:
    """The outages of one data folder."""

    def __init__(self, home: Home) -> None:
        self._home = home

    def of(self, source: str) -> Outage | None:
        """The outage of a source, None when its last reception went well."""
        try:
            known = json.loads(self._path(source).read_text(encoding="utf-8"))
            known["since"] = datetime.fromisoformat(known["since"])
            return Outage(**known)
        except (FileNotFoundError, NotADirectoryError):
            return None
        except (ValueError, KeyError, TypeError):
            return None  # cut short by a crash: the outage starts again

    def after(self, source: str, error: SourceError) -> Outage:
        """The outage as this failure leaves it: it began with the first."""
        known = self.of(source)
        since = known.since if known else datetime.now(UTC).replace(tzinfo=None, microsecond=0)
        return Outage(since, error.code, str(error))

    def keep(self, source: str, outage: Outage) -> None:
        """Remember an outage."""
        path = self._path(source)
        aside = path.with_name(f".{path.name}")
        said = {**asdict(outage), "since": outage.since.isoformat()}
        aside.write_text(json.dumps(said, ensure_ascii=False, indent=1), encoding="utf-8")
        aside.replace(path)

    def end(self, source: str) -> None:
        """Forget it."""
        self._path(source).unlink(missing_ok=True)

    def _path(self, source: str) -> Path:
        return self._home.landing / source / "outage.json"
