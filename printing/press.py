"""Where everything about paper comes together: a job becomes a payload and goes to its printer; a view a preview.

Qt, reportlab and python-escpos are imported here at the first paper, not when the program starts.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from app.domain.errors import Refused
from app.services.model import CaseView, CopyMark, OfficeView, Printer, PrintJob
from app.services.office_papers import OfficePaper
from app.services.paper_templates import PaperTemplate
from app.services.paperwork import Letter
from app.services.privacy import Notice
from app.services.recovery import RecoverySheet
from printing import documents
from printing.layout import Layout, Medium
from printing.letters import letter_layout
from printing.notice import notice_layout
from printing.recovery_sheet import recovery_layout
from printing.templates import dressed
from printing.test_page import test_layout

if TYPE_CHECKING:
    from printing.bitmap import Bitmap
    from printing.devices import Payload
    from printing.devices.discovery import Found

DEFAULT_DOTS = 576
SAMPLE_DPI = 110


def print_job(job: PrintJob, view: CaseView, printer: Printer) -> None:
    """Print one job; raises Unavailable when the printer did not take it."""
    from printing import devices

    devices.send(printer, payload(view, job.document, job.copy, job.id, printer))


def payload(view: CaseView, document: str, copy: CopyMark, job: int, printer: Printer) -> "Payload":
    """One document in the form that the printer takes; Refused when it is made for another kind of paper."""
    from printing import devices

    layout = documents.build(document, view, copy, "slip" if printer.dots else "a4")
    if (layout.medium == "slip") != (printer.dots > 0):
        paper = "เครื่องพิมพ์สลิป" if layout.medium == "slip" else "เครื่องพิมพ์ A4"
        raise Refused("printer_medium", f"“{printer.name}” พิมพ์เอกสารนี้ไม่ได้", f"เลือก{paper}", "printer")
    content = render_pdf(layout) if printer.dots == 0 else _bitmap(layout, printer.dots)
    return devices.Payload(view.number, document, job, content)


def print_test_page(printer: Printer, office_name: str) -> None:
    """A page that shows the width, the Thai marks and the QR of one printer."""
    from printing import devices

    layout = test_layout(printer, office_name)
    content = render_pdf(layout) if printer.dots == 0 else _bitmap(layout, printer.dots)
    devices.send(printer, devices.Payload("test", "page", 0, content))


def open_drawer(printer: Printer) -> None:
    """Open the cash drawer that hangs on a thermal printer; raises Unavailable when the printer was not reached."""
    from printing import devices, esc_pos

    devices.send(printer, devices.Payload("drawer", "open", 0, esc_pos.open_drawer(printer.model)))


def printer_models() -> tuple[str, ...]:
    """The thermal printers whose width, knife and drawer are known by name."""
    from printing import esc_pos

    return esc_pos.models()


def printers_found() -> "list[Found]":
    """The printers that this machine offers."""
    from printing.devices import discovery

    return discovery.find()


def print_notice(notice: Notice, office: OfficeView, at: datetime, printer: Printer) -> None:
    """The privacy notice as it is given on paper; raises Unavailable when the printer did not take it."""
    from printing import devices

    layout = notice_layout(notice, office, at, "slip" if printer.dots else "a4")
    content = _bitmap(layout, printer.dots) if printer.dots else render_pdf(layout)
    devices.send(printer, devices.Payload("notice", notice.version, int(at.timestamp()), content))


def sample_png(document: str, office: OfficeView, template: PaperTemplate) -> bytes:
    """The paper of a made-up case as this office would print it, as a picture of its first sheet or of the slip."""
    from printing import pictures, samples

    layout = documents.build(document, samples.of_office(office, template, document.partition("-")[0]))
    if layout.medium == "slip":
        return _bitmap(layout, DEFAULT_DOTS).to_png()
    return pictures.png(render_pdf(layout), SAMPLE_DPI)


def receipt_sample_png(office: OfficeView, settings: Mapping[str, Any]) -> bytes:
    """A made-up receipt by the office's [receipts]; with places, what is written on the leaf of a pre-printed book."""
    from printing import pictures, samples

    view = samples.receipt(office, settings)
    layout = documents.build(
        "receipt", view, medium="slip" if settings["paper"] == "slip" and not settings["overlay"] else "a4"
    )
    if layout.medium == "slip":
        return _bitmap(layout, DEFAULT_DOTS).to_png()
    return pictures.png(render_pdf(layout), SAMPLE_DPI)


def recovery_pdf(sheet: RecoverySheet) -> bytes:
    """The sheet of the recovery key as PDF."""
    return render_pdf(recovery_layout(sheet))


def print_recovery(sheet: RecoverySheet, printer: Printer) -> None:
    """The sheet of the recovery key straight to an A4 printer; raises Unavailable when it was not taken."""
    from printing import devices

    devices.send(printer, devices.Payload("recovery", "key", int(sheet.made_at.timestamp()), recovery_pdf(sheet)))


def office_file(paper: OfficePaper, suffix: str) -> bytes:
    """A paper of the office that belongs to no case as ".pdf" or ".png"."""
    from printing import office_papers

    return office_papers.content(suffix, paper)


def print_office(paper: OfficePaper, printer: Printer) -> None:
    """The same on an A4 printer; raises Unavailable when the printer did not take it."""
    from printing import devices

    if printer.dots:
        raise Refused("printer_medium", f"“{printer.name}” พิมพ์เอกสารนี้ไม่ได้", "เลือกเครื่องพิมพ์ A4", "printer")
    devices.send(printer, devices.Payload("office", type(paper).__name__.lower(), 0, office_file(paper, ".pdf")))


def slip_png(view: CaseView, dots: int = DEFAULT_DOTS, copy: CopyMark = documents.ORIGINAL) -> bytes:
    """The true slip as a picture: the very dots that would be printed."""
    return _bitmap(documents.build("slip", view, copy), dots).to_png()


def slip_bin(view: CaseView, dots: int = DEFAULT_DOTS, copy: CopyMark = documents.ORIGINAL) -> bytes:
    """The slip as the bytes a thermal printer gets."""
    from printing import esc_pos

    return esc_pos.encode(_bitmap(documents.build("slip", view, copy), dots))


def page_pdf(view: CaseView, document: str, copy: CopyMark = documents.ORIGINAL) -> bytes:
    """An A4 document as PDF; for the preview too."""
    return render_pdf(documents.build(document, view, copy, "a4"))


def letter_pdf(view: CaseView, letter: Letter) -> bytes:
    """A letter of a running case as PDF."""
    return render_pdf(dressed(letter_layout(view, letter), letter.kind, view))


def render_pdf(layout: Layout) -> bytes:
    """Any layout as PDF."""
    from printing import pdf

    return pdf.render(layout)


def _bitmap(layout: Layout, dots: int) -> "Bitmap":
    from printing import raster

    return raster.render(layout, dots)


def page_count(view: CaseView, document: str, copy: CopyMark = documents.ORIGINAL, medium: Medium | None = None) -> int:
    """Sheets of one document; a slip is one."""
    from printing import pdf

    layout = documents.build(document, view, copy, medium)
    return 1 if layout.medium == "slip" else pdf.page_count(layout)


def file_content(view: CaseView, document: str, copy: CopyMark, suffix: str) -> tuple[bytes, int]:
    """(content, pages) of a document as a file: ".pdf", ".png" or ".bin", the bytes of a thermal printer."""
    layout = documents.build(document, view, copy, "a4" if suffix == ".pdf" else "slip")
    if suffix == ".pdf" and layout.medium != "slip":
        return render_pdf(layout), page_count(view, document, copy, "a4")
    if layout.medium == "slip" and suffix == ".png":
        return _bitmap(layout, DEFAULT_DOTS).to_png(), 1
    if layout.medium == "slip" and suffix == ".bin":
        from printing import esc_pos

        return esc_pos.encode(_bitmap(layout, DEFAULT_DOTS)), 1
    kinds = ".png หรือ .bin" if layout.medium == "slip" else ".pdf"
    raise Refused("file_kind", "เอกสารนี้บันทึกเป็นไฟล์ชนิดนี้ไม่ได้", f"ใช้นามสกุล {kinds}", "out")
