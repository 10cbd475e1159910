"""Which documents can be printed: code, Thai name, medium, and how a case becomes a layout."""

from collections.abc import Callable
from dataclasses import dataclass

from app.domain.errors import Refused
from app.services.model import CaseView, CopyMark
from printing.layout import Layout, Medium
from printing.petition import petition_layout
from printing.slip import slip_layout

Builder = Callable[[CaseView, CopyMark], Layout]

ORIGINAL = CopyMark(0)


@dataclass(frozen=True, slots=True)
class Document:
    """One kind of paper."""

    code: str
    name: str
    medium: Medium
    builder: Builder


DOCUMENTS: dict[str, Document] = {
    document.code: document
    for document in (
        Document("slip", "ใบรับคำร้อง", "slip", slip_layout),
        Document("petition", "ใบคำร้อง", "a4", petition_layout),
    )
}


def document(code: str) -> Document:
    """The document of a code; Refused "document" when there is none."""
    if code not in DOCUMENTS:
        names = ", ".join(f"{known.code} ({known.name})" for known in DOCUMENTS.values())
        raise Refused("document", "ไม่มีเอกสารชนิดนี้", f"เลือกหนึ่งใน: {names}", "document")
    return DOCUMENTS[code]


def build(code: str, view: CaseView, copy: CopyMark = ORIGINAL) -> Layout:
    """The layout of one document of one case."""
    return document(code).builder(view, copy)
