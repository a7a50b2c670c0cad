"""The command line: `ardoise`. Words and exit codes; the work is elsewhere, imported when asked.

Exit codes: 0 when all that was asked is published, 1 when something was refused, 2 for a bad call
or a declaration that cannot be used.
"""

import sys
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

if TYPE_CHECKING:
    from assets.platform import Platform

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
) -> None:
    """Met les tables à jour : recevoir, décoder, contrôler, publier, mesurer."""
    from pipelines.display import ProgressView, summary
    from pipelines.run import run as run_platform

    with _told():
        platform = _platform()
        with ProgressView() as view:
            report = run_platform(platform, names or (), watcher=view.watch, force=force)
        summary(platform, report)
    if report.interrupted:
        raise typer.Exit(130)
    raise typer.Exit(0 if report.complete else 1)


@app.command()
def status() -> None:
    """Dit où en est chaque table : version, fraîcheur, lignes, énergie."""
    from pipelines.state import show_status

    with _told():
        complete = show_status(_platform())
    raise typer.Exit(0 if complete else 1)


@app.command()
def sources() -> None:
    """Liste les tables déclarées : d’où elles viennent, à quelle cadence, sous quel accès."""
    from pipelines.display import show_catalogue

    with _told():
        show_catalogue(_platform())


@app.command()
def query(
    sql: Annotated[str, typer.Argument(help="Une requête DuckDB sur les tables publiées.")],
    output: Annotated[
        str, typer.Option("--format", help="table, csv ou json.", show_default=True)
    ] = "table",
) -> None:
    """Interroge les tables publiées, en lecture seule."""
    from pipelines.querying import FORMATS, show_query

    if output not in FORMATS:
        _stop(f"Le format « {output} » n’existe pas (choix : {', '.join(FORMATS)}).")
    with _told():
        show_query(_platform().analyst_file, sql, output)


@app.command()
def check(name: Name) -> None:
    """Juge de nouveau la version publiée d’une table, règle par règle, sans rien changer."""
    from pipelines.state import show_check

    with _told():
        kept = show_check(_platform(), name)
    raise typer.Exit(0 if kept else 1)


@app.command()
def verify() -> None:
    """Relit tout ce qui est gardé et publié, et met de côté ce qui est abîmé."""
    from pipelines.state import show_verification

    with _told():
        sound = show_verification(_platform())
    raise typer.Exit(0 if sound else 1)


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
    dagster = os.path.join(os.path.dirname(sys.executable), "dagster")  # noqa: PTH118, PTH120
    workspace = str(REPOSITORY / "workspace.yaml")
    os.execv(dagster, [dagster, "dev", "-w", workspace, "-h", "127.0.0.1", "-p", str(port)])


def _platform() -> "Platform":
    from assets.platform import Platform

    return Platform()


class _told:
    """Turn what an agent can mend into a message and an exit code, not a trace."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        from resources.errors import ArdoiseError, DeclarationError

        if isinstance(error, ArdoiseError):
            _stop(str(error), code=2 if isinstance(error, DeclarationError) else 1)
        if isinstance(error, BrokenPipeError):
            raise typer.Exit(1)  # the reader left: `ardoise query … | head`
        if isinstance(error, OSError):
            from resources.files import refusal

            _stop(
                f"Arrêt : {refusal(error)}. Ce qui est publié n’a pas changé. Vérifiez "
                "ARDOISE_HOME, les droits et la place du disque, puis relancez.",
                code=1,
            )


def _stop(message: str, code: int = 2) -> NoReturn:
    typer.echo(message, err=True)
    raise typer.Exit(code)
