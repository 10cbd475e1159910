"""Reference cycles are looked for between events, and nowhere else."""

import gc
import threading

from ui.garbage import LOOK_EVERY_MS, GarbageCollector


class Node:
    """One end of a cycle, which notes where it is freed."""

    def __init__(self, freed: list[str]) -> None:
        self.freed = freed
        self.other = self

    def __del__(self) -> None:
        self.freed.append(threading.current_thread().name)


def make_garbage(freed: list[str], kept: list[list[int]]) -> None:
    """A cycle, and so many objects beside it that the interpreter would look for it."""
    Node(freed)
    kept.extend([] for _ in range(20 * gc.get_threshold()[0]))


def test_garbage_of_a_worker_is_freed_on_qts_thread(qtbot):
    gc.enable()
    collector = GarbageCollector()
    freed: list[str] = []
    kept: list[list[int]] = []
    worker = threading.Thread(target=make_garbage, args=(freed, kept), name="worker")
    worker.start()
    worker.join()
    assert not freed
    qtbot.waitUntil(lambda: freed == ["MainThread"], timeout=20 * LOOK_EVERY_MS)
    collector.stop()
    assert gc.isenabled()


def test_a_second_one_leaves_things_as_it_found_them(qtbot):
    first, second = GarbageCollector(), GarbageCollector()
    second.stop()
    assert not gc.isenabled()
    first.stop()
