"""An invented source: `demo:electricite` is the generator `assets.demo.electricite`.

Asked again with the same generator, seed, options and territory, it answers « unchanged » without
computing anything, as an honest server would. Asked for a period, it gives the file of that period,
whose days do not depend on where the invented world stops.
"""

import hashlib
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from assets.connectors.request import Request
from assets.demo import SUPPORT, generator, generators
from checks.declaration import closest
from checks.territory import TerritoryFolder
from resources.errors import SourceError
from resources.landing import Answer

CODE = Path(__file__).parent.parent / "demo"

if TYPE_CHECKING:
    from assets.demo.world import World


def fault(location: str, territory: TerritoryFolder) -> str | None:
    """The generator must exist."""
    if location in generators():
        return None
    return (
        f"le générateur « demo:{location} » n’existe pas{closest(location, generators())} "
        f"(connus : {', '.join(generators())})"
    )


def fetch(request: Request, destination: Path, tag: str | None) -> Answer | None:
    """Generate the file unless `tag` says that it would be the same.

    Raises:
        SourceError: `ABSENTE`, nothing was invented for the period.
    """
    current = _tag(request)
    if current == tag:
        return None
    from assets.demo.world import Options  # polars: paid only when something is generated

    settings = request.settings
    period = request.period
    options = Options(
        settings.seed,
        settings.sensor_rows,
        settings.until,
        since=period.start if period else None,
        before=period.end if period else None,
    )
    generated = generator(request.location).generate(_world(request), options)
    if period is not None and not generated.rows:
        raise SourceError("ABSENTE", f"aucune donnée n’a été inventée pour {period.name}")
    destination.write_bytes(generated.content)
    facts = {f"{defect.label} ({defect.fate})": defect.lines for defect in generated.defects}
    return Answer(origin=request.url, tag=current, facts=facts)


def _tag(request: Request) -> str:
    """Everything the bytes depend on."""
    extracts = [request.territory.extract(name) for name in ("communes", "iris")]
    code = [CODE / f"{name}.py" for name in (request.location, *sorted(SUPPORT))]
    settings = request.settings
    said = hashlib.sha256()
    for path in (*extracts, *code):
        said.update(_digest(path, path.stat().st_mtime_ns))
    said.update(f"{settings.seed} {settings.sensor_rows} {settings.until}".encode())
    said.update(repr(sorted(request.territory.territory.variables.items())).encode())
    said.update(request.period.name.encode() if request.period else b"")
    return said.hexdigest()


@lru_cache(maxsize=64)
def _digest(path: Path, changed_ns: int) -> bytes:
    """What a file holds: many periods of a source are asked in a row."""
    return hashlib.sha256(path.read_bytes()).digest()


def _world(request: Request) -> "World":
    territory = request.territory.territory
    return _read_world(
        request.territory.extract("communes"),
        request.territory.extract("iris"),
        territory.name,
        territory.epci,
        territory.departement,
        territory.seat,
    )


@lru_cache(maxsize=1)
def _read_world(
    communes: Path, iris: Path, name: str, epci: str, departement: str, seat: str
) -> "World":
    from assets.demo.world import World

    return World.of(communes, iris, name=name, epci=epci, departement=departement, seat=seat)
