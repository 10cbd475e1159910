"""The printers of this counter: found, added, tried, and which of them prints what, from which tray, on both sides."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from PySide6.QtWidgets import QCheckBox, QGridLayout, QLineEdit, QWidget

from app.domain.errors import CounterError, Refused
from app.services import print_batches, print_jobs, printers
from app.services.counter import Counter
from app.services.model import Actor, Printer
from app.services.papers import RECEIPT
from app.services.papers import name as paper_name
from ui.ports import FoundPrinter, Session
from ui.settings.section import RowsSection
from ui.style import GAP
from ui.widgets.fields import Action, Chooser
from ui.widgets.labels import ThaiLabel

KINDS = {
    "system": "คิวของระบบ พิมพ์ A4/A5",
    "raw_queue": "คิวของระบบ พิมพ์สลิป",
    "network": "เครือข่าย (IP:พอร์ต)",
    "usb": "USB",
    "serial": "พอร์ตอนุกรม (COM)",
    "file": "โฟลเดอร์",
}
DOTS = {576: "สลิป 80 มม. 576 จุด", 512: "สลิป 80 มม. 512 จุด", 384: "สลิป 58 มม. 384 จุด", 0: "A4/A5"}
TRAYS = {
    "": "ถาดตามเครื่อง",
    "upper": "ถาดบน",
    "middle": "ถาดกลาง",
    "lower": "ถาดล่าง",
    "manual": "ป้อนเอง",
    "envelope": "ซอง",
}
FEW = 5
"""Fewer models than this in the list: the known ones have not been asked for."""
UNSEEN = "ยังไม่ได้ค้นหา"


class DocumentGrid(QWidget):
    """A row for each document: goes to this printer, both sides, tray."""

    def __init__(self, documents: Sequence[tuple[str, str]]) -> None:
        super().__init__()
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(GAP)
        grid.setVerticalSpacing(2)
        self.here: dict[str, QCheckBox] = {}
        self.both: dict[str, QCheckBox] = {}
        self.tray: dict[str, Chooser] = {}
        for place, (code, name) in enumerate(documents):
            here, both, tray = QCheckBox(name), QCheckBox("สองหน้า"), Chooser()
            for key, told in TRAYS.items():
                tray.addItem(told, key)
            here.setAccessibleName(f"พิมพ์{name}ที่เครื่องนี้")
            both.setAccessibleName(f"{name} สองหน้า")
            tray.setAccessibleName(f"ถาดของ{name}")
            self.here[code], self.both[code], self.tray[code] = here, both, tray
            grid.addWidget(here, 2 * place, 0, 1, 2)
            grid.addWidget(both, 2 * place + 1, 0)
            grid.addWidget(tray, 2 * place + 1, 1)
        grid.setColumnStretch(1, 1)

    def put(self, printer: Printer) -> None:
        """Show what is set for a printer."""
        for code, here in self.here.items():
            here.setChecked(code in printer.documents)
            self.both[code].setChecked(code in printer.two_sided)
            self.tray[code].setCurrentIndex(self.tray[code].findData(printer.trays.get(code, "")))
            for sheet in (self.both[code], self.tray[code]):
                sheet.setVisible(printer.dots == 0)

    def taken(self) -> tuple[tuple[str, ...], tuple[str, ...], dict[str, str]]:
        """(documents of this printer, those on both sides, trays)."""
        trays = {code: str(tray.currentData()) for code, tray in self.tray.items() if tray.currentData()}
        return _ticked(self.here), _ticked(self.both), trays


class PrintersSection(RowsSection):
    """Set for this machine alone, not for the office: printers hang on machines."""

    def __init__(self, session: Session) -> None:
        super().__init__(
            "เครื่องพิมพ์",
            "ของเครื่องนี้เท่านั้น เอกสารที่ไม่ได้เลือกเครื่อง จะพิมพ์ที่เครื่องหลักของสลิปหรือของ A4",
            "ยังไม่มีเครื่องพิมพ์ กด “เพิ่ม…” แล้วกด “ค้นหาเครื่องพิมพ์”",
            remove="เอาออก",
        )
        self._session = session
        self.undoable = False
        self._found: list[FoundPrinter] = []
        self.seek = Action("ค้นหาเครื่องพิมพ์", tip="คิวของระบบ USB และพอร์ตอนุกรมของเครื่องนี้")
        self.test = Action("พิมพ์หน้าทดสอบ", tip="พิมพ์ไม้บรรทัด วรรณยุกต์ไทย และ QR ตามที่ตั้งในช่องขณะนี้")
        self.told = ThaiLabel(role="small")
        self._seen, self._kind, self._dots, self._model, self._fallback = (Chooser() for _ in range(5))
        self._name, self._address = QLineEdit(), QLineEdit()
        self._main, self._cut, self._drawer = (
            QCheckBox("เครื่องหลักของกระดาษชนิดนี้"),
            QCheckBox("ตัดกระดาษเมื่อจบใบ"),
            QCheckBox("ต่อลิ้นชักเงินสด"),
        )
        papers = [*print_batches.documents(session.counter), (RECEIPT, paper_name(RECEIPT))]
        self.grid = DocumentGrid(papers)
        self._add_fields()
        self._connect()

    def _add_fields(self) -> None:
        for code, name in KINDS.items():
            self._kind.addItem(name, code)
        for dots, name in DOTS.items():
            self._dots.addItem(name, dots)
        self._seen.addItem(UNSEEN)
        self._model.addItem("รุ่นทั่วไป", "")
        self._name.setMaxLength(60)
        self.add("found", "ที่พบในเครื่องนี้", self._seen, "เลือกแล้วกรอกให้ เครื่องพิมพ์เครือข่ายพิมพ์ IP เอง")
        self._form.box.addWidget(self.seek)
        self.add("name", "ชื่อ", self._name, "เช่น สลิปเคาน์เตอร์ 1", required=True)
        self.add("kind", "ต่อทาง", self._kind)
        self.add("address", "ที่อยู่", self._address, "เช่น 192.0.2.10:9100 · COM3@19200 · 04b8:0e15 · ชื่อคิว", required=True)
        self.add("dots", "กระดาษและความกว้าง", self._dots)
        self.add("model", "รุ่น", self._model)
        self.add("is_default", "เครื่องหลัก", self._main)
        self.add("cut", "มีดตัด", self._cut)
        self.add("drawer", "ลิ้นชัก", self._drawer)
        self.add("fallback", "เครื่องสำรองเมื่อเครื่องนี้พิมพ์ไม่ได้", self._fallback)
        self.add("documents", "เอกสารที่พิมพ์ที่เครื่องนี้เสมอ", self.grid)
        for box in (*self.grid.here.values(), *self.grid.both.values()):
            box.toggled.connect(lambda _on: self._touched())
        for tray in self.grid.tray.values():
            tray.currentIndexChanged.connect(lambda _place: self._touched())
        self._form.box.addWidget(self.test)
        self._form.box.addWidget(self.told)
        self.finish()

    def _connect(self) -> None:
        self.seek.clicked.connect(self.search)
        self.test.clicked.connect(self.print_test)
        self._seen.activated.connect(self._take_found)
        self._dots.currentIndexChanged.connect(lambda _place: self._offer())

    # rows ------------------------------------------------------------------------------------------------------

    def _known(self) -> dict[str, Printer]:
        return {one.name: one for one in self._session.counter.printers}

    def listed(self) -> Sequence[tuple[str, str]]:
        """Every printer, with its paper and where it hangs."""
        return [(one.name, self._line(one)) for one in self._known().values()]

    def _line(self, one: Printer) -> str:
        main = " · เครื่องหลัก" if one.is_default else ""
        return f"{one.name}\n{DOTS.get(one.dots, one.dots)} · {KINDS[one.kind]}{main}"

    def show_row(self, key: str) -> None:
        """A printer, or empty fields for a new one."""
        one = self._known().get(key) or Printer("", "system", "", 0)
        self._name.setText(one.name)
        self._name.setReadOnly(bool(key))
        self._address.setText(one.address)
        self._models()
        if one.model and self._model.findData(one.model) < 0:
            self._model.addItem(one.model, one.model)
        for chooser, value in ((self._kind, one.kind), (self._dots, one.dots), (self._model, one.model)):
            chooser.setCurrentIndex(max(0, chooser.findData(value)))
        for box, on in ((self._main, one.is_default), (self._cut, one.cut), (self._drawer, one.drawer)):
            box.setChecked(on)
        self._fallback.clear()
        self._fallback.addItem("ให้เลือกเอง", "")
        for other in self._known().values():
            if other.name != one.name and (other.dots > 0) == (one.dots > 0):
                self._fallback.addItem(other.name, other.name)
        self._fallback.setCurrentIndex(max(0, self._fallback.findData(one.fallback)))
        self.grid.put(one)
        self.told.show_text("")
        self._offer()

    def _models(self) -> None:
        """The names of models, once somebody looks at a printer."""
        if self._model.count() < FEW and self.isVisible():
            for name in self._session.paper.printer_models():
                if self._model.findData(name) < 0:
                    self._model.addItem(name, name)

    def _offer(self) -> None:
        """Only what such a printer has."""
        slip = bool(self._dots.currentData())
        for key in ("model", "cut", "drawer"):
            self.rows[key].setVisible(slip)
        for code in self.grid.here:
            fits = print_jobs.fits(Printer("", "file", "", int(self._dots.currentData() or 0)), code)
            self.grid.here[code].setVisible(fits)
            for widget in (self.grid.both[code], self.grid.tray[code]):
                widget.setVisible(fits and not slip)

    def _values(self) -> tuple[object, ...]:
        return (*super()._values()[1:], self.grid.taken())

    # what can be done ------------------------------------------------------------------------------------------

    def printer(self) -> Printer:
        """The printer that the fields describe."""
        here, both, trays = self.grid.taken()
        slip = bool(self._dots.currentData())
        return Printer(
            self._name.text().strip(),
            str(self._kind.currentData()),
            self._address.text().strip(),
            int(self._dots.currentData()),
            self._main.isChecked(),
            model=str(self._model.currentData() or "") if slip else "",
            cut=self._cut.isChecked() or not slip,
            drawer=self._drawer.isChecked() and slip,
            trays={} if slip else trays,
            two_sided=() if slip else both,
            documents=here,
            fallback=str(self._fallback.currentData() or ""),
        )

    def saving(self, counter: Counter, actor: Actor) -> Callable[[], object]:
        """Keep the printer. Refused for a name that another printer has."""
        wanted = self.printer()
        if not self.key and wanted.name in self._known():
            raise Refused("printer_name", "มีเครื่องพิมพ์ชื่อนี้แล้ว", "ใช้ชื่ออื่น หรือเลือกเครื่องนั้นจากรายการเพื่อแก้ไข", "name")
        return lambda: printers.add(counter, actor, wanted)

    def removing(self, counter: Counter, actor: Actor) -> Callable[[], object]:
        """Forget the marked printer."""
        name = self.key
        return lambda: printers.remove(counter, actor, name)

    def wanted(self) -> dict[str, Any]:
        """Printers are no settings of the office."""
        return {}

    without = wanted

    def search(self) -> None:
        """What this machine offers."""
        paper = self._session.paper
        self.told.show_text("กำลังค้นหา…")
        self._session.tasks.query(self, paper.printers_found, self._show_found, self._not_done, topic="find printers")

    def _show_found(self, found: Sequence[FoundPrinter]) -> None:
        self._found = list(found)
        self._seen.clear()
        self._seen.addItem(f"พบ {len(self._found)} รายการ เลือกจากที่นี่" if found else "ไม่พบเครื่องพิมพ์ที่ต่ออยู่")
        for one in self._found:
            self._seen.addItem(f"{KINDS[one.kind]}: {one.name or one.address}")
        self.told.show_text("" if found else "ตรวจสายและสวิตช์ หรือเพิ่มเครื่องพิมพ์เครือข่ายด้วย IP ของเครื่อง")

    def _take_found(self, place: int) -> None:
        if not 1 <= place <= len(self._found):
            return
        one = self._found[place - 1]
        self._kind.setCurrentIndex(self._kind.findData(one.kind))
        self._address.setText(one.address)
        self._dots.setCurrentIndex(self._dots.findData(0 if one.kind == "system" else 576))
        if not self._name.text() and not self._name.isReadOnly():
            self._name.setText((one.name or one.address)[:60])
        self._touched()

    def print_test(self) -> None:
        """A page from the printer as the fields describe it, saved or not."""
        paper, office = self._session.paper, self._session.counter.office.name
        tried = replace(self.printer(), name=self._name.text().strip() or "ใหม่")
        self.told.show_text("กำลังส่งหน้าทดสอบ…")

        def work() -> None:
            paper.print_test_page(tried, office)

        self._session.tasks.query(
            self, work, lambda _none: self.told.show_text("ส่งหน้าทดสอบแล้ว ดูว่าเส้นถึงขอบและวรรณยุกต์ไม่ทับกัน"), self._not_done,
            topic="test page",
        )  # fmt: skip

    def _not_done(self, error: Exception) -> None:
        if isinstance(error, CounterError):
            self.told.show_text(f"▲ {error.title} {error.hint}".rstrip())
        else:
            self.told.show_text("")
            self._session.tasks.trouble.emit(error)


def _ticked(boxes: Mapping[str, QCheckBox]) -> tuple[str, ...]:
    return tuple(code for code, box in boxes.items() if box.isChecked())
