"""PostgreSQL, read and never written. Nothing else knows its driver (Arrow's ADBC).

Every session is read-only, in universal time, with ISO dates. Rows come as a stream of Arrow that
DuckDB writes as Parquet: they never stand in memory together.

DuckDB's own extension was tried: 42 MB whose signature costs 0.17 CPU-s at each session, where the
driver costs 0.04, and errors without PostgreSQL's codes (1.5.5).
"""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

import duckdb

from resources.errors import SourceError
from resources.patrol import watched
from resources.sql import literal
from resources.warehouse import extracting, scratch

if TYPE_CHECKING:
    from adbc_driver_manager import AdbcConnection, AdbcStatement

CONNECT_S = 10
# What PostgreSQL's own codes mean to an agent (appendix A of its manual).
MEANINGS = {
    "28P01": ("ACCES_REFUSE", "le mot de passe du compte est refusé"),
    "28000": ("ACCES_REFUSE", "le serveur n’accepte pas ce compte depuis cette machine"),
    "3D000": ("ABSENTE", "cette base n’existe pas sur le serveur"),
    "42501": ("ACCES_REFUSE", "le compte n’a pas le droit de lire cette table"),
    "42P01": ("ABSENTE", "la table n’existe pas dans la base"),
    "3F000": ("ABSENTE", "le schéma n’existe pas dans la base"),
    "42703": ("REQUETE", "une colonne que nomme l’adresse n’existe pas"),
    "42601": ("REQUETE", "la condition ou la requête de l’adresse n’est pas du SQL correct"),
    "25006": ("REQUETE", "la requête de l’adresse voudrait écrire ; rien n’a été modifié"),
    "0A000": ("REQUETE", "le serveur ne permet pas cette requête ; rien n’a été modifié"),
    "57014": ("SOURCE_INDISPONIBLE", "le serveur n’a pas répondu dans le délai du contrat"),
    "55P03": ("SOURCE_INDISPONIBLE", "la table est verrouillée par une autre opération"),
}
# What the client says before the server gave any code.
WORDS = {
    "password authentication failed": "28P01",
    "no pg_hba.conf entry": "28000",
    "does not exist": "3D000",
    "statement timeout": "57014",
    "permission denied": "42501",
    "read-only transaction": "25006",
}
TLS = ("SSL", "certificate", "sslmode")


@dataclass(frozen=True)
class Account:
    """Whom we are on which database. `tls` is libpq's `sslmode`."""

    host: str
    port: int
    database: str
    user: str
    password: str = field(repr=False)
    tls: str = "verify-full"
    authority: str = "system"

    @property
    def server(self) -> str:
        """How a sentence names it."""
        return f"{self.host}:{self.port}"

    def address(self, deadline_s: float) -> str:
        """What the driver connects to. It holds the password: for the driver alone."""
        settings = {
            "default_transaction_read_only": "on",
            "statement_timeout": f"{deadline_s * 1000:.0f}",
            "lock_timeout": "10000",
            "timezone": "UTC",
            "datestyle": "ISO",
            "intervalstyle": "iso_8601",
        }
        words = {
            "sslmode": self.tls,
            **({"sslrootcert": self.authority} if self.tls.startswith("verify") else {}),
            "connect_timeout": str(round(max(2, min(CONNECT_S, deadline_s)))),
            "tcp_user_timeout": f"{deadline_s * 1000:.0f}",
            "application_name": "ardoise",
            "client_encoding": "UTF8",
            "options": " ".join(f"-c {name}={value}" for name, value in settings.items()),
        }
        account = f"{quote(self.user, safe='')}:{quote(self.password, safe='')}"
        place = f"{account}@{quote(self.host, safe=':[]')}:{self.port}"
        query = urlencode(words, quote_via=quote)
        return f"postgresql://{place}/{quote(self.database, safe='')}?{query}"


class Database:
    """An open session."""

    def __init__(self, connection: "AdbcConnection", account: Account, deadline_s: float) -> None:
        self._connection = connection
        self._account = account
        self._deadline_s = deadline_s

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """The few rows of a small query."""
        with self._answer(query, scratch()):
            return scratch().execute("from _answer").fetchall()

    def columns(self, query: str) -> list[str]:
        """The names of the columns that a query gives."""
        with self._answer(f"select * from ({query}) as _asked limit 0", scratch()):
            return [str(column[0]) for column in scratch().execute("from _answer").description]

    def export(self, query: str, destination: Path, max_bytes: float) -> int:
        """Write what a query gives as Parquet; how many rows it gave.

        Raises:
            SourceError: `SOURCE_INDISPONIBLE`, `TROP_GROS`, or what the server said.
        """
        with extracting(destination.parent) as writer, self._answer(query, writer) as statement:

            def stop() -> None:
                writer.interrupt()
                with suppress(Exception):
                    statement.cancel()

            with watched(destination, deadline_s=self._deadline_s, max_bytes=max_bytes, stop=stop):
                row = writer.execute(
                    f"copy (from _answer) to {literal(destination)} "
                    "(format parquet, compression zstd, row_group_size 100000)"
                ).fetchone()
        return int(row[0]) if row else 0

    @contextmanager
    def _answer(self, query: str, reader: duckdb.DuckDBPyConnection) -> Iterator["AdbcStatement"]:
        """What a query gives, as `_answer` in a DuckDB connection, to be read once."""
        import adbc_driver_manager as adbc

        with told(self._account), adbc.AdbcStatement(self._connection) as statement:
            statement.set_sql_query(query)
            stream, _ = statement.execute_query()
            reader.register("_answer", stream)
            try:
                yield statement
            finally:
                reader.unregister("_answer")


@contextmanager
def connected(account: Account, deadline_s: float) -> Iterator[Database]:
    """A session that can only read.

    Raises:
        SourceError: `ACCES_REFUSE`, `ABSENTE`, `CERTIFICAT`, `SOURCE_INDISPONIBLE`.
    """
    import adbc_driver_manager as adbc  # 0.04 CPU-s: paid by those who ask a database
    import adbc_driver_postgresql as driver

    with (
        told(account),
        driver.connect(account.address(deadline_s)) as database,
        adbc.AdbcConnection(database) as connection,
    ):
        yield Database(connection, account, deadline_s)


@contextmanager
def told(account: Account) -> Iterator[None]:
    """Errors of the driver in French. Its own words may quote a value or the query: never shown."""
    import adbc_driver_manager as adbc

    try:
        yield
    except (adbc.Error, duckdb.Error) as error:
        raise _meaning(account, error) from None


def _meaning(account: Account, error: Exception) -> SourceError:
    words = str(error)
    code = getattr(error, "sqlstate", None)
    if code not in MEANINGS:
        code = next((code for said, code in WORDS.items() if said in words), code)
    if code in MEANINGS:
        kind, what = MEANINGS[code]
        return SourceError(kind, f"PostgreSQL sur {account.server} : {what}")
    if any(word in words for word in TLS):
        return SourceError(
            "CERTIFICAT",
            f"PostgreSQL sur {account.server} ne prouve pas son identité (TLS). Demandez un "
            "certificat à son administrateur (« sslrootcert= » nomme l’autorité) ; sur un réseau "
            "sûr, « sslmode=require » chiffre sans vérifier, « sslmode=disable » ne chiffre pas",
        )
    return SourceError(
        "SOURCE_INDISPONIBLE",
        f"PostgreSQL sur {account.server} ne répond pas ou s’est arrêté "
        f"({code or type(error).__name__})",
    )
