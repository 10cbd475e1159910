"""The form of one service, drawn from its definition; questions come and go with the answers they hang on."""

from collections.abc import Callable, Mapping
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.catalog.schema import Field, Service
from app.catalog.values import check_value, is_empty
from app.domain.errors import CounterError
from ui.forms.choices import CheckEditor, ListEditor, MonthEditor, boolean_editor, choice_editor
from ui.forms.editor import Editor
from ui.forms.table import TableEditor
from ui.forms.text import DateEditor, LongTextEditor, ShownEditor, TextEditor
from ui.style import GAP
from ui.widgets.fields import FieldRow

EDITORS: dict[str, Callable[[Field], Editor]] = {
    "text": TextEditor,
    "long_text": LongTextEditor,
    "choice": choice_editor,
    "multi_choice": CheckEditor,
    "integer": lambda field: TextEditor(field, digits=True),
    "decimal": lambda field: TextEditor(field, digits=True),
    "money": lambda field: TextEditor(field, digits=True),
    "date": DateEditor,
    "boolean": boolean_editor,
    "citizen_id": TextEditor,
    "phone": TextEditor,
    "month": MonthEditor,
    "payer": TextEditor,
    "table": lambda field: TableEditor(field, lambda column: cell_editor(column)),
}
"""Field type of the definition -> its editor. "category" has none: the service picker answers it."""


def cell_editor(column: Field) -> Editor:
    """The editor of a cell: a list for choices, whose buttons would not fit."""
    return ListEditor(column) if column.type == "choice" else EDITORS[column.type](column)


def editor_of(field: Field) -> Editor:
    """The editor of a question, or what only shows an answer that is worked out."""
    return ShownEditor(field) if field.auto and field.type != "table" else EDITORS[field.type](field)


class ServiceForm(QWidget):
    """One row per question; answers in and out as `RegisterCase.answers`."""

    changed = Signal()

    def __init__(self, service: Service) -> None:
        super().__init__()
        self.service = service
        self.rows: dict[str, FieldRow] = {}
        self._editors: dict[str, Editor] = {}
        self._chosen: dict[str, Any] = {}
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(GAP)
        for field in service.fields:
            if field.type != "category":
                box.addWidget(self._row(field))
        self._show_needed()

    def _row(self, field: Field) -> FieldRow:
        editor = editor_of(field)
        row = FieldRow(f"answers.{field.key}", field.label, editor, field.help, required=field.required)
        editor.changed.connect(lambda: self._edited(field.key))
        editor.left.connect(lambda: self._check(field))
        if field.default is not None:
            editor.set_value(field.default)
        self._editors[field.key] = editor
        self.rows[row.key] = row
        return row

    def _edited(self, key: str) -> None:
        self.rows[f"answers.{key}"].clear_error()
        self._show_needed()
        self.changed.emit()

    def _check(self, field: Field) -> None:
        """A first look when the clerk goes on: only at what was given; what is missing is told when saving."""
        value = self._editors[field.key].value()
        if is_empty(value) or field.type == "boolean":
            return
        try:
            check_value(field, value)
        except CounterError as error:
            self.rows[f"answers.{field.key}"].show_error(error.title, error.hint)

    def choose(self, chosen: Mapping[str, Any]) -> None:
        """Take the answers that the service picker gave (category and subcategory)."""
        self._chosen = dict(chosen)
        self._show_needed()

    def answers(self) -> dict[str, Any]:
        """The answers as typed; questions that are not asked or not answered are left out."""
        given = dict(self._chosen)
        for field in self.service.fields:
            if field.key in self._editors and self._is_asked(field, given):
                value = self._editors[field.key].value()
                if value not in ("", []):
                    given[field.key] = value
        return given

    def set_answers(self, answers: Mapping[str, Any]) -> None:
        """Show answers, for instance of a draft; also those the picker gives."""
        for key, editor in self._editors.items():
            field = self.service.field_by_key(key)
            editor.set_value(answers.get(key, field.default if field else None))
        self._chosen = {
            key: answers[key]
            for field in self.service.fields
            if field.type == "category"
            for key in field.answer_keys
            if key in answers
        }
        self._show_needed()

    def first(self) -> QWidget | None:
        """The first control, for the focus."""
        return next((row.control for row in self.rows.values() if not row.isHidden()), None)

    def editor(self, key: str) -> Editor:
        """The editor of a question."""
        return self._editors[key]

    def editor_or_none(self, key: str) -> Editor | None:
        """The same, None for one that has no editor here."""
        return self._editors.get(key)

    def clear_errors(self) -> None:
        """Take every message away."""
        for row in self.rows.values():
            row.clear_error()

    def _is_asked(self, field: Field, answers: Mapping[str, Any]) -> bool:
        return field.shown_when is None or field.shown_when.holds(answers)

    def _show_needed(self) -> None:
        answers = self.answers()
        for field in self.service.fields:
            if field.key in self._editors:
                self.rows[f"answers.{field.key}"].setVisible(self._is_asked(field, answers))
