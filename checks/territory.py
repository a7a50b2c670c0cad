"""A territory: the one file another authority writes.

Its words become the variables of every contract (`{epci}`, `{departement}`…). Where its files lie
is resolved here; which territory is in use is decided in `assets.platform`.
"""

from pathlib import Path
from typing import Literal

from pydantic import Field

from checks.declaration import read_declaration
from checks.strict import Strict
from resources.errors import DeclarationError

LegalForm = Literal["CC", "CA", "CU", "ME", "METRO", "MET69", "EPT", "COM", "DEP", "REG"]


class Extracts(Strict):
    """Files of the territory, from the folder of its YAML file."""

    communes: str
    iris: str
    outlines: str


class TerritoryBudget(Strict):
    """What the council voted for the platform; None where it has not decided."""

    energy_kwh_month: float | None = Field(default=None, gt=0)
    storage_gb: float | None = Field(default=None, gt=0)


class Target(Strict):
    """What the council wants of one indicator of the territory, and by which decision."""

    value: float
    better: Literal["less", "more"]
    by: int | None = Field(default=None, ge=2000, le=2100)
    decision: str = ""


class EnergySettings(Strict):
    """Where the electricity comes from (ISO 3166-1 alpha-3), and what counts it.

    `wattmeter` is a file whose last number is an index in watt-hours; `idle_w` what the machine
    draws at rest, taken off a counter's joules because the hosting line counts it.
    """

    country_iso_code: str = Field(default="FRA", pattern=r"^[A-Z]{3}$")
    wattmeter: str | None = None
    idle_w: float = Field(default=0.0, ge=0)


class Hosting(Strict):
    """The machine that is reserved for the platform, whether or not a run takes place.

    None is « not declared »: the machine's own figures are then taken, and the pages say so.
    `always_on: false` is a machine started for the runs alone. `pue` is that of its room.
    """

    processors: float | None = Field(default=None, gt=0)
    memory_gb: float | None = Field(default=None, gt=0)
    always_on: bool = True
    pue: float | None = Field(default=None, ge=1, le=3)


class Territory(Strict):
    """The identity, extracts, profile, contacts and budgets of one authority."""

    name: str
    short_name: str
    legal_form: LegalForm
    epci: str = Field(pattern=r"^\d{9}$")
    departement: str = Field(pattern=r"^(\d{2,3}|2[AB])$")
    region: str = Field(pattern=r"^\d{2}$")
    seat: str = Field(pattern=r"^[0-9][0-9AB]\d{3}$")
    population_year: int
    profile: str = "demo"
    extracts: Extracts
    contact: str
    dpo: str
    budget: TerritoryBudget = TerritoryBudget()
    energy: EnergySettings = EnergySettings()
    hosting: Hosting = Hosting()
    targets: dict[str, Target] = Field(default={})

    @property
    def variables(self) -> dict[str, str]:
        """The words a contract may write between braces."""
        return {
            name: str(getattr(self, name))
            for name in (
                "name",
                "short_name",
                "epci",
                "departement",
                "region",
                "seat",
                "population_year",
                "contact",
                "dpo",
            )
        }


class TerritoryFolder:
    """A territory and the files around it."""

    def __init__(self, path: Path) -> None:
        """Read a `territory.yaml`, another YAML file, or the folder that holds one.

        Raises:
            DeclarationError: the file does not exist or does not hold what it must.
        """
        file = path / "territory.yaml" if path.is_dir() else path
        if not file.is_file():
            raise DeclarationError(
                f"Le territoire « {path} » n’existe pas : ni fichier YAML, ni dossier contenant "
                "« territory.yaml ». Rien n’a été exécuté. Corrigez la variable "
                "ARDOISE_TERRITORY, ou retirez-la pour reprendre le territoire livré."
            )
        declaration = read_declaration(file)
        self.file = file
        self.folder = file.parent
        self.territory = declaration.held_to(Territory)
        missing = [
            (("extracts", name), f"le fichier « {value} » n’existe pas à côté de {file.name}")
            for name, value in self.territory.extracts.model_dump().items()
            if not (self.folder / value).is_file()
        ]
        if missing:
            raise declaration.refusal(missing)

    def extract(self, name: str) -> Path:
        """The path of an extract by its name in `extracts:`.

        Raises:
            KeyError: the territory file declares no such extract.
        """
        return self.folder / str(self.territory.extracts.model_dump()[name])
