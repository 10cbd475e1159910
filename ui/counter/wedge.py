"""Hears a USB scanner wherever the focus is: it "types" far faster than a person and ends with Enter.

The keys of a scan reach the field in focus before the Enter tells them to be a scan; then the field gets back the
text it had before the first of them, and the Enter is swallowed. Only a text that means something is taken away
from a field: whatever else was typed that fast stays typed.
"""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QLineEdit, QPlainTextEdit, QWidget

FASTEST_TYPIST_MS = 35
"""Keys nearer together than this, eight or more in a row, come from a machine."""
FEWEST_KEYS = 8
MOST_KEYS = 2_000

_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
_MODIFIERS = (Qt.Key.Key_Shift, Qt.Key.Key_Control, Qt.Key.Key_Alt, Qt.Key.Key_AltGr, Qt.Key.Key_CapsLock)


class KeyboardWedge(QObject):
    """Watches the keys of one window while it lives; `scanned` carries the text of a scan."""

    scanned = Signal(str)

    def __init__(self, window: QWidget, is_known: Callable[[str], bool]) -> None:
        """`is_known` tells, at once and without asking anybody, whether a text is a code of ours."""
        super().__init__(window)
        self._is_known = is_known
        self._window = window
        self._keys: list[str] = []
        self._last_ms = 0
        self._restore: Callable[[], None] | None = None
        app = QApplication.instance()
        if app is not None:
            app.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Look at every key press on its way to the widget in focus."""
        if event.type() != QEvent.Type.KeyPress or not isinstance(event, QKeyEvent):
            return False
        if not isinstance(watched, QWidget) or watched is not QApplication.focusWidget():
            return False  # the same key passes once more as it goes up to the parents
        if not self._window.isVisible() or watched.window() is not self._window.window():
            return False
        if event.key() in _MODIFIERS:
            return False
        return self._key(watched, event)

    def _key(self, widget: QWidget, event: QKeyEvent) -> bool:
        now = int(event.timestamp())
        quick = bool(self._keys) and 0 <= now - self._last_ms <= FASTEST_TYPIST_MS and now > 0
        self._last_ms = now
        if event.key() in _ENTER:
            text = "".join(self._keys)
            self._keys.clear()
            if quick and len(text) >= FEWEST_KEYS and (self._restore is None or self._is_known(text)):
                if self._restore is not None:
                    self._restore()
                self.scanned.emit(text)
                return True
            return False
        letter = event.text()
        if not letter or event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self._keys.clear()
            return False
        if not quick or len(self._keys) >= MOST_KEYS:
            self._keys.clear()
            self._restore = _keeper(widget)
        self._keys.append(letter)
        return False


def _keeper(widget: QWidget) -> Callable[[], None] | None:
    """A function that gives the field back the text it has now."""
    if isinstance(widget, QLineEdit):
        text, place = widget.text(), widget.cursorPosition()

        def restore_line() -> None:
            widget.setText(text)
            widget.setCursorPosition(place)
            widget.textEdited.emit(text)

        return restore_line
    if isinstance(widget, QPlainTextEdit):
        content, position = widget.toPlainText(), widget.textCursor().position()

        def restore_text() -> None:
            widget.setPlainText(content)
            cursor = widget.textCursor()
            cursor.setPosition(position)
            widget.setTextCursor(cursor)

        return restore_text
    return None
