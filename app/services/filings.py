"""Filings in the register: what is known around one, entering it, and what it changes in the register of payers.

The arithmetic is app.catalog.filings; here it is given the office's rates and what was filed before. A filing is looked
at once before anything is written and once more inside the transaction.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection

from app.catalog import filings as rules
from app.catalog.schema import Service
from app.catalog.worked import question, set_number
from app.domain import ordinance, petition_states, request_number
from app.domain.case_way import after
from app.domain.errors import Refused
from app.services import payers
from app.services.case_steps import CASE, standing_of, write_standing
from app.services.counter import Counter
from app.store.canonical import canonical_json
from app.store.unit_of_work import UnitOfWork

GONE = ("cancelled", "discarded")
ENTRY_KEYS = {"operator_name": "operator_name", "tax_id": "tax_id", "address": "address"}


@dataclass(frozen=True, slots=True)
class Filed:
    """A filing worked out and ready to be entered. entry: what the register of payers is to hold, where it changes.

    month: its first day, None for the entry of a payer. filed_on: the day that tells whether it came in time: of a
    correction, that of the first filing.
    """

    service: Service
    answers: dict[str, Any]
    payer: str
    subject: str
    known: rules.Known = field(default_factory=rules.Known)
    worked: rules.Worked = field(default_factory=lambda: rules.Worked({}, 0))
    month: date | None = None
    due_on: date | None = None
    filed_on: date | None = None
    replaces: str = ""
    charges: ordinance.LateCharges = field(default_factory=ordinance.LateCharges)
    entry: Mapping[str, Any] | None = None

    @property
    def document(self) -> dict[str, Any]:
        """The part of the case's document that the arithmetic left: balances, tax, days."""
        if self.month is None:
            return {"payer": self.payer, **({"entry": dict(self.entry)} if self.entry else {})}
        parts: dict[str, Any] = {
            "payer": self.payer,
            "period": self.month.isoformat(),
            "tax_satang": self.worked.tax,
            "opening": dict(self.worked.opening),
            "closing": dict(self.worked.closing),
            "due_on": self.due_on.isoformat() if self.due_on else "",
            "filed_on": self.filed_on.isoformat() if self.filed_on else "",
            "replaces": self.replaces,
            "late": {key: value for key, value in asdict(self.charges).items() if value},
            "entry": dict(self.entry) if self.entry else {},
        }
        return {key: value for key, value in parts.items() if value not in ("", {})}


def prepare(counter: Counter, service: Service, answers: Mapping[str, Any], today: date) -> Filed:
    """Work a filing out. Refused naming the answer at fault; nothing is written."""
    with counter.store.read() as connection:
        if service.filing.rule == "payer":
            return _registration(connection, service, dict(answers), today)
        return _monthly(counter, connection, service, dict(answers), today)


def _monthly(counter: Counter, connection: Connection, service: Service, answers: dict[str, Any], today: date) -> Filed:
    month, code = rules.period(answers), str(answers[service.payer_field.key])
    replaced = _replaced(connection, service, answers, code, month)
    if replaced and replaced.supplementary_no:
        answers["supplementary_no"] = replaced.supplementary_no
    known = look(connection, service, answers, replaced.row if replaced else 0)
    rates = counter.current.document["rate"]
    worked = rules.complete(service, answers, known, rate_of(service, rates, month))
    name = str(worked.answers[service.filing.name_field])
    kind = "" if answers["filing_kind"] == rules.NORMAL else f" เพิ่มเติมครั้งที่ {worked.answers['supplementary_no']}"
    due_on = ordinance.due_on(service.code, rates, month, counter.current.holidays)
    filed_on = replaced.filed_on if replaced else today
    return Filed(
        service=service,
        answers=worked.answers,
        payer=code,
        subject=f"{name} ประจำเดือน{ordinance.month_text(month)}{kind}",
        known=known,
        worked=worked,
        month=month,
        due_on=due_on,
        filed_on=filed_on,
        charges=late_charges(counter, service.code, worked.tax, due_on, today, filed_on),
        replaces=replaced.number if replaced else "",
        entry=None if known.payer else _entry_of(service, worked.answers, month),
    )


def late_charges(
    counter: Counter, service: str, tax: int, due_on: date | None, paid: date, filed_on: date
) -> ordinance.LateCharges:
    """What being late adds by the office's settings as they are now."""
    if due_on is None:
        return ordinance.LateCharges()
    terms = ordinance.late_terms(counter.current.document["late"], service, due_on)
    return ordinance.late_charges(tax, due_on, paid, terms, filed=filed_on)


def rate_of(service: Service, rates: Any, month: date) -> rules.RateOf:
    """The office's rate of a month by unit and product."""

    def find(unit: str, product: str = "") -> Decimal | None:
        return ordinance.rate(service.code, unit, product, rates, month)

    return find


def _entry_of(service: Service, answers: Mapping[str, Any], month: date) -> dict[str, Any]:
    """A payer nobody knew, as his first filing tells of him."""
    parts = {"name": answers[service.filing.name_field], "active_from": month.isoformat()}
    parts |= {ENTRY_KEYS[key]: answers[key] for key in service.filing.profile if key in answers and key in ENTRY_KEYS}
    return payers.check(parts)


def known_payer(service: Service, payer: payers.Payer) -> dict[str, str]:
    """What the register knows of a payer, by the keys of the filing's answers."""
    found = {key: str(payer.document.get(ENTRY_KEYS.get(key, key), "")) for key in service.filing.profile}
    return {service.filing.name_field: payer.name, **{key: text for key, text in found.items() if text}}


def look(connection: Connection, service: Service, answers: Mapping[str, Any], apart_from: int = 0) -> rules.Known:
    """What stands around a filing; apart_from: the row of the case that it is to replace, or 0."""
    code, month = str(answers[service.payer_field.key]), rules.period(answers)
    payer = payers.get(connection, service.filing.payer, code)
    chain = [row for row in _chain(connection, service.code, code, month) if row.row != apart_from]
    this = [row for row in chain if row.period == month.isoformat()]
    normal = next((row.number for row in this if row.kind == rules.NORMAL), "")
    taken = {int(row.supplementary_no) for row in this}
    wanted = next(n for n in range(1, len(taken) + 2) if n not in taken)
    place = 0 if answers["filing_kind"] == rules.NORMAL else int(answers.get("supplementary_no") or wanted)
    before = [row for row in chain if (row.period, row.supplementary_no) < (month.isoformat(), place)]
    later = [row for row in chain if (row.period, row.supplementary_no) > (month.isoformat(), place)]
    earlier = "SELECT 1 FROM filing f JOIN cases c ON c.row = f.case_row WHERE f.service = ? AND f.payer = ?"
    gap = False
    if not before:
        sql = f"{earlier} AND f.period < ? AND c.status NOT IN (?, ?) LIMIT 1"
        values = (service.code, code, month.isoformat(), *GONE)
        gap = connection.exec_driver_sql(sql, values).fetchone() is not None
    return rules.Known(
        payer=known_payer(service, payer) if payer else {},
        normal=normal,
        opening=json.loads(before[-1].closing) if before else None,
        before=_words(before[-1]) if before else "",
        follower=json.loads(later[0].opening) if later else None,
        after=_words(later[0]) if later else "",
        next_no=wanted,
        gap=gap,
    )


def _chain(connection: Connection, service: str, payer: str, month: date) -> list[Any]:
    """The filings that stand in the month, the one before and the one after, in their order."""
    first, last = ordinance.previous_month(month).isoformat(), ordinance.next_month(month).isoformat()
    return list(
        connection.exec_driver_sql(
            "SELECT c.row, c.number, f.period, f.kind, f.supplementary_no, f.opening, f.closing FROM filing f"
            " JOIN cases c ON c.row = f.case_row WHERE f.service = ? AND f.payer = ? AND f.period BETWEEN ? AND ?"
            " AND c.status NOT IN (?, ?) ORDER BY f.period, f.supplementary_no, c.row",
            (service, payer, first, last, *GONE),
        ).fetchall()
    )


def doubles(connection: Connection, service: str, payer: str, month: date) -> list[str]:
    """Numbers of the filings that stand beside another one of the same place: two counters took them without knowing
    of each other. Empty where all is well."""
    rows = [row for row in _chain(connection, service, payer, month) if row.period == month.isoformat()]
    places = [row.supplementary_no for row in rows]
    return [str(row.number) for row in rows if places.count(row.supplementary_no) > 1]


def _words(row: Any) -> str:
    month = ordinance.month_text(date.fromisoformat(row.period))
    again = f" (เพิ่มเติมครั้งที่ {row.supplementary_no})" if row.supplementary_no else ""
    return f"เดือน{month}{again}"


@dataclass(frozen=True, slots=True)
class _Replaced:
    row: int
    number: str
    supplementary_no: int
    filed_on: date


def _replaced(
    connection: Connection, service: Service, answers: Mapping[str, Any], code: str, month: date
) -> _Replaced | None:
    """The filing that a correction takes the place of: the same payer, month and kind, and not paid yet."""
    number = str(answers.get("corrects", ""))
    if not number:
        return None
    item = question(service, "corrects")
    where = f"answers.{item.key}"
    row = None
    if request_number.is_valid(number):
        row = connection.exec_driver_sql(
            "SELECT c.row, c.number, c.status, c.document, f.service, f.payer, f.period, f.kind, f.supplementary_no"
            " FROM cases c JOIN filing f ON f.case_row = c.row WHERE c.number = ?",
            (request_number.parse(number).text,),
        ).fetchone()
    if row is None or row.service != service.code:
        raise Refused("unknown_number", f"ไม่พบแบบเลขที่จะแก้ไขใน{service.short_name}", "ตรวจเลขรับของแบบเดิม", where)
    if (row.payer, row.period, row.kind) != (code, month.isoformat(), answers["filing_kind"]):
        hint = "แบบที่แก้ไขต้องเป็นรายเดียวกัน เดือนเดียวกัน และประเภทการยื่นเดียวกัน"
        raise Refused("other_filing", f"แบบเลขที่ {row.number} เป็นของรายอื่นหรือเดือนอื่น", hint, where)
    if row.kind == rules.SUPPLEMENTARY and answers.get("supplementary_no") not in (None, row.supplementary_no):
        hint = f"แบบเดิมเป็นครั้งที่ {row.supplementary_no}"
        raise Refused("other_filing", "ครั้งที่ยื่นเพิ่มเติมไม่ตรงกับแบบเดิม", hint, where)
    if not any(state == "cancelled" for state, _ in petition_states.next_states(row.status, "filing")):
        state = petition_states.text(row.status, "filing")
        title = f"แบบเลขที่ {row.number} แก้ไขไม่ได้แล้ว ({state})"
        raise Refused("already_paid", title, "หากชำระแล้วและยอดขาด ให้ยื่นเพิ่มเติม", where)
    receipt = (
        "SELECT 1 FROM receipt r LEFT JOIN receipt_void v ON v.receipt_row = r.row"
        " WHERE r.case_row = ? AND v.receipt_row IS NULL"
    )
    if connection.exec_driver_sql(receipt, (row.row,)).fetchone() is not None:
        title = f"แบบเลขที่ {row.number} รับเงินไปแล้วบางส่วน จึงแก้ไขไม่ได้"
        raise Refused("already_paid", title, "ยกเลิกใบเสร็จก่อน หรือยื่นเพิ่มเติม", where)
    filed = json.loads(row.document).get("filing", {})
    return _Replaced(row.row, row.number, row.supplementary_no, date.fromisoformat(filed["filed_on"]))


def enter(work: UnitOfWork, case: tuple[int, bytes, str], filed: Filed) -> None:
    """Everything of a filing beside its case, in the transaction that enters the case. Refused "filed_meanwhile" when
    somebody filed for the same payer since it was worked out."""
    row, case_id, number = case
    if filed.month is not None:
        apart = work.run("SELECT row FROM cases WHERE number = ?", (filed.replaces,)).scalar() if filed.replaces else 0
        if look(work.connection, filed.service, filed.answers, int(apart or 0)) != filed.known:
            hint = "มีการยื่นหรือแก้ทะเบียนของรายนี้ระหว่างที่กรอก โปรดตรวจยอดแล้วบันทึกอีกครั้ง"
            raise Refused("filed_meanwhile", "ข้อมูลของผู้เสียภาษีรายนี้เพิ่งเปลี่ยน", hint, _field(filed))
        if filed.replaces:
            _cancel(work, int(apart or 0), number)
    _write(work, row, filed.service.code, filed.document, filed.answers)
    if filed.entry is not None:
        payers.write(work, filed.service.filing.payer, filed.payer, filed.entry, case_id, work.by, work.now_ms)


def _field(filed: Filed) -> str:
    return f"answers.{filed.service.payer_field.key}"


def _write(work: UnitOfWork, row: int, service: str, document: Mapping[str, Any], answers: Mapping[str, Any]) -> None:
    if "period" not in document:
        return
    work.run(
        "INSERT INTO filing (case_row, service, payer, period, kind, supplementary_no, opening, closing)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (
            row,
            service,
            document["payer"],
            document["period"],
            answers["filing_kind"],
            int(answers.get("supplementary_no", 0)),
            canonical_json(document.get("opening", {})),
            canonical_json(document.get("closing", {})),
        ),
    )


def _cancel(work: UnitOfWork, row: int, by_number: str) -> None:
    """The filing that was corrected stands no more."""
    case = work.run(f"SELECT {CASE} FROM cases c WHERE c.row = ?", (row,)).one()
    note = f"แทนด้วยแบบที่แก้ไขแล้ว เลขที่ {by_number}"
    payload = {"from": case.status, "to": "cancelled", "note": note}
    work.emit("status_changed", case.id, payload)
    standing, _ = after(standing_of(case), "filing", "status_changed", payload)
    write_standing(work, case.row, standing, "filing")
    work.audit("status_changed", case.number, f"{case.status} -> cancelled")
    work.changed("case", case.number)


def replicate(
    counter: Counter, work: UnitOfWork, case: tuple[int, bytes], payload: Mapping[str, Any], by: str, at: int
) -> None:
    """The same for a filing that another counter registered; it is not judged again."""
    document = payload["document"].get("filing")
    if not document:
        return
    row, case_id = case
    _write(work, row, payload["service"], document, payload["document"]["answers"])
    service = counter.definition(payload["service"], payload["version"])
    if service is not None and document.get("entry"):
        payers.write(work, service.filing.payer, document["payer"], document["entry"], case_id, by, at)


def _registration(connection: Connection, service: Service, answers: dict[str, Any], today: date) -> Filed:
    """The entry of a payer (อบจ.รร.1), a change of it, or its end."""
    code, kind = str(answers[service.payer_field.key]), answers["registration_kind"]
    known = payers.get(connection, service.filing.payer, code)
    where = f"answers.{service.payer_field.key}"
    if kind == "first" and known is not None and known.document.get("registered"):
        title = f"รหัส {code} ขึ้นทะเบียนไว้แล้ว: {known.name}"
        raise Refused("payer_registered", title, "หากมีการเปลี่ยนแปลงให้เลือกแจ้งเปลี่ยนแปลง หรือตรวจรหัส", where)
    if kind != "first" and known is None:
        raise Refused("unknown_payer", f"ไม่มีรหัส {code} ในทะเบียน", "ตรวจรหัส หรือเลือกขึ้นทะเบียน", where)
    set_number(question(service, "rooms_total"), answers, Decimal(sum(row["qty"] for row in answers["rooms"])))
    entry = {
        **(known.document if known else {"active_from": today.replace(day=1).isoformat()}),
        **_registered_entry(answers),
    }
    if kind == "closed":
        entry["active_to"] = answers["changed_on"]
        entry["active_from"] = min(str(entry.get("active_from", "")), answers["changed_on"])
    subject = str(answers[service.filing.name_field])
    ordered = {key: answers[key] for item in service.fields for key in item.answer_keys if key in answers}
    return Filed(service, ordered, code, subject, entry=payers.check(entry))


def _registered_entry(answers: Mapping[str, Any]) -> dict[str, Any]:
    parts = (
        ("เลขที่ ", "addr_house_no"),
        ("ถนน", "addr_road"),
        ("ตำบล", "addr_subdistrict"),
        ("อำเภอ", "addr_district"),
        ("จังหวัด", "addr_province"),
        ("", "addr_postcode"),
    )
    return {
        "name": answers["hotel_name"],
        "operator_name": answers["owner_name"],
        "manager_name": answers["manager_name"],
        "address": " ".join(f"{prefix}{answers[key]}" for prefix, key in parts if key in answers),
        "license": answers.get("hotel_license", ""),
        "phone": answers.get("addr_phone", ""),
        "tax_id": answers.get("owner_tax_id", ""),
        "rooms_total": answers["rooms_total"],
        "registered": True,
    }
