"""Letters that the law wants while a case runs: which are due, and the record that one was issued.

Source: พ.ร.บ.การอำนวยความสะดวกในการพิจารณาอนุญาตของทางราชการ พ.ศ. 2558 ม.8 (what is missing, in writing, signed by
both) and ม.10 (why it is late, in writing, every seven days). It binds permits and filings, not plain petitions; of
those the office may write the first one all the same.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Connection

from app.domain import petition_states, thai_date
from app.domain.errors import Refused, Unavailable
from app.domain.text_rules import clean_text
from app.services import case_documents, office_copies, official_letters, restricted_cases, rights
from app.services.case_documents import VIEW_COLUMNS, instant
from app.services.case_rows import SUMMARY_COLUMNS, by_number, hidden_from, living, service_kind, summary
from app.services.counter import Counter
from app.services.model import Actor, CaseSummary, CaseView
from app.services.paperwork import Letter

DEFECT_NOTE, EXPLANATION = "defect_note", "delay_explanation"
NAMES: Mapping[str, str] = {
    DEFECT_NOTE: "บันทึกความบกพร่องของคำขอ",
    EXPLANATION: "หนังสือแจ้งเหตุแห่งความล่าช้า",
    **official_letters.NAMES,
}
EVERY_DAYS = 7
"""Calendar days between two explanations of a delay (ม.10)."""
ISSUED = "letter_issued"
LONGEST, LONGEST_BODY = 2_000, 20_000
SHORT: Mapping[str, str] = {DEFECT_NOTE: "ออกบันทึกความบกพร่อง", EXPLANATION: "แจ้งเหตุล่าช้า"}
"""What has to be done, in the words of a list."""
_DOCUMENT = re.compile(f"({'|'.join(NAMES)})-([1-9][0-9]{{0,4}})")
LETTERS = "SELECT at, by, payload FROM event WHERE record = ? AND kind = ? ORDER BY placed IS NULL, placed, seq"
CASE = "c.id, c.number, c.service, c.service_version, c.status, c.due_on, c.stopped_on, c.restricted, c.subject"
OPEN = (
    f"SELECT {CASE} FROM cases c INDEXED BY ix_cases_open"
    " WHERE c.open = 1 AND (c.stopped_on IS NOT NULL OR c.due_on < ?)"
)


@dataclass(frozen=True, slots=True)
class LetterDue:
    """A letter to be written by a day."""

    number: str
    subject: str
    kind: str
    name: str
    due_on: date
    late: bool
    """Whether that day has passed."""


def due(counter: Counter, actor: Actor | None = None) -> list[LetterDue]:
    """Every letter that is due, the oldest first; of restricted cases only for who may read them."""
    today = thai_date.local(counter.clock.now()).date()
    found = []
    with counter.store.read() as connection:
        for row in connection.exec_driver_sql(OPEN, (today.isoformat(),)).fetchall():
            wanted = None if hidden_from(actor, row) else _wanted(connection, row, service_kind(counter, row), today)
            if wanted is not None:
                kind, by = wanted
                found.append(LetterDue(row.number, row.subject, kind, NAMES[kind], by, by < today))
    return sorted(found, key=lambda one: (one.due_on, one.number))


def due_cases(counter: Counter, actor: Actor, limit: int = 50) -> list[CaseSummary]:
    """The cases with a letter due, the oldest first; the words for the time limit say which letter."""
    found = []
    with counter.store.read() as connection:
        for one in due(counter, actor)[:limit]:
            row = by_number(connection, one.number, SUMMARY_COLUMNS)
            told = f"{SHORT[one.kind]} ภายใน {thai_date.short(one.due_on)}"
            found.append(replace(summary(counter, row, actor), due_text=told, due_tone="bad" if one.late else "warn"))
    return found


def due_of(counter: Counter, number: str) -> LetterDue | None:
    """The letter that this case wants now, or None."""
    today = thai_date.local(counter.clock.now()).date()
    with counter.store.read() as connection:
        case = by_number(connection, number, CASE)
        kind = service_kind(counter, case)
        wanted = None if petition_states.is_finished(case.status, kind) else _wanted(connection, case, kind, today)
    return (
        LetterDue(case.number, case.subject, wanted[0], NAMES[wanted[0]], wanted[1], wanted[1] < today)
        if wanted
        else None
    )


def document(kind: str, place: int) -> str:
    """The code under which a case's letter stands in the print ledger: "defect_note-1" is its first defect note."""
    return f"{kind}-{place}"


def kind_of(code: str) -> tuple[str, int] | None:
    """(kind, which of the case's letters of this kind), or None for any other document."""
    match = _DOCUMENT.fullmatch(code)
    return (match[1], int(match[2])) if match else None


def issued(connection: Connection, record: bytes) -> dict[str, Letter]:
    """The letters of a case by their codes in the print ledger, in the office's order."""
    rows = connection.exec_driver_sql(LETTERS, (record, ISSUED)).fetchall()
    found: dict[str, Letter] = {}
    counts: dict[str, int] = {}
    for row in rows:
        told = json.loads(row.payload)
        kind = str(told.get("letter"))
        counts[kind] = counts.get(kind, 0) + 1
        until = date.fromisoformat(told["until"]) if told.get("until") else None
        found[document(kind, counts[kind])] = Letter(
            kind, told.get("note", ""), until, instant(row.at), told.get("officer", row.by), told.get("position", ""),
            told.get("parts") or {},
        )  # fmt: skip
    return found


def issue(
    counter: Counter,
    actor: Actor,
    number: str,
    kind: str,
    text: str,
    until: date | None = None,
    *,
    on_paper: bool = False,
    parts: Mapping[str, str] | None = None,
) -> tuple[CaseView, Letter]:
    """Record that a letter goes out; returns what is printed. Refused for an unknown kind, no text, a closed case, or
    a defect note without the day until which the papers are wanted.

    parts: what an official letter or a memo says beside its body (app.services.official_letters).
    on_paper: queue it for the A4 printer in the same transaction; Unavailable "no_printer" where there is none.
    """
    printer = counter.printer_for("a4", kind) if on_paper else None
    if on_paper and printer is None:
        hint = "เพิ่มเครื่องพิมพ์ด้วยคำสั่ง printers add หรือในหน้าตั้งค่า"
        raise Unavailable("no_printer", "ยังไม่ได้ตั้งเครื่องพิมพ์ A4 ยังไม่ได้ออกหนังสือ", hint)
    if kind not in NAMES:
        raise Refused("letter", "ไม่รู้จักหนังสือชนิดนี้", f"ใช้ค่าใดค่าหนึ่งใน {', '.join(NAMES)}", "letter")
    longest = LONGEST_BODY if kind in official_letters.NAMES else LONGEST
    text = clean_text(text, "note", label="เนื้อความ", max_length=longest, required=True, multiline=True)
    if kind == DEFECT_NOTE and until is None:
        raise Refused("until", "ยังไม่ได้ระบุวันที่ต้องยื่นเอกสารภายใน", "ใส่วันที่ให้ผู้ยื่นคำขอทราบ", "until")
    written_parts = official_letters.checked(kind, parts or {})
    with counter.store.write(actor.username) as work:
        case = living(work.connection, number, f"{VIEW_COLUMNS}, c.row")
        restricted_cases.require(actor, case, rights.EDIT)
        if petition_states.is_closed(case.status, service_kind(counter, case)):
            raise Refused("transition", "เรื่องนี้สิ้นสุดแล้ว ไม่ต้องออกหนังสือ", "ตรวจเลขคำร้อง หรือเพิ่มเป็นบันทึกถึงผู้ร้องแทน", "number")
        payload: dict[str, Any] = {"letter": kind, "name": NAMES[kind], "note": text, "officer": actor.full_name}
        if written_parts:
            payload["parts"] = written_parts
        if actor.position:
            payload["position"] = actor.position
        if until is not None:
            payload["until"] = until.isoformat()
        work.emit(ISSUED, case.id, payload)
        work.audit(ISSUED, case.number, kind)
        work.changed("case", case.number)
        if printer is not None:
            place = sum(one.kind == kind for one in issued(work.connection, case.id).values())
            office_copies.queue(work, counter, case.row, document(kind, place), printer.name)
            work.audit("print_planned", case.number, document(kind, place))
        written = instant(work.now_ms)
    letter = Letter(kind, text, until, written, actor.full_name, actor.position, written_parts)
    return case_documents.view(counter, case), letter


def _wanted(connection: Connection, case: Any, kind: str, today: date) -> tuple[str, date] | None:
    """(letter, by which day) that this open case wants, or None."""
    if case.stopped_on:
        asked = date.fromisoformat(case.stopped_on)
        waiting = petition_states.clock_stops(case.status) and not petition_states.is_closed(case.status, kind)
        return None if not waiting or _last(connection, case.id, DEFECT_NOTE, asked) else (DEFECT_NOTE, asked)
    if kind == "petition" or not case.due_on:
        return None
    limit = date.fromisoformat(case.due_on)
    last = _last(connection, case.id, EXPLANATION, limit) or limit
    by = last + timedelta(days=EVERY_DAYS)
    return (EXPLANATION, by) if limit < today else None


def _last(connection: Connection, record: bytes, letter: str, since: date) -> date | None:
    """The day of the newest such letter since a day."""
    rows = connection.exec_driver_sql("SELECT at, payload FROM event WHERE record = ? AND kind = ?", (record, ISSUED))
    days = [thai_date.local(instant(row.at)).date() for row in rows if json.loads(row.payload).get("letter") == letter]
    return max((day for day in days if day >= since), default=None)
