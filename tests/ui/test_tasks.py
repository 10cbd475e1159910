"""Work off Qt's thread: results come back in order, late ones are dropped, nothing is lost, nothing raises."""

import threading

import shiboken6
from PySide6.QtCore import QObject

from ui.tasks import Tasks


def test_the_result_is_delivered_on_qts_thread(qtbot, tasks: Tasks):
    owner, seen = QObject(), []
    tasks.query(owner, threading.get_ident, lambda worker: seen.append((worker, threading.get_ident())))
    qtbot.waitUntil(lambda: bool(seen))
    worker, delivered = seen[0]
    assert delivered == threading.get_ident() != worker


def test_a_newer_query_makes_the_older_one_stale(qtbot, tasks: Tasks):
    owner, seen, gate = QObject(), [], threading.Event()
    tasks.query(owner, lambda: gate.wait(5) and "old", seen.append, topic="find")
    tasks.query(owner, lambda: "new", seen.append, topic="find")
    tasks.query(owner, lambda: "other topic", seen.append, topic="status")
    gate.set()
    qtbot.waitUntil(lambda: tasks.pending == 0)
    assert sorted(seen) == ["new", "other topic"]


def test_a_stale_query_that_waits_is_not_even_started(qtbot):
    tasks = Tasks(readers=1)
    owner, ran, gate = QObject(), [], threading.Event()
    tasks.query(owner, lambda: gate.wait(5), lambda _result: None, topic="blocks the only reader")
    for n in range(5):
        tasks.query(owner, lambda n=n: ran.append(n), lambda _result: None, topic="find")
    gate.set()
    qtbot.waitUntil(lambda: tasks.pending == 0)
    tasks.close()
    assert ran == [4]


def test_nothing_is_delivered_to_a_widget_that_has_gone(qtbot, tasks: Tasks):
    owner, seen, gate = QObject(), [], threading.Event()
    tasks.query(owner, lambda: gate.wait(5), seen.append)
    shiboken6.delete(owner)
    gate.set()
    qtbot.waitUntil(lambda: tasks.pending == 0)
    assert seen == []


def test_commands_run_in_order_and_even_for_a_widget_that_has_gone(qtbot, tasks: Tasks):
    owner, done = QObject(), []
    gate = threading.Event()
    tasks.command(owner, lambda: gate.wait(5))
    for n in range(20):
        tasks.command(owner, lambda n=n: done.append(n))
    shiboken6.delete(owner)
    gate.set()
    qtbot.waitUntil(lambda: tasks.pending == 0)
    assert done == list(range(20))


def test_an_exception_goes_to_its_handler_or_to_trouble(qtbot, tasks: Tasks):
    owner, handled, troubles = QObject(), [], []
    tasks.trouble.connect(troubles.append)
    tasks.query(owner, lambda: 1 / 0, lambda _result: None, handled.append, topic="a")
    tasks.query(owner, lambda: [][1], lambda _result: None, topic="b")
    qtbot.waitUntil(lambda: tasks.pending == 0)
    assert [type(e) for e in handled] == [ZeroDivisionError]
    assert [type(e) for e in troubles] == [IndexError]


def test_changes_of_any_thread_arrive_on_qts_thread(qtbot, tasks: Tasks):
    seen = []
    tasks.changed.connect(lambda changes: seen.append((changes, threading.get_ident())))
    thread = threading.Thread(target=tasks.announce, args=("changes",))
    thread.start()
    thread.join()
    qtbot.waitUntil(lambda: bool(seen))
    assert seen == [("changes", threading.get_ident())]


def test_closing_lets_queued_commands_end_and_delivers_nothing_more(qtbot):
    tasks = Tasks()
    owner, ran, delivered = QObject(), [], []
    for n in range(3):
        tasks.command(owner, lambda n=n: ran.append(n), delivered.append)
    tasks.close()
    tasks.announce("too late")
    qtbot.wait(20)
    assert ran == [0, 1, 2]
    assert delivered == []


class Mortal(QObject):
    """Notes on which thread it is freed."""

    def __init__(self, freed: list[str]) -> None:
        super().__init__()
        self.freed = freed

    def __del__(self) -> None:
        self.freed.append(threading.current_thread().name)

    def take(self, _result: object) -> None:
        """Hold on to the widget, as handlers do."""


def test_a_widget_is_never_let_go_of_on_a_worker_thread(qtbot):
    freed: list[str] = []
    for _ in range(100):
        tasks, gate = Tasks(), threading.Event()
        owner = Mortal(freed)
        tasks.query(owner, gate.wait, owner.take, owner.take, topic="a")
        tasks.query(owner, gate.wait, owner.take, topic="a")
        tasks.command(owner, gate.wait, owner.take, owner.take)
        del owner
        gate.set()
        tasks.close()
    assert freed == ["MainThread"] * 100
