"""Placing blocks: wrapping, columns, pages."""

import subprocess
import sys
from dataclasses import replace
from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.errors import Refused
from app.services.model import CopyMark, NoticeShown
from printing import documents, pdf, samples, typeface
from printing.flow import Flow, paged, stacked
from printing.layout import Box, Cell, Columns, Qr, Table, Text, TextStyle
from printing.marks import BoxMark, LineMark, QrMark, TextMark
from printing.petition import office_address, person_address, petition_layout
from printing.slip import slip_layout
from printing.wrapping import joints, shortened, wrap

STYLE = TextStyle(10)
ANY = st.text(
    alphabet=st.one_of(st.characters(min_codepoint=0x0E01, max_codepoint=0x0E4E), st.sampled_from(" 0159ABz./-()")),
    max_size=120,
)


def lines_of(strips):
    return [mark.text for strip in strips for mark in strip.marks if isinstance(mark, TextMark)]


@given(ANY, st.floats(min_value=4, max_value=40))
def test_wrapped_lines_are_the_text_again_and_fit(text, limit):
    lines = wrap(text, limit, bold=False)
    assert "".join(lines) == text
    for line in lines:
        # one cluster alone may be wider than the line; kerning between words may differ by a hair
        assert typeface.width(line.rstrip(), False) <= limit + 0.05 or len(line) <= 8 or limit < 5


def test_a_line_breaks_between_words_and_keeps_its_space():
    lines = wrap("ถนนชำรุด ไฟฟ้าดับ", 6, bold=False)
    assert lines[0] == "ถนนชำรุด "


def test_a_word_without_end_is_parted_between_clusters():
    lines = wrap("กี้" * 40, 10, bold=False)
    assert len(lines) > 1 and all(line.startswith("กี้") for line in lines)


def test_what_is_cut_ends_in_dots():
    full = wrap("ขอความอนุเคราะห์ซ่อมแซมถนนคอนกรีตภายในหมู่บ้านที่ชำรุดเสียหาย", 12, bold=True)
    cut = shortened(full, 2, 12, bold=True)
    assert len(full) > 2 and len(cut) == 2 and cut[1].endswith("…")
    assert typeface.width(cut[1], True) <= 12
    assert shortened(full, 0, 12, bold=True) == full


RUNNING_TEXT = (
    "ด้วยเทศบาลตำบลกะทู้ได้รับคำร้องขอให้ซ่อมแซมถนนคอนกรีตเสริมเหล็กภายในหมู่บ้าน ซึ่งชำรุดเป็นหลุมเป็นบ่อตลอดแนวจากฝนที่ตกหนัก"
    "ต่อเนื่องหลายวัน และรถบรรทุกน้ำหนักเกินวิ่งผ่านเป็นประจำทุกวัน จึงขอเรียนว่า (๑) กองช่างได้ตรวจสอบแล้ว (๒) จะเริ่มซ่อมภายใน ๗ วัน"
)


@pytest.mark.parametrize("indent", [0.0, 70.0])
def test_a_justified_text_ends_at_the_edge_and_keeps_its_letters(indent):
    style = TextStyle(11, align="justify")
    marks = stacked(Flow().strips([Text(RUNNING_TEXT, style, indent=indent)], 330)).marks
    assert "".join(mark.text for mark in marks) == RUNNING_TEXT and len(marks) >= 4
    assert not marks[-1].joints, "the last line stays as it is"
    spread = [mark for mark in marks if mark.joints]
    assert len(spread) >= 2 and all(0 < mark.gap <= 0.16 for mark in spread)
    for mark in spread:
        glyphs = typeface.spread(mark.text.rstrip(), False, mark.joints, mark.gap)
        assert mark.x + sum(glyph.advance for glyph in glyphs) * 11 == pytest.approx(330, abs=0.01), mark.text
        assert [glyph.id for glyph in glyphs] == [glyph.id for glyph in typeface.shape(mark.text.rstrip(), False)]
    for mark in set(marks[:-1]) - set(spread):
        rest = 330 - mark.x - typeface.width(mark.text.rstrip(), False) * 11
        assert rest > 0.16 * 11 * len(joints(mark.text)), f"no reason to leave it: {mark.text}"


def test_a_line_that_would_be_torn_apart_stays_on_the_left():
    style = TextStyle(11, align="justify")
    lines = Flow().strips([Text("เว็บไซต์ https://www.kathucity.example/services/road-repair/2569/11", style)], 300)
    assert len(lines) == 2 and not any(mark.joints for strip in lines for mark in strip.marks)


def test_white_goes_between_thai_words_and_at_spaces_only():
    line = "ตาม (มาตรา 5/1) ทาง ๆ นั้น... จบ "
    places = joints(line)
    assert places and len(line) - 1 not in places
    assert all(line[place - 1].isspace() or line[place].isspace() or line[place] not in "ๆฯ).5/" for place in places)
    assert joints("ABC-123") == ()


def test_a_heap_of_marks_stays_in_its_line():
    above, below = typeface.reach("ก" + "ุ" * 50 + "้" * 100, bold=True)
    assert above <= typeface.ASCENT + 1e-6 and below <= typeface.DESCENT + 1e-6


def test_marks_do_not_widen_a_text():
    assert typeface.width("น้ำปู่ที่", False) == pytest.approx(typeface.width("นาปท", False))


def test_columns_share_what_fixed_cells_leave():
    row = Columns(
        (Cell((Text("ก", STYLE),), 30, fixed=True), Cell((Text("ข", STYLE),)), Cell((Text("ค", STYLE),), 3)), 10, True
    )
    (strip,) = Flow().strips((row,), 190)
    texts = [mark for mark in strip.marks if isinstance(mark, TextMark)]
    assert [mark.x for mark in texts] == pytest.approx([0, 40, 85])
    assert len([mark for mark in strip.marks if isinstance(mark, LineMark)]) == 2


def test_an_inverse_box_writes_white():
    (strip,) = Flow().strips((Box((Text("สำเนา", STYLE),), inverse=True),), 100)
    assert [mark.filled for mark in strip.marks if isinstance(mark, BoxMark)] == [True]
    assert all(mark.white for mark in strip.marks if isinstance(mark, TextMark))


def test_a_text_that_must_fit_becomes_smaller():
    (strip,) = Flow().strips((Text("KT1201169000042", replace(STYLE, size=40), fit=True),), 100)
    (mark,) = strip.marks
    assert typeface.width(mark.text, False) * mark.size == pytest.approx(100)


def test_an_empty_code_is_a_frame():
    assert isinstance(Flow().strips((Qr("", 50),), 100)[0].marks[0], BoxMark)
    assert isinstance(Flow().strips((Qr("x", 50),), 100)[0].marks[0], QrMark)


def test_pages_take_all_lines_in_order_and_leave_none_alone():
    text = "\n".join(f"บรรทัดที่ {n} " + "ถนนชำรุดเสียหายเป็นหลุมเป็นบ่อ " * 6 for n in range(30))
    strips = Flow().strips((Text(text, STYLE),), 300)
    pages = paged(strips, 200, 150)
    assert [line for page in pages for line in lines_of(page)] == lines_of(strips)
    assert len(pages) > 3
    for index, page in enumerate(pages):
        assert stacked(page).height <= (200 if index == 0 else 150)
    for before, after in pairwise(pages):
        last, first = before[-1].marks[0], after[0].marks[0]
        if last.paragraph == first.paragraph:
            assert sum(strip.marks[0].paragraph == last.paragraph for strip in before) >= 2
            assert sum(strip.marks[0].paragraph == last.paragraph for strip in after) >= 2


def test_a_table_repeats_its_header_on_every_page():
    table = Table(
        ("ที่", "รายการ", "บาท"),
        tuple((str(n), f"รายการ {n}", f"{n}.00") for n in range(1, 41)),
        (1, 4, 2),
        ("center", "left", "right"),
        STYLE,
    )
    pages = paged(Flow().strips((table,), 300), 200, 200)
    assert len(pages) > 2
    assert all(lines_of(page)[:3] == ["ที่", "รายการ", "บาท"] for page in pages)
    assert sum(len(page) - 1 for page in pages) == 40


def signed_pages(layout):
    """Texts above the place to sign, on the sheet where that is."""
    for marks in pdf._pages(layout):
        texts = [mark for mark in marks if isinstance(mark, TextMark)]
        foot = next((mark.y for mark in texts if mark.text.startswith(("ลงชื่อ", "(นายสมชาย"))), None)
        if foot is not None:
            head = pdf.paper_of(layout).top + (30 if texts[0].muted or texts[0].text.startswith("-") else 0)
            yield [mark.text for mark in texts if head < mark.y < foot]


@pytest.mark.parametrize("code", ["petition", "defect_note-1", "official_letter-1", "permit"])
def test_nobody_signs_on_a_sheet_without_text(code):
    for lines in range(6, 46):
        detail = "\n".join(f"ข้อ {n} ขอให้ซ่อมแซมถนน" for n in range(lines))
        view = samples.of_office(samples.OFFICE, None, code.partition("-")[0])
        letter = replace(view.paperwork.letter, kind=code.partition("-")[0], text=detail)
        permit = {"number": "1/2569", "issued_on": date(2026, 11, 20), "order": {"text": detail}}
        view = replace(view, answers={**view.answers, "detail": detail}, permit=permit,
                       paperwork=replace(view.paperwork, letter=letter))  # fmt: skip
        layout = documents.build(code, view)
        found = list(signed_pages(layout))
        assert found and all(len(above) >= 2 for above in found), (lines, found)


def test_frames_to_write_in_side_by_side_are_of_one_height():
    frames = [Box((Text("ก\n" * lines, STYLE),), min_height=30) for lines in (1, 9)]
    boxes = [m for m in Flow().strips([Columns(tuple(Cell((frame,)) for frame in frames))], 200)[0].marks
             if isinstance(m, BoxMark)]  # fmt: skip
    assert boxes[0].height == boxes[1].height > 30
    stamp = Columns((Cell((Text("ก\n" * 9, STYLE),)), Cell((Box((Text("ข", STYLE),)),))))
    assert next(m.height for m in Flow().strips([stamp], 200)[0].marks if isinstance(m, BoxMark)) < 30


def test_a_total_stands_below_the_last_row():
    table = Table(("ที่",), tuple((str(n),) for n in range(9)), (1.0,), ("left",), STYLE, keep=True)
    strips = Flow().strips([table, Text("รวม", STYLE)], 100)
    height = sum(strip.height for strip in strips[:-1])
    assert lines_of(paged(strips, height + 1, 500)[1]) == ["ที่", "8", "รวม"]


def test_every_line_that_is_filled_in_has_its_dots():
    strips = Flow().strips([Text("ไฟฟ้าดับ " * 12, STYLE, dotted=True)], 100)
    assert len(strips) > 2
    assert all(any(isinstance(mark, LineMark) and mark.dashed for mark in strip.marks) for strip in strips)


def test_the_slip_says_what_it_must_and_nothing_personal():
    text = "\n".join(slip_layout(samples.PETITION, samples.ORIGINAL).texts())
    for expected in (
        "เทศบาลเมืองกะทู้",
        "ใบรับคำร้อง",
        samples.NUMBER,
        "20 พ.ย. 2569  09:45:07 น.",
        "ระบบสาธารณูปโภค : ไฟฟ้าสาธารณะ",
        "กองช่าง",
        "นางสาวดวงใจ รัตนา · เคาน์เตอร์ 2",
        "25 พ.ย. 2569",
        "ติดตามผล: เลขคำร้อง + เบอร์โทรศัพท์ 4 ตัวท้าย",
    ):
        assert expected in text
    for personal in ("กตัญญู", "ปิ่นแก้ว", "1101700230708", "0812345678", "5678", "99/9"):
        assert personal not in text
    assert "สำเนา" not in text


@pytest.mark.parametrize("builder", [slip_layout, petition_layout])
def test_a_reprint_says_copy_count_and_reason(builder):
    text = "\n".join(builder(samples.PETITION, CopyMark(2, "ผู้ร้องทำหาย")).texts())
    assert "สำเนา ครั้งที่ 2" in text and "ผู้ร้องทำหาย" in text


@pytest.mark.parametrize("builder", [slip_layout, petition_layout])
def test_a_preview_has_no_number_and_no_code(builder):
    layout = builder(samples.PREVIEW, samples.ORIGINAL)
    marks = stacked(Flow().strips(layout.blocks, 400)).marks
    assert "เลขจะออกเมื่อบันทึก" in "\n".join(layout.texts())
    assert not any(isinstance(mark, QrMark) for mark in marks)
    assert any(isinstance(mark, BoxMark) for mark in marks)


def test_the_petition_masks_the_citizen_id():
    text = "\n".join(petition_layout(samples.PETITION, samples.ORIGINAL).texts())
    assert "X-XXXX-XXXX0-70-8" in text and "1101700230708" not in text


def test_other_services_show_their_answers_and_the_officers_boxes():
    text = petition_layout(samples.PERMIT, samples.ORIGINAL).texts()
    for line in samples.PERMIT.lines:
        assert line.label in text and line.text in text
    assert "ความเห็นของเจ้าหน้าที่" in text and "คำสั่งของเจ้าพนักงานท้องถิ่น" in text
    assert "200.00 บาท (สองร้อยบาทถ้วน)" in text


def test_addresses_are_written_as_the_place_is():
    assert office_address(samples.OFFICE.address).startswith("เลขที่ 12 หมู่ที่ 2 ถนนวิชิตสงคราม ตำบลกะทู้ อำเภอกะทู้ จังหวัดภูเก็ต")
    capital = replace(samples.OFFICE.address, province="กรุงเทพมหานคร", subdistrict="พระบรมมหาราชวัง", district="พระนคร")
    assert "แขวงพระบรมมหาราชวัง เขตพระนคร กรุงเทพมหานคร" in person_address(capital)
    assert "ซอยวัดกะทู้" in person_address(samples.PETITION.applicant.address)
    assert "ซอยซอย" not in person_address(samples.PETITION.applicant.address)


def test_an_unknown_document_is_refused():
    with pytest.raises(Refused) as caught:
        documents.build("receipt?", samples.PETITION)
    assert caught.value.code == "document" and "slip" in caught.value.hint


def test_layouts_can_be_made_without_the_heavy_libraries():
    code = (
        "import sys, printing, printing.documents, printing.press, printing.spooler;"
        "sys.exit(any(name in sys.modules for name in ('reportlab', 'escpos', 'PySide6', 'PIL', 'uharfbuzz', 'nlpo3')))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_the_slip_tells_which_privacy_notice_was_given():
    given = replace(samples.PETITION, notice=NoticeShown("2569-1"))
    assert "แจ้งประกาศความเป็นส่วนตัวแล้ว ฉบับ 2569-1" in list(slip_layout(given, samples.ORIGINAL).texts())
    assert not any("ความเป็นส่วนตัว" in text for text in slip_layout(samples.PETITION, samples.ORIGINAL).texts())
