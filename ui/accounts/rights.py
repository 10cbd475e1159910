"""The grid of rights: services down, what may be done across, from when until when; or a template's, or another's."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QGridLayout, QLineEdit, QWidget

from app.domain import grants, thai_date
from app.services import accounts, rights
from app.services.accounts import Account
from ui.campaign.dialogs import FormDialog
from ui.ports import Session
from ui.style import TIGHT, WIDE, give_role
from ui.widgets.fields import Chooser, FieldRow
from ui.widgets.labels import ThaiLabel

OWN = ""
"""The template's code where the person has a grid of their own."""
ALWAYS = "ผู้ดูแลระบบจัดการผู้ใช้และตั้งค่าหน่วยงานได้เสมอ สิทธิ์อื่นกำหนดได้ตามตารางนี้"
TELLS = "ติ๊กช่องที่ทำได้ แถวทุกบริการใช้กับบริการที่เปิดเพิ่มภายหลังด้วย เว้นวันที่ว่างคือไม่มีกำหนด"


class RightsDialog(FormDialog):
    """What one person may do."""

    def __init__(self, session: Session, parent: QWidget, account: Account, others: Sequence[Account]) -> None:
        super().__init__(session, parent, f"สิทธิ์ของ {account.full_name}", "บันทึกสิทธิ์")
        self._account = account
        self._others = {one.username: one for one in others}
        self._filling = False
        self.boxes: dict[tuple[str, str], QCheckBox] = {}
        self.days: dict[tuple[str, str], QLineEdit] = {}
        self.general: dict[str, QCheckBox] = {}
        self.box.addWidget(ThaiLabel(ALWAYS if account.role == "admin" else TELLS, role="small"))
        self._choice()
        self.box.addWidget(self._grid())
        self.box.addWidget(ThaiLabel("สิทธิ์อื่น", role="strong"))
        self.box.addWidget(self._beyond())
        self._fill(account)
        self.finish(820, 640)

    def _choice(self) -> None:
        self.template = Chooser()
        for template in rights.templates().values():
            if (template.code == "admin") == (self._account.role == "admin"):
                self.template.addItem(f"ตามแม่แบบ {template.name}: {template.told}", template.code)
        self.template.addItem("กำหนดเองรายบริการ", OWN)
        self.template.activated.connect(lambda _index: self._take_template())
        self.like = Chooser()
        self.like.addItem("เลือกคนที่มีสิทธิ์แบบเดียวกัน", "")
        for username, other in self._others.items():
            self.like.addItem(f"{other.full_name} ({username})", username)
        self.like.activated.connect(lambda _index: self._take_like())
        line = QGridLayout()
        line.setHorizontalSpacing(WIDE)
        for place, (key, label, control) in enumerate(
            (("template", "สิทธิ์", self.template), ("of", "คัดลอกจาก", self.like))
        ):
            row = self.rows[key] = FieldRow(key, label, control)
            line.addWidget(row, 0, place)
            line.setColumnStretch(place, 1)
        self.box.addLayout(line)

    def _grid(self) -> QWidget:
        counter = self._session.counter
        kind = counter.office.kind
        services = [one for one in counter.every_definition() if kind in one.offered_by]
        wanted = list(counter.catalog)
        services.sort(key=lambda one: wanted.index(one.code) if one.code in wanted else len(wanted))
        named = [(grants.EVERY, "ทุกบริการ"), *((one.code, one.short_name) for one in services)]
        inside = QWidget()
        grid = QGridLayout(inside)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(TIGHT)
        grid.setVerticalSpacing(TIGHT)
        for column, text in enumerate([*grants.VERBS.values(), "ตั้งแต่", "ถึง"], start=1):
            grid.addWidget(give_role(ThaiLabel(text), "small"), 0, column, Qt.AlignmentFlag.AlignHCenter)
        for place, (code, name) in enumerate(named, start=1):
            grid.addWidget(ThaiLabel(name, role="strong" if code == grants.EVERY else ""), place, 0)
            for column, (verb, told) in enumerate(grants.VERBS.items(), start=1):
                box = self.boxes[code, verb] = QCheckBox()
                box.setAccessibleName(f"{name}: {told}")
                box.setToolTip(f"{told} · {name}")
                box.toggled.connect(self._touched)
                grid.addWidget(box, place, column, Qt.AlignmentFlag.AlignHCenter)
            for column, (key, told) in enumerate((("from", "ตั้งแต่"), ("to", "ถึง")), start=len(grants.VERBS) + 1):
                day = self.days[code, key] = QLineEdit()
                day.setAccessibleName(f"{name}: {told}วันที่")
                day.setPlaceholderText("20/11/2569")
                day.textEdited.connect(self._touched)
                day.setMinimumWidth(self._session.look.pixels(86))
                grid.addWidget(day, place, column)
        grid.setColumnStretch(0, 3)
        grid.setColumnMinimumWidth(0, self._session.look.pixels(76))
        for column in (len(grants.VERBS) + 1, len(grants.VERBS) + 2):
            grid.setColumnStretch(column, 2)
        return inside

    def _beyond(self) -> QWidget:
        inside = QWidget()
        grid = QGridLayout(inside)
        grid.setContentsMargins(0, 0, 0, 0)
        offered = [(right, text) for right, text in rights.GENERAL.items() if right not in rights.ALWAYS_ADMIN]
        for place, (right, text) in enumerate(offered):
            box = self.general[right] = QCheckBox(text)
            box.toggled.connect(self._touched)
            grid.addWidget(box, place // 2, place % 2)
        return inside

    # what is shown --------------------------------------------------------------------------------------------

    def _fill(self, account: Account) -> None:
        template = rights.templates().get(account.template)
        if account.rows is None:
            self.template.setCurrentIndex(max(0, self.template.findData(account.template)))
            self._show(template.rows if template else [], template.general if template else ())
        else:
            self.template.setCurrentIndex(self.template.findData(OWN))
            self._show(account.rows, account.general)

    def _show(self, rows: Sequence[Mapping[str, Any]], general: Sequence[str]) -> None:
        self._filling = True
        every = {(row["service"], verb) for row in rows for verb in row["may"]}
        days = {(row["service"], key): row.get(key, "") for row in rows for key in ("from", "to")}
        for key, box in self.boxes.items():
            box.setChecked(key in every)
        for key, field in self.days.items():
            day = days.get(key, "")
            field.setText(thai_date.short(thai_date.parse_date(day)) if day else "")
            field.setCursorPosition(0)
        for right, box in self.general.items():
            box.setChecked(right in general)
        self._filling = False
        self._imply()

    def _imply(self) -> None:
        """What every service allows needs no tick of its own."""
        for (code, verb), box in self.boxes.items():
            if code != grants.EVERY:
                box.setEnabled(not self.boxes[grants.EVERY, verb].isChecked())

    def _touched(self, _value: object = None) -> None:
        if not self._filling:
            self.template.setCurrentIndex(self.template.findData(OWN))
            self._imply()

    def _take_template(self) -> None:
        template = rights.templates().get(str(self.template.currentData()))
        if template is not None:
            self._show(template.rows, template.general)

    def _take_like(self) -> None:
        other = self._others.get(str(self.like.currentData()))
        if other is not None:
            self._fill(other)

    # saving ---------------------------------------------------------------------------------------------------

    def work(self) -> Callable[[], object]:
        """Save the template, or the grid as it is ticked."""
        counter, actor, username = self._session.counter, self._session.actor, self._account.username
        template = str(self.template.currentData())
        if template != OWN:
            return lambda: accounts.set_rights(counter, actor, username, template=template)
        rows = [row for code in dict.fromkeys(code for code, _verb in self.boxes) if (row := self._row(code))["may"]]
        general = [right for right, box in self.general.items() if box.isChecked()]
        return lambda: accounts.set_rights(counter, actor, username, rows=rows, general=general)

    def _row(self, code: str) -> dict[str, Any]:
        row: dict[str, Any] = {
            "service": code,
            "may": [verb for verb in grants.VERBS if self.boxes[code, verb].isChecked()],
        }
        for key in ("from", "to"):
            if text := self.days[code, key].text().strip():
                row[key] = thai_date.parse_date(text, field="rights").isoformat()
        return row
