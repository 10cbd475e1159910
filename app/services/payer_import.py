"""A list of payers from a CSV file: looked at row by row first, then taken over whole or not at all.

Columns are known by their heading, in Thai or by the key of the entry; Excel's encodings and separators are understood.
"""

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from app.domain import thai_date
from app.domain.errors import Refused
from app.domain.ids import uuid7
from app.services import payers, rights
from app.services.counter import Counter
from app.services.model import Actor

NEW, CHANGED, SAME, WRONG = "new", "changed", "same", "wrong"
STATES: Final[Mapping[str, str]] = {NEW: "เพิ่มใหม่", CHANGED: "แก้ไข", SAME: "ไม่เปลี่ยน", WRONG: "ผิด"}
HEADINGS: Final[Mapping[str, str]] = {
    "รหัส": "code", "ชื่อ": "name", "เจ้าของ": "operator_name", "ผู้จัดการ": "manager_name",
    "เลขผู้เสียภาษี": "tax_id", "ที่ตั้ง": "address", "โทรศัพท์": "phone", "ใบอนุญาต": "license",
    "เริ่มกิจการ": "active_from", "เลิกกิจการ": "active_to", "จำนวนห้อง": "rooms_total", "หมายเหตุ": "note",
}  # fmt: skip
"""What the columns are called; the key itself does as well."""
KEYS: Final = frozenset(HEADINGS.values())
MOST = 20_000
LARGEST = 8_000_000
"""Bytes."""


@dataclass(frozen=True, slots=True)
class PlannedRow:
    """One line of the file. line: as an editor counts; message: what is wrong and what to do, or what changes."""

    line: int
    code: str
    name: str
    state: str
    message: str
    entry: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """What taking the file over would do."""

    kind: str
    rows: tuple[PlannedRow, ...]

    def count(self, state: str) -> int:
        """Lines in a state."""
        return sum(row.state == state for row in self.rows)


def sample() -> bytes:
    """An empty file with every heading and one line to write over, for Excel."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(HEADINGS)
    example = {"code": "1234567", "name": "โรงแรมตัวอย่าง", "active_from": "1/10/2544", "rooms_total": "48"}
    writer.writerow([example.get(key, "") for key in HEADINGS.values()])
    return text.getvalue().encode("utf-8-sig")


def plan(counter: Counter, kind: str, content: bytes) -> Plan:
    """Look at every line; nothing is written. Refused for a file that is no such list."""
    kind = payers.check_kind(kind)
    table = _table(content)
    if not table:
        raise Refused("csv_empty", "ไฟล์นี้ว่างเปล่า", "บรรทัดแรกเป็นหัวคอลัมน์ เช่น รหัส,ชื่อ,ที่ตั้ง", "file")
    keys = _keys(table[0][1])
    if len(table) > MOST:
        raise Refused("csv_long", f"ไฟล์นี้มีเกิน {MOST:,} บรรทัด", "แบ่งเป็นหลายไฟล์", "file")
    seen: dict[str, int] = {}
    rows = []
    with counter.store.read() as connection:
        for line, cells in table[1:]:
            row = _planned(connection, kind, line, keys, cells)
            if row.code and row.code in seen:
                again = f"รหัสซ้ำกับบรรทัดที่ {seen[row.code]} เหลือไว้บรรทัดเดียว"
                row = PlannedRow(line, row.code, row.name, WRONG, again)
            seen.setdefault(row.code, line)
            rows.append(row)
    return Plan(kind, tuple(rows))


def carry_out(counter: Counter, actor: Actor, planned: Plan) -> int:
    """Take the lines over in one transaction; returns how many entries are new or changed.

    Refused "csv_wrong" while a line is wrong, and "csv_meanwhile" where the register changed since it was looked at.
    """
    rights.require(actor, rights.EDIT)
    wrong = [row for row in planned.rows if row.state == WRONG]
    if wrong:
        first = wrong[0]
        title = f"มี {len(wrong):,} บรรทัดที่ผิด ยังไม่ได้นำเข้ารายใด"
        raise Refused("csv_wrong", title, f"เช่น บรรทัดที่ {first.line}: {first.message}", "file")
    taken = [row for row in planned.rows if row.state in (NEW, CHANGED)]
    if not taken:
        raise Refused("nothing_to_save", "ไม่มีอะไรเปลี่ยนไปจากทะเบียน", "ตรวจว่าเลือกไฟล์ถูกต้อง", "file")
    with counter.store.write(actor.username) as work:
        for row in taken:
            assert row.entry is not None
            known = payers.get(work.connection, planned.kind, row.code)
            if (known is None) != (row.state == NEW):
                raise Refused("csv_meanwhile", "ทะเบียนเพิ่งเปลี่ยนระหว่างตรวจไฟล์", "ตรวจไฟล์อีกครั้งแล้วนำเข้า", "file")
            entry = payers.check({**(known.document if known else {}), **row.entry})
            change = uuid7()
            payload = {"change": change.hex(), "kind": planned.kind, "code": row.code, "entry": entry}
            work.emit(payers.EVENT, payers.record_of(planned.kind, row.code), payload)
            payers.write(work, planned.kind, row.code, entry, change, actor.username, work.now_ms)
        work.audit("payers_imported", planned.kind, f"{planned.count(NEW)} new, {planned.count(CHANGED)} changed")
    return len(taken)


def _table(content: bytes) -> list[tuple[int, list[str]]]:
    """(line, cells) of every line that is not empty."""
    if len(content) > LARGEST:
        raise Refused("csv_large", "ไฟล์นี้ใหญ่เกินไป", f"ไม่เกิน {LARGEST // 1_000_000} MB", "file")
    for encoding in ("utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig", "cp874"):
        try:
            text = content.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        raise Refused("csv_encoding", "อ่านตัวอักษรในไฟล์นี้ไม่ได้", "บันทึกจาก Excel เป็น “CSV UTF-8” แล้วลองใหม่", "file")
    head = text.split("\n", 1)[0]
    separator = max(",;\t", key=head.count)
    try:
        reader = csv.reader(io.StringIO(text), delimiter=separator, strict=True)
        return [(reader.line_num, cells) for cells in reader if any(cell.strip() for cell in cells)]
    except csv.Error:
        hint = "เปิดใน Excel แล้วบันทึกเป็น CSV ใหม่"
        raise Refused("csv_form", "ไฟล์นี้ไม่ใช่ CSV ที่ถูกต้อง", hint, "file") from None


def _keys(heads: list[str]) -> list[str]:
    keys = [HEADINGS.get(head.strip(), head.strip()) for head in heads]
    unknown = [head.strip() for head, key in zip(heads, keys, strict=True) if key and key not in KEYS]
    if unknown or "code" not in keys or "name" not in keys or len(set(keys)) < len(keys):
        shown = unknown[0][:40] if unknown and unknown[0].isprintable() else ""
        title = f"ไม่รู้จักหัวคอลัมน์ “{shown}”" if shown else "หัวคอลัมน์ต้องมี รหัส กับ ชื่อ และไม่ซ้ำกัน"
        raise Refused("csv_heading", title, f"หัวที่ใช้ได้: {', '.join(HEADINGS)}", "file")
    return keys


def _planned(connection: Any, kind: str, line: int, keys: list[str], cells: list[str]) -> PlannedRow:
    values = {key: cell.strip() for key, cell in zip(keys, cells, strict=False) if key}
    name = values.get("name", "")
    shown = values.get("code", "")[:20]
    try:
        if len(cells) > len(keys) and any(cell.strip() for cell in cells[len(keys) :]):
            raise Refused("csv_cells", "มีช่องมากกว่าหัวคอลัมน์", "ตรวจเครื่องหมายคั่นในข้อความ ใส่เครื่องหมายคำพูดคร่อม")
        code = payers.check_code(values.pop("code", ""))
        given = _given(values)
        known = payers.get(connection, kind, code)
        kept = dict(known.document) if known else {}
        entry = payers.check({**kept, **given})
    except Refused as error:
        return PlannedRow(line, shown, name, WRONG, f"{error.title} {error.hint}".strip())
    if known is None:
        return PlannedRow(line, code, name, NEW, "", given)
    changed = [_LABELS[key] for key in entry | kept if entry.get(key) != kept.get(key)]
    return PlannedRow(line, code, name, CHANGED if changed else SAME, ", ".join(changed), given)


_LABELS = {**{key: label for label, key in HEADINGS.items()}, "registered": "ขึ้นทะเบียน"}


def _given(values: Mapping[str, str]) -> dict[str, Any]:
    """What the line says; an empty cell leaves the entry as it is."""
    given: dict[str, Any] = {key: text for key, text in values.items() if text}
    if "rooms_total" in given:
        text = thai_date.to_arabic_digits(given["rooms_total"]).replace(",", "")
        if not text.isdigit():
            raise Refused("wrong_type", "จำนวนห้องต้องเป็นจำนวนเต็ม", "เช่น 48", "rooms_total")
        given["rooms_total"] = int(text)
    return given
