"""What sources gave: which there are, what was set aside, what a corrected contract gives."""

from typing import Annotated

import typer

from pipelines.telling import platform, stop, told

app = typer.Typer()
Source = Annotated[str, typer.Argument(help="Une source, par son nom.")]


@app.command()
def sources() -> None:
    """Liste les sources de tous les profils : fraîcheur, cadence, accès, origine."""
    from pipelines.sources import show_sources

    with told():
        show_sources(platform())


@app.command()
def quarantine(
    name: Source,
    output: Annotated[str, typer.Option("--format", help="table, csv ou json.")] = "table",
    reason: Annotated[
        str | None, typer.Option("--reason", help="Un seul motif, comme TYPE ou DOUBLON.")
    ] = None,
    limit: Annotated[
        int, typer.Option("--limit", min=0, help="Lignes montrées par version ; 0, toutes.")
    ] = 20,
    values: Annotated[
        bool,
        typer.Option(
            "--values", help="Montre aussi les valeurs de personnes ; c’est écrit au journal."
        ),
    ] = False,
    confirm: Annotated[
        bool, typer.Option("--confirm", help="Confirme « --values » d’une table restreinte.")
    ] = False,
) -> None:
    """Montre les lignes mises à l’écart d’une source : combien, lesquelles, pourquoi."""
    from pipelines.quarantine import show_quarantine

    if output not in ("table", "csv", "json"):
        stop(f"Le format « {output} » n’existe pas (choix : table, csv, json).")
    with told():
        show_quarantine(
            platform(),
            name,
            output=output,
            reason=reason,
            limit=limit,
            values=values,
            confirmed=confirm,
        )


@app.command()
def replay(name: Source) -> None:
    """Applique un contrat corrigé au fichier déjà reçu, sans redemander la source."""
    from pipelines.replaying import show_replay

    with told():
        report = show_replay(platform(), name)
    raise typer.Exit(0 if report.complete else 1)
