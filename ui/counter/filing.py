"""Beside the form of a filing: the payer found while typing, what the register fills in, the reckoning as it stands."""

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from app.catalog.values import is_empty
from app.domain import money, thai_date
from app.domain.errors import CounterError
from app.services import filing_drafts, payers
from app.services.filing_drafts import BALANCES, Filer, FilingDraft
from app.services.payers import Payer
from ui.forms.form import ServiceForm
from ui.forms.table import TableEditor
from ui.ports import Session
from ui.style import NEAR, give_role
from ui.widgets.labels import ThaiLabel
from ui.widgets.suggestions import Suggestion, Suggestions

WAIT_MS = 150
MOST = 8


class FilingPanel(QWidget):
    """Serves one form; asks the register a moment after the last key."""

    filer_known = Signal(object)
    """A payer was taken from the register: who filed for it last (Filer)."""

    def __init__(self, session: Session, form: ServiceForm) -> None:
        super().__init__()
        give_role(self, "plain")
        self._session = session
        self._form = form
        self._given: dict[str, str] = {}
        self._go_on = False
        """A payer was just taken: the focus goes to the first question that the register cannot answer."""
        self._told = ThaiLabel(role="small")
        self._lines = ThaiLabel()
        self._total = ThaiLabel(role="section")
        self._check = ThaiLabel(role="warn")
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(NEAR)
        for label in (self._told, self._lines, self._total, self._check):
            box.addWidget(label)
            label.hide()
        self.suggestions = Suggestions(session.look, self)
        self.suggestions.asked.connect(self._asked)
        self.suggestions.taken.connect(self._taken)
        line = form.editor(form.service.payer_field.key).focusProxy()
        if isinstance(line, QLineEdit):
            self.suggestions.listen(line)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(WAIT_MS)
        self._timer.timeout.connect(self._ask)
        form.changed.connect(self._timer.start)

    def begin(self) -> None:
        """Ask for what stands in the form now."""
        self._timer.start()

    def _asked(self, line: QLineEdit, text: str) -> None:
        text, kind, counter = text.strip(), self._form.service.filing.payer, self._session.counter
        if not text:
            self._session.tasks.drop(self, "payers")
            self.suggestions.close()
            return
        self._session.tasks.query(
            self,
            lambda: payers.find(counter, kind, text, MOST),
            lambda found: self.suggestions.offer(
                line, [_suggestion(payer) for payer in found], eager=_meant(text, found)
            ),
            self._failed,
            topic="payers",
        )

    def _taken(self, line: QLineEdit, value: object) -> None:
        if isinstance(value, Payer):
            line.setText(value.code)
            self._go_on = True
            self._form.changed.emit()
            self._timer.start()
            counter, service, code = self._session.counter, self._form.service, value.code
            self._session.tasks.query(
                self,
                lambda: filing_drafts.filer(counter, service, code),
                self._filer_found,
                self._failed,
                topic="filer",
            )

    def _filer_found(self, found: Filer) -> None:
        if found.person or found.company is not None:
            self.filer_known.emit(found)

    def _ask(self) -> None:
        counter, service, answers = self._session.counter, self._form.service, self._form.answers()
        self._session.tasks.query(
            self, lambda: filing_drafts.draft(counter, service, answers), self._show, self._failed, topic="filing"
        )

    def _show(self, draft: FilingDraft) -> None:
        changed = self._fill(draft.filled, draft.carried)
        for item in self._form.service.fields:
            editor = self._form.editor_or_none(item.key)
            if editor is None:
                continue
            if isinstance(editor, TableEditor):
                editor.show_known(draft.worked.get(item.key, ()))
            elif item.auto:
                editor.set_value(_shown(draft.worked.get(item.key)))
        self._say(draft)
        if changed:
            self._form.changed.emit()
        if self._go_on:
            self._go_on = False
            self._focus_missing()

    def _focus_missing(self) -> None:
        """To the first question that only the person at the counter can answer."""
        for item in self._form.service.fields:
            editor = self._form.editor_or_none(item.key)
            if editor is None or item.auto or not editor.isEnabled() or editor.isHidden():
                continue
            asked = item.required or item.key in BALANCES
            if isinstance(editor, TableEditor) or (asked and is_empty(editor.value())):
                editor.setFocus()
                return

    def _fill(self, filled: Mapping[str, Any], carried: frozenset[str]) -> bool:
        """Give empty fields what the register knows; what was given before and not touched is replaced."""
        changed = False
        for item in self._form.service.fields:
            editor = self._form.editor_or_none(item.key)
            if editor is None or item.auto:
                continue
            value = filled.get(item.key)
            if isinstance(editor, TableEditor):
                changed |= editor.fill(value or (), "opening")
                continue
            given, now = self._given.get(item.key), editor.value()
            untouched = is_empty(now) or (given is not None and str(now) == given)
            if value is not None and (untouched or item.key in carried) and str(now) != str(value):
                editor.set_value(value)
                self._given[item.key] = str(editor.value())
                changed = True
            elif value is None and given is not None and str(now) == given:
                editor.set_value(item.default)
                self._given.pop(item.key)
                changed = True
            editor.setEnabled(item.key not in carried)
        return changed

    def _say(self, draft: FilingDraft) -> None:
        found = draft.assessment
        lines = [f"{line.description}  {line.period}  {money.formatted(line.satang)} บาท" for line in found.lines]
        due = f"ครบกำหนด {thai_date.long(found.due_on)}" if found.due_on else ""
        _show(self._told, "\n".join(told for told in draft.told if told not in found.notes))
        _show(self._lines, "\n".join((*lines, due)).strip())
        _show(self._total, f"รวมที่ต้องชำระ {money.formatted(found.total_satang)} บาท" if lines else "")
        _show(self._check, "\n".join(f"▲ {note}" for note in (*found.notes, draft.problem) if note))

    def _failed(self, error: Exception) -> None:
        if not isinstance(error, CounterError):
            self._session.tasks.trouble.emit(error)


def _show(label: ThaiLabel, text: str) -> None:
    label.show_text(text)
    label.setVisible(bool(text))


def _shown(value: object) -> str:
    text = "" if value is None else str(value)
    whole, dot, rest = text.partition(".")
    return f"{int(whole):,}{dot}{rest}" if whole.isdigit() else text


def _meant(text: str, found: list[Payer]) -> bool:
    """Whether Enter may take the first: its whole code was typed, or only its name holds the text. The beginning of a
    code may be a new code."""
    if not found:
        return False
    code, typed = found[0].code, thai_date.to_arabic_digits(text).upper()
    return code == typed or (len(found) == 1 and not code.startswith(typed))


def _suggestion(payer: Payer) -> Suggestion:
    below = " · ".join(str(payer.document[key]) for key in ("operator_name", "address") if payer.document.get(key))
    return Suggestion(payer.name, payer.code, below, payer)
