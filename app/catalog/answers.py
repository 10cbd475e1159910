"""The answers to a service's questions: checked, shown, searched, and what follows from them.

Every function takes stored answers as `validate` gives them, except where it says otherwise. Stored answers of an
older version stay readable: unknown codes are shown as they are, unknown keys are left out.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from app.catalog import ad_permit, filings
from app.catalog.documents import from_document, to_document
from app.catalog.samples import sample
from app.catalog.schema import Category, Field, Service, Subcategory
from app.catalog.values import check_value, is_empty, missing, refused, value_text
from app.domain.errors import Refused
from app.domain.fees import Rate

_SUBJECT_LENGTH = 200

__all__ = [
    "assess",
    "division",
    "from_document",
    "lines",
    "permit_period",
    "restricted",
    "sample",
    "search_texts",
    "subject",
    "to_document",
    "type_text",
    "validate",
    "visible_fields",
    "warnings",
    "working_days",
]


def validate(service: Service, answers: Mapping[str, Any], *, on: date, rates: Iterable[Rate] = ()) -> dict[str, Any]:
    """The answers as they are stored, in the order of the form; questions that are not asked are left out.

    on: the day of registration in Thai time; rates: the office's rate rows, which may set limits.
    Refused: "unknown_answer", "required", "wrong_type" … always with field "answers.<key>".
    """
    if not isinstance(answers, Mapping):
        raise Refused("wrong_type", "คำตอบต้องเป็นชุดของคีย์และค่า", "โปรดดูตัวอย่างด้วยคำสั่ง services sample", "answers")
    if not answers.keys() <= service.answer_keys:
        raise _unknown_key(service, answers)
    stored: dict[str, Any] = {}
    for item in service.fields:
        if item.shown_when is not None and not item.shown_when.holds(stored):
            continue
        if item.type == "category":
            _store_category(service, item, answers, stored)
            continue
        value = answers.get(item.key)
        if is_empty(value):
            value = item.default
        if not is_empty(value):
            value = check_value(item, value)
        if not is_empty(value):
            stored[item.key] = value
        elif item.required:
            raise missing(item)
    if service.validity.rule == "ad_permit":
        ad_permit.check_limits(service, stored, rates, on)
    if service.filing.rule != "none":
        filings.check_form(service, stored, on)
    return stored


def _unknown_key(service: Service, answers: Mapping[str, Any]) -> Refused:
    key = min(str(name) for name in answers if name not in service.answer_keys)
    shown = key if key.isprintable() and len(key) <= 40 else "…"
    known = ", ".join(name for item in service.fields for name in item.answer_keys)
    title = f"บริการ{service.short_name}ไม่มีช่อง “{shown}”"
    return Refused("unknown_answer", title, f"ช่องที่มี: {known}", f"answers.{shown}")


def _store_category(service: Service, item: Field, answers: Mapping[str, Any], stored: dict[str, Any]) -> None:
    main, sub = answers.get(item.key), answers.get(item.sub_key)
    if isinstance(main, str) and isinstance(sub, str) and service.subcategory(main, sub):
        stored[item.key], stored[item.sub_key] = main, sub
        return
    if is_empty(main) and is_empty(sub) and not item.required:
        return
    if is_empty(main):
        raise missing(item)
    category = next((entry for entry in service.categories if entry.code == main), None)
    if category is None:
        known = ", ".join(f"{entry.name} ({entry.code})" for entry in service.categories)
        raise refused(item, "unknown_choice", f"ไม่มี{item.label}นี้", f"โปรดเลือกจาก: {known}")
    raise _wrong_subcategory(item, category, sub)


def _wrong_subcategory(item: Field, category: Category, given: object) -> Refused:
    known = ", ".join(f"{entry.name} ({entry.code})" for entry in category.subcategories)
    hint = f"โปรดเลือกประเภทย่อยของ “{category.name}”: {known}"
    field = f"answers.{item.sub_key}"
    if is_empty(given):
        return Refused("required", f"ยังไม่ได้เลือก{item.label}ย่อย", hint, field)
    return Refused("unknown_choice", f"{item.label}ย่อยไม่อยู่ใน “{category.name}”", hint, field)


def visible_fields(service: Service, answers: Mapping[str, Any]) -> tuple[Field, ...]:
    """The questions to ask while these, perhaps half-typed, answers stand."""
    return tuple(item for item in service.fields if item.shown_when is None or item.shown_when.holds(answers))


def lines(service: Service, answers: Mapping[str, Any]) -> tuple[tuple[str, str, str], ...]:
    """(key, Thai label, Thai text) of every answer in the order of the form."""
    found = []
    for item in service.fields:
        value = answers.get(item.key)
        if not is_empty(value):
            text = type_text(service, answers) if item.type == "category" else value_text(item, value)
            found.append((item.key, item.label, text))
    return tuple(found)


def subject(service: Service, answers: Mapping[str, Any]) -> str:
    """The matter in one line, at most 200 characters."""
    text = " ".join(str(answers.get(service.subject, "")).split())
    return text if len(text) <= _SUBJECT_LENGTH else text[: _SUBJECT_LENGTH - 1] + "…"


def _category_of(service: Service, answers: Mapping[str, Any]) -> tuple[Category, Subcategory] | None:
    for item in service.fields:
        if item.type == "category":
            return service.subcategory(answers.get(item.key, ""), answers.get(item.sub_key, ""))
    return None


def type_text(service: Service, answers: Mapping[str, Any]) -> str:
    """ "ระบบสาธารณูปโภค : ไฟฟ้าสาธารณะ" where the service has categories, its name otherwise."""
    found = _category_of(service, answers)
    return f"{found[0].name} : {found[1].name}" if found else service.name


def division(service: Service, answers: Mapping[str, Any], office_kind: str = "") -> tuple[str, str]:
    """(code, name) of the responsible division, called as offices of this kind call it."""
    found = _category_of(service, answers)
    code = found[1].division if found else service.default_division
    entry = service.division_by_code(code)
    return code, entry.name_in(office_kind) if entry else code


def working_days(service: Service, answers: Mapping[str, Any]) -> int | None:
    """The time limit in working days; 0 is the same day, None is no limit."""
    if service.due.rule == "none":
        return None
    found = _category_of(service, answers) if service.due.rule == "category" else None
    days = found[1].working_days if found else None
    return service.due.working_days if days is None else days


def restricted(service: Service, answers: Mapping[str, Any]) -> bool:
    """Whether only named staff may open the case."""
    found = _category_of(service, answers)
    return found is not None and found[1].restricted


def search_texts(service: Service, answers: Mapping[str, Any]) -> list[str]:
    """The texts by which the case is to be found."""
    found = []
    for item in service.fields:
        if item.searchable and not is_empty(value := answers.get(item.key)):
            found.append(type_text(service, answers) if item.type == "category" else value_text(item, value))
    return found


def assess(service: Service, answers: Mapping[str, Any], rates: Iterable[Rate], on: date) -> int | None:
    """The fee in satang by the terms in force on a day; None for a service without a fee."""
    if service.fee.calculator == "ad_permit":
        return ad_permit.fee(service, answers, rates, on)
    return None


def permit_period(
    service: Service, answers: Mapping[str, Any], rates: Iterable[Rate], on: date
) -> tuple[date, date, date] | None:
    """(first day, last day, day by which it must be removed) of what is asked for; None where nothing expires."""
    if service.validity.rule == "ad_permit":
        return ad_permit.period(service, answers, rates, on)
    return None


def warnings(service: Service, answers: Mapping[str, Any], *, on: date, rates: Iterable[Rate] = ()) -> tuple[str, ...]:
    """What the clerk should say to the citizen before saving; nothing here forbids to save."""
    if service.validity.rule == "ad_permit":
        return ad_permit.warnings(service, answers, rates, on)
    return ()
