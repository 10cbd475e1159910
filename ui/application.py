"""The window's life: sign-in is painted first, the counter is opened behind it, clerks come and go, and it closes.

Nothing that needs the database is imported here; the pages are imported on the worker thread that opens the counter.
"""

from __future__ import annotations

import os
import sys
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtWidgets import QApplication, QStackedWidget, QWidget

import resources
from ui import faults
from ui.garbage import GarbageCollector
from ui.ports import Cards, Moment, Paper, PaperFactory, Sending, Session, SyncNow, ThaiD, Unlock
from ui.preferences import Preferences, load, write
from ui.sign_in import PROGRAM, SignInPage
from ui.style import Look, application
from ui.tasks import Tasks

if TYPE_CHECKING:
    from PySide6.QtGui import QCloseEvent, QPaintEvent

    from app.services.counter import Counter
    from app.services.model import Actor
    from ui.main_window import MainWindow

FIRST_SIZE = (1366, 768)
PREFERENCES = "window.json"


class Trouble(QObject):
    """Carries exceptions of any thread to Qt's thread."""

    happened = Signal(object)


class Window(QStackedWidget):
    """The one top-level window: the sign-in page, and after it the pages of the clerk who signed in."""

    def __init__(
        self,
        unlock: Unlock,
        paper_factory: PaperFactory,
        sync_now: SyncNow | None = None,
        *,
        look: Look,
        preferences: Preferences,
        moment: Moment | None = None,
        thaid: ThaiD | None = None,
        cards: Cards | None = None,
        sending: Sending | None = None,
    ) -> None:
        super().__init__()
        self.tasks = Tasks()
        self._garbage = GarbageCollector(self)
        self.look = look
        self.counter: Counter | None = None
        self.main: MainWindow | None = None
        self._next: MainWindow | None = None
        self._unlock = unlock
        self._paper_factory = paper_factory
        self._paper: Paper | None = None
        self._sync_now = sync_now
        self._thaid = thaid
        self._cards = cards
        self._sending = sending
        self._preferences = preferences
        self._moment = moment or (lambda _name: None)
        self._painted = False
        self.setWindowTitle(PROGRAM)
        self.setObjectName("page")
        self.setMinimumSize(800, 560)
        self.resize(*FIRST_SIZE)
        self.sign_in = SignInPage(self._open, self.tasks, look, thaid)
        self.sign_in.usual = preferences.last_user
        self.addWidget(self.sign_in)
        self.sign_in.unlocked.connect(self._unlocked)
        self.sign_in.signed_in.connect(self.enter)
        self.tasks.trouble.connect(self._trouble)

    def paintEvent(self, event: QPaintEvent) -> None:
        """After the first painting the work behind it begins."""
        super().paintEvent(event)
        if not self._painted:
            self._painted = True
            QTimer.singleShot(0, self._shown)

    def _shown(self) -> None:
        self._moment("sign_in")
        self.sign_in.begin()
        icon = import_module("PySide6.QtGui").QIcon
        self.setWindowIcon(icon(str(resources.path("icons", "window.svg"))))

    def _open(self, passphrase: str | None = None) -> Counter:
        """On the command thread: open the store, and import what the pages need while the clerk types a password."""
        counter = self._unlock(passphrase)
        self._paper = self._paper_factory(counter)
        import_module("ui.main_window").warm_up()
        return counter

    def _unlocked(self, counter: Counter) -> None:
        self.counter = counter
        counter.subscribe(self.tasks.announce)
        self.setWindowTitle(f"{PROGRAM} · {counter.office.name} · {counter.counter_name}")
        self._build_pages()
        if self._sync_now is not None:
            QTimer.singleShot(0, self._watch_network)

    def _watch_network(self) -> None:
        if self.counter is not None and self._sync_now is not None and not self.counter.stand_alone:
            import_module("ui.network").NetworkWatch(self, self.counter, self._sync_now)

    def _build_pages(self) -> None:
        """Build the pages of whoever signs in next, while nobody types yet."""
        if self.counter is None or self._paper is None or self._next is not None:
            return
        session = Session(
            self.counter,
            self._paper,
            self.tasks,
            self.look,
            self._preferences,
            self._sync_now,
            self._thaid,
            self._cards,
            self._sending,
        )
        with self.look.undressed():
            self._next = import_module("ui.main_window").MainWindow(session)
            self._next.other_clerk_wanted.connect(self.change_clerk)
            self.addWidget(self._next)

    def enter(self, actor: Actor) -> None:
        """A clerk signed in: show the pages."""
        if self._next is None:
            self._build_pages()
        self.main, self._next = self._next, None
        assert self.main is not None
        self.main.session.actor = actor
        self._remember(actor.username)
        self.main.begin()
        self.setCurrentWidget(self.main)
        QTimer.singleShot(0, lambda: self._moment("counter"))

    def _remember(self, username: str) -> None:
        """Who came in last is offered first the next time."""
        preferences = self._preferences
        if preferences.last_user != username:
            preferences.last_user = self.sign_in.usual = username
            text, path = preferences.as_json(), preferences.path
            self.tasks.command(self, lambda: write(path, text))

    def change_clerk(self) -> None:
        """Keep the draft, throw the pages away with all they show, and go back to sign-in."""
        if self.main is None:
            return
        self.main.leave()
        gone, self.main = self.main, None
        self.setCurrentWidget(self.sign_in)
        self.removeWidget(gone)
        gone.deleteLater()
        self.sign_in.reset()
        QTimer.singleShot(0, self._build_pages)

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Tab and Shift+Tab over the real controls only. Qt would stop at what hands its focus on to a part of itself,
        and such a part of a form that was made later stands elsewhere in the order: the columns before it were never
        reached again."""
        step = QWidget.nextInFocusChain if forward else QWidget.previousInFocusChain
        start = self.focusWidget() or self
        found = step(start)
        while found is not None and found is not start:
            if _stops(found) and self.isAncestorOf(found) and found.isVisibleTo(self):
                reason = Qt.FocusReason.TabFocusReason if forward else Qt.FocusReason.BacktabFocusReason
                found.setFocus(reason)
                return True
            found = step(found)
        return False

    def closeEvent(self, event: QCloseEvent) -> None:
        """Keep the draft, let the workers end, give the database back."""
        if self.main is not None:
            self.main.leave()
        self.tasks.close()
        self._garbage.stop()
        super().closeEvent(event)

    def _trouble(self, error: BaseException) -> None:
        if self.main is None:
            faults.record(error)

    def tell(self, error: BaseException) -> None:
        """An exception that reached the interpreter's last resort."""
        if self.main is not None:
            self.main.note.say(*faults.words(error))


def _stops(widget: QWidget) -> bool:
    """Whether Tab stops here."""
    reached = bool(widget.focusPolicy() & Qt.FocusPolicy.TabFocus)
    return reached and widget.focusProxy() is None and widget.isEnabled() and not widget.isWindow()


def prepare(app: QApplication, preferences: Preferences) -> Look:
    """Name, fonts and colours of the application; the caller dresses it once the first window is built."""
    app.setApplicationName("lao-counter")
    app.setApplicationDisplayName("")
    look = Look(preferences.theme, preferences.text_scale)
    look.start(app)
    return look


def run_window(
    unlock: Unlock,
    paper_factory: PaperFactory,
    sync_now: SyncNow | None = None,
    *,
    home: Path | None = None,
    greeting: str = "",
    moment: Moment | None = None,
    thaid: ThaiD | None = None,
    cards: Cards | None = None,
    sending: Sending | None = None,
) -> int:
    """Open the window and stay until it is closed; returns the exit code.

    unlock: see `Unlock`. home: folder of the counter, where the window's own preferences are kept.
    greeting: a line on the sign-in page, for the demo office.
    thaid, cards, sending: None where ThaiD, the chip of the ID card, or sticks and the list of counters cannot be used.
    moment: told "sign_in" and "counter" when that page can be used. The caller closes the counter afterwards.
    """
    if sys.platform == "linux" and not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    app = application()
    preferences = load(home / PREFERENCES if home is not None else None)
    look = prepare(app, preferences)
    window = Window(
        unlock, paper_factory, sync_now, look=look, preferences=preferences, moment=moment, thaid=thaid, cards=cards,
        sending=sending,
    )  # fmt: skip
    window.sign_in.greet(greeting)
    look.dress()
    trouble = Trouble()
    trouble.happened.connect(window.tell)
    hooks = faults.Hooks(trouble.happened.emit)
    hooks.install()
    try:
        window.show()
        return app.exec()
    finally:
        hooks.remove()
        window.tasks.close()
