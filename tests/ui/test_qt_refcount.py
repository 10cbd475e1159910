"""PySide6 6.12 on Python 3.11 drops one reference of None at every void call; the program then dies after a while."""

import sys

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QLabel

CALLS = 2_000
OTHERS = 200
"""References that other threads and caches may take or give meanwhile."""


class Sender(QObject):
    sent = Signal(int)


def test_void_calls_keep_the_references_of_none(qtbot):
    label, sender = QLabel("x"), Sender()
    qtbot.addWidget(label)
    before = sys.getrefcount(None)
    for _ in range(CALLS):
        label.setText("y")
        sender.sent.emit(1)
    assert abs(sys.getrefcount(None) - before) < OTHERS
