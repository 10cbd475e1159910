"""The network comes back: sync at once. It is paid by the byte: files wait, and go on when it no longer is."""

from PySide6.QtCore import QObject

from ui.network import NetworkWatch, Reachability


class Counter:
    metered = False


def test_a_network_that_comes_back_wakes_the_sync(qapp):
    counter, asked, parent = Counter(), [], QObject()
    watch = NetworkWatch(parent, counter, asked.append)
    watch.reached(Reachability.Online)
    asked.clear()
    watch.reached(Reachability.Site)
    assert asked == []
    watch.reached(Reachability.Disconnected)
    assert asked == []
    watch.reached(Reachability.Online)
    assert asked == [counter]


def test_a_line_paid_by_the_byte_is_told_to_the_counter(qapp):
    counter, asked, parent = Counter(), [], QObject()
    watch = NetworkWatch(parent, counter, asked.append)
    watch.metered(True)
    assert counter.metered
    assert asked == []
    watch.metered(False)
    assert not counter.metered
    assert asked == [counter]
