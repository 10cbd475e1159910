"""The papers that come with a case, ticked as they are received; what is missing is told at once."""

from collections.abc import Iterable, Mapping
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QVBoxLayout, QWidget

from app.catalog.schema import AttachmentRule, Service
from app.services import required_papers
from app.services.model import FiledBy
from ui.style import TIGHT
from ui.widgets.fields import FieldRow
from ui.widgets.labels import ThaiLabel

TOLD = "ทำเครื่องหมายเมื่อได้รับแล้ว ไม่ว่าเป็นไฟล์หรือกระดาษ * คือต้องมี"


class PapersField(QWidget):
    """A box to tick for each paper that the answers call for; hidden where a service has none."""

    changed = Signal()

    def __init__(self, before: QWidget | None = None) -> None:
        """before: what Tab goes through before the boxes, whichever these are."""
        super().__init__()
        self._before = before
        self._boxes: dict[str, QCheckBox] = {}
        self._ticked: set[str] = set()
        self._holder = QWidget()
        self._lines = QVBoxLayout(self._holder)
        self._lines.setContentsMargins(0, 0, 0, 0)
        self._lines.setSpacing(TIGHT)
        self.row = FieldRow("papers", "เอกสารที่ได้รับ", self._holder, TOLD)
        self._missing = ThaiLabel(role="warn")
        self._missing.hide()
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(TIGHT)
        box.addWidget(self.row)
        box.addWidget(self._missing)
        self.hide()

    def ask_for(self, service: Service | None, answers: Mapping[str, Any], filer: FiledBy | None, mode: str) -> None:
        """Show the papers of a service as the answers call for them; ticks of papers that stay are kept."""
        rules = required_papers.offered(service, answers) if service is not None else []
        needed = {rule.key for rule in required_papers.required(service, answers, filer)} if service else set()
        if [rule.key for rule in rules] != list(self._boxes):
            self._offer(rules)
        for rule in rules:
            text = f"{rule.label} *" if rule.key in needed else rule.label
            self._boxes[rule.key].setText(text.replace("&", "&&"))
            self._boxes[rule.key].setAccessibleName(text)
        self.setVisible(bool(rules))
        names = []
        if service is not None and mode != required_papers.OFF:
            names = [one.label for one in required_papers.missing(service, answers, self.value(), filer)]
        self._missing.show_text(f"▲ ยังขาด {', '.join(names)}" if names else "")
        self._missing.setVisible(bool(names))

    def _offer(self, rules: Iterable[AttachmentRule]) -> None:
        for box in self._boxes.values():
            self._lines.removeWidget(box)
            box.hide()
            box.deleteLater()
        self._boxes = {}
        before = _last_stop(self._before) if self._before is not None else None
        for rule in rules:
            box = self._boxes[rule.key] = QCheckBox(self._holder)
            box.setChecked(rule.key in self._ticked)
            box.toggled.connect(self._toggled)
            self._lines.addWidget(box)
            box.show()
            if before is not None:  # made late, it would come last of the whole window
                QWidget.setTabOrder(before, box)
                before = box

    def _toggled(self) -> None:
        for key, box in self._boxes.items():
            (self._ticked.add if box.isChecked() else self._ticked.discard)(key)
        self.row.clear_error()
        self.changed.emit()

    def value(self) -> tuple[str, ...]:
        """The papers that were received, of those that are asked for."""
        return tuple(key for key, box in self._boxes.items() if box.isChecked())

    def set_value(self, received: Iterable[str]) -> None:
        """Tick these and no others."""
        self._ticked = set(received)
        for key, box in self._boxes.items():
            box.blockSignals(True)
            box.setChecked(key in self._ticked)
            box.blockSignals(False)


def _last_stop(part: QWidget) -> QWidget | None:
    """Where Tab leaves a part of the page."""
    last, found = None, part.nextInFocusChain()
    while found is not None and part.isAncestorOf(found):
        if found.focusPolicy() & Qt.FocusPolicy.TabFocus and found.focusProxy() is None:
            last = found
        found = found.nextInFocusChain()
    return last
