"""A table, a view or a query of a business application's PostgreSQL database.

    url: postgresql://lecteur@sigb.example.org:5432/sigb/public.prets?password_from=SIGB_PASSWORD
    url: postgresql://lecteur@rh.example.org/rh/paie.agents?password_from=RH_PASSWORD&where=actif
    url: postgresql://lecteur@h/base?password_from=P&query=select a, b from t join u using (a)
    format: parquet

Only the columns of the contract are asked for, each as PostgreSQL's own text, so that no number,
date or identifier is changed on its way; they come as a Parquet file. The session cannot write.
Identity is verified by TLS unless the address says `sslmode=require` or `disable`; which servers
may be reached is for the network's own rules.

A table whose counters of changes did not move is not read again; a view or a query has none and is
read each time, in the order of the contract's key, so that equal rows give an equal file.
"""

import re
from collections.abc import Sequence
from pathlib import Path

from assets.asking.address import Address, Server, parsed, server, server_fault, words_fault
from assets.asking.fields import fields, titled
from assets.asking.tag import tag_of
from assets.connectors.request import Request
from checks.territory import TerritoryFolder
from resources.errors import SourceError
from resources.landing import Answer
from resources.postgresql import Account, Database, connected
from resources.secrets import secret
from resources.sql import literal, quoted

SECRETS = ("password_from",)
WORDS = (*SECRETS, "where", "query", "sslmode", "sslrootcert")
MODES = ("verify-full", "verify-ca", "require", "disable")
EXAMPLE = "postgresql://compte@serveur:5432/base/schema.table?password_from=VARIABLE"
NAME = re.compile(r"[^/\s.]+")

# Moves with every committed change: rows counted by the statistics, the file replaced by `truncate`
# or a rewrite, all of it forgotten by a restart or a reset. Null where nothing counts: a view, a
# partitioned or foreign table, statistics turned off.
COUNTERS = """
select
    concat_ws(' ', c.relfilenode, pg_postmaster_start_time(), d.stats_reset,
        s.n_tup_ins, s.n_tup_upd, s.n_tup_del)
from pg_class c
join pg_stat_all_tables s on s.relid = c.oid
join pg_stat_database d on d.datname = current_database()
where c.oid = to_regclass({table}) and c.relkind in ('r', 'm')
    and current_setting('track_counts') = 'on'
"""


def fault(location: str, territory: TerritoryFolder) -> str | None:
    """A server, an account, a base, a table or a query, the password by its variable."""
    address = parsed(location)
    if found := server_fault(address, EXAMPLE) or words_fault(address, WORDS, secrets=SECRETS):
        return found
    words = address.words
    names = _names(server(address, 5432))
    if words.get("sslmode", "verify-full") not in MODES:
        return f"« sslmode » vaut {', '.join(MODES)}"
    if "password_from" not in words:
        return "il manque « password_from= », la variable qui porte le mot de passe du compte"
    if not all(NAME.fullmatch(name) for name in names) or len(names) not in (1, 2, 3):
        return f"l’adresse ne dit pas quelle base et quelle table (exemple : « {EXAMPLE} »)"
    if (len(names) == 1) != ("query" in words) or {"where", "query"} <= set(words):
        return "il faut une table (et « where= » au besoin) ou « query= », pas les deux"
    return None


def asks(request: Request) -> list[str]:
    """The server, and the query it would be sent if the table had every column of the contract."""
    address, names = parsed(request.location), titled(request.contract).values()
    return [f"postgresql:{address.place}", _query(address, [*map(quoted, names)], [])]


def fetch(request: Request, destination: Path, tag: str | None) -> Answer | None:
    """Write the rows as Parquet, when they may have changed.

    Raises:
        SourceError: what `connected` and `secret` raise, or `FORMAT`, `EN_TETE`.
    """
    contract, address = request.contract, parsed(request.location)
    if contract.format != "parquet":
        raise SourceError(
            "FORMAT", "une table de PostgreSQL est reçue en Parquet : écrivez « format: parquet »"
        )
    there, limits = server(address, 5432), contract.transport
    whole = _query(address, ["*"], [])
    with connected(_account(address, there), limits.deadline_s) as database:
        # Counted before anything is read: a change made meanwhile is read again next time.
        counted = _counted(database, there)
        current = tag_of(counted, request, whole)
        if current is not None and current == tag:
            return None
        found = database.columns(whole)
        titles = fields(contract, found, "cette table")
        key = [titles[name] for name in contract.key if name in titles]
        texts = [f"{quoted(title)}::text" for title in dict.fromkeys(titles.values())]
        query = _query(address, texts, [] if counted else key)
        rows = database.export(query, destination, limits.max_mb * 1e6)
    left = len(found) - len(titles)
    facts = {"lignes lues": rows, **({"colonnes laissées à la source": left} if left else {})}
    return Answer(origin=f"postgresql://{there.host}/{there.path}", tag=current, facts=facts)


def _account(address: Address, there: Server) -> Account:
    words = address.words
    return Account(
        there.host,
        there.port,
        there.path.partition("/")[0],
        there.user,
        secret(words["password_from"]),
        words.get("sslmode", "verify-full"),
        words.get("sslrootcert", "system"),
    )


def _names(there: Server) -> list[str]:
    """The base, then the table's schema and name, or its name alone; the base alone for a query."""
    base, _, table = there.path.partition("/")
    return [base, *(table.split(".") if table else [])]


def _query(address: Address, columns: Sequence[str], key: Sequence[str]) -> str:
    names = _names(server(address, 5432))[1:]
    read = quoted(*names) if names else f"({address.words['query']}) as _asked"
    where = f" where ({address.words['where']})" if "where" in address.words else ""
    order = f" order by {', '.join(map(quoted, key))}" if key else ""
    return f"select {', '.join(columns)} from {read}{where}{order}"


def _counted(database: Database, there: Server) -> str | None:
    """What the table's counters say; None where nothing counts its changes."""
    names = _names(there)[1:]
    if not names:
        return None
    rows = database.rows(COUNTERS.format(table=literal(quoted(*names))))
    return str(rows[0][0]) if rows else None
