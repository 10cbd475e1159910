"""What every editor of one answer has in common."""

from typing import Any

from PySide6.QtCore import QEvent, QObject, Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from ui.style import NEAR


class Editor(QWidget):
    """Edits one answer. The value is what was typed; services normalise and validate it."""

    changed = Signal()
    """The clerk changed the answer."""
    left = Signal()
    """The focus went elsewhere: the moment for a first, friendly check."""

    def __init__(self, *controls: QWidget) -> None:
        super().__init__()
        self._controls = controls
        self._box = QHBoxLayout(self)
        self._box.setContentsMargins(0, 0, 0, 0)
        self._box.setSpacing(NEAR)
        for control in controls:
            self._box.addWidget(control)
            control.installEventFilter(self)
            control.setAcceptDrops(False)
        self.setFocusProxy(controls[0])

    def value(self) -> Any:
        """The answer: str, bool, list of str; "" or False where nothing was given."""
        raise NotImplementedError

    def set_value(self, value: Any) -> None:
        """Show an answer; None empties the editor. Does not emit `changed`."""
        raise NotImplementedError

    def setAccessibleName(self, name: str) -> None:
        """Name the controls inside, which is where the focus goes."""
        super().setAccessibleName(name)
        for control in self._controls:
            if len(self._controls) == 1:
                control.setAccessibleName(name)

    def setAccessibleDescription(self, text: str) -> None:
        """Describe the controls inside."""
        super().setAccessibleDescription(text)
        for control in self._controls:
            control.setAccessibleDescription(text)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Notice the focus leaving the last of our controls."""
        if event.type() == QEvent.Type.FocusOut:
            self.left.emit()
        return super().eventFilter(watched, event)
