"""run: the window. It paints first; everything heavy is imported and opened behind it, on its worker thread."""

from __future__ import annotations

import gc
import importlib
import os
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from app.cli.home import PASSPHRASE, home_folder, usual_home
from app.domain.errors import Unavailable
from ui.application import run_window

if TYPE_CHECKING:
    from argparse import Namespace

    from app.bootstrap import Paper, Workers
    from app.intake.card.holder import CardHolder
    from app.intake.card.monitor import CardEvent, CardMonitor
    from app.services.counter import Counter
    from app.services.model import Actor
    from app.services.own_record import OwnRecord
    from app.services.thaid import ThaiDPerson
    from ui.ports import Sending, ThaiDSession, ThaiDTold, ThaiDWatch

Moment = Callable[[str], object]


def run(arguments: Namespace) -> int:
    """Open the window on this home, or with --demo on a demo office beside it."""
    home = home_folder(arguments)
    if not arguments.demo:
        return open_home(home)
    demo_office = importlib.import_module("app.cli.demo_office")
    demo_office.make(home / "demo")
    return open_window(home / "demo", demo_office.PASSPHRASE, greeting=demo_office.GREETING)


def open_home(home: Path | None = None) -> int:
    """Open the window on this home, else on the usual one."""
    return open_window(home or usual_home(), os.environ.get(PASSPHRASE))


def open_window(home: Path, passphrase: str | None, *, greeting: str = "", moment: Moment | None = None) -> int:
    """Show the window until it is closed; the counter and its workers start behind it and end with it."""
    behind = _Behind(home, passphrase)
    try:
        return run_window(
            behind.open,
            behind.paper,
            behind.sync_now,
            home=home,
            greeting=greeting,
            moment=moment,
            thaid=_ThaiD(),
            cards=CardReaders(),
            sending=cast("Sending", _Sending()),
        )
    finally:
        gc.enable()
        behind.close()


class _ThaiD:
    """ThaiD for the window; what speaks to the server is imported when it is first used."""

    def begin(self, counter: Counter, purpose: str) -> ThaiDSession:
        """A session on the central server; on a worker thread."""
        session: ThaiDSession = importlib.import_module("app.bootstrap").thaid_begin(counter, purpose)
        return session

    def watch(self, session: ThaiDSession, told: ThaiDTold, opened: Callable[[], None]) -> ThaiDWatch:
        """Wait for it on a thread of its own."""
        watch: ThaiDWatch = importlib.import_module("app.bootstrap").thaid_watch(session, told, opened)
        return watch

    def record(self, counter: Counter, actor: Actor, session: ThaiDSession, person: ThaiDPerson) -> OwnRecord:
        """The acting person's own record; on a worker thread."""
        found: OwnRecord = importlib.import_module("app.bootstrap").own_record(counter, actor, session, person)
        return found


class _Sending:
    """What app/cli/sending.py does, imported when it is first asked for."""

    def __getattr__(self, name: str) -> Any:
        return getattr(importlib.import_module("app.cli.sending").Sending(), name)


class CardReaders:
    """The ID-card readers for the window; pyscard is imported on the thread that watches."""

    def watch(self, told: Callable[[CardEvent], None]) -> CardMonitor:
        """Begin to watch."""
        monitor: CardMonitor = importlib.import_module("app.intake.card.monitor").CardMonitor(told)
        monitor.start()
        return monitor

    def read(
        self, reader: str, on_text: Callable[[CardHolder], None], on_progress: Callable[[float, float], None]
    ) -> CardHolder:
        """Read a card; on a worker thread."""
        selection = importlib.import_module("app.intake.card.selection")
        holder: CardHolder = selection.read_card(reader, on_text=on_text, on_progress=on_progress).holder
        return holder


class _Behind:
    """The counter behind the window, once it is open."""

    def __init__(self, home: Path, passphrase: str | None) -> None:
        self._home = home
        self._passphrase = passphrase
        self._counter: Counter | None = None
        self._workers: Workers | None = None
        self._log: object = None
        self._held = ExitStack()
        self._alone = False

    def open(self, passphrase: str | None = None) -> Counter:
        """Open the counter and start its workers; called on a worker thread. Unavailable where another window of this
        computer has it open: the same clerk's half-filled form would be in both."""
        bootstrap = importlib.import_module("app.bootstrap")
        self._be_alone()
        if self._log is None and self._home.is_dir():
            self._log = importlib.import_module("app.services.log_files").begin(self._home)
        counter: Counter = bootstrap.open_counter(self._home, passphrase or self._passphrase)
        self._counter, self._workers = counter, bootstrap.Workers(counter)
        self._workers.start()
        gc.freeze()  # what was imported until now is never garbage, and need not be looked through
        return counter

    def _be_alone(self) -> None:
        if self._alone or not self._home.is_dir():
            return
        files = importlib.import_module("app.store.files")
        try:
            self._alone = self._held.enter_context(files.locked(self._home / "window.lock"))
        except OSError:
            return  # a folder that cannot be written to is told when the database is opened
        if not self._alone:
            self._held.close()
            raise Unavailable(
                "window_open", "โปรแกรมเปิดข้อมูลนี้อยู่แล้วในอีกหน้าต่างหนึ่ง", "ใช้หน้าต่างเดิม หรือปิดหน้าต่างเดิมแล้วกดลองอีกครั้ง"
            )

    def paper(self, counter: Counter) -> Paper:
        """The documents of this counter."""
        paper: Paper = importlib.import_module("app.bootstrap").Paper(counter)
        return paper

    def sync_now(self, _counter: Counter) -> None:
        """Try the server at once; returns at once."""
        if self._workers is not None:
            self._workers.sync_now()

    def close(self) -> None:
        """End the workers and give the database back."""
        if self._workers is not None:
            self._workers.stop()
        if self._counter is not None:
            self._counter.close()
        if self._log is not None:
            importlib.import_module("app.services.log_files").end(self._log)
        self._held.close()
