"""A part of the settings: fields that are loaded, changed, and told as the keys of OFFICE.toml that are wanted."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QHBoxLayout,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QPlainTextEdit,
    QVBoxLayout,
    QWidget,
)

from app.catalog.schema import Service
from app.domain.errors import Refused
from app.services import office_settings
from app.services.counter import Counter
from app.services.model import Actor
from app.services.office_categories import Entry
from app.services.office_services import Entry as Division
from app.services.words import without_break_points
from ui.style import GAP, NEAR, WIDE
from ui.widgets.fields import Action, FieldRow
from ui.widgets.labels import ThaiLabel, heading
from ui.widgets.layouts import Column, FlowLayout
from ui.widgets.picture_field import PictureField

NOTHING = "ไม่มีอะไรต้องบันทึก"
KEY = Qt.ItemDataRole.UserRole


@dataclass(frozen=True, slots=True)
class Facts:
    """What the page has read. waiting: changes that the central server has not taken yet."""

    document: Mapping[str, Any]
    categories: Sequence[Entry]
    divisions: Mapping[str, Sequence[tuple[str, str]]]
    """By service: (code, name)."""
    waiting: int
    services: Sequence[Service]
    """Those that are switched on."""
    today: date
    office_divisions: Sequence[Division]
    each_service: Sequence[Service]
    """Every one, with what the office sets of it."""


class Section(QWidget):
    """Fields in a column, with save and discard below them."""

    save_wanted = Signal()
    blocked = Signal()
    """Something else was asked for while the fields held what is not saved."""

    def __init__(self, title: str, told: str) -> None:
        super().__init__()
        self.rows: dict[str, FieldRow] = {}
        self.facts: Facts | None = None
        self.undoable = True
        """Whether what was saved last can be taken back with one press."""
        self._loaded: tuple[object, ...] = ()
        self._form = Column()
        self._form.box.setSpacing(GAP)
        self._message = ThaiLabel(role="error")
        self._message.hide()
        self.state_text = ThaiLabel(NOTHING, role="small")
        self.save = Action("F9  บันทึก", role="primary", key="F9", tip="บันทึกการตั้งค่า")
        self.save.clicked.connect(self.save_wanted)
        self.discard = Action("ทิ้งการแก้ไข", key="Esc")
        self.discard.clicked.connect(self.drop)
        self.buttons = QWidget()
        self._flow = FlowLayout(self.buttons)
        self._flow.setContentsMargins(0, 0, 0, 0)
        for button in (self.save, self.discard):
            self._flow.addWidget(button)
        self.box = QVBoxLayout(self)
        self.box.setContentsMargins(WIDE, WIDE, WIDE, 0)
        self.box.setSpacing(NEAR)
        self.box.addWidget(heading(title))
        self.box.addWidget(ThaiLabel(told, role="small"))

    def add(self, key: str, label: str, control: QWidget, help_text: str = "", *, required: bool = False) -> FieldRow:
        """Add a field; `key` is the last part of the setting's name."""
        row = self.rows[key] = FieldRow(key, label, control, help_text, required=required)
        self._form.box.addWidget(row)
        _on_change(control, self._touched)
        return row

    def finish(self) -> None:
        """Message and buttons below the fields."""
        for widget in (self._message, self.buttons, self.state_text):
            self._form.box.addWidget(widget)
        self._form.box.addStretch(1)

    def load(self, facts: Facts) -> None:
        """Show what is set; what was being changed stays."""
        self.facts = facts
        if not self.dirty:
            self.fill()
            self.settle()

    def fill(self) -> None:
        """Put what is set into the fields."""
        raise NotImplementedError

    def wanted(self) -> dict[str, Any]:
        """The settings, by their keys, as the fields say. Refused with the field at fault."""
        raise NotImplementedError

    def saving(self, counter: Counter, actor: Actor) -> Callable[[], object]:
        """What is to be done on the command thread to keep what the fields say. Refused with the field at fault."""
        wanted = self.wanted()
        return lambda: office_settings.change(counter, actor, wanted)

    @property
    def dirty(self) -> bool:
        """Whether the fields hold what is not saved."""
        return bool(self._loaded) and self._values() != self._loaded

    def settle(self) -> None:
        """What the fields hold now is what is set."""
        self._loaded = self._values()
        self._show_state()

    def drop(self) -> None:
        """Back to what is set."""
        self.clear_errors()
        if self.facts is not None:
            self.fill()
            self.settle()

    def text(self, key: str) -> str:
        """What is written in a field."""
        control = self.rows[key].control
        if isinstance(control, QPlainTextEdit):
            return without_break_points(control.toPlainText()).strip()
        if isinstance(control, QComboBox):
            return control.currentText().strip()
        assert isinstance(control, QLineEdit)
        return without_break_points(control.text()).strip()

    def whole(self, key: str, label: str) -> int:
        """A whole number. Refused with the field."""
        text = self.text(key)
        if not text.isascii() or not text.isdigit():
            raise Refused("number", f"{label}ต้องเป็นตัวเลข", "พิมพ์จำนวนเต็ม เช่น 15", key)
        return int(text)

    def show_error(self, error: Refused) -> None:
        """At its field, or above the buttons."""
        title = error.title.partition("ไม่ถูกต้อง: ")[2] or error.title
        hint = "แก้แล้วบันทึกอีกครั้ง" if error.code == "office_setting" else error.hint
        row = self.rows.get((error.field or "").rpartition(".")[2])
        if row is None or row.isHidden():
            self._message.show_text(f"▲ {title} {hint}".rstrip())
            self._message.show()
            return
        row.show_error(title, hint)
        row.control.setFocus()

    def clear_errors(self) -> None:
        """Take every message away."""
        self._message.hide()
        for row in self.rows.values():
            row.clear_error()

    def first(self) -> QWidget | None:
        """Where typing begins."""
        return next(iter(self.rows.values())).control if self.rows else None

    def _touched(self) -> None:
        self.clear_errors()
        self._show_state()

    def _show_state(self) -> None:
        self.save.setEnabled(self.dirty)
        self.discard.setEnabled(self.dirty)
        self.state_text.show_text("แก้ไขแล้ว ยังไม่ได้บันทึก" if self.dirty else NOTHING)

    def _values(self) -> tuple[object, ...]:
        return tuple(_value(row.control) for row in self.rows.values())


class FormSection(Section):
    """A section that is nothing but its fields."""

    def __init__(self, title: str, told: str) -> None:
        super().__init__(title, told)
        self.box.addWidget(self._form, 1)


class RowsSection(Section):
    """A list at the left, the fields of the row that is marked at the right."""

    remove_wanted = Signal()

    def __init__(self, title: str, told: str, empty: str, *, remove: str) -> None:
        super().__init__(title, told)
        self.list = QListWidget()
        self.list.setAccessibleName(title)
        self.list.setWordWrap(True)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.currentItemChanged.connect(self._moved)
        self._empty = ThaiLabel(empty)
        self._new = Action("เพิ่ม…", key="Ctrl+N")
        self._new.clicked.connect(self.begin_new)
        self.remove = Action(remove, key="Ctrl+Delete")
        self.remove.clicked.connect(self.remove_wanted)
        self._flow.addWidget(self.remove)
        left = QVBoxLayout()
        left.addWidget(self._new, 0, Qt.AlignmentFlag.AlignLeft)
        left.addWidget(self._empty)
        left.addWidget(self.list, 100)
        left.addStretch(1)
        both = QHBoxLayout()
        both.setSpacing(GAP)
        both.addLayout(left, 5)
        both.addWidget(self._form, 6)
        self.box.addLayout(both, 1)

    @property
    def key(self) -> str:
        """Names the row in the fields; "" for a new one."""
        item = self.list.currentItem()
        return str(item.data(KEY)) if item is not None else ""

    def listed(self) -> Sequence[tuple[str, str]]:
        """(key, text) of every row."""
        raise NotImplementedError

    def show_row(self, key: str) -> None:
        """Put a row into the fields, or nothing for "" (a new one)."""
        raise NotImplementedError

    def without(self) -> dict[str, Any]:
        """The settings as they are wanted without the marked row, or with it out of use."""
        raise NotImplementedError

    def removing(self, counter: Counter, actor: Actor) -> Callable[[], object]:
        """What is to be done to take the marked row away."""
        wanted = self.without()
        return lambda: office_settings.change(counter, actor, wanted)

    def fill(self) -> None:
        """List the rows; the mark stays where it was."""
        before = self.key
        self.list.blockSignals(True)
        self.list.clear()
        for key, text in self.listed():
            item = QListWidgetItem(text)
            item.setData(KEY, key)
            self.list.addItem(item)
            if key == before:
                self.list.setCurrentItem(item)
        self.list.blockSignals(False)
        self.list.setVisible(self.list.count() > 0)
        self._empty.setVisible(self.list.count() == 0)
        self.show_row(self.key)

    def mark(self, key: str) -> None:
        """Mark a row by its key."""
        for place in range(self.list.count()):
            if self.list.item(place).data(KEY) == key:
                self.list.setCurrentRow(place)

    def begin_new(self) -> None:
        """Ctrl+N: empty fields."""
        if self.dirty:
            self.blocked.emit()
            return
        self.list.blockSignals(True)
        self.list.setCurrentRow(-1)
        self.list.clearSelection()
        self.list.blockSignals(False)
        self._take("")
        control = self.first()
        if control is not None:
            control.setFocus()

    def _moved(self, item: QListWidgetItem | None, before: QListWidgetItem | None) -> None:
        if self.dirty:
            self.list.blockSignals(True)
            self.list.setCurrentRow(self.list.row(before) if before is not None else -1)
            self.list.blockSignals(False)
            self.blocked.emit()
            return
        if item is not None:
            item.setSelected(True)  # Qt makes a row current, but does not mark it, when Tab comes into the list
        self._take(str(item.data(KEY)) if item is not None else "")

    def _take(self, key: str) -> None:
        self.clear_errors()
        self.show_row(key)
        self.settle()

    def _show_state(self) -> None:
        super()._show_state()
        self.remove.setEnabled(bool(self.key))


def _value(control: QWidget) -> object:
    if isinstance(control, QPlainTextEdit):
        return control.toPlainText()
    if isinstance(control, QComboBox):
        return control.currentText(), control.currentData()
    if isinstance(control, QCheckBox):
        return control.isChecked()
    if isinstance(control, QLineEdit):
        return control.text()
    if isinstance(control, PictureField):
        return control.content
    return tuple(box.isChecked() for box in control.findChildren(QCheckBox))


def _on_change(control: QWidget, touched: Any) -> None:
    if isinstance(control, QPlainTextEdit):
        control.textChanged.connect(touched)
    elif isinstance(control, QComboBox):
        control.currentTextChanged.connect(lambda _text: touched())
    elif isinstance(control, QCheckBox):
        control.toggled.connect(lambda _on: touched())
    elif isinstance(control, PictureField):
        control.changed.connect(touched)
    elif isinstance(control, QLineEdit):
        control.textChanged.connect(lambda _text: touched())
    else:
        for box in control.findChildren(QCheckBox):
            box.toggled.connect(lambda _on: touched())
