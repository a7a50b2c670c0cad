"""What every command of the terminal shares: a platform, and errors told without a trace."""

from typing import TYPE_CHECKING, NoReturn

import typer

if TYPE_CHECKING:
    from assets.platform import Platform


def platform() -> "Platform":
    """The platform of the environment; nothing is read before it is asked for."""
    from assets.platform import Platform

    return Platform()


class told:
    """Turn what an agent can mend into a message and an exit code, not a trace."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        from resources.errors import ArdoiseError, DeclarationError

        if isinstance(error, ArdoiseError):
            stop(str(error), code=2 if isinstance(error, DeclarationError) else 1)
        if isinstance(error, BrokenPipeError):
            raise typer.Exit(1)  # the reader left: `ardoise query … | head`
        if isinstance(error, OSError):
            from resources.files import refusal

            stop(
                f"Arrêt : {refusal(error)}. Ce qui est publié n’a pas changé. Vérifiez "
                "ARDOISE_HOME, les droits et la place du disque, puis relancez.",
                code=1,
            )


def stop(message: str, code: int = 2) -> NoReturn:
    """Say why the command stops, on standard error.

    Raises:
        typer.Exit: always.
    """
    typer.echo(message, err=True)
    raise typer.Exit(code)
