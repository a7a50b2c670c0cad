"""What the words of a contract cannot say one by one: the agreement of one with another.

Each fault is a place in the file and a French sentence with its remedy; `checks.loading` tells them
with their lines.
"""

from collections.abc import Iterator
from datetime import datetime

from checks.contract import Column, Contract, Layer
from checks.declaration import Location, closest
from checks.disclosure.agreement import disclosure_faults
from checks.formats import FORMATS
from checks.partitions import CUT, VARIABLES
from checks.protection.kind import kinds
from checks.retention import DATES
from checks.rules import Dimension, Severity
from checks.vocabulary import check_expectation
from resources.syntax import readable_layout, readable_pattern


def faults(contract: Contract, layer: Layer) -> Iterator[tuple[Location, str]]:
    """What the words alone cannot say: the agreement of one with another."""
    if layer == "sources":
        for word in ("url", "publisher", "license", "cadence"):
            if not getattr(contract, word):
                yield (), f"il manque « {word} », obligatoire pour une source"
    elif contract.url:
        yield ("url",), "une table « curated » n’a pas d’adresse : elle vient de sa requête"
    yield from _column_faults(contract, layer)
    for index, name in enumerate(contract.key):
        if name not in contract.by_name:
            yield (
                ("key", index),
                f"« {name} » n’est pas une colonne du contrat{closest(name, contract.by_name)}",
            )
    yield from _custom_check_faults(contract)
    yield from _expectation_faults(contract)
    yield from _protection_faults(contract)
    yield from disclosure_faults(contract, layer)
    yield from _retention_faults(contract, layer)
    yield from _partition_faults(contract, layer)


def _column_faults(contract: Contract, layer: Layer) -> Iterator[tuple[Location, str]]:
    seen: set[str] = set()
    for index, column in enumerate(contract.columns):
        place: Location = ("columns", index)
        if column.name in seen:
            yield (*place, "name"), f"la colonne « {column.name} » est déclarée deux fois"
        seen.add(column.name)
        if column.type == "string" and column.format not in (None, *FORMATS):
            yield (
                (*place, "format"),
                f"le format « {column.format} » est inconnu" + closest(str(column.format), FORMATS),
            )
        yield from _bound_faults(column, place)
        yield from _pseudonym_faults(column, place, layer)
        for rank, one in enumerate(column.cleared):
            if one.kind not in kinds():
                yield (
                    (*place, "cleared", rank, "kind"),
                    f"« {one.kind} » n’est pas une donnée que le scanner cherche"
                    f"{closest(one.kind, kinds())} (choix : {', '.join(kinds())})",
                )
        if column.type in ("date", "datetime") and not readable_layout(column.format or "%Y"):
            yield (
                (*place, "format"),
                f"le format de date « {column.format} » est illisible (exemple : %d/%m/%Y)",
            )
        if column.decimals is not None and column.type != "number":
            yield (*place, "decimals"), "« decimals » est pour une colonne de type « number »"
        pattern = column.constraints.pattern
        if pattern is not None and not readable_pattern(pattern):
            yield (
                (*place, "constraints", "pattern"),
                "« pattern » est une expression régulière que DuckDB ne connaît pas, comme (?=…)",
            )
        if layer == "curated" and column.type == "number" and not column.unit:
            yield place, f"la colonne « {column.name} » est une mesure : il manque « unit »"


def _bound_faults(column: Column, place: Location) -> Iterator[tuple[Location, str]]:
    for word in ("minimum", "maximum"):
        bound = getattr(column.constraints, word)
        where: Location = (*place, "constraints", word)
        if bound is None:
            continue
        if column.type in ("string", "boolean", "geojson"):
            yield where, f"« {word} » n’a pas de sens pour une colonne « {column.type} »"
        elif column.type in ("date", "datetime"):
            try:
                datetime.fromisoformat(str(bound))
            except ValueError:
                yield where, f"« {word} » attend une date entre guillemets, comme 2020-01-31"
        elif isinstance(bound, str):
            yield where, f"« {word} » attend un nombre, sans guillemets"


def _pseudonym_faults(
    column: Column, place: Location, layer: Layer
) -> Iterator[tuple[Location, str]]:
    if column.lowered is not None and layer == "sources":
        yield (
            (*place, "lowered"),
            "« lowered » se dit d’une colonne calculée ; celle d’une source est ce qu’on reçoit",
        )
    if column.pseudonym is None:
        return
    where: Location = (*place, "pseudonym")
    if layer == "curated":
        yield where, "« pseudonym » se dit à la source : la requête ne lit déjà plus que lui"
    if column.personal_data == "none":
        yield where, "« pseudonym » ne remplace qu’une donnée personnelle : dites « personal_data »"
    if column.type != "string":
        yield where, f"« pseudonym » attend un texte, et la colonne est de type « {column.type} »"
    if column.constraints.reference:
        yield where, "une colonne « pseudonym » ne peut pas être comparée à une autre (« in »)"


def _custom_check_faults(contract: Contract) -> Iterator[tuple[Location, str]]:
    for index, check in enumerate(contract.custom_checks):
        place: Location = ("custom_checks", index)
        for name in (check.column, *check.others):
            column = contract.by_name.get(name or "")
            if column is not None and column.pseudonym is not None:
                yield place, f"« {name} » est lue derrière un pseudonyme : rien ne s’y compare"
        if word := check.missing:
            yield place, f"« {check.name} » demande le paramètre « {word} »"
        for name in filter(None, (check.column, *check.others)):
            if name not in contract.by_name:
                yield (
                    (*place, "params"),
                    f"« {name} » n’est pas une colonne du contrat{closest(name, contract.by_name)}",
                )


def _expectation_faults(contract: Contract) -> Iterator[tuple[Location, str]]:
    for index, item in enumerate(contract.expectations):
        if len(item) != 1:
            yield ("expectations", index), "une attente par tiret, « nom: {paramètres} »"
            return
        for name, words in item.items():
            own = {word: words[word] for word in ("severity", "dimension") if word in words}
            for word, kind in (("severity", Severity), ("dimension", Dimension)):
                choices = [str(choice) for choice in kind]
                if word in own and own[word] not in choices:
                    yield (
                        ("expectations", index, name, word),
                        f"« {own[word]} » n’est pas possible pour « {word} »"
                        f"{closest(str(own[word]), choices)} (choix : {', '.join(choices)})",
                    )
            parameters = {
                word: value
                for word, value in words.items()
                if word not in ("severity", "dimension", "sentence")
            }
            if fault := check_expectation(name, parameters):
                yield ("expectations", index, name), fault
            for word in ("column", "column_A", "column_B", "column_list"):
                given = parameters.get(word, [])
                for column in given if isinstance(given, list) else [given]:
                    if column not in contract.by_name:
                        yield (
                            ("expectations", index, name, word),
                            f"« {column} » n’est pas une colonne du contrat"
                            + closest(str(column), contract.by_name),
                        )


def _protection_faults(contract: Contract) -> Iterator[tuple[Location, str]]:
    personal = [column for column in contract.columns if column.personal_data != "none"]
    declared = contract.protection
    if personal and declared.personal_data == "none":
        yield (
            ("protection",),
            f"la colonne « {personal[0].name} » est personnelle, mais « protection » dit « none »",
        )
    if (personal or declared.personal_data != "none") and not declared.register_entry:
        who = f"la colonne « {personal[0].name} » est" if personal else "la table porte"
        yield (
            ("protection",),
            f"{who} une donnée personnelle, qui demande une entrée au registre des traitements "
            "(RGPD, art. 30) : ajoutez « register » à « protection », puis écrivez cette entrée",
        )
    if personal and contract.access == "open":
        yield ("access",), "une table qui porte une donnée personnelle ne peut pas être « open »"


def _retention_faults(contract: Contract, layer: Layer) -> Iterator[tuple[Location, str]]:
    since, place = contract.retention.since, ("retention", "since")
    if since is None:
        return
    if layer == "curated":
        yield (
            place,
            "une table « curated » est refaite de ses sources : mettez « since » dans leur contrat",
        )
    elif since not in contract.by_name:
        yield (
            place,
            f"« {since} » n’est pas une colonne du contrat{closest(since, contract.by_name)}",
        )
    elif (kind := contract.by_name[since].type) not in DATES:
        yield (
            place,
            f"« {since} » est de type « {kind} » : la durée court depuis une date "
            f"(types possibles : {', '.join(DATES)})",
        )


def _partition_faults(contract: Contract, layer: Layer) -> Iterator[tuple[Location, str]]:
    """What makes partitions sound: each row is of one period, and says of which."""
    named = [f"{{{word}}}" for word in VARIABLES if f"{{{word}}}" in contract.url]
    cut = contract.partitions
    if cut is None:
        if named:
            yield ("url",), f"« {named[0]} » demande « partitions » dans le contrat"
        return
    place: Location = ("partitions",)
    if layer == "curated":
        yield place, "une table « curated » se refait entière : « partitions » est pour les sources"
        return
    if contract.disclosure is not None and contract.disclosure.cells:
        yield (
            place,
            "une table dont de petits effectifs sont cachés se juge entière : publiez-la d’une "
            "table « curated » qui lit celle-ci, et laissez « disclosure » à cette autre",
        )
    if contract.url and not named and not contract.url.startswith("demo:"):
        yield ("url",), "l’adresse ne dit pas quelle période demander : ajoutez « {partition} »"
    if contract.disclosure is not None:
        yield (
            ("disclosure",),
            "les petits effectifs se protègent sur la table entière : pas avec « partitions »",
        )
    if cut.by not in contract.by_name:
        yield (
            (*place, "by"),
            f"« {cut.by} » n’est pas une colonne du contrat{closest(cut.by, contract.by_name)}",
        )
        return
    column = contract.by_name[cut.by]
    if column.type not in CUT[cut.each]:
        yield (
            (*place, "by"),
            f"« {cut.by} » est de type « {column.type} », qui ne se coupe pas par « {cut.each} » "
            f"(types possibles : {', '.join(CUT[cut.each])})",
        )
    if not column.constraints.required:
        yield (
            (*place, "by"),
            f"« {cut.by} » doit être « required » : sans elle, de quelle période ?",
        )
    if contract.key and cut.by not in contract.key:
        yield (
            ("key",),
            f"la clé doit contenir « {cut.by} » : d’une période à l’autre, rien ne la vérifie",
        )
    for index, other in enumerate(contract.columns):
        if other.constraints.unique and other.name != cut.by:
            yield (
                ("columns", index, "constraints", "unique"),
                "« unique » n’est vérifié que dans une période : mettez la colonne dans la clé",
            )
