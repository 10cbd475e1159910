"""payers (list, find, show, add, close, cases, import, late), assess, waive."""

import json
import sys
from argparse import Namespace
from dataclasses import asdict
from pathlib import Path
from typing import Any

from app.cli.context import acting_person, open_counter
from app.cli.output import print_json, say
from app.domain import money, ordinance, thai_date
from app.domain.errors import Refused, Unavailable
from app.services import assessments, late_payers, payer_cases, payer_import, payers, waivers
from app.services.assessments import Assessment
from app.services.late_payers import LatePayer
from app.services.office_papers import Reminders
from app.services.payers import Payer

LONGEST = 100_000


def listing(arguments: Namespace) -> int:
    """The register of payers by kind and code."""
    with open_counter(arguments) as counter:
        found = payers.listing(counter, arguments.kind)
        page = found
        while len(page) == payers.LARGEST:
            page = payers.listing(counter, arguments.kind, after=(page[-1].kind, page[-1].code))
            found += page
    return _told(arguments, found, "ทะเบียนผู้เสียภาษียังว่าง เพิ่มด้วยคำสั่ง payers add หรือรับแบบ รร.1")


def find(arguments: Namespace) -> int:
    """Payers of a kind by code or any part of a name."""
    with open_counter(arguments) as counter:
        found = payers.find(counter, arguments.kind, arguments.text)
    return _told(arguments, found, "ไม่พบผู้เสียภาษี ลองค้นด้วยบางส่วนของชื่อหรือรหัส")


def show(arguments: Namespace) -> int:
    """One payer with every entry that ever stood, the newest first."""
    with open_counter(arguments) as counter:
        changes = payers.history(counter, arguments.kind, arguments.code)
    if arguments.json:
        print_json([asdict(change) for change in changes])
        return 0
    for change in changes:
        at = thai_date.short(thai_date.local(change.at).date())
        known = ", ".join(f"{key}: {value}" for key, value in change.document.items() if key not in ("tax_id", "phone"))
        print(f"{at}  {change.by}  {known}")
    return 0


def add(arguments: Namespace) -> int:
    """Enter a payer, or change the entry: keys that are not named stay."""
    document = _document(arguments.file)
    with open_counter(arguments) as counter:
        actor = acting_person(arguments, counter)
        payer = payers.add(counter, actor, arguments.kind, arguments.code, document)
    return _told(arguments, [payer], "")


def _document(file: str) -> dict[str, Any]:
    try:
        text = sys.stdin.read(LONGEST) if file == "-" else Path(file).read_text("utf-8-sig")
        document = json.loads(text[:LONGEST])
    except OSError:
        raise Unavailable("input_file", "อ่านไฟล์ไม่ได้", "ตรวจชื่อไฟล์และสิทธิ์อ่าน") from None
    except ValueError:
        raise Refused("json", "ข้อมูลที่ส่งมาไม่ใช่ JSON ที่ถูกต้อง", 'ตัวอย่าง {"name": "โรงแรมตัวอย่าง"}', "json") from None
    if not isinstance(document, dict):
        raise Refused("json", "ข้อมูลที่ส่งมาต้องเป็นรายการ { … }", 'ตัวอย่าง {"name": "โรงแรมตัวอย่าง"}', "json")
    return document


def close(arguments: Namespace) -> int:
    """The payer gave up the business on a day."""
    with open_counter(arguments) as counter:
        actor = acting_person(arguments, counter)
        payer = payers.close(counter, actor, arguments.kind, arguments.code, arguments.on)
    return _told(arguments, [payer], "")


def cases(arguments: Namespace) -> int:
    """What a payer has filed and paid, the newest month first."""
    with open_counter(arguments) as counter:
        found = payer_cases.listing(counter, arguments.kind, arguments.code)
    if arguments.json:
        print_json([asdict(one) for one in found])
        return 0
    for one in found:
        paid = f"  ใบเสร็จ {one.receipt}" if one.receipt else ""
        total = money.formatted(one.total_satang)
        print(f"{one.month_text}  {one.kind_text}  {one.number}  {total} บาท  {one.status_text}{paid}")
    if not found:
        say("ยังไม่เคยยื่นแบบ")
    return 0


def take_over(arguments: Namespace) -> int:
    """Payers from a CSV file; with --dry-run only told, line by line."""
    try:
        content = arguments.file.read_bytes()
    except OSError:
        raise Unavailable("input_file", "อ่านไฟล์ไม่ได้", "ตรวจชื่อไฟล์และสิทธิ์อ่าน") from None
    with open_counter(arguments) as counter:
        planned = payer_import.plan(counter, arguments.kind, content)
        if not arguments.dry_run:
            payer_import.carry_out(counter, acting_person(arguments, counter), planned)
    counts = {state: planned.count(state) for state in payer_import.STATES}
    if arguments.json:
        keys = ("line", "code", "name", "state", "message")
        rows = [{key: getattr(row, key) for key in keys} for row in planned.rows]
        print_json({**counts, "taken": not arguments.dry_run, "rows": rows})
        return 0
    for row in planned.rows:
        if row.state != payer_import.SAME:
            print(
                f"บรรทัดที่ {row.line}  {payer_import.STATES[row.state]}  {row.code}  {row.name}  {row.message}".rstrip()
            )
    said = "  ".join(f"{name} {counts[state]:,}" for state, name in payer_import.STATES.items())
    say(f"{said}  {'ยังไม่ได้นำเข้า' if arguments.dry_run else 'นำเข้าแล้ว'}")
    return 0


def late(arguments: Namespace) -> int:
    """Who has not filed for a month; --out writes a reminder to each."""
    month = late_payers.month_of(arguments.month)
    if arguments.out is not None and arguments.out.exists():
        raise Refused("out_exists", f"มีไฟล์ {arguments.out.name} อยู่แล้ว", "เลือกชื่อไฟล์อื่น", "out")
    with open_counter(arguments) as counter:
        found = late_payers.listing(counter, month, arguments.service)
        found = [one for one in found if arguments.code in ("", one.payer.code)]
        if arguments.out is not None and found:
            _write_letters(arguments.out, found, counter.office, thai_date.local(counter.clock.now()).date())
    if arguments.json:
        print_json([_late_json(one) for one in found])
        return 0
    for one in found:
        days = f"  เกินกำหนด {one.days_late} วัน" if one.days_late else ""
        print(f"{one.payer.code}  {one.payer.name}  {one.service_name}  {ordinance.month_text(one.month)}{days}")
    if not found:
        say("ยื่นครบทุกรายแล้ว")
    return 0


def _write_letters(out: Path, found: list[LatePayer], office: Any, on: Any) -> None:
    from printing import press

    try:
        out.write_bytes(press.office_file(Reminders(tuple(found), office, on), ".pdf"))
    except OSError:
        raise Unavailable("out_folder", "เขียนไฟล์ไม่ได้", "ตรวจโฟลเดอร์ พื้นที่ และสิทธิ์เขียน แล้วสั่งใหม่") from None


def _late_json(one: LatePayer) -> dict[str, Any]:
    return {
        "service": one.service,
        "kind": one.payer.kind,
        "code": one.payer.code,
        "name": one.payer.name,
        "month": one.month.isoformat()[:7],
        "due_on": one.due_on,
        "days_late": one.days_late,
    }


def assess(arguments: Namespace) -> int:
    """What has to be paid for a case, on a day."""
    on = thai_date.parse_date(arguments.on, field="on") if arguments.on else None
    with open_counter(arguments) as counter:
        found = assessments.of_number(counter, arguments.number, on)
    return _assessed(arguments, found)


def _assessed(arguments: Namespace, found: Assessment) -> int:
    if arguments.json:
        print_json(asdict(found))
        return 0
    for line in found.lines:
        print(f"{line.description}  {line.period}  {money.formatted(line.satang)}")
    print(f"รวม {money.formatted(found.total_satang)} บาท ({money.baht_text(found.total_satang)})")
    if found.due_on:
        print(f"กำหนดชำระ {thai_date.long(found.due_on)}")
    for note in found.notes:
        say(note)
    return 0


def waive(arguments: Namespace) -> int:
    """Enter an order that waives what being late has added."""
    satang = money.parse_baht(arguments.amount, field="amount")
    with open_counter(arguments) as counter:
        actor = acting_person(arguments, counter)
        waivers.grant(
            counter,
            actor,
            arguments.number,
            arguments.what,
            satang,
            order_number=arguments.order,
            ordered_on=arguments.ordered_on,
            approver=arguments.approver,
            reason=arguments.reason,
        )
        found = assessments.of_number(counter, arguments.number)
    return _assessed(arguments, found)


def _told(arguments: Namespace, found: list[Payer], nothing: str) -> int:
    if arguments.json:
        print_json([asdict(payer) for payer in found])
        return 0
    for payer in found:
        until = f"  เลิกกิจการ {payer.document['active_to']}" if payer.document.get("active_to") else ""
        print(f"{payer.kind_text}  {payer.code}  {payer.name}  {payer.document.get('address', '')}{until}")
    if not found:
        say(nothing)
    return 0
