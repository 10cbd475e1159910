"""Key presses as the system delivers them, with time stamps of their own: a scanner, or a person."""

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication

NAMED = {"\r": Qt.Key.Key_Return, "\t": Qt.Key.Key_Tab, " ": Qt.Key.Key_Space}


def keys(text: str, *, start: int, gap_ms: int, enter: bool = True) -> int:
    """Press and let go keys one after the other, "\\r" being Enter; returns when the last went down."""
    at = start
    for letter in text + "\r" * enter:
        press(letter, at)
        at += gap_ms
    return at - gap_ms


def press(letter: str, at: int, *, repeated: bool = False) -> None:
    """One key down and up, in whatever widget has the focus then."""
    key = NAMED.get(letter, Qt.Key(ord(letter.upper())) if letter.isascii() else Qt.Key.Key_unknown)
    for kind, moment in ((QEvent.Type.KeyPress, at), (QEvent.Type.KeyRelease, at + 2)):
        event = QKeyEvent(kind, key, Qt.KeyboardModifier.NoModifier, letter, repeated)
        event.setTimestamp(moment)
        QApplication.sendEvent(QApplication.focusWidget(), event)
