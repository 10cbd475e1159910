"""Keys as a clerk presses them: into whatever has the focus, counted."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QWindow
from PySide6.QtWidgets import QApplication

from tests.ui.conftest import type_text


class Fingers:
    """Presses keys as a clerk does, into whatever has the focus, and counts them."""

    def __init__(self, qtbot) -> None:
        self._qtbot = qtbot
        self.pressed: list[str] = []
        self.letters = 0

    def _window(self) -> QWindow:
        self._qtbot.waitUntil(lambda: QApplication.focusWidget() is not None, timeout=20_000)
        return QApplication.focusWidget().window().windowHandle()

    def word(self, text: str) -> None:
        """Words are typed where the focus is, as an input method gives them."""
        self.letters += len(text)
        type_text(QApplication.focusWidget(), text)

    def key(self, key: Qt.Key) -> None:
        """One key of the real window, shortcuts and all."""
        self.pressed.append(key.name.removeprefix("Key_"))
        self._qtbot.keyClick(self._window(), key)

    def chord(self, key: Qt.Key, *, shift: bool = False) -> None:
        """The same with Ctrl held down."""
        self.pressed.append(f"Ctrl+{'Shift+' * shift}{key.name.removeprefix('Key_')}")
        held = Qt.KeyboardModifier.ControlModifier
        held = held | Qt.KeyboardModifier.ShiftModifier if shift else held
        self._qtbot.keyClick(self._window(), key, held)

    def digits(self, text: str) -> None:
        """Digits one by one, for a field of numbers that has the focus."""
        self.letters += len(text)
        self._qtbot.keyClicks(QApplication.focusWidget(), text)
