"""Which documents can be printed: code, Thai name, medium, and how a case becomes a layout."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from app.domain.errors import Refused
from app.services import letters, papers
from app.services.model import CaseView, CopyMark
from printing.bill import bill_layout, bill_slip_layout
from printing.filing_form import form_layout, stock_sheet_layout
from printing.general_form import general_form_layout
from printing.layout import Layout, Medium
from printing.letters import case_letter_layout
from printing.permit import permit_layout
from printing.petition import petition_layout
from printing.queue_slip import queue_sheet_layout, queue_slip_layout
from printing.receipt import on_leaf, receipt_layout, receipt_slip_layout
from printing.routing import routing_slip_layout, stamp_label, stamp_sheet
from printing.slip import slip_layout
from printing.templates import dressed
from printing.timeline import timeline_layout
from printing.tracking_leaflet import tracking_leaflet_layout

Builder = Callable[[CaseView, CopyMark], Layout]

ORIGINAL = CopyMark(0)
COPY, DRAFT, VOID = "สำเนา", "ร่าง", "ยกเลิก"
"""Words under the text of a sheet."""


@dataclass(frozen=True, slots=True)
class Document:
    """One kind of paper. on_a4: how a paper of the slip printer looks where it goes on A4 instead; copy_word: what lies
    under the text of its copies, where anything does."""

    code: str
    name: str
    medium: Medium
    builder: Builder
    on_a4: Builder | None = None
    copy_word: str = ""


DOCUMENTS: dict[str, Document] = {
    document.code: document
    for document in (
        Document("slip", "ใบรับคำร้อง", "slip", slip_layout),
        Document("petition", "ใบคำร้อง", "a4", petition_layout),
        Document("form", papers.OF_FILINGS["form"], "a4", form_layout),
        Document("stock_sheet", papers.OF_FILINGS["stock_sheet"], "a4", stock_sheet_layout),
        Document("permit", papers.OF_FILINGS["permit"], "a4", permit_layout, copy_word=COPY),
        Document(papers.TIMELINE, papers.NAMES[papers.TIMELINE], "a4", timeline_layout),
        Document(papers.ROUTING_SLIP, papers.NAMES[papers.ROUTING_SLIP], "a4", routing_slip_layout),
        Document(papers.RECEIVING_STAMP, papers.NAMES[papers.RECEIVING_STAMP], "slip", stamp_label, stamp_sheet),
        Document(papers.RECEIPT, papers.MONEY[papers.RECEIPT], "slip", receipt_slip_layout, receipt_layout, COPY),
        Document(papers.BILL, papers.MONEY[papers.BILL], "slip", bill_slip_layout, bill_layout),
        Document(papers.QUEUE_SLIP, papers.NAMES[papers.QUEUE_SLIP], "slip", queue_slip_layout, queue_sheet_layout),
        Document(papers.TRACKING_LEAFLET, papers.NAMES[papers.TRACKING_LEAFLET], "a4", tracking_leaflet_layout),
        Document(papers.GENERAL_FORM, papers.NAMES[papers.GENERAL_FORM], "a4", general_form_layout),
    )
}


def document(code: str) -> Document:
    """The document of a code; Refused "document" when there is none."""
    if letters.kind_of(code) is not None:
        return Document(code, papers.name(code), "a4", case_letter_layout)
    if code not in DOCUMENTS:
        names = ", ".join(f"{known.code} ({known.name})" for known in DOCUMENTS.values())
        raise Refused("document", "ไม่มีเอกสารชนิดนี้", f"เลือกหนึ่งใน: {names}", "document")
    return DOCUMENTS[code]


def build(code: str, view: CaseView, copy: CopyMark = ORIGINAL, medium: Medium | None = None) -> Layout:
    """The layout of one document of one case; medium: the one that is wanted, of those that the document has."""
    wanted = document(code)
    builder = wanted.on_a4 if medium == "a4" and wanted.on_a4 is not None else wanted.builder
    return _grounded(dressed(builder(view, copy), code, view), wanted, view, copy)


def _grounded(layout: Layout, kind: Document, view: CaseView, copy: CopyMark) -> Layout:
    """The layout with the words that lie under its text; a leaf of a pre-printed book stays as it is."""
    receipt = view.receipt if kind.code == papers.RECEIPT else None
    if layout.medium == "slip" or on_leaf(receipt, copy):
        return layout
    if receipt and receipt.get("voided"):
        return replace(layout, watermark=VOID)
    if not view.number or (receipt and receipt.get("code") == ""):
        return replace(layout, watermark=DRAFT)
    if copy.number:
        return replace(layout, watermark=kind.copy_word)
    hidden = view.template is not None and kind.code in view.template.hidden_copy
    return replace(layout, hidden_mark=COPY) if hidden else layout
