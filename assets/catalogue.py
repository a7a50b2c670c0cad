"""What exists: every source and curated table of the profile, in an order where each follows what
it reads.

Found by looking in folders: adding a file adds a table. A declaration that cannot be used stops the
load; it never makes its table vanish.
"""

import hashlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from assets.connectors import url_fault
from assets.disclosure import check_disclosure
from assets.references import check_references, upstream_first
from assets.register import own_entries, read_register
from assets.register.holding import hold_to_the_register, hold_to_what_is_read
from checks.contract import NAME, Contract, Layer
from checks.declaration import BATCH, closest, shown
from checks.feeds import is_feed, read_feed
from checks.loading import read_contract
from checks.register import Entry
from checks.territory import TerritoryFolder
from resources.errors import DeclarationError
from resources.syntax import tables_read

HERE = Path(__file__).parent
FEEDS = HERE / "feeds"
# Bumped when the same file and contract would give another table: everything is then made anew.
BUILDER = 3


@dataclass(frozen=True)
class Table:
    """One table: its contract, where it is declared, and the tables it reads.

    `feed` is the source that makes it among several (`irigo`), None for a table alone.
    """

    layer: Layer
    name: str
    contract: Contract
    path: Path
    query: str | None
    upstream: frozenset[str]
    feed: str | None = None

    @property
    def landing(self) -> str:
        """Where its received file is kept: the tables of a feed share theirs."""
        return self.feed or self.name

    @property
    def key(self) -> str:
        """`sources.communes`: how SQL, the ledger and the journal call it."""
        return f"{self.layer}.{self.name}"

    @cached_property
    def fingerprint(self) -> str:
        """Changes whenever the contract, the query or the builder does."""
        said = [BUILDER, self.contract.model_dump(mode="json"), self.query]
        return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


class Catalogue:
    """The tables of one territory and profile, upstream first."""

    def __init__(
        self,
        territory: TerritoryFolder,
        profile: str | None = None,
        schemas: Sequence[Path] = (),
    ) -> None:
        """Load every declaration. National schemas are looked for in the territory, then in
        the `schemas` folders.

        Raises:
            DeclarationError: a contract that cannot be read, a repeated name, an unknown table,
                a cycle, a profile nobody has.
        """
        self.territory = territory
        self.register = read_register(territory)
        self.profile = profile or territory.territory.profile
        folders = [HERE, territory.folder]
        schemas = [territory.folder / "schemas", *schemas]
        found = [
            *_declared(folders, "sources", "*.y*ml", territory, schemas),
            *_declared(folders, "curated", "*.sql", territory, schemas),
        ]
        hold_to_the_register(found, self.register, territory)
        tables = {table.key: table for table in found if self._chosen(table)}
        profiles = sorted({name for table in found for name in table.contract.profiles})
        if profiles and self.profile not in profiles:
            raise DeclarationError(
                f"Le profil « {self.profile} » n’est celui d’aucune table"
                f"{closest(self.profile, profiles)} (profils : {', '.join(profiles)}). "
                "Rien n’a été exécuté. Corrigez ARDOISE_PROFILE ou « profile » du territoire."
            )
        # Declared and read like the others, and never built here.
        self.elsewhere = [table for table in found if not self._chosen(table)]
        check_references(tables, {table.key for table in found})
        check_disclosure(tables)
        self.tables: Mapping[str, Table] = {key: tables[key] for key in upstream_first(tables)}
        hold_to_what_is_read(self.tables, territory)

    def _chosen(self, table: Table) -> bool:
        """Whether a table is in the profile: those that name none are in all."""
        return not table.contract.profiles or self.profile in table.contract.profiles

    @cached_property
    def processings(self) -> Mapping[str, Entry]:
        """The processings in use: those of the profile's tables, and those the territory says.

        One that is shipped for a table nobody has here is no processing of this authority.
        """
        used = {table.contract.protection.register_entry for table in self}
        used |= own_entries(self.territory)
        return {name: entry for name, entry in self.register.items() if name in used}

    def __iter__(self) -> Iterator[Table]:
        return iter(self.tables.values())

    def named(self, name: str) -> Table:
        """A table by its key, or by its bare name when only one has it.

        Raises:
            DeclarationError: no such table, with the closest name or the profile that has it.
        """
        matches = [table for table in self if name in (table.key, table.name)]
        if len(matches) == 1:
            return matches[0]
        if matches:
            told = " et ".join(f"« {table.key} »" for table in matches)
            raise DeclarationError(f"« {name} » désigne plusieurs tables : {told}. Précisez.")
        for table in self.elsewhere:
            if name in (table.key, table.name, table.feed):
                profile = table.contract.profiles[0]
                raise DeclarationError(
                    f"La table « {table.feed or table.key} » n’est pas dans le profil "
                    f"« {self.profile} » mais dans « {profile} » : redemandez avec "
                    f"ARDOISE_PROFILE={profile}."
                )
        names = [*self.tables, *(table.name for table in self), *(t.feed for t in self if t.feed)]
        raise DeclarationError(
            f"La table « {name} » n’existe pas{closest(name, names)}. "
            "« ardoise sources » donne la liste."
        )

    def chosen(self, name: str) -> list[Table]:
        """What a name stands for: a table, or all the tables of a feed.

        Raises:
            DeclarationError: no such table or feed, with the closest name.
        """
        together = [table for table in self if table.feed and table.feed == name]
        return together or [self.named(name)]

    def downstream(self, keys: Sequence[str]) -> set[str]:
        """The given tables and every table that reads them, near or far."""
        reached = set(keys)
        for table in self:
            if table.upstream & reached:
                reached.add(table.key)
        return reached


def _declared(
    folders: Sequence[Path],
    layer: Layer,
    pattern: str,
    territory: TerritoryFolder,
    schemas: Sequence[Path],
) -> Iterator[Table]:
    seen: dict[str, list[Table]] = {}
    _refuse_strangers(folders, layer, pattern)
    for path in sorted({path for folder in folders for path in (folder / layer).glob(pattern)}):
        for table in _tables(path, layer, territory, schemas):
            for other in seen.setdefault(table.name, []):
                if _together(table.contract, other.contract):
                    raise DeclarationError(
                        f"Deux fichiers déclarent la table « {table.key} » : "
                        f"{shown(other.path)} et {shown(path)}. Rien n’a été exécuté. "
                        "Renommez l’un des deux, ou donnez-leur des profils différents."
                    )
            seen[table.name].append(table)
            yield table


def _together(one: Contract, other: Contract) -> bool:
    """Whether some profile would have both."""
    return not (one.profiles and other.profiles and set(one.profiles).isdisjoint(other.profiles))


def _refuse_strangers(folders: Sequence[Path], layer: Layer, pattern: str) -> None:
    """A file that nobody would read is a table that would not exist, without a word."""
    for folder in folders:
        for path in sorted((folder / layer).glob("*")):
            known = path.match(pattern) or path.suffix in (".py", ".md") or path.is_dir()
            if not known and not path.name.startswith("."):
                raise DeclarationError(
                    f"{shown(path)} : ce fichier ne serait lu par personne (attendu : {pattern}). "
                    "Rien n’a été exécuté. Renommez-le ou retirez-le."
                )


def _tables(
    path: Path, layer: Layer, territory: TerritoryFolder, schemas: Sequence[Path]
) -> Iterator[Table]:
    """The table that a file declares, or those of a feed."""
    variables = territory.territory.variables
    if layer == "sources" and is_feed(path, FEEDS):
        for name, contract in read_feed(path, FEEDS, variables):
            if contract.partitions is not None:
                raise DeclarationError(
                    f"{shown(path)} : un flux est reçu entier, « partitions » n’y a pas de sens. "
                    "Rien n’a été exécuté. Retirez ce mot."
                )
            table = _table(path, layer, territory, contract, None)
            yield replace(table, name=name, feed=path.stem)
    else:
        yield _table(path, layer, territory, *read_contract(path, layer, variables, schemas))


def _table(
    path: Path, layer: Layer, territory: TerritoryFolder, contract: Contract, query: str | None
) -> Table:
    upstream = {reference.rpartition(".")[0] for reference in contract.references}
    for rule in contract.queries:
        upstream |= _read_by(rule.replace(f"{{{BATCH}}}", BATCH), path, itself=BATCH)
    if fault := url_fault(contract.url, territory):
        raise DeclarationError(
            f"{shown(path)} : {fault}. Rien n’a été exécuté. Corrigez « url » dans le contrat."
        )
    if query is not None:
        upstream |= _read_by(query, path)
    return Table(layer, path.stem, contract, path, query, frozenset(upstream))


def _read_by(query: str, path: Path, itself: str | None = None) -> set[str]:
    """The tables that a query reads, the one it calls `itself` apart.

    Raises:
        DeclarationError: it cannot be read, or reads something else than tables.
    """
    try:
        read = tables_read(query) - {("", itself)}
    except DeclarationError as error:
        raise DeclarationError(
            f"{shown(path)} : {error}. Rien n’a été exécuté. Corrigez la requête."
        ) from None
    for schema, name in sorted(read):
        if schema not in ("sources", "curated") or re.match(NAME, name) is None:
            raise DeclarationError(
                f"{shown(path)} : la requête lit « {f'{schema}.' if schema else ''}{name} », "
                "or une table « curated » ne lit que « sources.… » et « curated.… ». "
                "Rien n’a été exécuté. Corrigez la requête."
            )
    return {f"{schema}.{name}" for schema, name in read}
