"""The counters of the office, as its server knows them: last contact, what each has to send; shut out, replace, add."""

from datetime import datetime
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QDialog, QVBoxLayout, QWidget

from app.domain import thai_date
from app.domain.errors import CounterError, Refused
from ui import faults
from ui.campaign.dialogs import FormDialog
from ui.campaign.paper_files import PaperFiles
from ui.ports import Session
from ui.style import FAR, GAP
from ui.widgets.fields import Action
from ui.widgets.labels import ThaiLabel, heading
from ui.widgets.listing import Act, lay_out
from ui.widgets.notes import Note
from ui.widgets.qr import QrCode
from ui.widgets.table import Table

COLUMNS = (("เครื่อง", 2), ("ติดต่อล่าสุด", 2), ("ค้างส่ง", 0), ("ถูกกัก", 0), ("สถานะ", 3))
SILENT_DAYS = 3
"""Whole days after which a counter is marked."""


class DevicesPanel(QWidget):
    """Asks the server each time it is shown; without a line it says so and shows what it had."""

    def __init__(self, session: Session, note: Note, _files: PaperFiles) -> None:
        super().__init__()
        self._session, self._note = session, note
        self.found: dict[str, dict[str, Any]] = {}
        self.told = ThaiLabel(role="small")
        self.table = Table("เครื่องของหน่วยงาน", COLUMNS)
        self.add = Action("เพิ่มเครื่อง", role="primary", key="Ctrl+N", tip="รหัสเข้าร่วมใช้ครั้งเดียว พร้อม QR")
        self.replace = Action("เปลี่ยนเครื่องที่เสีย…", key="Ctrl+K", tip="ยกเลิกสิทธิ์เครื่องเดิม และออกรหัสให้เครื่องใหม่")
        self.revoke = Action("ยกเลิกสิทธิ์…", key="Ctrl+Delete", tip="เครื่องหาย ถูกขโมย หรือเลิกใช้ ข้อมูลในเครื่องยังอยู่")
        self.renew = Action("ถามใหม่", role="quiet", key="Ctrl+R")
        self.setFocusProxy(self.table)
        acts: tuple[Act, ...] = (
            (self.add, "", self.begin_request),
            (self.replace, "Ctrl+K", self.change),
            (self.revoke, "Ctrl+Delete", self.shut_out),
            (self.renew, "Ctrl+R", self.refresh),
        )
        lay_out(self, "เครื่องของหน่วยงาน", self.told, self.table, acts)
        self.table.marked.connect(self._offer)
        self._offer()

    def showEvent(self, event: QShowEvent) -> None:
        """As the server knows them now."""
        super().showEvent(event)
        self.refresh()

    def refresh(self) -> None:
        """Ask the server."""
        port, counter = self._session.sending, self._session.counter
        if port is not None:
            self.told.show_text("กำลังถามเครื่องแม่ข่าย")
            self._session.tasks.query(self, lambda: port.devices(counter), self._show, self._failed, topic="devices")

    def _show(self, devices: list[dict[str, Any]]) -> None:
        self.found = {str(one["id"]): one for one in devices}
        now = self._session.counter.clock.now()
        rows = []
        for one in devices:
            rows.append((str(one["id"]), _cells(one, now)))
            rows += [("", _behind_cells(behind, now)) for behind in one.get("behind", [])]
        self.table.show_rows(rows)
        silent = sum(not one["revoked"] and one["silent_days"] >= SILENT_DAYS for one in devices)
        used = sum(not one["revoked"] for one in devices)
        self.told.show_text(
            f"ใช้งานอยู่ {used} เครื่อง" + (f" · ▲ ไม่ได้ส่งเกิน {SILENT_DAYS} วัน {silent} เครื่อง" if silent else "")
        )
        self._offer()

    def _offer(self) -> None:
        chosen = self.found.get(self.table.key)
        other = chosen is not None and not chosen["me"]
        self.revoke.setEnabled(other and chosen is not None and not chosen["revoked"])
        self.replace.setEnabled(other)
        self.add.setEnabled(self._session.sending is not None)

    # what may be done -----------------------------------------------------------------------------------------

    def begin_request(self) -> None:
        """Ctrl+N: a code with which one more counter joins."""
        port, counter = self._session.sending, self._session.counter
        if port is not None:
            self._session.tasks.query(self, lambda: port.code(counter), self._code, self._failed, topic="code")

    def change(self) -> None:
        """Ctrl+K: another PC takes the place of a broken one."""
        self._ask("เปลี่ยนเครื่องที่เสีย", "ออกรหัสให้เครื่องใหม่", "replace")

    def shut_out(self) -> None:
        """Ctrl+Delete: the marked counter may no longer sync."""
        self._ask("ยกเลิกสิทธิ์เครื่อง", "ยกเลิกสิทธิ์", "revoke")

    def _ask(self, title: str, action: str, wish: str) -> None:
        chosen = self.found.get(self.table.key)
        if chosen is None or chosen["me"]:
            return
        dialog = ReasonDialog(self._session, self, title, action, chosen, wish)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)

        def done() -> None:
            if wish == "replace":
                self._code(dialog.result_value)  # type: ignore[arg-type]
            else:
                hint = (
                    f"เลข {dialog.result_value:,} เลขของเครื่องนี้ยังไม่ทราบผล ผู้ดูแลเครื่องแม่ข่ายคืนเลขด้วย devices return-numbers"
                )
                said = f"ยกเลิกสิทธิ์ {chosen['name']} แล้ว เครื่องจะได้รับแจ้งเหตุผลเมื่อติดต่อครั้งถัดไป"
                self._note.say("good", said, hint if dialog.result_value else "")
            self.refresh()

        dialog.accepted.connect(done)
        dialog.open()

    def _code(self, found: tuple[str, str]) -> None:
        dialog = CodeDialog(self._session, self, *found)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()

    def _failed(self, error: Exception) -> None:
        if not isinstance(error, CounterError):
            faults.record(error)
        self.told.show_text("ถามเครื่องแม่ข่ายไม่ได้ในตอนนี้" + (" ด้านล่างเป็นข้อมูลครั้งก่อน" if self.found else ""))
        self._note.say(*faults.words(error))


class ReasonDialog(FormDialog):
    """Why a counter is shut out: its clerk will read it."""

    def __init__(
        self, session: Session, parent: QWidget, title: str, action: str, device: dict[str, Any], wish: str
    ) -> None:
        super().__init__(session, parent, title, action)
        self._device, self._wish = device, wish
        told = f"{device['name']} จะออกเลขใหม่ไม่ได้ ข้อมูลในเครื่องยังเปิดดูได้"
        if device["waiting"]:
            told += f" เครื่องแจ้งว่าค้างส่ง {device['waiting']:,} รายการ ควรส่งให้ครบก่อนถ้ายังเปิดได้"
        self.box.addWidget(ThaiLabel(told))
        self.reason = self.line("reason", "เหตุผล (เจ้าหน้าที่ของเครื่องนั้นจะเห็น)", required=True)
        self.finish(440, 320)

    def act(self) -> None:
        """F9: ask the server, on a reader's thread; the commands of the counter do not wait for the line."""
        self.error.hide()
        self.rows["reason"].clear_error()
        port, counter, device = self._session.sending, self._session.counter, str(self._device["id"])
        reason = " ".join(self.reason.text().split())[:200]
        if not reason:
            self.tell(Refused("required", "ยังไม่ได้ใส่เหตุผล", "พิมพ์สั้น ๆ ว่าเครื่องหาย เสีย หรือเลิกใช้", "reason"))
            return
        if port is None:
            return
        replaces = self._wish == "replace"
        self.do.setEnabled(False)
        self._session.tasks.query(
            self,
            lambda: port.code(counter, device, reason) if replaces else port.revoke(counter, device, reason),
            self._done,
            self.tell,
        )


class CodeDialog(QDialog):
    """A one-time code, to be typed or photographed at the new counter."""

    def __init__(self, session: Session, parent: QWidget, url: str, code: str) -> None:
        super().__init__(parent)
        self.setWindowTitle("รหัสเข้าร่วมของเครื่องใหม่")
        self.setObjectName("page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.url, self.code = url, code
        self.qr = QrCode()
        self.qr.show_text(f"{url}/#{code}", f"QR ของรหัส {' '.join(code)}")
        self.qr.set_side(session.look.pixels(240))
        told = f"ที่เครื่องใหม่: สแกน QR นี้ หรือใช้คำสั่ง enrol {url} {code}\nใช้ได้ครั้งเดียวภายใน 24 ชั่วโมง อย่าส่งต่อทางไลน์หรืออีเมล"
        leave = Action("ปิด", role="primary", key="Esc")
        leave.clicked.connect(self.accept)
        box = QVBoxLayout(self)
        box.setContentsMargins(FAR, FAR, FAR, FAR)
        box.setSpacing(GAP)
        box.addWidget(heading("รหัสเข้าร่วมของเครื่องใหม่"))
        box.addWidget(self.qr, 1)
        shown = ThaiLabel(f"{code[:4]} {code[4:]}", role="strong")
        shown.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        box.addWidget(shown)
        box.addWidget(ThaiLabel(told))
        box.addWidget(leave, 0, Qt.AlignmentFlag.AlignLeft)
        room, look = self.screen().availableGeometry(), session.look
        self.resize(min(look.pixels(460), room.width() - 40), min(look.pixels(520), room.height() - 60))


def _cells(one: dict[str, Any], now: datetime) -> tuple[str, ...]:
    days = int(one["silent_days"])
    name = f"{one['name']} (เครื่องนี้)" if one["me"] else str(one["name"])
    if one["revoked"]:
        state = f"ยกเลิกสิทธิ์แล้ว: {one['reason']}"
    else:
        state = f"▲ ไม่ได้ส่ง {days} วัน" if days >= SILENT_DAYS else f"ไม่ได้ส่ง {days} วัน" if days else "ส่งภายใน 24 ชั่วโมง"
    waiting, resting = (f"{one[key]:,}" if one[key] else "-" for key in ("waiting", "resting"))
    return name, _when(one["seen_at"], now), waiting, resting, state


def _behind_cells(one: dict[str, Any], now: datetime) -> tuple[str, ...]:
    waiting, resting = (f"{one[key]:,}" if one[key] else "-" for key in ("waiting", "resting"))
    return f"– {one['name'] or one['store_id']}", _when(one["seen_at"], now), waiting, resting, "ส่งผ่านเครื่องในสำนักงาน"


def _when(text: str | None, now: datetime) -> str:
    if not text:
        return "ยังไม่เคย"
    local = thai_date.local(datetime.fromisoformat(text))
    same = local.date() == thai_date.local(now).date()
    return f"{local:%H:%M} น." if same else f"{thai_date.short(local.date())} {local:%H:%M} น."
