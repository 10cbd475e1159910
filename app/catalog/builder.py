"""Builds a service out of the tables of its TOML file or JSON document; every mistake is named with its key."""

from collections import Counter
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from app.catalog import schema
from app.catalog.reader import Problems, Reader
from app.catalog.schema import (
    AttachmentRule,
    Category,
    Ceiling,
    Choice,
    ClerkNote,
    Division,
    Due,
    Fee,
    Field,
    Filing,
    Parameter,
    Service,
    ShownWhen,
    Subcategory,
    Validity,
)
from app.domain.petition_states import TABLES

_SINGLE_LINE_LENGTH = 200
_REQUIRED_PARAMETERS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    # calculator or rule -> keys that the fee must bring, keys that the validity must bring
    "ad_permit": (
        ("fee_basis", "fee_commercial", "fee_other"),
        (
            "max_days_commercial",
            "max_days_other",
            "removal_grace_days",
            "notice_days",
            "max_quantity",
            "max_width",
            "max_height",
        ),
    ),
}
_MONTHLY = {
    "filing_kind": "choice",
    "supplementary_no": "integer",
    "period_month": "month",
    "period_year_be": "integer",
}
_REQUIRED_FIELDS: dict[str, Mapping[str, str]] = {
    "ad_permit": {
        "commercial": "boolean",
        "quantity": "integer",
        "start": "date",
        "end": "date",
    },
    "hotel_fee": {
        **_MONTHLY,
        "ar_in_qty": "integer",
        "ar_in": "money",
        "room_nights": "integer",
        "revenue": "money",
        "ar_out_qty": "integer",
        "ar_out": "money",
        "collected": "money",
        "rate": "decimal",
        "fee": "money",
    },
    "oil_tax": {**_MONTHLY, "stock": "table", "lines": "table", "tax": "money"},
    "tobacco_tax": {**_MONTHLY, "lines": "table", "tax": "money"},
}
_REQUIRED_COLUMNS: Mapping[tuple[str, str], Mapping[str, str]] = {
    ("oil_tax", "stock"): {
        "product": "choice",
        "opening": "decimal",
        "received": "decimal",
        "sold_in_province": "decimal",
        "sold_out_province": "decimal",
        "gain_loss": "decimal",
        "closing": "decimal",
    },
    ("oil_tax", "lines"): {"product": "choice", "qty": "decimal", "rate": "decimal", "tax": "money"},
    ("tobacco_tax", "lines"): {
        "brand": "text",
        "packs": "integer",
        "sticks_per_pack": "integer",
        "sticks": "integer",
        "rate": "decimal",
        "tax": "money",
    },
}


def build_service(document: Any, problems: Problems) -> Service:
    """The service of a document; what it returns is only meaningful when nothing was added to `problems`."""
    reader = Reader(document, "", problems)
    reader.only(Service)
    kind = reader.one_of("kind", schema.KINDS)
    service = Service(
        code=reader.code("code"),
        version=reader.integer("version", minimum=1),
        kind=kind,
        name=reader.text("name"),
        short_name=reader.text("short_name"),
        offered_by=reader.some_of("offered_by", schema.OFFICE_KINDS),
        first_status=reader.one_of("first_status", tuple(TABLES.get(kind, TABLES["petition"]))),
        subject=reader.code("subject"),
        default_division=reader.code("default_division"),
        description=reader.text("description", ""),
        legal_basis=reader.text("legal_basis", ""),
        form_code=reader.text("form_code", ""),
        anonymous=reader.boolean("anonymous"),
        steps=reader.some_of("steps", schema.STEPS, ("applicant", "details", "review")),
        documents=reader.some_of("documents", schema.DOCUMENTS, ("slip",)),
        print_on_register=reader.some_of("print_on_register", schema.DOCUMENTS, ("slip",)),
        tell_citizen=reader.texts("tell_citizen"),
        due=reader.table("due", _due, Due()),
        fee=reader.table("fee", _fee, Fee()),
        validity=reader.table("validity", _validity, Validity()),
        filing=reader.table("filing", _filing, Filing()),
        fields=reader.tables("fields", _field),
        divisions=reader.tables("divisions", _division),
        categories=reader.tables("categories", _category),
        attachments=reader.tables("attachments", _attachment),
        clerk_notes=reader.tables("clerk_notes", _clerk_note),
    )
    _check_whole(service, problems)
    return service


def _due(reader: Reader) -> Due:
    reader.only(Due)
    return Due(
        rule=reader.one_of("rule", schema.DUE_RULES),
        working_days=reader.integer("working_days", 0),
        confirmed=reader.boolean("confirmed"),
        note=reader.text("note", ""),
    )


def _fee(reader: Reader) -> Fee:
    reader.only(Fee)
    return Fee(
        calculator=reader.one_of("calculator", schema.FEE_CALCULATORS),
        parameters=reader.tables("parameters", _parameter),
    )


def _validity(reader: Reader) -> Validity:
    reader.only(Validity)
    return Validity(
        rule=reader.one_of("rule", schema.VALIDITY_RULES),
        parameters=reader.tables("parameters", _parameter),
    )


def _filing(reader: Reader) -> Filing:
    reader.only(Filing)
    return Filing(
        rule=reader.one_of("rule", schema.FILING_RULES),
        payer=reader.one_of("payer", schema.PAYER_KINDS),
        name_field=reader.code("name_field"),
        profile=reader.texts("profile"),
        ceilings=reader.tables("ceilings", _ceiling),
        refile_days=reader.integer("refile_days", 0),
    )


def _ceiling(reader: Reader) -> Ceiling:
    reader.only(Ceiling)
    value = reader.decimal("value")
    if value is None:
        reader.refuse("value", "ต้องมีคีย์นี้")
    return Ceiling(
        unit=reader.one_of("unit", schema.TAX_UNITS),
        value=value or Decimal(0),
        since=reader.day("since"),
        law=reader.text("law", ""),
        confirmed=reader.boolean("confirmed"),
    )


def _parameter(reader: Reader) -> Parameter:
    reader.only(Parameter)
    return Parameter(
        key=reader.code("key"),
        value=reader.text("value"),
        label=reader.text("label", ""),
        unit=reader.text("unit", ""),
        configurable=reader.boolean("configurable", True),
        confirmed=reader.boolean("confirmed"),
        note=reader.text("note", ""),
    )


def _column(reader: Reader) -> Field:
    return _field(reader, column=True)


def _field(reader: Reader, *, column: bool = False) -> Field:
    reader.only(Field)
    item = Field(
        key=reader.code("key"),
        label=reader.text("label"),
        type=reader.one_of("type", schema.COLUMN_TYPES if column else schema.FIELD_TYPES),
        required=reader.boolean("required"),
        min_length=reader.integer("min_length", 0),
        max_length=reader.integer("max_length", _SINGLE_LINE_LENGTH, minimum=1),
        choices=reader.tables("choices", _choice),
        minimum=reader.decimal("minimum"),
        maximum=reader.decimal("maximum"),
        decimals=reader.integer("decimals", 2),
        unit=reader.text("unit", ""),
        help=reader.text("help", ""),
        placeholder=reader.text("placeholder", ""),
        searchable=reader.boolean("searchable"),
        must_be_true=reader.boolean("must_be_true"),
        shown_when=reader.table("shown_when", _shown_when, None),
        example=_plain(reader.raw("example")),
        default=_plain(reader.raw("default")),
        auto=reader.boolean("auto"),
        sum=reader.boolean("sum"),
        columns=reader.tables("columns", _column),
        max_rows=reader.integer("max_rows", 200, minimum=1),
    )
    _check_field(item, reader)
    return item


def _plain(value: Any) -> Any:
    """An example out of TOML or JSON, with lists as tuples so that both are equal."""
    return tuple(value) if isinstance(value, list) else value


def _check_field(item: Field, reader: Reader) -> None:
    if item.type in ("choice", "multi_choice") and not item.choices:
        reader.refuse("choices", "ต้องมีตัวเลือกอย่างน้อยหนึ่งข้อ")
    _refuse_repeated((choice.code for choice in item.choices), "choices", reader)
    if item.min_length > item.max_length:
        reader.refuse("min_length", "ต้องไม่เกิน max_length")
    if item.minimum is not None and item.maximum is not None and item.minimum > item.maximum:
        reader.refuse("minimum", "ต้องไม่เกิน maximum")
    if item.type not in schema.NUMBER_TYPES and (item.minimum is not None or item.maximum is not None):
        reader.refuse("minimum" if item.minimum is not None else "maximum", "ใช้ได้เฉพาะช่องตัวเลข")
    if (item.type == "table") != bool(item.columns):
        reader.refuse("columns", "ช่องชนิด table ต้องมี [[fields.columns]] และใช้ได้เฉพาะช่องชนิดนี้")
    _refuse_repeated((column.key for column in item.columns), "columns", reader)
    if item.sum and item.type not in schema.NUMBER_TYPES:
        reader.refuse("sum", "ใช้ได้เฉพาะช่องตัวเลข")
    if item.auto and item.required:
        reader.refuse("auto", "ช่องที่โปรแกรมคำนวณให้ ต้องไม่เป็น required")
    if item.must_be_true and item.type != "boolean":
        reader.refuse("must_be_true", "ใช้ได้เฉพาะช่องชนิด boolean")


def _choice(reader: Reader) -> Choice:
    reader.only(Choice)
    return Choice(
        code=reader.code("code") if not reader.capitals("code") else reader.text("code"),
        name=reader.text("name"),
        unit=reader.one_of("unit", schema.CHOICE_UNITS, "") if reader.has("unit") else "",
    )


def _shown_when(reader: Reader) -> ShownWhen:
    reader.only(ShownWhen)
    equals = reader.raw("equals")
    values = tuple(equals) if isinstance(equals, list | tuple) else (equals,)
    if not values or not all(isinstance(value, str | bool) for value in values):
        reader.refuse("equals", "ต้องเป็นค่าหรือรายการค่า ที่เป็นข้อความหรือ true/false")
    return ShownWhen(field=reader.code("field"), equals=values)


def _category(reader: Reader) -> Category:
    reader.only(Category)
    subcategories = reader.tables("subcategories", _subcategory)
    if not subcategories:
        reader.refuse("subcategories", "ต้องมีประเภทย่อยอย่างน้อยหนึ่งข้อ")
    _refuse_repeated((item.code for item in subcategories), "subcategories", reader)
    return Category(code=reader.code("code"), name=reader.text("name"), subcategories=subcategories)


def _subcategory(reader: Reader) -> Subcategory:
    reader.only(Subcategory)
    return Subcategory(
        code=reader.code("code"),
        name=reader.text("name"),
        division=reader.code("division"),
        working_days=reader.optional_integer("working_days"),
        restricted=reader.boolean("restricted"),
    )


def _division(reader: Reader) -> Division:
    reader.only(Division)
    names = reader.raw("names") or {}
    if not isinstance(names, Mapping) or not all(isinstance(name, str) and name for name in names.values()):
        reader.refuse("names", "ต้องเป็นตาราง ชนิด อปท. = ชื่อ")
        names = {}
    for kind in names:
        if kind not in schema.OFFICE_KINDS:
            reader.refuse(f"names.{kind}", f"ไม่รู้จักชนิด อปท. ที่ใช้ได้: {', '.join(schema.OFFICE_KINDS)}")
    return Division(code=reader.code("code"), name=reader.text("name"), names=tuple(names.items()))


def _attachment(reader: Reader) -> AttachmentRule:
    reader.only(AttachmentRule)
    return AttachmentRule(
        key=reader.code("key"),
        label=reader.text("label"),
        required=reader.boolean("required"),
        formats=reader.some_of("formats", schema.ATTACHMENT_FORMATS, schema.ATTACHMENT_FORMATS),
        max_bytes=reader.integer("max_bytes", schema.MAX_ATTACHMENT_BYTES, minimum=1),
        note=reader.text("note", ""),
        shown_when=reader.table("shown_when", _shown_when, None),
    )


def _clerk_note(reader: Reader) -> ClerkNote:
    reader.only(ClerkNote)
    return ClerkNote(title=reader.text("title"), items=reader.texts("items"))


def _refuse_repeated(codes: Iterable[str], key: str, reader: Reader) -> None:
    for code, times in Counter(codes).items():
        if times > 1:
            reader.refuse(key, f"“{code}” ซ้ำกัน {times} ครั้ง")


def _check_whole(service: Service, problems: Problems) -> None:
    """What only shows when all parts are there: references between them."""
    _check_lists(service, problems)
    _check_field_references(service, problems)
    _check_divisions(service, problems)
    _check_calculation(service, problems)


def _check_lists(service: Service, problems: Problems) -> None:
    for key in ("offered_by", "documents", "fields", "divisions", "steps"):
        if not getattr(service, key):
            problems.add(key, "ต้องมีอย่างน้อยหนึ่งรายการ")
    reader = Reader({}, "", problems)
    _refuse_repeated((key for item in service.fields for key in item.answer_keys), "fields", reader)
    _refuse_repeated((item.code for item in service.divisions), "divisions", reader)
    _refuse_repeated((item.code for item in service.categories), "categories", reader)
    _refuse_repeated((item.key for item in service.attachments), "attachments", reader)
    for document in service.print_on_register:
        if document not in service.documents:
            problems.add("print_on_register", f"“{document}” ต้องอยู่ใน documents ด้วย")


def _check_field_references(service: Service, problems: Problems) -> None:
    earlier: set[str] = set()
    if service.filing.rule != "none" and sum(item.type == "payer" for item in service.fields) != 1:
        problems.add("fields", "แบบของผู้เสียภาษีต้องมีช่องชนิด payer หนึ่งช่อง")
    for key in (service.filing.name_field, *service.filing.profile):
        if key and service.field_by_key(key) is None:
            problems.add("filing", f"ไม่มีช่อง “{key}” ใน fields")
    for place, item in enumerate(service.fields):
        if item.shown_when is not None and item.shown_when.field not in earlier:
            problems.add(f"fields[{place}].shown_when.field", "ต้องเป็นคีย์ของช่องที่อยู่ก่อนหน้า")
        earlier.update(item.answer_keys)
        if item.type == "category" and not service.categories:
            problems.add(f"fields[{place}].type", "ชนิด category ต้องมี [[categories]]")
    if service.subject and service.field_by_key(service.subject) is None:
        problems.add("subject", "ต้องเป็นคีย์ของช่องหนึ่งใน fields")
    for place, rule in enumerate(service.attachments):
        if rule.shown_when is not None and rule.shown_when.field not in earlier:
            problems.add(f"attachments[{place}].shown_when.field", "ต้องเป็นคีย์ของช่องหนึ่งใน fields")


def _check_divisions(service: Service, problems: Problems) -> None:
    known = {item.code for item in service.divisions}
    if service.default_division and service.default_division not in known:
        problems.add("default_division", "ต้องเป็นรหัสหนึ่งใน divisions")
    for place, category in enumerate(service.categories):
        for row, item in enumerate(category.subcategories):
            if item.division and item.division not in known:
                key = f"categories[{place}].subcategories[{row}].division"
                problems.add(key, f"“{item.division}” ไม่อยู่ใน divisions")


def _check_calculation(service: Service, problems: Problems) -> None:
    for section, rule, place in (
        ("fee", service.fee.calculator, 0),
        ("validity", service.validity.rule, 1),
        ("filing", service.filing.rule, 2),
    ):
        wanted = (*_REQUIRED_PARAMETERS.get(rule, ((), ())), ())[place]
        parameters = service.fee.parameters if section == "fee" else service.validity.parameters
        present = {item.key for item in parameters}
        for key in wanted:
            if key not in present:
                problems.add(f"{section}.parameters", f"ขาดค่า “{key}”")
        for key, kind in _REQUIRED_FIELDS.get(rule, {}).items():
            item = service.field_by_key(key)
            if item is None or item.type != kind:
                problems.add("fields", f"{section} แบบ {rule} ต้องมีช่อง “{key}” ชนิด {kind}")
            elif item.type == "table":
                _check_columns(item, _REQUIRED_COLUMNS[rule, key], problems)


def _check_columns(table: Field, wanted: Mapping[str, str], problems: Problems) -> None:
    columns = {item.key: item.type for item in table.columns}
    for key, kind in wanted.items():
        if columns.get(key) != kind:
            problems.add("fields", f"ตาราง “{table.key}” ต้องมีคอลัมน์ “{key}” ชนิด {kind}")
