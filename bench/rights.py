"""What a person's rights cost, in seconds, among a million requests: the answer is due in a month,
and the command in a minute.

Access (all her rows, in tables and received files), the search before an erasure, and the door that
keeps an erased person out of the next file. CPU and wall, once: no peer does it.
"""

import datetime as dt
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from assets.rights.identity import scope_of
from assets.rights.matching import suppressions_of
from assets.table import Builder, Run
from checks.identity import Description
from pipelines.erasing import look_for
from pipelines.handing import give_access
from resources.energy import Meter
from tests.town_hall import HEAD, HERS, IDENTITY, town_hall

ROWS = 1_000_000


def timed(what: str, work: Callable[[], object]) -> None:
    """Say what some work took."""
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    print(f"{what} : {time.perf_counter() - wall:.1f} s, {time.process_time() - cpu:.1f} s de CPU")


def main() -> None:
    """Publish the requests, then ask."""
    with tempfile.TemporaryDirectory() as folder:
        scenario = town_hall(Path(folder) / "mairie")
        scenario.edit("sources/demandes.yaml", "stored_mb: 5", "stored_mb: 500")
        scenario.edit("sources/demandes.yaml", "downloaded_mb: 1", "downloaded_mb: 500")
        lines = (
            f"{n};03/02/2026;Nom{n};Prénom{n};p{n}@exemple.fr;06 39 98 {n % 100:02} {n % 97:02};"
            f"{n} rue;banc\n"
            for n in range(10, ROWS + 10)
        )
        scenario.write("demandes.csv", HEAD + HERS + "".join(lines))
        platform = scenario.platform()
        builder = Builder(platform, Run("banc", Meter()))
        timed(
            f"Publier {ROWS} lignes",
            lambda: builder.build(platform.catalogue.named("demandes")),
        )
        scope = scope_of(platform, "demandes")
        away = Path(folder) / "remise"
        timed(
            "Accès",
            lambda: give_access(platform, scope, [IDENTITY], away, dt.date(2026, 11, 24)),
        )
        timed("Recherche avant effacement", lambda: look_for(platform, scope, [IDENTITY]))
        other = Description({"nom": "Nom77", "prenom": "Prénom77"})
        platform.suppressions.add(suppressions_of(platform.suppressions, "demandes", [other]))
        with (scenario.folder / "demandes.csv").open("a", encoding="utf-8") as file:
            file.write(f"{ROWS + 20};03/02/2026;Nom;Prénom;;;1 rue;banc\n")
        fresh = Builder(scenario.platform(), Run("porte", Meter()))
        timed("Recevoir, et publier, avec la porte", lambda: fresh.build(scope.tables[0]))
        rows = scenario.query("select count(*) from sources.demandes where nom = 'Nom77'")
        assert rows == [(0,)], rows


if __name__ == "__main__":
    main()
