"""The shell around the pages: header, calm notes, the page in view, status bar, and the scanner always heard.

The counter's page is there from the start; each other page is made when somebody first goes to it.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QApplication, QDialog, QStackedWidget, QVBoxLayout, QWidget

from app.domain import thai_date, thaid_week
from app.domain.errors import CounterError
from app.services import appointments, drafts, office_clock, print_jobs, rights, thaid_campaign, words
from ui import faults
from ui.button_rights import guard
from ui.counter.page import CounterPage
from ui.counter.scan import Reading, goes_on, is_known, understand
from ui.counter.wedge import KeyboardWedge
from ui.header import Header
from ui.ports import Session
from ui.preferences import write
from ui.status_bar import StatusBar
from ui.widgets.fields import Action
from ui.widgets.notes import Note

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.services.model import Actor, Changes
    from ui.accounts.page import AccountsPage
    from ui.campaign.page import CampaignPage
    from ui.cashier.page import CashierPage
    from ui.desk.page import DeskPage
    from ui.payers.page import PayersPage
    from ui.records.page import RecordsPage
    from ui.sending.page import SendingPage
    from ui.settings.page import SettingsPage

PAGES = [
    ("เคาน์เตอร์", "Ctrl+Shift+1"),
    ("งาน", "Ctrl+F"),
    ("การเงิน", "Ctrl+Shift+3"),
    ("ผู้เสียภาษี", "Ctrl+Shift+4"),
    ("การส่ง", "Ctrl+Shift+5"),
    ("งานรัฐ", "Ctrl+Shift+6"),
    ("ผู้ใช้", "Ctrl+Shift+7"),
    ("บันทึก", "Ctrl+Shift+8"),
    ("ตั้งค่า", "Ctrl+Shift+0"),
]
COUNTER, DESK, CASHIER, PAYERS, SENDING, CAMPAIGN, ACCOUNTS, RECORDS, SETTINGS = range(9)
MOST_ASKED = 99
LOCK_AFTER_MINUTES = 15
"""Unless the office says otherwise. Without a key or a click the clerk is signed out; what was typed is kept."""


def warm_up() -> None:
    """On a worker thread, before the window is made: the word list is read once (about 0.2 s)."""
    words.with_break_points("คำร้องทั่วไป")


class MainWindow(QWidget):
    """Everything one clerk sees after signing in; thrown away when the next one signs in."""

    other_clerk_wanted = Signal()

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session = session
        self.header = Header(session, PAGES)
        self.note = Note()
        self.counter = CounterPage(session)
        self.status = StatusBar(session)
        self._pages = QStackedWidget()
        self._made: dict[int, QWidget] = {COUNTER: self.counter}
        for place in range(len(PAGES)):
            self._pages.addWidget(self._made.get(place) or QWidget())
        self.wedge = KeyboardWedge(self, is_known, goes_on)
        self._idle = QTimer(self)
        self._build()
        self._connect()

    def begin(self) -> None:
        """A clerk has signed in."""
        self.header.begin()
        self._offer_pages()
        self._guard()
        self.counter.begin()
        self.show_page(COUNTER)
        self._lock_when_idle()
        counter = self.session.counter
        self.session.tasks.query(
            self, lambda: len(print_jobs.list_jobs(counter, MOST_ASKED, ("failed",))), self._ask_about_papers
        )
        self.session.tasks.query(self, lambda: thaid_campaign.due(counter), self._remind, topic="reminder")
        actor = self.session.actor
        self.session.tasks.query(
            self, lambda: appointments.ends_soon(counter, actor.username), self._ending, topic="end"
        )
        self.session.tasks.query(self, lambda: drafts.left_by_others(counter, actor), self._told_left, topic="left")
        self.session.tasks.query(self, lambda: office_clock.look(counter), self._ask_about_clock, topic="clock")

    def _lock_when_idle(self) -> None:
        minutes = self.session.counter.current.document.get("lock_after_minutes", LOCK_AFTER_MINUTES)
        self._idle.setInterval(minutes * 60_000)
        self._idle.start()

    def _guard(self) -> None:
        """Buttons that the person may not use say so; those made later do when they are first shown."""
        for button in self.findChildren(Action):
            guard(button, self.session.actor)

    def _offer_pages(self) -> None:
        actor = self.session.actor
        self.header.offer(SETTINGS, rights.may(actor, rights.OFFICE_SETTINGS))
        self.header.offer(PAYERS, self._has_payers)
        self.header.offer(RECORDS, self._keeps_records)
        self.header.offer(SENDING, not self.session.counter.stand_alone)
        self.header.offer(ACCOUNTS, rights.may(actor, rights.MANAGE_STAFF))

    def _build(self) -> None:
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        box.addWidget(self.header)
        box.addWidget(self.note)
        box.addWidget(self._pages, 1)
        box.addWidget(self.status)

    def _connect(self) -> None:
        self.header.page_wanted.connect(self.show_page)
        self.header.other_clerk_wanted.connect(self.other_clerk_wanted)
        self.header.own_wanted.connect(self.show_own)
        self.counter.case_wanted.connect(self.open_case)
        self.counter.pay_wanted.connect(self.take_money)
        self.counter.help_wanted.connect(self.show_help)
        self.status.sync_wanted.connect(self.sync_now)
        self.status.print_jobs_wanted.connect(self.show_print_jobs)
        self.status.keeping_wanted.connect(self.show_keeping)
        self.session.tasks.trouble.connect(self.tell)
        self.session.tasks.changed.connect(self._ask_again)
        self.session.look.changed.connect(self._remember_look)
        self.wedge.scanned.connect(self._scanned)
        look = self.session.look
        keys = {
            "Ctrl+Shift+1": lambda: self.show_page(COUNTER),
            "Ctrl+F": self._search,
            "Ctrl+Shift+3": lambda: self.show_page(CASHIER),
            "Ctrl+Shift+6": lambda: self.show_page(CAMPAIGN),
            "Ctrl+Shift+0": self._open_settings,
            "Ctrl+Shift+4": lambda: self.show_page(PAYERS) if self._has_payers else None,
            "Ctrl+Shift+8": lambda: self.show_page(RECORDS) if self._keeps_records else None,
            "Ctrl+Shift+7": self._open_accounts,
            "Shift+F1": self.show_help,
            "Ctrl+Shift+9": self.header.open_own,
            "Ctrl+Shift+5": lambda: None if self.session.counter.stand_alone else self.show_page(SENDING),
            "Ctrl+L": self.other_clerk_wanted.emit,
            "F5": self.sync_now,
            "Ctrl+P": self.show_print_jobs,
            "Ctrl+=": lambda: look.step(1),
            "Ctrl++": lambda: look.step(1),
            "Ctrl+-": lambda: look.step(-1),
            "Ctrl+0": lambda: look.set_scale(100),
        }
        for key, action in keys.items():
            QShortcut(QKeySequence(key), self).activated.connect(action)
        self._idle.setSingleShot(True)
        self._idle.timeout.connect(self.other_clerk_wanted)
        app = QApplication.instance()
        if app is not None:
            app.installEventFilter(self)

    @property
    def desk(self) -> DeskPage:
        """The officers' page."""
        page: DeskPage = self._page(DESK, "ui.desk.page", "DeskPage")
        return page

    @property
    def cashier(self) -> CashierPage:
        """Where money is taken."""
        page: CashierPage = self._page(CASHIER, "ui.cashier.page", "CashierPage")
        return page

    @property
    def campaign(self) -> CampaignPage:
        """The ThaiD registration campaign."""
        page: CampaignPage = self._page(CAMPAIGN, "ui.campaign.page", "CampaignPage")
        return page

    @property
    def settings(self) -> SettingsPage:
        """What the office sets for itself."""
        page: SettingsPage = self._page(SETTINGS, "ui.settings.page", "SettingsPage")
        return page

    @property
    def payers(self) -> PayersPage:
        """Who files for a month."""
        new = PAYERS not in self._made
        page: PayersPage = self._page(PAYERS, "ui.payers.page", "PayersPage")
        if new:
            page.case_wanted.connect(self.open_case)
        return page

    @property
    def records(self) -> RecordsPage:
        """What everybody did, and what is kept."""
        page: RecordsPage = self._page(RECORDS, "ui.records.page", "RecordsPage")
        return page

    @property
    def accounts(self) -> AccountsPage:
        """Accounts, rights, appointment orders."""
        page: AccountsPage = self._page(ACCOUNTS, "ui.accounts.page", "AccountsPage")
        return page

    @property
    def sending(self) -> SendingPage:
        """What has been sent and what has not."""
        new = SENDING not in self._made
        page: SendingPage = self._page(SENDING, "ui.sending.page", "SendingPage")
        if new:
            page.case_wanted.connect(self.open_case)
        return page

    @property
    def _keeps_records(self) -> bool:
        return any(rights.may(self.session.actor, right) for right in rights.RECORDS)

    @property
    def _has_payers(self) -> bool:
        """Whether the office takes filings by the month."""
        return any(service.filing.payer for service in self.session.counter.catalog.values())

    def _page(self, place: int, module: str, name: str) -> Any:
        if place not in self._made:
            page = self._made[place] = getattr(import_module(module), name)(self.session)
            empty = self._pages.widget(place)
            assert empty is not None
            self._pages.insertWidget(place, page)
            self._pages.removeWidget(empty)
            empty.deleteLater()
        return self._made[place]

    @property
    def page(self) -> int:
        """The page in view: COUNTER, DESK, CASHIER or CAMPAIGN."""
        return self._pages.currentIndex()

    def show_page(self, place: int) -> None:
        """Bring a page to the front."""
        focus: Callable[[], None] | None = None
        if place == DESK:
            focus = self.desk.focus_search
        elif place == CASHIER:
            focus = self.cashier.focus_search
        elif place == CAMPAIGN:
            focus = self.campaign.setFocus
        elif place == PAYERS:
            focus = self.payers.focus_search
        elif place == RECORDS:
            focus = self.records.setFocus
        elif place == ACCOUNTS:
            focus = self.accounts.setFocus
        elif place == SENDING:
            focus = self.sending.setFocus
        elif place == SETTINGS:
            focus = self.settings.focus_first
        self._pages.setCurrentIndex(place)
        self.header.mark(place)
        if focus is not None:
            focus()

    def open_case(self, number: str) -> None:
        """Open a case at the desk."""
        self.show_page(DESK)
        self.desk.open(number)

    def take_money(self, number: str) -> None:
        """Take money for a case at the cashier's page."""
        self.show_page(CASHIER)
        self.cashier.open_case(number)

    def sync_now(self) -> None:
        """Ask the sync to try at once."""
        sync, counter = self.session.sync_now, self.session.counter
        if sync is not None and not counter.stand_alone:
            self.session.tasks.query(self, lambda: sync(counter), lambda _result: None, topic="sync")

    def show_print_jobs(self) -> None:
        """Ctrl+P: the papers that failed or wait."""
        dialog = import_module("ui.print_jobs").PrintJobsDialog(self.session, self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()

    def show_keeping(self) -> None:
        """Backups, the rehearsal of a restore, the recovery key."""
        dialog = import_module("ui.keeping").KeepingDialog(self.session, self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()

    def _ending(self, found: appointments.Standing | None) -> None:
        """One's own appointment ends soon."""
        if found is not None and found.until is not None and not self.note.title:
            self.note.say(
                "warn", f"คำสั่งแต่งตั้งของท่าน ({found.number}) สิ้นสุด {thai_date.short(found.until)}",
                "แจ้งผู้ดูแลระบบให้บันทึกคำสั่งใหม่ก่อนวันนั้น",
            )  # fmt: skip

    def show_help(self) -> None:
        """F1: what is done on the page in view, with the keys, and whom to ask."""
        dialog = import_module("ui.help").HelpDialog(self.session, self, PAGES[self.page][0])
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """F1, where the page has nothing to say about the field in focus."""
        if event.key() == Qt.Key.Key_F1:
            self.show_help()
        else:
            super().keyPressEvent(event)

    def show_own(self, what: str) -> None:
        """Something of one's own account, by its code in the header's menu."""
        import_module("ui.accounts.own").show(what, self.session, self, self.note)

    def _told_left(self, found: list[drafts.Left]) -> None:
        """Somebody left a form half-filled here: it is kept for them, or this clerk goes on with it."""
        session, newest = self.session, found[0] if found else None
        if newest is None or self.note.title or not rights.may(session.actor, rights.CREATE):
            return

        def take() -> None:
            session.tasks.command(
                self, lambda: drafts.take_over(session.counter, session.actor, newest.username, newest.page),
                lambda _none: self.counter.ask_for_draft(), self.tell,
            )  # fmt: skip

        self.note.say(
            "info",
            f"{newest.full_name} กรอกแบบค้างไว้ที่เครื่องนี้",
            "เก็บไว้ให้เจ้าของแล้ว หากต้องทำต่อแทน การรับช่วงจะถูกบันทึก",
            "รับช่วงต่อ",
            take,
        )

    def _ask_again(self, changes: Changes) -> None:
        """Accounts or rights were changed, here or elsewhere: who may no longer come in is signed out, drafts kept."""
        if self._idle.isActive() and changes.kinds & {"staff", "settings"}:
            counter, actor = self.session.counter, self.session.actor
            self.session.tasks.query(
                self,
                lambda: import_module("app.services.staff").refreshed(counter, actor),
                self._refreshed,
                topic="actor",
            )

    def _refreshed(self, actor: Actor | None) -> None:
        if actor is None:
            self.other_clerk_wanted.emit()
        else:
            self.session.actor = actor
            self._offer_pages()
            self._guard()
            self._lock_when_idle()
            self.counter.matter.rights_changed()

    def _ask_about_papers(self, count: int) -> None:
        """After a power cut or a dead printer: nobody but a person knows what came out."""
        if count:
            self.note.say(
                "warn",
                f"มีเอกสาร {count} แผ่นที่ไม่รู้ว่าพิมพ์ออกมาแล้วหรือไม่",
                "ดูที่เครื่องพิมพ์ แล้วตอบทีละแผ่น โปรแกรมจะไม่พิมพ์ต้นฉบับซ้ำเอง",
                "Ctrl+P  ดูและตอบ",
                self.show_print_jobs,
            )

    def _ask_about_clock(self, clock: office_clock.Clock) -> None:
        """No receipt is issued by a clock that may be wrong before a supervisor has said that it is right."""
        if clock.asks:
            self.note.say(
                "bad", f"วันเวลาของเครื่องอาจไม่ถูกต้อง: {clock.doubts}", "ยังออกใบเสร็จไม่ได้ ตั้งนาฬิกาเครื่องให้ถูกต้อง หรือให้ผู้ดูแลยืนยัน",
                "ยืนยันวันเวลา…", lambda: self._confirm_clock(clock),
            )  # fmt: skip

    def _confirm_clock(self, clock: office_clock.Clock) -> None:
        dialog = import_module("ui.office_clock").ClockDialog(self.session, self, clock)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.accepted.connect(lambda: self.note.say("good", "ยืนยันวันเวลาแล้ว", "ออกใบเสร็จได้ 12 ชั่วโมง"))
        dialog.rejected.connect(lambda: self._ask_about_clock(clock))
        dialog.open()

    def _remind(self, due: thaid_week.Due | None) -> None:
        """On Thursday, Friday and after: the ThaiD report of the week, unless something graver is said already."""
        if due is not None and due.tone in ("warn", "bad") and not self.note.title:
            self.note.say(
                due.tone,
                f"รายงานการลงทะเบียน ThaiD วันศุกร์ที่ {thai_date.short(due.week)} {due.text}",
                "ส่งในกลุ่มไลน์แล้วบันทึกว่าส่ง",
                "Ctrl+Shift+6  ไปที่รายงาน",
                lambda: self.show_page(CAMPAIGN),
            )

    def tell(self, error: BaseException) -> None:
        """A note about an error that no page took."""
        if not isinstance(error, CounterError):
            faults.record(error)
        self.note.say(*faults.words(error))

    def leave(self) -> None:
        """Keep drafts, close what is open over the pages; the window is about to go."""
        self._idle.stop()
        while popup := QApplication.activePopupWidget():
            popup.close()
        for dialog in self.findChildren(QDialog):
            dialog.done(QDialog.DialogCode.Rejected)
        self.counter.leave()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Any key or click puts the lock off."""
        if event.type() in (QEvent.Type.KeyPress, QEvent.Type.MouseButtonPress) and self._idle.isActive():
            self._idle.start()
        elif event.type() == QEvent.Type.Polish and isinstance(watched, Action) and self._idle.isActive():
            guard(watched, self.session.actor)
        return False

    def _search(self) -> None:
        self.show_page(DESK)

    def _open_settings(self) -> None:
        if rights.may(self.session.actor, rights.OFFICE_SETTINGS):
            self.show_page(SETTINGS)

    def _open_accounts(self) -> None:
        if rights.may(self.session.actor, rights.MANAGE_STAFF):
            self.show_page(ACCOUNTS)

    def _remember_look(self) -> None:
        preferences = self.session.preferences
        preferences.text_scale, preferences.theme = self.session.look.scale, self.session.look.theme
        text, path = preferences.as_json(), preferences.path
        self.session.tasks.command(self, lambda: write(path, text))

    def _scanned(self, text: str) -> None:
        self._idle.start()
        if self.page == COUNTER:
            self.counter.take_scan(text)
        else:
            self.session.tasks.query(self, lambda: understand(text, "จากการสแกน"), self._scanned_at_desk, topic="scan")

    def _scanned_at_desk(self, reading: Reading) -> None:
        if self.page == SETTINGS:
            self.show_page(DESK)
        if reading.kind in ("request_slip", "request_number") and reading.valid:
            if self.page == CASHIER:
                self.cashier.open_case(reading.value)
                return
            self.desk.open(reading.value)
        else:
            self.desk.take_scan(reading.value)
