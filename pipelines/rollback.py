"""`ardoise rollback`: readers have a former version again; what the next run will do is told."""

from rich.text import Text

from assets.platform import Platform
from assets.publication import roll_back
from pipelines.grids import console


def show_rollback(platform: Platform, version: str | None, reason: str) -> None:
    """Give a former version to readers, and say what stands.

    Raises:
        ArdoiseError: no such version, or one that may not be given again. Nothing changed.
        BusyWarehouse: a run is under way.
    """
    former, current = roll_back(platform, version, reason)
    for line in (
        f"Les lecteurs ont la version « {current.name} » ; « {former.name} » leur est retirée.",
        "L’entrepôt n’a pas changé : la première exécution qui publiera quelque chose de neuf "
        "mettra fin à ce retour. Corrigez d’ici là ce qui l’a causé.",
        f"Pour revenir sur ce retour : ardoise rollback {former.name}",
    ):
        console().print(Text(line), soft_wrap=True)
