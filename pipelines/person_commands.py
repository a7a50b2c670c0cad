"""`ardoise person`: what a person may ask of her data, access (RGPD, art. 15) and erasure (17).

Who she is never stands in the arguments: shells and the system keep them.
"""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipelines.telling import platform, stop, told

if TYPE_CHECKING:
    from collections.abc import Sequence

    from assets.platform import Platform
    from assets.rights.identity import Scope
    from checks.identity import Description

app = typer.Typer(help="Les droits d’une personne : accès, effacement.", no_args_is_help=True)
# How an identity is made sure of (RGPD, art. 12.6; CNIL, « Comment répondre à une demande »).
CHECKS = ("presence", "piece", "franceconnect", "connue")

Processing = Annotated[str, typer.Argument(help="Un traitement, par son nom au registre.")]
Identity = Annotated[
    Path | None,
    typer.Option(
        "--identity",
        help="Un fichier qui dit qui elle est (« colonne: valeur ») ; « - » pour l’entrée "
        "standard. Sans lui, la commande le demande.",
    ),
]


@app.command()
def access(
    processing: Processing,
    output: Annotated[Path, typer.Option(help="Le dossier à remettre, hors des données.")],
    identity: Identity = None,
    received: Annotated[
        str, typer.Option(help="Le jour de la demande, d’où court le mois pour répondre.")
    ] = "",
) -> None:
    """Rassemble tout ce qui est gardé d’une personne, et les faits de la lettre à lui écrire."""
    import datetime as dt

    from pipelines.handing import show_access

    try:
        day = dt.date.fromisoformat(received) if received else dt.date.today()
    except ValueError:
        stop(f"« {received} » n’est pas un jour (2026-11-24). Rien n’a été lu.")
    with told():
        here = platform()
        scope, people = _asked(here, processing, identity)
        show_access(here, scope, people, output, day)


@app.command()
def erase(
    processing: Processing,
    identity: Identity = None,
    verified_by: Annotated[
        str,
        typer.Option(help=f"Comment son identité a été vérifiée : {', '.join(CHECKS)}."),
    ] = "",
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Dit partout où elle est, sans rien supprimer.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Ne demande pas de confirmer.")] = False,
) -> None:
    """Efface une personne de partout, et l’empêche de revenir avec une source ou une sauvegarde."""
    from pipelines.erasing import show_erasure, show_found

    if not dry_run and verified_by not in CHECKS:
        stop(
            "Dites comment l’identité de la personne a été vérifiée : --verified-by "
            f"{' | '.join(CHECKS)}. Rien n’a été lu ni supprimé."
        )
    with told():
        here = platform()
        scope, people = _asked(here, processing, identity)
        known = show_found(here, scope, people)
        if dry_run:
            raise typer.Exit
        if not known:
            typer.echo("La liste des personnes effacées la retiendra : elle ne pourra pas entrer.")
        if not yes and (identity == Path("-") or not typer.confirm("Effacer ?")):
            stop("Rien n’a été supprimé. « --yes » confirme sans demander.", code=1)
        complete = show_erasure(here, scope, people, verified_by=verified_by)
    raise typer.Exit(0 if complete else 1)


def _asked(
    here: "Platform", processing: str, identity: Path | None
) -> "tuple[Scope, Sequence[Description]]":
    """The scope of a processing, and who is asked about."""
    from assets.rights.identity import descriptions, prompted, scope_of

    scope = scope_of(here, processing)
    if identity is None:
        typer.echo("Qui ? Laissez vide ce que vous ne savez pas ; tout ce qui est dit doit valoir.")
        answers = {
            name: typer.prompt(name, default="", show_default=False) for name in scope.columns
        }
        return scope, prompted(scope, answers)
    text = sys.stdin.read() if identity == Path("-") else identity.read_text(encoding="utf-8")
    return scope, descriptions(scope, text)
