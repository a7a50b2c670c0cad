"""The command line: `ardoise`. Words and exit codes; the work is elsewhere, imported when asked.

Exit codes: 0 when all that was asked is published and up to date, 1 when something was refused, 2
for a bad call or a declaration that cannot be used, 3 when nothing was refused but a source could
not be reached: its last version stands, labelled with its date.
"""

import sys
from pathlib import Path
from typing import Annotated

import typer

from pipelines import contract_commands, person_commands, pseudonym_commands, source_commands
from pipelines.telling import platform as _platform
from pipelines.telling import stop as _stop
from pipelines.telling import told as _told

LATE = 3

app = typer.Typer(
    name="ardoise",
    help="La plateforme de données d’une collectivité : chaque source est mesurée, contrôlée, "
    "et seulement alors publiée.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)

site = typer.Typer(help="Les pages statiques.", no_args_is_help=True)
app.add_typer(site, name="site")
schema = typer.Typer(help="Les schémas nationaux que les contrats nomment.", no_args_is_help=True)
app.add_typer(schema, name="schema")
app.add_typer(source_commands.app)
app.add_typer(contract_commands.app, name="contract")
app.add_typer(pseudonym_commands.app, name="pseudonyms")
app.add_typer(person_commands.app, name="person")

Names = Annotated[
    list[str] | None,
    typer.Argument(help="Tables à mettre à jour, avec ce qui les lit ; toutes si rien n’est dit."),
]
Name = Annotated[str, typer.Argument(help="Une table, par son nom.")]


@app.command()
def run(
    names: Names = None,
    force: Annotated[
        bool, typer.Option("--force", help="Refait même ce qui n’a pas changé.")
    ] = False,
    due: Annotated[
        bool,
        typer.Option(
            "--due", help="N’interroge que les sources dont la cadence dit qu’il est temps."
        ),
    ] = False,
    partition: Annotated[
        list[str] | None,
        typer.Option(help="Ne refait que cette période des sources nommées ; se répète."),
    ] = None,
) -> None:
    """Met les tables à jour : recevoir, décoder, contrôler, publier, mesurer."""
    from pipelines.display import ProgressView, summary
    from pipelines.run import run as run_platform

    with _told():
        platform = _platform()
        with ProgressView() as view:
            report = run_platform(
                platform,
                names or (),
                watcher=view.watch,
                force=force,
                ask="due" if due else "all",
                partitions=partition or (),
            )
        summary(platform, report)
    if report.interrupted:
        raise typer.Exit(130)
    raise typer.Exit(1 if not report.complete else LATE if report.outages else 0)


@app.command()
def fetch(
    name: Name,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Dit ce qui serait demandé, sans rien demander.")
    ] = False,
) -> None:
    """Reçoit le fichier d’une source et le dépose, sans le lire ni le publier."""
    from pipelines.fetching import show_fetch, show_request

    with _told():
        if dry_run:
            show_request(_platform(), name)
            raise typer.Exit
        reached = show_fetch(_platform(), name)
    raise typer.Exit(0 if reached else LATE)


@app.command()
def accept(
    name: Name,
    reason: Annotated[str, typer.Option(help="Pourquoi ce volume est le bon ; il reste écrit.")],
) -> None:
    """Accepte une version refusée pour son seul volume ; « ardoise run » la publiera."""
    from assets.acceptance import accept as accept_volume

    with _told():
        platform = _platform()
        table = platform.catalogue.named(name)
        accept_volume(platform, table, reason)
    typer.echo(f"{table.key} : volume accepté. « ardoise run {table.key} » publiera la version.")


@app.command()
def status() -> None:
    """Dit où en est chaque table : version, fraîcheur, lignes, énergie."""
    from pipelines.state import show_status

    with _told():
        complete, late = show_status(_platform())
    raise typer.Exit(1 if not complete else LATE if late else 0)


@app.command()
def query(
    sql: Annotated[str, typer.Argument(help="Une requête DuckDB sur les tables publiées.")],
    output: Annotated[
        str, typer.Option("--format", help="table, csv, tableur ou json.", show_default=True)
    ] = "table",
    audience: Annotated[
        str, typer.Option(help="open, internal ou restricted.", show_default=True)
    ] = "internal",
) -> None:
    """Interroge les tables publiées pour un public, en lecture seule."""
    from assets.publication.audiences import AUDIENCES
    from pipelines.querying import FORMATS, show_query

    for given, word, choices in (
        (output, "format", FORMATS),
        (audience, "public", AUDIENCES),
    ):
        if given not in choices:
            _stop(f"Le {word} « {given} » n’existe pas (choix : {', '.join(choices)}).")
    with _told():
        show_query(_platform(), sql, output, audience)


@app.command()
def rollback(
    version: Annotated[
        str | None,
        typer.Argument(help="Une version gardée ; celle d’avant si rien n’est dit."),
    ] = None,
    reason: Annotated[str, typer.Option(help="Pourquoi ; cela reste écrit au journal.")] = "",
) -> None:
    """Rend aux lecteurs une version antérieure de tout ce qui est publié."""
    from pipelines.rollback import show_rollback

    with _told():
        show_rollback(_platform(), version, reason)


@app.command()
def check(name: Name) -> None:
    """Juge de nouveau la version publiée d’une table, règle par règle, sans rien changer."""
    from pipelines.state import show_check

    with _told():
        kept = show_check(_platform(), name)
    raise typer.Exit(0 if kept else 1)


@schema.command("add")
def schema_add(
    name: Annotated[str, typer.Argument(help="Un schéma et sa version : scdl/subventions@2.1.1.")],
) -> None:
    """Apporte un schéma national, avec sa licence, dans le dossier du territoire."""
    from pipelines.schemas import add_schema

    with _told():
        file = add_schema(_platform(), name)
    typer.echo(f"{name} est dans « {file} » ; un contrat peut dire « schema: {name} ».")


@app.command()
def sobriety() -> None:
    """Dit ce que le mois a coûté, machine comprise, et les cinq actions les plus utiles."""
    import datetime as dt

    from pipelines.sobriety import show_sobriety

    with _told():
        show_sobriety(_platform(), dt.datetime.now(dt.UTC).replace(tzinfo=None))


@site.command()
def serve(
    port: Annotated[int, typer.Option(help="Port, sur cette machine.", show_default=True)] = 8000,
) -> None:
    """Montre les pages dans un navigateur de cette machine."""
    from pipelines.site import server

    with _told():
        pages = server(_platform().home.site, port)
        typer.echo(f"http://127.0.0.1:{port} (Ctrl+C pour arrêter)")
        try:
            pages.serve_forever()
        except KeyboardInterrupt:
            pages.shutdown()


@app.command()
def verify() -> None:
    """Relit tout ce qui est gardé et publié, et met de côté ce qui est abîmé."""
    from pipelines.state import show_verification

    with _told():
        sound = show_verification(_platform())
    raise typer.Exit(0 if sound else 1)


@app.command()
def backup(
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Dit ce qui serait gardé, sans rien écrire.")
    ] = False,
) -> None:
    """Sauvegarde, chiffré en un fichier, tout ce qui ne se refait pas."""
    from pipelines.backing_up import show_backup

    with _told():
        show_backup(_platform(), dry_run=dry_run)


@app.command()
def restore(
    file: Annotated[Path, typer.Argument(help="Une sauvegarde, faite par « ardoise backup ».")],
    replace: Annotated[
        bool, typer.Option("--replace", help="Remplace les données du dossier, s’il en a.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Lit la sauvegarde en entier, sans rien reprendre.")
    ] = False,
) -> None:
    """Reprend une sauvegarde, sans les personnes effacées depuis, et republie."""
    from pipelines.backing_up import show_restore

    with _told():
        complete = show_restore(_platform(), file, replace=replace, dry_run=dry_run)
    raise typer.Exit(0 if complete else 1)


@app.command()
def purge(
    name: Annotated[
        str | None, typer.Argument(help="Une table ; toutes si rien n’est dit.")
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Dit ce qui partirait, sans rien supprimer.")
    ] = False,
    archives: Annotated[
        Path | None,
        typer.Option(help="Où verser d’abord ce que le registre envoie aux archives."),
    ] = None,
) -> None:
    """Supprime ce qui a dépassé sa durée de conservation, et en écrit le certificat."""
    from pipelines.purging import show_purge

    with _told():
        complete = show_purge(_platform(), name, dry_run=dry_run, archives=archives)
    raise typer.Exit(0 if complete else 1)


@app.command()
def register(
    ods: Annotated[
        Path | None,
        typer.Option(help="Écrit le registre entier dans un classeur, au modèle de la CNIL."),
    ] = None,
    json: Annotated[
        Path | None, typer.Option(help="Écrit le registre entier en JSON, pour un autre logiciel.")
    ] = None,
) -> None:
    """Dit les traitements de données personnelles : déclarés, constatés, purgés (RGPD, art. 30)."""
    from pipelines.register import show_register

    with _told():
        show_register(_platform(), ods, json)


@app.command()
def dev(
    port: Annotated[int, typer.Option(help="Port de l’interface.", show_default=True)] = 3000,
) -> None:
    """Ouvre l’interface de Dagster, avec l’historique du dossier de données."""
    import os

    from pipelines.instance import prepare
    from resources.settings import REPOSITORY

    with _told():
        platform = _platform()
        _ = platform.catalogue  # a broken contract is told here, not in a page of traces
        prepare(platform.home)  # whole, before the two processes that Dagster starts at once
    workspace = str(REPOSITORY / "workspace.yaml")
    # Dagster's own server answers anybody: ours stands before it.
    server = [sys.executable, "-m", "pipelines.webserver", "dev"]
    os.execv(sys.executable, [*server, "-w", workspace, "-h", "127.0.0.1", "-p", str(port)])
