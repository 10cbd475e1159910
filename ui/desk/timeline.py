"""The timeline of a case as it is read: notes marked with who may read them, lost steps marked as such."""

from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from app.domain import case_way, thai_date
from app.services.model import CaseEvent
from ui.style import GAP, TIGHT, give_role
from ui.widgets.labels import Chip, ThaiLabel
from ui.widgets.layouts import FlowLayout

PUBLIC, INTERNAL, NO_EFFECT = "ผู้ร้องเห็น", "ภายใน", "ไม่มีผล"


def entry(event: CaseEvent) -> QWidget:
    """One event: what, for whom, and below it when, who, where."""
    line = QWidget()
    box = QVBoxLayout(line)
    box.setContentsMargins(GAP, 0, 0, TIGHT)
    box.setSpacing(0)
    if marks := _marks(event):
        row = QWidget()
        flow = FlowLayout(row)
        flow.setContentsMargins(0, 0, 0, 0)
        for mark in marks:
            flow.addWidget(mark)
        box.addWidget(row)
    box.addWidget(ThaiLabel(event.text))
    if event.internal_note:
        box.addWidget(ThaiLabel(f"{INTERNAL}: {event.internal_note}"))
    at = thai_date.local(event.at)
    told = f"{thai_date.short(at.date())} {at:%H:%M} น. · {event.by}"
    box.addWidget(give_role(QLabel(f"{told} · {event.counter}" if event.counter else told), "small"))
    return line


def _marks(event: CaseEvent) -> list[Chip]:
    marks = [Chip(NO_EFFECT, "warn")] if event.outcome == case_way.LOST else []
    if event.note:
        marks.append(Chip(PUBLIC, "accent") if event.public else Chip(INTERNAL, "plain"))
    return marks
