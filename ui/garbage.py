"""When Python looks for reference cycles: between two events of Qt, on Qt's thread, and at no other moment.

Left alone it looks whenever enough objects have been made: on a worker thread, which must not free a widget, or inside
a call in which Qt walks a list of all widgets and asks our methods on the way. Both end the program.
"""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

if TYPE_CHECKING:
    from PySide6.QtCore import QTimerEvent

LOOK_EVERY_MS = 500


class GarbageCollector(QObject):
    """Takes over from the interpreter until `stop`, by its own thresholds."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._by_itself = gc.isenabled()
        gc.disable()
        self._timer = self.startTimer(LOOK_EVERY_MS)

    def stop(self) -> None:
        """Leave it to the interpreter again, if it was left to it before."""
        self.killTimer(self._timer)
        if self._by_itself:
            gc.enable()

    def timerEvent(self, _event: QTimerEvent) -> None:
        """Look through the oldest generation that is due."""
        counts, thresholds = gc.get_count(), gc.get_threshold()
        for generation in (2, 1, 0):
            if counts[generation] > thresholds[generation]:
                gc.collect(generation)
                return
