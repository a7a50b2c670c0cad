"""The contract of a table: its columns in the words of Table Schema, and the words of the strategy.

One contract makes everything else: decoding, the gate, the Dagster asset, the dictionary, the
schedule, the budget. Which words exist and what each accepts, nothing more: how a file is read is
in `checks.loading`, how its words agree in `checks.agreement`, how a promise becomes a rule in
`checks.promises`.

Table Schema: https://specs.frictionlessdata.io/table-schema/ (the words of schema.data.gouv.fr).
"""

import re
from collections.abc import Mapping
from datetime import date
from functools import cached_property
from typing import Annotated, Any, Literal, get_args

from pydantic import Field, field_validator

from checks.custom_checks import CustomCheck
from checks.disclosure.words import Disclosure
from checks.durations import Duration, before, french
from checks.partitions import Partitions
from checks.rules import Dimension, Severity
from checks.strict import Strict

# One allow-list for every name that reaches SQL, a file name or a Dagster key.
NAME = r"^[a-z][a-z0-9_]{0,62}$"
REFERENCE = r"^(sources|curated)\.[a-z][a-z0-9_]{0,62}\.[a-z][a-z0-9_]{0,62}$"

Name = Annotated[str, Field(pattern=NAME)]
Cadence = Literal[
    "ponctuelle",
    "annuelle",
    "semestrielle",
    "trimestrielle",
    "mensuelle",
    "hebdomadaire",
    "quotidienne",
    "horaire",
]
ColumnType = Literal[
    "string",
    "integer",
    "number",
    "boolean",
    "date",
    "time",
    "datetime",
    "year",
    "yearmonth",
    "geopoint",
    "geojson",
    "array",
    "object",
    "any",
]
FileFormat = Literal["csv", "json", "jsonl", "geojson", "parquet", "xlsx", "ods", "gtfs"]
TextFormat = Literal["siret", "siren", "email", "uri", "uuid", "binary", "code_postal", "telephone"]
Theme = Literal[
    "décarbonation", "aménagement", "attractivité", "relation aux habitants", "référentiel"
]
PersonalData = Literal["none", "indirect", "direct", "sensitive", "nir"]
Layer = Literal["sources", "curated"]
# From the least to the most exacting: what derives from several is as personal as the worst.
NATURES: tuple[PersonalData, ...] = get_args(PersonalData)


class Constraints(Strict):
    """What each value must satisfy (Table Schema, with `in` for a foreign key)."""

    required: bool = False
    unique: bool = False
    pattern: str | None = None
    enum: list[str] | None = Field(default=None, min_length=1)
    minimum: float | str | None = None
    maximum: float | str | None = None
    min_length: int | None = Field(default=None, alias="minLength", ge=0)
    max_length: int | None = Field(default=None, alias="maxLength", ge=0)
    reference: str | None = Field(default=None, alias="in", pattern=REFERENCE)

    @field_validator("pattern")
    @classmethod
    def _compiles(cls, pattern: str | None) -> str | None:
        try:
            re.compile(pattern or "")
        except re.error as error:
            raise ValueError(f"« pattern » n’est pas une expression régulière ({error})") from None
        return pattern


class ArrayItem(Strict):
    """What each item of an `array` column must be (`arrayItem` of Table Schema)."""

    type: ColumnType = "string"
    constraints: Constraints = Constraints()


class Lowered(Strict):
    """Why a column is less personal than what it is computed from: by which operation, and how."""

    by: Literal["aggregation", "generalisation", "selection"]
    reason: str = Field(min_length=10)


class Cleared(Strict):
    """A resemblance somebody answered for: why a kind of personal data found here needs no
    declaration. Either it is nobody's (an organisation's telephone), or a text lets it be published
    as it is: `fondement` then names it (CRPA, art. D312-1-3).
    """

    kind: Name
    reason: str = Field(min_length=3)
    author: str = Field(min_length=2)
    date: date
    legal_basis: str | None = Field(default=None, alias="fondement", min_length=3)


class Column(Strict):
    """One column: how it is found in the file, what it means, what it must satisfy.

    An `optional` column may be absent of the file: it is then empty, and that is told. A number
    with `decimals` is kept exact, never rounded: eighteen digits, that many after the point.

    `personal_data` is the nature of what is received; `pseudonym` the domain whose key replaces
    each value before it reaches the warehouse (`resources.pseudonyms`). A column that `identifies`
    a person is one by whose values that person is found again. `lowered` is for a curated column.
    """

    name: Name
    source_name: str | None = Field(default=None, alias="from")
    aliases: list[str] = Field(default=[])
    title: str = ""
    type: ColumnType = "string"
    format: str | None = None
    decimal_char: str = Field(default=".", alias="decimalChar", min_length=1, max_length=1)
    group_char: str | None = Field(default=None, alias="groupChar", min_length=1, max_length=1)
    decimals: int | None = Field(default=None, ge=0, le=18)
    bare_number: bool = Field(default=True, alias="bareNumber")
    true_values: list[str] = Field(
        default=["true", "True", "TRUE", "1"], alias="trueValues", min_length=1
    )
    false_values: list[str] = Field(
        default=["false", "False", "FALSE", "0"], alias="falseValues", min_length=1
    )
    optional: bool = False
    array_item: ArrayItem | None = Field(default=None, alias="arrayItem")
    unit: str | None = None
    description: str
    example: str
    severity: Severity = Severity.CRITICAL
    personal_data: PersonalData = "none"
    identifies: Literal["person"] | None = None
    pseudonym: Name | None = None
    lowered: Lowered | None = None
    cleared: list[Cleared] = Field(default=[])
    constraints: Constraints = Constraints()

    @property
    def nature(self) -> PersonalData:
        """The nature of what is kept: a pseudonym is no name any more, and still personal (RGPD,
        considérant 26).
        """
        if self.pseudonym is not None and self.personal_data != "none":
            return "indirect"
        return self.personal_data

    @property
    def header(self) -> str:
        """The name of the column in the file."""
        return self.source_name or self.name

    @property
    def headers(self) -> list[str]:
        """Every name under which the column may stand in the file, the usual one first."""
        return [self.header, *self.aliases]

    @property
    def label(self) -> str:
        """How a French sentence names the column."""
        return f"« {self.title or self.name} »"


class Dialect(Strict):
    """How the rows of a delimited file are written (Frictionless CSV Dialect)."""

    delimiter: str = Field(default=",", min_length=1, max_length=1)
    quote_char: str = Field(default='"', alias="quoteChar", min_length=1, max_length=1)


class Transport(Strict):
    """How far a download may go. `plain_http` lets a source that has nothing better be read."""

    plain_http: bool = False
    deadline_s: float = Field(default=600, gt=0)
    max_mb: float = Field(default=1000, gt=0)
    max_ratio: float = Field(default=200, gt=1)


class Correction(Strict):
    """An error of the source, mended as a declared fact: what, by whom, when, why.

    Every text of the column that is exactly `value` is read as `becomes`; null empties it.
    """

    column: Name
    value: str
    becomes: str | None
    reason: str = Field(min_length=3)
    author: str = Field(min_length=2)
    date: date


class Protection(Strict):
    """What the table holds about persons, and the register entry (RGPD, art. 30) it falls under."""

    personal_data: PersonalData = "none"
    register_entry: Name | None = Field(default=None, alias="register")


class Retention(Strict):
    """How long rows are kept, and why (RGPD, art. 5.1.e; RGESN 7.2).

    `since` is the column from which the time of a row runs; a row without that date is not past
    it (a request still open, when the time runs from its closing).
    """

    keep: Duration
    reason: str = Field(min_length=3)
    since: Name | None = None

    def limit(self, today: date) -> date:
        """The oldest day that may still be kept."""
        return before(self.keep, today)

    @property
    def french(self) -> str:
        """« 10 ans »."""
        return french(self.keep)


class Budget(Strict):
    """What a refresh may cost: a warning above, a refusal beyond twice a volume."""

    downloaded_mb: float = Field(default=0, ge=0)
    stored_mb: float = Field(gt=0)
    cpu_s: float = Field(gt=0)


class QuarantineThreshold(Strict):
    """The share of rows set aside beyond which the version is refused."""

    max_pct: float = Field(default=5, ge=0, le=100)


class Expectation(Strict):
    """One expectation in Great Expectations' own words, with what Ardoise says of it."""

    type: str
    parameters: dict[str, Any]
    severity: Severity = Severity.CRITICAL
    dimension: Dimension = Dimension.CONSISTENCY
    sentence: str | None = None


class Contract(Strict):
    """Everything promised about one table.

    Of a received file: `member` names the file to read in an archive, `sheet` that of a workbook,
    `records` the path of the rows in a JSON document (`marches.marche`), `skip_lines` how many
    lines stand before the titles, `may_be_empty` that no row is no fault.

    `partitions` says that it comes period after period: only new ones are asked, read and judged,
    and each promise is kept by each period (`checks.partitions`).

    `schema` names a national Table Schema (`scdl/subventions@2.1.1`): its columns are those of the
    contract, which completes some by name and leaves others out by `except`
    (`checks.national`). `custom_checks` are the rules of schema.data.gouv.fr between columns.
    """

    title: str
    description: str
    publisher: str = ""
    license: str = ""
    homepage: str = ""
    owner: str = ""
    theme: Theme
    grain: str
    profiles: list[Name] = Field(default=[])
    url: str = ""
    format: FileFormat = "csv"
    member: str | None = Field(default=None, min_length=1)
    sheet: str | None = Field(default=None, min_length=1)
    records: str | None = Field(default=None, min_length=1)
    skip_lines: int = Field(default=0, ge=0, le=1000)
    may_be_empty: bool = False
    transport: Transport = Transport()
    encoding: Literal["utf-8", "cp1252", "latin-1", "utf-16"] = "utf-8"
    dialect: Dialect = Dialect()
    missing_values: list[str] = Field(default=[""], alias="missingValues")
    cadence: Cadence | None = None
    partitions: Partitions | None = None
    synthetic: bool = False
    caveats: list[str] = Field(default=[], alias="avertissements")
    corrections: list[Correction] = Field(default=[])
    national_schema: str | None = Field(default=None, alias="schema")
    left_out: list[str] = Field(default=[], alias="except")
    columns: list[Column] = Field(min_length=1)
    key: list[Name] = Field(default=[])
    custom_checks: list[CustomCheck] = Field(default=[])
    quarantine: QuarantineThreshold = QuarantineThreshold()
    expectations: list[dict[str, dict[str, Any]]] = Field(default=[])
    protection: Protection = Protection()
    disclosure: Disclosure | None = None
    access: Literal["open", "internal", "restricted"]
    retention: Retention
    budget: Budget

    @cached_property
    def by_name(self) -> Mapping[str, Column]:
        """The columns by name."""
        return {column.name: column for column in self.columns}

    @property
    def references(self) -> set[str]:
        """What columns and expectations refer to (`sources.communes.code_commune`)."""
        found = [column.constraints.reference for column in self.columns]
        found += [item.parameters.get("reference") for item in self.expected]
        return {str(reference) for reference in found if reference}

    @property
    def queries(self) -> list[str]:
        """What expectations written in SQL ask, where `{batch}` is the table itself."""
        asked = [item.parameters.get("unexpected_rows_query") for item in self.expected]
        return [str(query) for query in asked if query]

    @cached_property
    def expected(self) -> list[Expectation]:
        """The `expectations:` of the contract, their words apart from Great Expectations'."""
        own = ("severity", "dimension", "sentence")
        return [
            Expectation(
                type=name,
                parameters={word: value for word, value in words.items() if word not in own},
                **{word: value for word, value in words.items() if word in own},
            )
            for item in self.expectations
            for name, words in item.items()
        ]
