"""Every PDF is a PDF/A-2b, as an independent checker sees it, with its title and language."""

import io
from dataclasses import replace

import page
import pytest
from PIL import Image
from pypdf import PdfReader
from reportlab.pdfgen.canvas import Canvas

from app.services.model import CopyMark
from printing import pdf, pdf_archive, samples
from printing.layout import Layout, Picture, Text, TextStyle
from printing.petition import petition_layout

LEVEL = page.ValidationProfile.PDF_A_2B


def faults(data: bytes) -> list[str]:
    """What is wrong with a PDF as an archived document."""
    report = page.validate_pdf_bytes(data, profile=LEVEL)
    return [f"{failure.rule_id} {failure.message}" for failure in report.failures]


def seal(mode: str) -> bytes:
    file = io.BytesIO()
    Image.new(mode, (40, 40)).save(file, "PNG")
    return file.getvalue()


@pytest.mark.parametrize("view", [samples.PETITION, samples.LONG, samples.BARE, samples.PERMIT, samples.PREVIEW])
def test_a_sheet_is_fit_for_the_archive(view):
    assert faults(pdf.render(petition_layout(view, CopyMark(1, "ทำใบเดิมหาย")))) == []


def test_what_is_hard_is_fit_for_the_archive_too():
    hard = "漢字 😀 ☎ ฏุ่ ป้ำ ฟื้น\tAVATAR \x01 & <b>"
    pictures = tuple(Picture(seal(mode), 40, 40) for mode in ("RGB", "RGBA", "L", "LA", "1", "P"))
    layout = Layout(f"ชื่อ & <{hard}>", "a5", (Text(hard, TextStyle(11)), *pictures), author="อบต. ก & ข")
    assert faults(pdf.render(layout, replace(layout, title="อื่น"))) == []


def test_the_checker_refuses_a_plain_pdf_and_a_missing_profile(monkeypatch):
    file = io.BytesIO()
    canvas = Canvas(file)
    canvas.drawString(70, 700, "plain")
    canvas.save()
    assert faults(file.getvalue())
    monkeypatch.setattr(pdf_archive, "xmp", lambda *_facts: b"<x/>")
    assert faults(pdf.render(petition_layout(samples.PETITION, samples.ORIGINAL)))


def test_title_author_and_language_stand_in_the_metadata_and_no_date():
    document = PdfReader(io.BytesIO(pdf.render(petition_layout(samples.PETITION, samples.ORIGINAL))), strict=True)
    about = document.xmp_metadata
    assert about.dc_title == {"x-default": f"คำร้อง {samples.NUMBER}"} and about.dc_language == ["th-TH"]
    assert about.dc_creator == ["เทศบาลเมืองกะทู้"] and about.pdfaid_part == "2" and about.pdfaid_conformance == "B"
    assert document.metadata.title == f"คำร้อง {samples.NUMBER}"
    assert document.metadata.creation_date is None and about.xmp_create_date is None
