"""The errors an agent reads: what happened, what still stands, what to do.

Anything else that is raised is a defect of the platform. None of these may hold a value of a
personal column.
"""


class ArdoiseError(Exception):
    """A failure told in French, complete enough to be shown as it is."""


class DeclarationError(ArdoiseError):
    """A contract, a query or a territory file that cannot be used. The load stops there."""


class SourceError(ArdoiseError):
    """A file that cannot be taken in. The published version stands.

    `code` is a stable word for machines (`VIDE`, `NON_CSV`, `ENCODAGE`, `EN_TETE`…).
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class RefusedVersion(ArdoiseError):
    """A version that the gate refused. The published version stands."""


class BusyWarehouse(ArdoiseError):
    """Another process is writing. Nothing was done."""
