"""`ardoise contract …`: what helps to write a contract."""

from pathlib import Path
from typing import Annotated

import typer

from pipelines.telling import platform, told

app = typer.Typer(help="Écrire un contrat.", no_args_is_help=True, rich_markup_mode=None)


@app.callback()
def contract() -> None:
    """Aide à écrire le contrat d’une source."""


@app.command()
def draft(
    where: Annotated[
        str,
        typer.Argument(
            metavar="FICHIER_OU_ADRESSE",
            help="Un fichier, ou l’adresse d’un jeu de données d’un portail.",
        ),
    ],
    output: Annotated[
        Path | None, typer.Option("--output", help="Où écrire ; à l’écran si rien n’est dit.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Remplace le fichier existant.")] = False,
) -> None:
    """Propose un contrat : formats, clés, bornes, données personnelles, chaque doute étant dit."""
    from pipelines.drafting import draft_contract

    with told():
        text, sentences = draft_contract(platform(), where, output, force=force)
    if output is None:
        typer.echo(text, nl=False)
    for sentence in sentences:
        typer.echo(sentence, err=True)
