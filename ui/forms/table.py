"""A list of rows to fill in, each with the same questions: one card a row, so that it fits a narrow column.

Ctrl+Enter adds a row, Ctrl+Delete takes the row in focus away; columns that are worked out are shown, never asked.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from itertools import pairwise
from typing import Any

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QVBoxLayout, QWidget

from app.catalog.schema import NUMBER_TYPES, Field
from app.catalog.values import is_empty
from app.domain import thai_date
from ui.forms.editor import Editor
from ui.style import NEAR, TIGHT, give_role
from ui.widgets.fields import Action
from ui.widgets.labels import ThaiLabel

MakeEditor = Callable[[Field], Editor]
LETTERS = 13
"""Width of a cell for a number, in average letters; one for words takes two such places."""


class _Cell(QWidget):
    """One question of a row: label above, control or the figure that was worked out below."""

    def __init__(self, column: Field, editor: Editor | None) -> None:
        super().__init__()
        self.column = column
        self.editor = editor
        self.shown = QLabel("–")
        self.shown.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        box.addWidget(give_role(QLabel(f"{column.label} *" if column.required else column.label), "small"))
        box.addWidget(self.shown if editor is None else editor)
        self.places = 1 if column.type in NUMBER_TYPES else 2


class _Row(QFrame):
    """One row, with a button that takes it away."""

    def __init__(self, field: Field, make: MakeEditor) -> None:
        super().__init__()
        give_role(self, "card")
        self.cells: dict[str, _Cell] = {}
        self._field = field
        self._columns = 0
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(NEAR, TIGHT, NEAR, NEAR)
        self._grid.setSpacing(NEAR)
        for column in field.columns:
            self.cells[column.key] = _Cell(column, None if column.auto or field.auto else make(column))
        self.remove = Action("ลบแถว", role="quiet", key="Ctrl+Delete")
        self._arrange(4)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """As many cells side by side as the width holds, whatever the size of the letters."""
        super().resizeEvent(event)
        room = event.size().width() - 2 * NEAR
        self._arrange(max(2, room // (self.fontMetrics().averageCharWidth() * LETTERS + NEAR)))

    def _arrange(self, columns: int) -> None:
        if columns == self._columns:
            return
        for column in range(max(columns, self._columns)):
            self._grid.setColumnStretch(column, int(column < columns))
        self._columns = columns
        row = used = 0
        for cell in self.cells.values():
            wide = min(cell.places, columns)
            if used + wide > columns:
                row, used = row + 1, 0
            self._grid.addWidget(cell, row, used, 1, wide)
            used += wide
        if used == columns:
            row, used = row + 1, columns - 1
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignBottom
        self._grid.addWidget(self.remove, row, used, 1, columns - used, right)

    def number(self, place: int) -> None:
        """Tell assistive technology which row a control stands in."""
        for cell in self.cells.values():
            if cell.editor is not None:
                cell.editor.setAccessibleName(f"{self._field.label} แถวที่ {place} {cell.column.label}")
        self.remove.setAccessibleName(f"ลบแถวที่ {place}")

    def value(self) -> dict[str, Any]:
        """What was typed; nothing for a row in which only defaults stand."""
        given = {key: cell.editor.value() for key, cell in self.cells.items() if cell.editor is not None}
        typed = {key: value for key, value in given.items() if not is_empty(value)}
        kept = {key: str(cell.column.default) for key, cell in self.cells.items() if cell.column.default is not None}
        return typed if any(kept.get(key) != str(value) for key, value in typed.items()) else {}

    def free(self, key: str) -> None:
        """Let a cell be typed into again."""
        cell = self.cells.get(key)
        if cell is not None and cell.editor is not None:
            cell.editor.setEnabled(True)

    def give(self, key: str, value: str) -> bool:
        """What is known elsewhere and is not typed; returns whether anything changed."""
        cell = self.cells.get(key)
        if cell is None or cell.editor is None or not value:
            return False
        changed = str(cell.editor.value()) != value
        if changed:
            cell.editor.set_value(value)
        cell.editor.setEnabled(False)
        return changed

    def set_value(self, row: Mapping[str, Any]) -> None:
        """Show a row; where nothing is said the default stands."""
        for key, cell in self.cells.items():
            if cell.editor is None:
                cell.shown.setText(str(row.get(key, "–")))
            else:
                cell.editor.set_value(row.get(key, cell.column.default))


class TableEditor(Editor):
    """Rows of a table field."""

    def __init__(self, field: Field, make: MakeEditor) -> None:
        self._field = field
        self._make = make
        self._rows: list[_Row] = []
        self._holder = QWidget()
        super().__init__(self._holder)
        self._list = QVBoxLayout(self._holder)
        self._list.setContentsMargins(0, 0, 0, 0)
        self._list.setSpacing(NEAR)
        self._sums = ThaiLabel(role="strong")
        self._more = Action("+ เพิ่มแถว", role="quiet", key="Ctrl+Enter")
        self._list.addWidget(self._sums)
        self._list.addWidget(self._more, 0, Qt.AlignmentFlag.AlignLeft)
        self._sums.hide()
        self._more.clicked.connect(self.add_row)
        self._more.setVisible(not field.auto)
        if not field.auto:
            self._append({})

    def value(self) -> Any:
        """The rows in which something was typed."""
        return [row for row in (shown.value() for shown in self._rows) if row] if not self._field.auto else []

    def set_value(self, value: Any) -> None:
        """Show rows; nothing leaves one empty row to begin with."""
        rows: Sequence[Any] = value if isinstance(value, list | tuple) else ()
        while self._rows:
            self._drop(self._rows[-1])
        for row in rows or ([] if self._field.auto else [{}]):
            self._append(row if isinstance(row, Mapping) else {})
        self._add_up()

    def add_row(self) -> None:
        """One more row, with the focus in its first cell."""
        if len(self._rows) >= self._field.max_rows:
            return
        self._focus(self._append({}))
        self.changed.emit()

    def remove_row(self, row: "_Row") -> None:
        """Take a row away; the last one is emptied."""
        place = self._rows.index(row)
        self._drop(row)
        if not self._rows:
            self._append({})
        self._focus(self._rows[min(place, len(self._rows) - 1)])
        self._add_up()
        self.changed.emit()

    def show_known(self, rows: Sequence[Mapping[str, Any]]) -> None:
        """Show what was worked out beside what was typed, or, of a table that is worked out whole, all of it."""
        if self._field.auto:
            self.set_value([{key: self._told(key, value) for key, value in row.items()} for row in rows])
            return
        typed = [row for row in self._rows if row.value()]
        for place, row in enumerate(typed):
            known = rows[place] if place < len(rows) else {}
            for key, cell in row.cells.items():
                if cell.editor is None:
                    cell.shown.setText(self._told(key, known.get(key, "–")))
        self._add_up()

    def fill(self, rows: Sequence[Mapping[str, Any]], column: str) -> bool:
        """Give the cells of a column, row by row, what the register knows; rows beyond those typed are added."""
        typed = [row for row in self._rows if row.value()]
        changed = False
        for row in self._rows:
            row.free(column)
        for row, known in zip(typed, rows, strict=False):
            changed |= row.give(column, str(known.get(column, "")))
        for known in rows[len(typed) :]:
            for row in [row for row in self._rows if not row.value()]:
                self._drop(row)
            self._append(known).give(column, str(known.get(column, "")))
            changed = True
        return changed

    def _told(self, key: str, value: object) -> str:
        """A cell in words: the name of a choice, a figure with its thousands parted."""
        column = self._field.column(key)
        return column.choice_name(str(value)) if column.type == "choice" else _shown(value)

    def focus_place(self, path: str) -> bool:
        """Put the focus where an error lies ("answers.stock[0].received"); False when there is no such cell."""
        found = re.search(r"\[(\d+)\]\.(\w+)$", path)
        return found is not None and self._focus_cell(int(found[1]), found[2])

    def _focus_cell(self, place: int, column: str) -> bool:
        typed = [row for row in self._rows if row.value()] or self._rows
        if not 0 <= place < len(typed):
            return False
        cell = typed[place].cells.get(column)
        target = cell.editor if cell is not None and cell.editor is not None else None
        if target is None:
            self._focus(typed[place])
        else:
            target.setFocus()
        return True

    def setAccessibleName(self, name: str) -> None:
        """The rows carry names of their own; the button says what it adds to."""
        QWidget.setAccessibleName(self, name)
        self._more.setAccessibleName(f"เพิ่มแถวใน{self._field.label}")

    def _append(self, value: Mapping[str, Any]) -> _Row:
        row = _Row(self._field, self._make)
        row.set_value(value)
        row.remove.clicked.connect(lambda: self.remove_row(row))
        row.remove.setVisible(not self._field.auto)
        for cell in row.cells.values():
            if cell.editor is not None:
                cell.editor.changed.connect(self._edited)
                for control in (cell.editor, *cell.editor.findChildren(QWidget)):
                    control.installEventFilter(self)
        self._list.insertWidget(len(self._rows), row)
        self._rows.append(row)
        self.setFocusProxy(next((c.editor for c in self._rows[0].cells.values() if c.editor is not None), self._more))
        for place, shown in enumerate(self._rows, start=1):
            shown.number(place)
        self._keep_tab_order()
        return row

    def _drop(self, row: _Row) -> None:
        self._rows.remove(row)
        self._list.removeWidget(row)
        row.hide()
        row.deleteLater()
        self.setFocusProxy(self._more)
        for place, shown in enumerate(self._rows, start=1):
            shown.number(place)
        if self._rows:
            self.setFocusProxy(next((c.editor for c in self._rows[0].cells.values() if c.editor), self._more))

    def _keep_tab_order(self) -> None:
        """Cell by cell, row by row, then the button."""
        order: list[QWidget] = []
        for row in self._rows:
            order += [_control(cell.editor) for cell in row.cells.values() if cell.editor is not None]
            order.append(row.remove)
        order.append(self._more)
        for first, second in pairwise(order):
            QWidget.setTabOrder(first, second)

    def _focus(self, row: _Row) -> None:
        first = next((cell.editor for cell in row.cells.values() if cell.editor is not None), None)
        (first or self._more).setFocus()

    def _edited(self) -> None:
        self._add_up()
        self.changed.emit()

    def _add_up(self) -> None:
        """The sums of the columns that have one, as far as the cells hold numbers."""
        told = []
        for column in self._field.columns:
            if column.sum:
                total = sum((_number(row.cells[column.key]) for row in self._rows), Decimal(0))
                told.append(f"รวม{column.label} {total:,f}")
        self._sums.show_text("   ".join(told))
        self._sums.setVisible(bool(told) and bool(self._rows))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Ctrl+Enter and Ctrl+Delete in any cell."""
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
            if control and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self.add_row()
                return True
            if control and event.key() == Qt.Key.Key_Delete:
                row = next((r for r in self._rows if isinstance(watched, QWidget) and r.isAncestorOf(watched)), None)
                if row is not None:
                    self.remove_row(row)
                    return True
        return super().eventFilter(watched, event)


def _control(editor: Editor) -> QWidget:
    proxy = editor.focusProxy()
    return proxy if proxy is not None else editor


def _number(cell: _Cell) -> Decimal:
    text = cell.shown.text() if cell.editor is None else str(cell.editor.value())
    try:
        number = Decimal(thai_date.to_arabic_digits(text).replace(",", "").strip() or "0")
    except InvalidOperation:
        return Decimal(0)
    return number if number.is_finite() else Decimal(0)


def _shown(value: object) -> str:
    """A figure with its thousands parted."""
    text = str(value)
    try:
        return f"{Decimal(text):,f}"
    except InvalidOperation:
        return text
