"""`ardoise pseudonyms …`: the columns behind a pseudonym, and their keys."""

from typing import Annotated

import typer

from pipelines.telling import platform, told

app = typer.Typer(rich_markup_mode=None)


@app.callback(invoke_without_command=True)
def pseudonyms(context: typer.Context) -> None:
    """Dit quelles colonnes sont lues derrière un pseudonyme, et sous quelle clé."""
    from pipelines.pseudonyms import show_pseudonyms

    if context.invoked_subcommand is None:
        with told():
            show_pseudonyms(platform())


@app.command()
def rotate(
    domain: Annotated[str, typer.Argument(metavar="DOMAINE", help="Un domaine de pseudonymes.")],
    reason: Annotated[str, typer.Option(help="Pourquoi la clé change ; cela reste écrit.")],
) -> None:
    """Change la clé d’un domaine, et refait ses tables depuis leurs fichiers reçus."""
    from pipelines.pseudonyms import rotate as rotate_key

    with told():
        complete = rotate_key(platform(), domain, reason)
    raise typer.Exit(0 if complete else 1)
