"""Hears a USB scanner wherever the focus is: it "types" far faster than a person, and CR inside a code as Enter.

The first key of a scan looks like any other and goes its way. What follows within `FASTEST_TYPIST_MS` is kept back
until the keys pause; only then it is clear what they were. A code is taken away whole, and the field gets back the text
it had before the first key. Anything else is passed on in the order it was typed, as if nothing had happened; so no
widget sees a part of a code, and no key of a person is lost.
"""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
    QTextEdit,
    QWidget,
)

FASTEST_TYPIST_MS = 35
"""Keys nearer together than this come from a machine, or from two fingers that fell on the keys at once."""
BETWEEN_LINES_MS = 250
"""A scanner may be slower after a CR: so long the next line of an unfinished code is waited for."""
LATE_MS = 25
"""What the system may take longer than the time stamps say."""
FEWEST_KEYS = 8
MOST_KEYS = 4_000

_ENDS = {Qt.Key.Key_Return: "\r", Qt.Key.Key_Enter: "\r", Qt.Key.Key_Tab: "\t"}
_MODIFIERS = (Qt.Key.Key_Shift, Qt.Key.Key_Control, Qt.Key.Key_Alt, Qt.Key.Key_AltGr, Qt.Key.Key_CapsLock)
_TYPED_WITH = Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.KeypadModifier
_INTERRUPTS = (QEvent.Type.MouseButtonPress, QEvent.Type.InputMethod)
_EDITORS = (QLineEdit, QPlainTextEdit, QTextEdit, QAbstractSpinBox)


class KeyboardWedge(QObject):
    """Watches the keys of one window while it lives; `scanned` carries the text of a scan, "\\r" between its lines."""

    scanned = Signal(str)

    def __init__(
        self,
        window: QWidget,
        is_known: Callable[[str], bool],
        goes_on: Callable[[str], bool] = lambda _text: False,
    ) -> None:
        """`is_known` tells, at once and without asking anybody, whether a text is a code of ours; `goes_on`, whether
        it is the beginning of one whose next line must follow."""
        super().__init__(window)
        self._is_known, self._goes_on = is_known, goes_on
        self._window = window
        self._passing_on = False
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.timeout.connect(self._paused)
        self._begin_again()
        app = QApplication.instance()
        if app is not None:
            app.installEventFilter(self)

    def _begin_again(self) -> None:
        self._letters: list[str] = []
        self._held: list[tuple[int, QKeyEvent]] = []
        """Key events that nobody has seen yet, each with the place of its letter."""
        self._down: dict[int, int] = {}
        """Held keys that have not come up yet, with the place of their letter."""
        self._last_ms = 0
        self._restore: Callable[[], None] | None = None

    @property
    def listening(self) -> bool:
        """Whether keys are kept back until they pause."""
        return bool(self._held)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Look at every key on its way to the widget in focus."""
        kind = event.type()
        if kind in _INTERRUPTS:
            if self._held and not self._passing_on:
                self._settle()
            return False
        if kind not in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease) or self._passing_on:
            return False
        if not isinstance(event, QKeyEvent) or not isinstance(watched, QWidget):
            return False
        if watched is not QApplication.focusWidget():
            return False  # the same key passes once more as it goes up to the parents
        if not self._window.isVisible() or watched.window() is not self._window.window():
            return False
        if event.key() in _MODIFIERS:
            return False
        if kind == QEvent.Type.KeyPress:
            return self._pressed(watched, event)
        return self._released(event)

    def _pressed(self, widget: QWidget, event: QKeyEvent) -> bool:
        """True where the key is kept back."""
        letter = _letter(event)
        if letter and self._is_quick(event) and len(self._letters) < MOST_KEYS:
            self._hold(event, letter)
            return True
        self._settle()
        if letter.isprintable() and letter and not event.isAutoRepeat():
            self._last_ms = int(event.timestamp())
            self._restore = _keeper(widget)
            if self._restore is None and letter != " ":
                self._hold(event, letter)  # in a list or on a button a letter may do something that cannot be undone
                return True
            self._letters.append(letter)
        now_in_focus = QApplication.focusWidget()
        if now_in_focus is not None and now_in_focus is not widget:  # a key that was passed on moved the focus
            self._pass_on([_copy(event)])
            return True
        return False

    def _is_quick(self, event: QKeyEvent) -> bool:
        now = int(event.timestamp())
        if not self._letters or now <= 0 or event.isAutoRepeat():
            return False
        return 0 <= now - self._last_ms <= self._patience_ms()

    def _patience_ms(self) -> int:
        if self._letters[-1] in _ENDS.values() and self._goes_on("".join(self._letters)):
            return BETWEEN_LINES_MS
        return FASTEST_TYPIST_MS

    def _hold(self, event: QKeyEvent, letter: str) -> None:
        self._last_ms = int(event.timestamp())
        place = len(self._letters)
        self._letters.append(letter)
        self._held.append((place, _copy(event)))
        self._down[event.key()] = place
        self._pause.start(self._patience_ms() + LATE_MS)

    def _released(self, event: QKeyEvent) -> bool:
        place = self._down.pop(event.key(), None)
        if place is None:
            return False
        self._held.append((place, _copy(event)))
        return True

    def _paused(self) -> None:
        """Keys that the system has already and has not yet delivered come before a timer without time."""
        count = len(self._letters)
        QTimer.singleShot(0, self, lambda: self._settle() if len(self._letters) == count else None)

    def _settle(self) -> None:
        """The keys pause: take a code away, pass on everything else."""
        self._pause.stop()
        text, held, restore = "".join(self._letters), self._held, self._restore
        self._begin_again()
        if not held:
            return
        length = self._length_of_scan(text, in_editor=restore is not None)
        if length:
            if restore is not None:
                restore()
            self.scanned.emit(text[:length].strip("\r\t"))
        self._pass_on([event for place, event in held if place >= length])

    def _length_of_scan(self, text: str, *, in_editor: bool) -> int:
        """How many letters from the first on are a scan; 0 where somebody typed them."""
        ends = [place + 1 for place, letter in enumerate(text) if letter in _ENDS.values()]
        for length in sorted({len(text), *ends}, reverse=True):
            code = text[:length].strip("\r\t")
            if len(code) >= FEWEST_KEYS and len(text) - length < FEWEST_KEYS and self._is_known(code):
                return length
        unknown = not in_editor and len(text.strip("\r\t")) >= FEWEST_KEYS and text[-1] in _ENDS.values()
        return len(text) if unknown else 0

    def _pass_on(self, events: list[QKeyEvent]) -> None:
        self._passing_on = True
        try:
            for event in events:
                QApplication.sendEvent(QApplication.focusWidget() or self._window, event)
        finally:
            self._passing_on = False


def _letter(event: QKeyEvent) -> str:
    """What a key adds to a code, "" for keys that no scanner presses."""
    if event.modifiers() & ~_TYPED_WITH:
        return ""
    end = _ENDS.get(Qt.Key(event.key()))
    if end is not None:
        return "" if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else end
    return event.text() if event.text().isprintable() else ""


def _copy(event: QKeyEvent) -> QKeyEvent:
    copy = QKeyEvent(
        event.type(),
        event.key(),
        event.modifiers(),
        event.nativeScanCode(),
        event.nativeVirtualKey(),
        event.nativeModifiers(),
        event.text(),
        event.isAutoRepeat(),
        event.count(),
    )
    copy.setTimestamp(event.timestamp())
    return copy


def _keeper(widget: QWidget) -> Callable[[], None] | None:
    """A function that gives a field back the text it has now; None where nothing can be typed."""
    if isinstance(widget, QComboBox):
        line = widget.lineEdit()
        return None if line is None else _line_keeper(line)
    if isinstance(widget, QLineEdit):
        return _line_keeper(widget)
    if isinstance(widget, (QPlainTextEdit, QTextEdit)):
        return _text_keeper(widget)
    return (lambda: None) if isinstance(widget, _EDITORS) else None


def _line_keeper(line: QLineEdit) -> Callable[[], None]:
    before, place, replaced = line.text(), line.cursorPosition(), line.selectedText()
    start = line.selectionStart() if replaced else place

    def restore() -> None:
        if line.text() != before:
            line.setSelection(start, line.cursorPosition() - start)
            line.insert(replaced)  # as if typed: the steps that can be undone stay
        if line.text() != before:
            line.setText(before)
            line.textEdited.emit(before)
        line.setCursorPosition(place)
        if replaced:
            line.setSelection(start, len(replaced))

    return restore


def _text_keeper(field: QPlainTextEdit | QTextEdit) -> Callable[[], None]:
    before, cursor = field.toPlainText(), field.textCursor()
    anchor, place, replaced = cursor.anchor(), cursor.position(), cursor.selectedText()

    def restore() -> None:
        back = field.textCursor()
        if field.toPlainText() != before:
            back.setPosition(min(anchor, place), back.MoveMode.KeepAnchor)
            back.insertText(replaced)
        if field.toPlainText() != before:
            field.setPlainText(before)
        back = field.textCursor()
        back.setPosition(anchor)
        back.setPosition(place, back.MoveMode.KeepAnchor)
        field.setTextCursor(back)

    return restore
