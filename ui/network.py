"""What the operating system knows of the network: whether it is back, and whether it is paid by the byte."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtNetwork import QNetworkInformation

if TYPE_CHECKING:
    from app.services.counter import Counter

Reachability = QNetworkInformation.Reachability


class NetworkWatch(QObject):
    """Has the counter sync at once when the network comes back, and keeps `counter.metered` true to the line.

    Where the system tells nothing (a bare Linux without a session bus), syncs go by their own clock alone.
    """

    def __init__(self, parent: QObject, counter: Counter, sync_now: Callable[[Counter], object]) -> None:
        super().__init__(parent)
        self._counter, self._sync_now = counter, sync_now
        self._online = True
        if not QNetworkInformation.loadBackendByFeatures(QNetworkInformation.Feature.Metered):
            QNetworkInformation.loadDefaultBackend()
        self._system = QNetworkInformation.instance()
        if self._system is not None:
            self._online = self._system.reachability() != Reachability.Disconnected
            self._system.reachabilityChanged.connect(self.reached)
            self._system.isMeteredChanged.connect(self.metered)
            self.metered(self._system.isMetered())

    def reached(self, how: Reachability) -> None:
        """The reach of the network has changed."""
        online, before = how != Reachability.Disconnected, self._online
        self._online = online
        if online and not before:
            self._sync_now(self._counter)

    def metered(self, paid: bool) -> None:
        """The line is, or is no longer, paid by the byte; files that waited for that go on."""
        before, self._counter.metered = self._counter.metered, paid
        if before and not paid:
            self._sync_now(self._counter)
