"""The A4 sheet: every Thai line comes out of the PDF exactly as it was registered, in three readers."""

import io
import re
import shutil
import subprocess
from dataclasses import replace

import pypdfium2
import pytest
import zxingcpp
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from PIL import Image
from pypdf import PdfReader

from app.services.model import CopyMark, Line
from printing import pdf, samples
from printing.layout import Cell, Columns, Layout, Picture, Table, Text, TextStyle
from printing.petition import petition_layout

HARD = (
    "น้ำ ที่ เก็บ ปู่ กฎ ฐาน ญาติ ก็ ซึ่ง ทั้งนี้ กำหนด",
    "ป้ำ ปี้ ฝื้อ ฏุ ฎู ญู เก๋า แก๊ส โต๊ะ ไม้ ใบ้ กั๊ก สิ้น ชั้น จ้ำจี้ คล้ำ ด้ำ",
    "ต่าง ๆ ฯลฯ พ.ศ. ๒๕๖๙ ฿1,250.00 (ร้อยละ 50) \\ / <b>&amp;</b> [ก] {ข}",
    "สองวรรค  สามวรรค   จบ",
    "ถนนวิชิตสงคราม ตำบลกะทู้ 83120 โทรศัพท์ 076-321-500 ต่อ 12",
    "AVATAR To WAVE fi fl ffi Kathu Municipality",
    "ไม่มีในแบบอักษร: 漢字 😀 ☎ จบ",
    "กฤษฎีกา พฤกษ์ ฤๅษี ฦๅ ศีรษะ ปรารถนา ณัฏฐ์ สรรพ์ ศิลป์ จันทร์",
    "ขอความอนุเคราะห์ซ่อมแซมถนนคอนกรีตเสริมเหล็กภายในหมู่บ้านที่ชำรุดเสียหายเป็นหลุมเป็นบ่อตลอดแนวจากฝนตกหนักต่อเนื่อง"
    "หลายวันและรถบรรทุกน้ำหนักเกินวิ่งผ่านเป็นประจำทุกวันทำให้ฝุ่นฟุ้งกระจายเข้าบ้านเรือนของประชาชนสองข้างทาง",
    "น้ำท่วมขังหน้าบ้าน เลขที่ 12/3  ระบายไม่ทัน " * 6 + "จบ",
    "ก" * 300,
)
VIEW = replace(
    samples.LONG,
    answers={**samples.PETITION.answers, "detail": "\n".join(HARD)},
)


def pdftotext(data: bytes, *options: str) -> str:
    done = subprocess.run(["pdftotext", *options, "-", "-"], input=data, capture_output=True, check=True)
    assert done.stderr == b""
    return done.stdout.decode()


def pypdf(data: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(data), strict=True).pages)


def pdfium(data: bytes) -> str:
    with pypdfium2.PdfDocument(data) as document:
        texts = []
        for number in range(len(document)):
            page = document[number]
            text = page.get_textpage()
            texts.append(text.get_text_range())
            text.close()
            page.close()
        # pdfium writes a hyphen at the end of a line as U+FFFE and leaves the line break out
        return "\n".join(texts).replace("\ufffe", "-\n")


READERS = {
    "pdftotext": pdftotext,
    "pdftotext -layout": lambda data: pdftotext(data, "-layout"),
    "pypdf": pypdf,
    "pdfium": pdfium,
}
if shutil.which("pdftotext") is None:
    pytest.fail("poppler-utils is missing; run `make setup`", pytrace=False)


def as_read(reader: str, line: str) -> str:
    """pdfium itself makes one space of several and leaves out what lies beyond U+FFFF; all else is exact."""
    if reader != "pdfium":
        return line
    return re.sub(" +", " ", "".join(letter for letter in line if letter <= "\uffff"))


def fields(view) -> list[str]:
    """What was registered, line by line."""
    return [
        view.office.name,
        "ระบบ One Stop Service",
        f"เลขที่คำร้อง {view.number}",
        "วันที่ 20 พ.ย. 2569",
        "เวลา 09:45:07 น.",
        "เลขที่ 12 หมู่ที่ 2 ถนนวิชิตสงคราม ตำบลกะทู้ อำเภอกะทู้ จังหวัดภูเก็ต 83120",
        "โทรศัพท์ 076-321-500",
        view.division_name,
        view.officer_name,
        view.type_text,
        view.applicant.full_name,
        "X-XXXX-XXXX0-70-8",
        "xxx-xxx-5678",
        "99/9 หมู่ที่ 1 ซอยวัดกะทู้ ถนนพระภูเก็ตแก้ว ตำบลกะทู้ อำเภอกะทู้ จังหวัดภูเก็ต 83120",
        view.subject,
        "หน้าวัดกะทู้",
        "จึงเรียนมาเพื่อโปรดพิจารณา",
        *view.answers.get("detail", "").split("\n"),
    ]


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("view", [samples.PETITION, VIEW], ids=["usual", "hard"])
def test_every_line_comes_out_exactly(reader, view):
    text = READERS[reader](pdf.render(petition_layout(view, samples.ORIGINAL)))
    missing = [field for field in fields(view) if as_read(reader, field) not in text]
    assert len(fields(view)) >= 16 and not missing


LINE = st.text(
    alphabet=st.one_of(
        st.characters(min_codepoint=0x0E01, max_codepoint=0x0E3A),
        st.characters(min_codepoint=0x0E3F, max_codepoint=0x0E5B),
        st.sampled_from(" 0159ABz./-()\\<>&"),
    ),
    min_size=1,
    max_size=200,
).map(lambda text: text.strip() or "ก")


@pytest.mark.parametrize("reader", READERS)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(lines=st.lists(LINE, min_size=1, max_size=6), align=st.sampled_from(("left", "justify")))
@example(lines=["1ก-", "0"], align="left")
@example(lines=[*HARD[:3], *HARD[4:6], *HARD[7:]], align="justify")
def test_any_thai_line_comes_out_exactly(reader, lines, align):
    style = TextStyle(11, align=align)
    layout = Layout("ทดสอบ", "a4", (Text("\n".join(lines), style),))
    text = READERS[reader](pdf.render(layout))
    assert [line for line in lines if as_read(reader, line) not in text] == []


def test_the_same_layout_gives_the_same_bytes():
    layout = petition_layout(VIEW, samples.ORIGINAL)
    assert pdf.render(layout) == pdf.render(layout)


def test_a_long_detail_takes_pages_that_all_say_number_and_page():
    detail = "\n".join(f"ข้อ {n} " + "ถนนชำรุดเสียหายเป็นหลุมเป็นบ่อ ขอให้ซ่อมแซม " * 5 for n in range(45))
    layout = petition_layout(replace(samples.LONG, answers={"detail": detail}), samples.ORIGINAL)
    pages = PdfReader(io.BytesIO(pdf.render(layout)), strict=True).pages
    assert len(pages) == pdf.page_count(layout) >= 3
    for number, page in enumerate(pages, 1):
        text = page.extract_text()
        assert f"หน้า {number}/{len(pages)}" in text and samples.NUMBER in text
    assert "จึงเรียนมาเพื่อโปรดพิจารณา" in pages[-1].extract_text()
    whole = "".join(page.extract_text() for page in pages)
    assert [n for n in range(45) if f"ข้อ {n} " not in whole] == []


def test_fonts_are_ours_and_embedded():
    reader = PdfReader(io.BytesIO(pdf.render(petition_layout(samples.PETITION, samples.ORIGINAL))), strict=True)
    fonts = reader.pages[0]["/Resources"]["/Font"]
    names = {font.get_object()["/BaseFont"] for font in fonts.values()}
    assert names == {"/AAAAAA+Sarabun-Regular", "/AAAAAB+Sarabun-Bold"}
    for font in fonts.values():
        descriptor = font.get_object()["/DescendantFonts"][0].get_object()["/FontDescriptor"].get_object()
        assert 2_000 < len(descriptor["/FontFile2"].get_object().get_data()) < 60_000


def test_title_language_and_author_are_set_and_nothing_personal():
    reader = PdfReader(io.BytesIO(pdf.render(petition_layout(samples.PETITION, samples.ORIGINAL))), strict=True)
    assert reader.metadata.title == f"คำร้อง {samples.NUMBER}"
    assert reader.metadata.author == "เทศบาลเมืองกะทู้"
    assert reader.trailer["/Root"]["/Lang"] == "th-TH"
    assert "กตัญญู" not in str(dict(reader.metadata))


@pytest.mark.parametrize("dpi", [150, 300])
def test_the_code_on_the_sheet_can_be_scanned(dpi):
    with pypdfium2.PdfDocument(pdf.render(petition_layout(samples.PETITION, samples.ORIGINAL))) as document:
        image = document[0].render(scale=dpi / 72).to_pil().convert("L")
    assert [code.text for code in zxingcpp.read_barcodes(image)] == [samples.PETITION.qr_text]


@pytest.mark.parametrize(
    "view",
    [
        samples.BARE,
        samples.PREVIEW,
        samples.PERMIT,
        replace(samples.PERMIT, lines=(Line("a", "ป" * 200, "ก" * 900),) * 9),
    ],
    ids=["bare", "preview", "permit", "long answers"],
)
def test_nothing_is_drawn_outside_the_margins(view):
    with pypdfium2.PdfDocument(pdf.render(petition_layout(view, CopyMark(1, "ทดสอบ " * 30)))) as document:
        for number in range(len(document)):
            image = document[number].render(scale=1).to_pil().convert("L").point(lambda value: 255 - value)
            left, top, right, bottom = image.getbbox()
            assert left >= pdf.LEFT - 2 and right <= pdf.WIDTH - pdf.RIGHT + 2
            assert top >= pdf.TOP - 3 and bottom <= pdf.HEIGHT - pdf.BOTTOM + 3


def test_tables_columns_and_pictures_go_on_paper_too():
    file = io.BytesIO()
    Image.new("RGB", (30, 30), "black").save(file, "PNG")
    style = TextStyle(11)
    rows = tuple((str(n), f"ค่าธรรมเนียมรายการที่ {n}", f"{n},000.00") for n in range(1, 61))
    layout = Layout(
        "รายงาน",
        "a4",
        (
            Columns((Cell((Picture(file.getvalue(), 40, 40),), 40, fixed=True), Cell((Text("รายงาน", style),)))),
            Table(("ที่", "รายการ", "บาท"), rows, (1, 5, 2), ("center", "left", "right"), style),
        ),
    )
    pages = PdfReader(io.BytesIO(pdf.render(layout)), strict=True).pages
    assert len(pages) == 2 and all("รายการ" in page.extract_text() for page in pages)
    assert len(pages[0].images) == 1


def test_a_company_stands_on_the_sheet_with_its_representative():
    company = replace(
        samples.PETITION.applicant,
        kind="juristic",
        organisation="บริษัท น้ำดื่มกะทู้ จำกัด",
        power_of_attorney=True,
        citizen_id="0835565000001",
    )
    view = replace(samples.PETITION, applicant=company)
    text = READERS["pdftotext"](pdf.render(petition_layout(view, samples.ORIGINAL)))
    for field in (company.full_name, company.person_name, "เลขประจำตัวผู้เสียภาษี", "X-XXXX-XXXX0-00-1"):
        assert as_read("pdftotext", field) in text


def test_a_foreigner_stands_on_the_sheet_with_a_masked_passport():
    foreigner = replace(samples.PETITION.applicant, kind="foreigner", citizen_id="", passport="MB123456")
    view = replace(samples.PETITION, applicant=foreigner)
    text = READERS["pdftotext"](pdf.render(petition_layout(view, samples.ORIGINAL)))
    assert as_read("pdftotext", "หนังสือเดินทาง XXX456") in text
    assert "MB123456" not in text
