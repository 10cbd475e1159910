"""The officers' papers: timeline, routing slip, receiving stamp with its register, general form; by command line."""

import re
from collections.abc import Iterator
from pathlib import Path

import pypdfium2
import pytest

from app.domain import office_titles, receiving_number
from app.domain.errors import Refused
from app.services import cases, letters, number_report, papers, print_jobs, printers, registration_json
from app.services.counter import Counter
from app.services.model import Actor, CopyMark, Printer
from printing import documents
from sync.server import admin
from tests.integration.support import command, homes
from tests.integration.support.petitions import permit, petition
from tests.integration.sync_support import OFFICE_CODE, Desk, Province

CLERK = Actor("9", "clerk", "เสมียน ทดสอบ", "", "user", "finance")


def registered(counter: Counter, actor: Actor, **answers: str) -> str:
    return cases.enter(counter, actor, registration_json.from_json("petition", petition(**answers))).number


def words(path: Path) -> str:
    """The text of a PDF, letter for letter, without where lines and pages part."""
    with pypdfium2.PdfDocument(path) as document:
        pages = [document[place].get_textpage().get_text_range() for place in range(len(document))]
    return re.sub(r"\s+", "", "".join(pages))


def squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)


def texts(counter: Counter, actor: Actor, number: str, document: str, medium: str = "a4", reason: str = "") -> str:
    """What one print of a paper says."""
    job = print_jobs.plan_file(counter, actor, number, document, copy_reason=reason)
    layout = documents.build(document, print_jobs.view(counter, job), job.copy, "slip" if medium == "slip" else "a4")
    assert layout.medium == medium
    return "\n".join(layout.texts())


def test_every_paper_by_command_line(home: Path, tmp_path: Path) -> None:
    with homes.opened(home) as counter:
        actor = homes.signed_in(counter)
        number = registered(counter, actor, topic="ไฟดับหน้าวัด", detail="ดับมาสามคืนแล้ว ทางมืดมาก")
        cases.change_status(counter, actor, number, "received", "จะส่งช่างไปดู", public=True, internal_note="รอรถกระเช้า")
        cases.add_note(counter, actor, number, "โทรแล้วไม่รับสาย")
        letters.issue(counter, actor, number, letters.EXPLANATION, "รออะไหล่")
    found = {}
    for document in papers.NAMES:
        out = tmp_path / f"{document}.pdf"
        done = command.run(home, "print", number, document, "--out", out, "--json")
        assert done.code == 0, done.err
        assert done.json["copies"] == 0
        found[document] = words(out)
        assert done.json["pages"] == len(pypdfium2.PdfDocument(out))
    told = found["timeline"]
    for part in (number, "รับเรื่องแล้ว: จะส่งช่างไปดู (ผู้ร้องเห็น)", "บันทึกภายใน: รอรถกระเช้า",
                 "บันทึกภายใน: โทรแล้วไม่รับสาย", "ออกหนังสือ (หนังสือแจ้งเหตุแห่งความล่าช้า): รออะไหล่", "เคาน์เตอร์ 1",
                 "ผู้ดูแล ทดสอบ", "เอกสารภายใน"):  # fmt: skip
        assert squeezed(part) in told, part
    order = [told.index(squeezed(part)) for part in ("รับคำร้อง", "จะส่งช่างไปดู", "โทรแล้วไม่รับสาย", "รออะไหล่")]
    assert order == sorted(order)
    for part in ("ใบเกษียน", "เลขที่รับ  1/", "1. เจ้าหน้าที่ธุรการ", "2. หัวหน้าสำนักปลัดเทศบาล", "3. ปลัดเทศบาลเมืองทดสอบ",
                 "4. นายกเทศมนตรีเมืองทดสอบ", "กองช่าง", "กองคลัง", "กองสวัสดิการสังคม", "กองการศึกษาฯ", "อื่นๆ"):  # fmt: skip
        assert squeezed(part) in found["routing_slip"], part
    for part in ("แบบคำร้องทั่วไป", "เลขรับที่ 1/", "เขียนที่ เทศบาลเมืองทดสอบ", "เรียน  นายกเทศมนตรีเมืองทดสอบ", "ข้าพเจ้า",
                 "มีความประสงค์ ดับมาสามคืนแล้ว", "จึงเรียนมาเพื่อโปรดพิจารณา", "ความเห็นเจ้าหน้าที่", "คำสั่งนายกเทศมนตรีเมืองทดสอบ",
                 "ไม่อนุญาต", "ดำเนินการเสร็จสิ้นเมื่อวันที่"):  # fmt: skip
        assert squeezed(part) in found["general_form"], part
    assert squeezed("เลขที่รับ  1/") in found["receiving_stamp"]
    again = command.run(home, "print", number, "timeline", "--out", tmp_path / "again.pdf", "--json")
    assert (again.code, again.error["field"]) == (3, "copy_reason")


def test_the_stamp_goes_on_either_printer(counter: Counter, actor: Actor, tmp_path: Path) -> None:
    number = registered(counter, actor)
    printers.add(counter, actor, Printer("a4", "file", str(tmp_path / "sheets"), 0))
    counter.reload()
    assert print_jobs.plan(counter, actor, number, papers.RECEIVING_STAMP).printer == "a4"
    printers.add(counter, actor, Printer("slip", "file", str(tmp_path / "slips"), 576))
    counter.reload()
    second = print_jobs.plan(counter, actor, number, papers.RECEIVING_STAMP, copy_reason="ป้ายหลุด")
    assert second.printer == "slip"
    with pytest.raises(Refused) as caught:
        print_jobs.plan(counter, actor, number, papers.TIMELINE, printer="slip")
    assert caught.value.code == "printer_medium"


def test_a_case_keeps_its_receiving_number_and_the_year_begins_anew(
    counter: Counter, actor: Actor, clock: homes.HandClock
) -> None:
    first, second, third = (registered(counter, actor) for _ in range(3))
    assert "เลขที่รับ  1/2569\nวันที่  20 พ.ย. 2569\nเวลา  09.00 น." in texts(counter, actor, first, "receiving_stamp")
    clock.forward(hours=1)
    assert "เลขที่รับ  2/2569" in texts(counter, actor, second, "routing_slip")
    again = texts(counter, actor, first, "receiving_stamp", "slip", "ป้ายหลุด")
    assert "เลขที่รับ  1/2569\nวันที่  20 พ.ย. 2569\nเวลา  09.00 น." in again
    assert "พิมพ์ซ้ำ ครั้งที่ 1 ป้ายหลุด" in again
    clock.forward(days=60)
    assert "เลขที่รับ  1/2570" in texts(counter, actor, third, "receiving_stamp")
    assert "เลขที่รับ  2/2569" in texts(counter, actor, second, "receiving_stamp")
    entries = [event.text for event in cases.events(counter, first, actor) if event.kind == "receiving_numbered"]
    assert entries == ["ลงทะเบียนรับ (1/2569)"]
    for series, issued in (("KTR2569", 2), ("KTR2570", 1)):
        report = number_report.report(counter, series)
        assert (report["issued"], report["unexplained"], report["duplicates"]) == (issued, 0, 0)


def test_a_refused_print_takes_no_number(counter: Counter, actor: Actor) -> None:
    number = registered(counter, actor)
    print_jobs.plan_file(counter, actor, number, "timeline")
    with counter.store.write("test") as work:
        work.run("UPDATE cases SET restricted = 1")
    for document in papers.NAMES:
        with pytest.raises(Refused) as caught:
            print_jobs.plan_file(counter, CLERK, number, document)
        assert caught.value.code == "restricted"
    other = registered(counter, actor)
    with pytest.raises(Refused):
        print_jobs.plan(counter, actor, other, "receiving_stamp", printer="nowhere")
    with counter.store.read() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM receiving").scalar() == 0


def test_the_timeline_of_a_restricted_case_tells_who_looked(counter: Counter, actor: Actor) -> None:
    number = registered(counter, actor, category="complaints", subcategory="corruption")
    cases.get(counter, number, actor)
    assert "เปิดดูเรื่องที่จำกัดผู้เข้าถึง" in texts(counter, actor, number, "timeline")


def test_the_general_form_is_for_petitions(counter: Counter, actor: Actor) -> None:
    number = cases.enter(counter, actor, registration_json.from_json("ad_permit", permit())).number
    with pytest.raises(Refused) as caught:
        print_jobs.plan_file(counter, actor, number, "general_form")
    assert caught.value.code == "document"
    assert "เลขที่รับ  1/2569" in texts(counter, actor, number, "routing_slip")


@pytest.mark.parametrize(
    ("kind", "name", "officers"),
    [
        ("sao", "องค์การบริหารส่วนตำบลกมลา",
         ("หัวหน้าสำนักปลัด อบต.", "ปลัดองค์การบริหารส่วนตำบลกมลา", "นายกองค์การบริหารส่วนตำบลกมลา")),
        ("pao", "องค์การบริหารส่วนจังหวัดภูเก็ต",
         ("หัวหน้าสำนักปลัด อบจ.", "ปลัดองค์การบริหารส่วนจังหวัดภูเก็ต", "นายกองค์การบริหารส่วนจังหวัดภูเก็ต")),
        ("pattaya", "เมืองพัทยา", ("หัวหน้าสำนักปลัดเมืองพัทยา", "ปลัดเมืองพัทยา", "นายกเมืองพัทยา")),
        ("city_municipality", "เทศบาลนครภูเก็ต", ("หัวหน้าสำนักปลัดเทศบาล", "ปลัดเทศบาลนครภูเก็ต", "นายกเทศมนตรีนครภูเก็ต")),
    ],
)  # fmt: skip
def test_the_officers_are_called_as_the_office_calls_them(kind: str, name: str, officers: tuple[str, ...]) -> None:
    assert office_titles.minutes(kind, name)[1:] == officers


def test_series_of_the_register() -> None:
    assert receiving_number.is_series("KTR2569", "KT")
    assert not receiving_number.is_series("KTR2569", "KA")
    assert not receiving_number.is_series("KT1")
    assert receiving_number.text("BANR2570", 7) == "7/2570"
    with pytest.raises(ValueError, match="series"):
        receiving_number.year_of("KT1")


@pytest.fixture
def province(tmp_path: Path) -> Iterator[Province]:
    with Province(tmp_path) as province:
        yield province


def stamped(desk: Desk, number: str) -> str:
    """The receiving number on the stamp that a desk prints."""
    actor = Actor("1", "somying", "สมหญิง ทดสอบ", "เจ้าหน้าที่", "user")
    reason = "ป้ายหลุด" if any(job.number == number for job in print_jobs.list_jobs(desk.counter)) else ""
    job = print_jobs.plan_file(desk.counter, actor, number, "receiving_stamp", copy_reason=reason)
    view = print_jobs.view(desk.counter, job)
    assert view.paperwork is not None and view.paperwork.received is not None
    told = "\n".join(documents.build("receiving_stamp", view, CopyMark(0), "a4").texts())
    for other in view.paperwork.received.others:
        assert f"เลขที่รับอีกเลขของเรื่องนี้ {other}" in told
    return view.paperwork.received.number.split("/")[0]


def test_counters_without_a_network_never_give_one_number_twice(province: Province) -> None:
    one, two = province.desk(), province.desk()
    with pytest.raises(Refused) as caught:
        stamped(one, one.register()[0])
    assert caught.value.code == "receiving_numbers_used_up", "the first sync brings numbers"
    for desk in (one, two, one, two):
        desk.sync()
    [number] = one.register()
    one.sync()
    two.sync()
    runs = {stamped(one, other) for other in one.register(3)} | {stamped(two, other) for other in two.register(3)}
    assert len(runs) == 6
    first, second = stamped(one, number), stamped(two, number)
    assert first != second, "both were offline"
    one.sync()
    two.sync()
    one.sync()
    assert stamped(one, number) == stamped(two, number) == first, "the office's order decides"
    assert one.one("SELECT count(*) FROM quarantine") == two.one("SELECT count(*) FROM quarantine") == 0
    assert one.one("SELECT count(*) FROM receiving") == two.one("SELECT count(*) FROM receiving") == 8
    [report] = [row for row in admin.numbers_report(province.database, OFFICE_CODE) if "R" in row["series"]]
    assert (report["issued"], report["unexplained"], report["duplicates"]) == (8, 0, 0)


def test_the_server_takes_no_number_that_it_has_not_leased(province: Province) -> None:
    desk = province.desk()
    desk.sync()
    [number] = desk.register()
    with desk.store.write("test") as work:
        work.emit("receiving_numbered", work.run("SELECT id FROM cases WHERE number = ?", (number,)).scalar_one(),
                  {"series": "KTR2569", "run": 999, "name": "999/2569"})  # fmt: skip
    desk.sync()
    assert desk.one("SELECT code FROM quarantine") == "number_not_leased"
