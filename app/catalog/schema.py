"""A service (คำร้อง, แบบ, คำขออนุญาต) described as data, and the closed vocabularies of that description.

The values here are what forms, papers and checks are drawn from. They are made by app.catalog.builder out of TOML or
out of the JSON document of an older version, and never changed. The names of
fields here are the keys in those files.
"""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

KINDS = ("petition", "filing", "permit")
OFFICE_KINDS = (
    "pao",
    "city_municipality",
    "town_municipality",
    "subdistrict_municipality",
    "sao",
    "pattaya",
)
STEPS = ("applicant", "details", "place", "attachments", "fee", "review")
DOCUMENTS = ("slip", "petition", "form", "stock_sheet", "permit")
FIELD_TYPES = (
    "text",
    "long_text",
    "choice",
    "multi_choice",
    "category",
    "integer",
    "decimal",
    "money",
    "date",
    "boolean",
    "citizen_id",
    "phone",
    "month",
    "payer",
    "table",
)
COLUMN_TYPES = ("text", "choice", "integer", "decimal", "money", "date")
"""Types of the columns of a table; a cell asks one plain thing."""
TEXT_TYPES = ("text", "long_text")
NUMBER_TYPES = ("integer", "decimal", "money")
FEE_CALCULATORS = ("none", "ad_permit")
VALIDITY_RULES = ("none", "ad_permit")
DUE_RULES = ("none", "fixed", "category")
FILING_RULES = ("none", "hotel_fee", "oil_tax", "tobacco_tax", "payer")
"""Whose arithmetic a filing follows; "payer" is the entry of a payer in the register."""
PAYER_KINDS = ("hotel", "station", "trader")
TAX_UNITS = ("percent", "satang_per_litre", "satang_per_kg", "satang_per_stick")
CHOICE_UNITS = ("litre", "kg", "stick")
ATTACHMENT_FORMATS = ("jpg", "jpeg", "png", "doc", "docx", "pdf", "xls", "xlsx")
MAX_ATTACHMENT_BYTES = 5 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Choice:
    """One value that a choice field may take; `code` is stored, `name` shown. unit: in what a product is measured."""

    code: str
    name: str
    unit: str = ""


@dataclass(frozen=True, slots=True)
class ShownWhen:
    """A field that is asked only when an earlier answer has one of these values."""

    field: str
    equals: tuple[str | bool, ...]

    def holds(self, answers: Any) -> bool:
        """Whether the answers (a mapping, finished or half-typed) call for the field."""
        given = answers.get(self.field)
        if isinstance(given, list | tuple):
            return any(value in given for value in self.equals)
        return given in self.equals


@dataclass(frozen=True, slots=True)
class Field:
    """One question of the form.

    minimum, maximum bound numbers; lengths are in characters; `unit` is the Thai word after a number.
    `must_be_true`: a declaration that has to be agreed to. `example`: value for `services sample`; for a date, days
    from today. `default` stands where nothing was answered. `auto`: worked out; an answer may only repeat it.
    A "table" has columns, which are fields, and as many rows as answers; `sum`: the column is added up.
    """

    key: str
    label: str
    type: str
    required: bool = False
    min_length: int = 0
    max_length: int = 200
    choices: tuple[Choice, ...] = ()
    minimum: Decimal | None = None
    maximum: Decimal | None = None
    decimals: int = 2
    unit: str = ""
    help: str = ""
    placeholder: str = ""
    searchable: bool = False
    must_be_true: bool = False
    shown_when: ShownWhen | None = None
    example: Any = None
    default: Any = None
    auto: bool = False
    sum: bool = False
    columns: tuple["Field", ...] = ()
    max_rows: int = 200

    @property
    def sub_key(self) -> str:
        """A category field answers two keys: "category" and "subcategory"."""
        return f"sub{self.key}"

    @property
    def answer_keys(self) -> tuple[str, ...]:
        """The keys of the answers that belong to this question."""
        return (self.key, self.sub_key) if self.type == "category" else (self.key,)

    def column(self, key: str) -> "Field":
        """The column of a table with this key."""
        return next(item for item in self.columns if item.key == key)

    def choice(self, code: str) -> Choice | None:
        """The choice with this code."""
        return next((choice for choice in self.choices if choice.code == code), None)

    def choice_name(self, code: str) -> str:
        """The Thai name of a choice; a code of an older version is shown as it is."""
        return next((choice.name for choice in self.choices if choice.code == code), code)


@dataclass(frozen=True, slots=True)
class Subcategory:
    """The second level of a category; it decides the division and the time limit.

    working_days: None takes the service's own limit, 0 means the same day. restricted: only named staff may open
    such a case (complaints of corruption).
    """

    code: str
    name: str
    division: str
    working_days: int | None = None
    restricted: bool = False


@dataclass(frozen=True, slots=True)
class Category:
    """The first level of a two-level category."""

    code: str
    name: str
    subcategories: tuple[Subcategory, ...] = ()


@dataclass(frozen=True, slots=True)
class Division:
    """A division (สำนัก/กอง); `names` holds (office kind, name) where kinds of offices call it differently."""

    code: str
    name: str
    names: tuple[tuple[str, str], ...] = field(default=(), metadata={"mapping": True})

    def name_in(self, office_kind: str) -> str:
        """What an office of this kind calls the division."""
        return next((name for kind, name in self.names if kind == office_kind), self.name)


@dataclass(frozen=True, slots=True)
class AttachmentRule:
    """A paper that comes with the case. formats: file name endings; max_bytes of one file."""

    key: str
    label: str
    required: bool = False
    formats: tuple[str, ...] = ATTACHMENT_FORMATS
    max_bytes: int = MAX_ATTACHMENT_BYTES
    note: str = ""
    shown_when: ShownWhen | None = None


@dataclass(frozen=True, slots=True)
class Parameter:
    """A figure of the law or of an ordinance, as decimal text or code.

    configurable: the office's own rate rows may replace it. confirmed: False where nobody has checked it against the
    law or the office's ordinance, which the administrator's page shows.
    """

    key: str
    value: str
    label: str = ""
    unit: str = ""
    configurable: bool = True
    confirmed: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True)
class Fee:
    """How the fee is worked out: a calculator of app.domain.fees and its figures."""

    calculator: str = "none"
    parameters: tuple[Parameter, ...] = ()


@dataclass(frozen=True, slots=True)
class Validity:
    """For how long what is granted holds, and the limits of what may be asked for."""

    rule: str = "none"
    parameters: tuple[Parameter, ...] = ()


@dataclass(frozen=True, slots=True)
class Ceiling:
    """The highest rate that the law allows, from a day on. confirmed: compared with the law's text."""

    unit: str
    value: Decimal
    since: date
    law: str = ""
    confirmed: bool = False


@dataclass(frozen=True, slots=True)
class Filing:
    """What makes a service a filing of a payer. rule: whose arithmetic; payer: the register it belongs to.

    name_field: key of the payer's name; profile: keys of what else the register knows about him and fills in.
    refile_days: within so many days a change must be told (0: no such duty).
    """

    rule: str = "none"
    payer: str = ""
    name_field: str = ""
    profile: tuple[str, ...] = ()
    ceilings: tuple[Ceiling, ...] = ()
    refile_days: int = 0

    @property
    def units(self) -> frozenset[str]:
        """In what the office's rates may be."""
        return frozenset(ceiling.unit for ceiling in self.ceilings)


@dataclass(frozen=True, slots=True)
class Due:
    """The time limit in working days. rule: "fixed", "category" (the subcategory's days first), "none"."""

    rule: str = "none"
    working_days: int = 0
    confirmed: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True)
class ClerkNote:
    """What the clerk should know or tick off beside the form."""

    title: str
    items: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Service:
    """One service that citizens ask for at the counter, one version of it.

    subject: key of the field that names the matter in one line. default_division: code of the responsible division
    where no category decides. print_on_register: documents that F9 prints. anonymous: whether it is taken from somebody
    who names nobody (บัตรสนเท่ห์).
    """

    code: str
    version: int
    kind: str
    name: str
    short_name: str
    offered_by: tuple[str, ...]
    first_status: str
    subject: str
    default_division: str
    description: str = ""
    legal_basis: str = ""
    form_code: str = ""
    anonymous: bool = False
    steps: tuple[str, ...] = ("applicant", "details", "review")
    documents: tuple[str, ...] = ("slip",)
    print_on_register: tuple[str, ...] = ("slip",)
    tell_citizen: tuple[str, ...] = ()
    due: Due = Due()
    fee: Fee = Fee()
    validity: Validity = Validity()
    filing: Filing = Filing()
    fields: tuple[Field, ...] = ()
    divisions: tuple[Division, ...] = ()
    categories: tuple[Category, ...] = ()
    attachments: tuple[AttachmentRule, ...] = ()
    clerk_notes: tuple[ClerkNote, ...] = ()

    answer_keys: frozenset[str] = field(init=False, repr=False, compare=False)
    _subcategories: dict[tuple[str, str], tuple[Category, Subcategory]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        keys = frozenset(key for item in self.fields for key in item.answer_keys)
        pairs = {(main.code, sub.code): (main, sub) for main in self.categories for sub in main.subcategories}
        object.__setattr__(self, "answer_keys", keys)
        object.__setattr__(self, "_subcategories", pairs)

    def field_by_key(self, key: str) -> Field | None:
        """The question with this key, if the form has it."""
        return next((item for item in self.fields if item.key == key), None)

    @property
    def payer_field(self) -> Field:
        """The question that names the payer; the builder has made sure that a filing has one."""
        return next(item for item in self.fields if item.type == "payer")

    def subcategory(self, category: str, subcategory: str) -> tuple[Category, Subcategory] | None:
        """Both levels of a category, or None when the second does not belong to the first."""
        return self._subcategories.get((category, subcategory))

    def division_by_code(self, code: str) -> Division | None:
        """The division with this code."""
        return next((item for item in self.divisions if item.code == code), None)
