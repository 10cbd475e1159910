"""How far long work has come, and a button that ends it between two whole steps."""

from threading import Event

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QVBoxLayout, QWidget

from ui.style import GAP, NEAR
from ui.widgets.fields import Action
from ui.widgets.labels import ThaiLabel

LOOK_MS = 150


class Steps:
    """Written on a worker thread, read on Qt's."""

    def __init__(self) -> None:
        self.done, self.all = 0, 0
        self._stop = Event()

    def told(self, done: int, every: int) -> None:
        """So many steps of so many are done."""
        self.done, self.all = done, every

    def stop(self) -> None:
        """End after the step that is under way."""
        self._stop.set()

    def stopped(self) -> bool:
        """Whether somebody wants it to end."""
        return self._stop.is_set()


class StepsBar(QWidget):
    """A bar, how many of how many, and "หยุด"; hidden while nothing runs."""

    def __init__(self, title: str, unit: str) -> None:
        super().__init__()
        self._unit = unit
        self.steps: Steps | None = None
        self.bar = QProgressBar()
        self.bar.setAccessibleName(title)
        self.told = ThaiLabel(role="small")
        self.stop = Action("หยุดหลังเรื่องนี้", tip="ที่ทำไปแล้วยังเป็นไปตามนั้น และสั่งทำต่อภายหลังได้")
        self.stop.clicked.connect(self._stop)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(NEAR)
        beside = QHBoxLayout()
        beside.setSpacing(GAP)
        beside.addWidget(self.bar, 1)
        beside.addWidget(self.stop)
        box.addWidget(self.told)
        box.addLayout(beside)
        self._timer = QTimer(self)
        self._timer.setInterval(LOOK_MS)
        self._timer.timeout.connect(self._look)
        self.hide()

    def begin(self) -> Steps:
        """Show it for work that begins now; give what this returns to the worker."""
        self.steps = Steps()
        self.bar.setRange(0, 0)
        self.stop.setEnabled(True)
        self._timer.start()
        self._look()
        self.show()
        return self.steps

    def end(self) -> None:
        """The work is over."""
        self._timer.stop()
        self.steps = None
        self.hide()

    def _stop(self) -> None:
        if self.steps is not None:
            self.steps.stop()
            self.stop.setEnabled(False)

    def _look(self) -> None:
        steps = self.steps
        if steps is None:
            return
        if steps.all:
            self.bar.setRange(0, steps.all)
            self.bar.setValue(steps.done)
        if steps.stopped():
            self.told.show_text("กำลังหยุด …")
        elif steps.all and steps.done == steps.all:
            self.stop.setEnabled(False)
            self.told.show_text("กำลังลบร่องรอยในดัชนีค้น …")
        else:
            self.told.show_text(f"{steps.done:,} จาก {steps.all:,} {self._unit}" if steps.all else "กำลังเริ่ม …")
