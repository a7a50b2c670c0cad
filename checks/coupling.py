"""What a contract and the register must say of each other (RGPD, art. 5.2, 9, 30 and 35).

Pure: a fault is a place in the contract and a French sentence that says what to write. Who refuses
to load for it is `assets.catalogue`.
"""

from collections.abc import Iterator, Mapping
from typing import get_args

from checks.contract import Contract, PersonalData
from checks.declaration import Location, closest
from checks.durations import days_in
from checks.register import Entry, SensitiveKind
from resources.french import listing, plural

NATURE: Mapping[PersonalData, str] = {
    "none": "aucune",
    "indirect": "indirecte",
    "direct": "directe",
    "sensitive": "sensible",
    "nir": "NIR",
}
SENSITIVE = frozenset(get_args(SensitiveKind))
# Past this many, the rest are counted: the file has them all.
NAMED = 3


def obligatory_words() -> list[str]:
    """The words without which an entry is not complete, in the order of the model."""
    return [name for name, field in Entry.model_fields.items() if field.is_required()]


def coupling_faults(
    contract: Contract, register: Mapping[str, Entry], where: str, dpo: str
) -> Iterator[tuple[Location, str]]:
    """What stops a contract from loading with this register.

    `where` is the folder in which the territory writes its entries, `dpo` whom to warn.
    """
    name = contract.protection.register_entry
    if name is None:
        return
    entry = register.get(name)
    if entry is None:
        yield (
            ("protection", "register"),
            f"{_who(contract)}, et le registre des traitements n’a pas d’entrée « {name} »"
            f"{closest(name, register)} (RGPD, art. 30) : écrivez {where}/{name}.yaml avec "
            f"{listing(obligatory_words())}",
        )
        return
    yield from _duration_faults(contract, name, entry)
    yield from _nature_faults(contract, name, entry, dpo)


def _who(contract: Contract) -> str:
    """« la colonne « nom » porte une donnée personnelle (directe) »."""
    personal = [column for column in contract.columns if column.personal_data != "none"]
    if not personal:
        nature = NATURE[contract.protection.personal_data]
        return f"la table porte des données personnelles ({nature})"
    if len(personal) == 1:
        one = personal[0]
        return f"la colonne « {one.name} » est personnelle ({NATURE[one.personal_data]})"
    told = [f"« {one.name} » ({NATURE[one.personal_data]})" for one in personal[:NAMED]]
    if len(personal) > NAMED:
        told.append(plural(len(personal) - NAMED, "autre"))
    return f"les colonnes {listing(told)} sont personnelles"


def _duration_faults(contract: Contract, name: str, entry: Entry) -> Iterator[tuple[Location, str]]:
    if days_in(contract.retention.keep) > entry.retention.days:
        yield (
            ("retention", "keep"),
            f"la table garderait ses lignes {contract.retention.french}, et le registre ne le "
            f"permet que {entry.retention.french} (« {name} ») : réduisez « keep », ou faites "
            "valider une autre durée dans le registre",
        )


def _nature_faults(
    contract: Contract, name: str, entry: Entry, dpo: str
) -> Iterator[tuple[Location, str]]:
    """A sensitive datum or a NIR needs a ground of its own, and says so in the register."""
    for index, column in enumerate(contract.columns):
        place: Location = ("columns", index, "personal_data")
        if column.personal_data == "sensitive":
            if entry.special_categories is None:
                yield (
                    place,
                    f"la colonne « {column.name} » est sensible (RGPD, art. 9) : le traitement "
                    f"« {name} » doit dire ce qui le permet ; ajoutez « special_categories » "
                    f"(condition, justification) à son entrée, et prévenez le DPO ({dpo})",
                )
            if not SENSITIVE & set(entry.data):
                yield (
                    place,
                    f"la colonne « {column.name} » est sensible : « data » du traitement « {name} "
                    f"» doit dire de quelle sorte ({', '.join(sorted(SENSITIVE))})",
                )
        if column.personal_data == "nir":
            if entry.nir is None:
                yield (
                    place,
                    f"la colonne « {column.name} » est un numéro de sécurité sociale (NIR), et le "
                    f"traitement « {name} » n’est pas de ceux que le décret n° 2019-341 autorise : "
                    "ajoutez « nir » (field, reference) à son entrée s’il en est, sinon retirez la "
                    f"colonne ; dans les deux cas prévenez le DPO ({dpo})",
                )
            if "nir" not in entry.data:
                yield (
                    place,
                    f"la colonne « {column.name} » est un NIR : « data » du traitement « {name} » "
                    "doit le dire (« nir »)",
                )
        if column.personal_data in ("sensitive", "nir") and (
            "sensitive_data" not in entry.assessment.criteria
        ):
            yield (
                place,
                f"la colonne « {column.name} » est {NATURE[column.personal_data]} : « assessment » "
                f"du traitement « {name} » doit compter le critère « sensitive_data »",
            )
