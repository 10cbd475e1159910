"""The only place that builds and joins everything: store, services, paper, sync, window."""

import contextlib
import logging
import threading
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.catalog.loader import load_builtin
from app.catalog.schema import Service
from app.domain.clock import Clock, SystemClock
from app.domain.code_places import places
from app.domain.errors import CounterError, Refused, Unavailable
from app.services import backup_loop, messages, print_jobs, replication, search_index, setup
from app.services.counter import Counter
from app.services.model import CaseView, Changes, OfficeView, Printer, PrintJob
from app.services.office_papers import OfficePaper
from app.services.privacy import Notice
from app.store.files import write_durably
from app.store.keys import KEY_FILE, has_key_store
from app.version import VERSION
from printing import press

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.services.audit import Checkpoint
    from app.services.model import Actor
    from app.services.own_record import OwnRecord
    from app.services.paper_templates import PaperTemplate
    from app.services.recovery import RecoverySheet
    from app.services.thaid import ThaiDPerson
    from printing.devices.discovery import Found
    from sync.exchange import SyncResult
    from sync.files import FileWork
    from sync.loop import SyncLoop, Told
    from sync.messages_loop import MessagesLoop
    from sync.thaid import ThaiDSession, Watch
    from sync.thaid import Told as ThaiDTold

LOG = logging.getLogger(__name__)
STOP_SECONDS = 5.0


def needs_passphrase(home: Path, creating: bool = False) -> bool:
    """Whether the key of this home is, or would be, wrapped by a passphrase."""
    return not has_key_store() if creating else (home / KEY_FILE).exists()


def keeps_keys() -> bool:
    """Whether the platform offers a place for keys, so that no passphrase is needed."""
    return has_key_store()


def built_in_services() -> list[Service]:
    """The service definitions that come with the program."""
    return list(load_builtin().values())


def open_counter(home: Path, passphrase: str | None, clock: Clock | None = None) -> Counter:
    """The counter of this home; services of a newer program version are taken in."""
    counter = setup.open_counter(home, clock or SystemClock(), passphrase, built_in_services())
    counter.fetch_file = partial(_fetch_file, counter)
    counter.ask_checkpoint = partial(server_checkpoint, counter)
    return counter


def meet_server(counter: Counter) -> None:
    """Exchange the keys of bundles with the server, unless that was done; a line that fails is tried again later."""
    from sync import bundles

    with contextlib.suppress(CounterError):
        bundles.know_each_other(counter.store)


def file_work(counter: Counter) -> "FileWork":
    """What moves the files of a counter to and from its server."""
    from sync.files import FileWork

    return FileWork(counter.store, counter.blobs, lambda: counter.metered)


def _fetch_file(counter: Counter, sha256: bytes, size: int, progress: Callable[[int, int], object]) -> None:
    file_work(counter).fetch(sha256, size, progress)


class Paper:
    """The very documents that are printed, for the window's preview."""

    def __init__(self, _counter: Counter | None = None) -> None:
        self._lock = threading.Lock()

    def slip_png(self, view: CaseView, dots: int) -> bytes:
        """The slip as the thermal printer will burn it."""
        return press.slip_png(view, dots)

    def page_pdf(self, view: CaseView, document: str) -> bytes:
        """An A4 document as it is sent to the printer."""
        with self._lock:
            return press.page_pdf(view, document)

    def sample_png(self, document: str, office: OfficeView, template: "PaperTemplate") -> bytes:
        """A made-up case's paper as this office would print it, as a picture."""
        with self._lock:
            return press.sample_png(document, office, template)

    def receipt_sample_png(self, office: OfficeView, settings: Mapping[str, Any]) -> bytes:
        """A made-up receipt by these settings of the office, as a picture."""
        with self._lock:
            return press.receipt_sample_png(office, settings)

    def printer_models(self) -> tuple[str, ...]:
        """The thermal printers whose width, knife and drawer are known by name."""
        return press.printer_models()

    def printers_found(self) -> "Sequence[Found]":
        """The printers that this machine offers."""
        return press.printers_found()

    def print_test_page(self, printer: Printer, office_name: str) -> None:
        """Width, Thai marks, QR and cut of one printer."""
        press.print_test_page(printer, office_name)

    def open_drawer(self, printer: Printer) -> None:
        """The pulse for the cash drawer, once the printer has nothing else in hand."""
        press.open_drawer(printer)

    def print_recovery(self, sheet: "RecoverySheet", printer: Printer) -> None:
        """The recovery key straight to an A4 printer; no copy of it is kept."""
        press.print_recovery(sheet, printer)

    def print_notice(self, notice: Notice, office: OfficeView, at: datetime, printer: Printer) -> None:
        """The privacy notice, straight to a printer: it belongs to no case and is given before there is one."""
        press.print_notice(notice, office, at, printer)

    def office_file(self, paper: OfficePaper, suffix: str) -> bytes:
        """A paper of the office that belongs to no case as ".pdf" or ".png"."""
        with self._lock:
            return press.office_file(paper, suffix)

    def print_office(self, paper: OfficePaper, printer: Printer) -> None:
        """The same on an A4 printer."""
        press.print_office(paper, printer)


def print_to_file(job: PrintJob, view: CaseView, target: Path) -> int:
    """Write one document as .pdf, .png or .bin (what a thermal printer gets); returns its pages."""
    content, pages = press.file_content(view, job.document, job.copy, target.suffix.lower())
    try:
        write_durably(target, content)
    except OSError:
        raise Unavailable("output_file", f"เขียนไฟล์ {target.name} ไม่ได้", "ตรวจโฟลเดอร์ พื้นที่ดิสก์ และสิทธิ์เขียน") from None
    return pages


def recovery_target(counter: Counter, out: Path | None, printer: str | None) -> "Callable[[RecoverySheet], None]":
    """Where the paper of the recovery key goes: a .pdf file that is not there yet, or an A4 printer. Refused before
    anything is made where it can go to neither."""
    if out is not None:
        if out.suffix.lower() != ".pdf" or out.exists() or not out.parent.is_dir():
            raise Refused("output_file", "เขียนกุญแจกู้คืนลงไฟล์นี้ไม่ได้", "ใช้ชื่อใหม่ที่ลงท้ายด้วย .pdf ในโฟลเดอร์ที่มีอยู่", "out")
        return partial(_recovery_file, out)
    named = [one for one in counter.printers if one.name == printer] if printer else [counter.printer_for("a4")]
    if not named or named[0] is None or named[0].dots:
        raise Refused("printer", "ไม่มีเครื่องพิมพ์ A4 ชื่อนี้", "เลือกเครื่องพิมพ์ A4 หรือใช้ --out ไฟล์.pdf", "printer")
    return partial(press.print_recovery, printer=named[0])


def _recovery_file(target: Path, sheet: "RecoverySheet") -> None:
    try:
        write_durably(target, press.recovery_pdf(sheet))
    except OSError:
        raise Unavailable("output_file", f"เขียนไฟล์ {target.name} ไม่ได้", "ตรวจโฟลเดอร์ พื้นที่ดิสก์ และสิทธิ์เขียน") from None


class Jobs:
    """The print jobs of a counter, as the spooler asks for them."""

    def __init__(self, counter: Counter) -> None:
        self._counter = counter

    def interrupted(self, printer: str) -> None:
        """Jobs that a crash left in "sending" wait for a person's answer."""
        print_jobs.release_interrupted(self._counter, printer)

    def claim(self, printer: str) -> PrintJob | None:
        """The printer's next job."""
        return print_jobs.claim(self._counter, printer)

    def view(self, job: PrintJob) -> CaseView:
        """The case that the job prints."""
        return print_jobs.view(self._counter, job)

    def sent(self, job: PrintJob) -> None:
        """The printer took it."""
        print_jobs.sent(self._counter, job)

    def failed(self, job: PrintJob, error: CounterError) -> None:
        """The printer did not take it."""
        print_jobs.failed(self._counter, job, error)


def print_waiting(counter: Counter) -> None:
    """Print everything that is planned, here and now; a job that fails is marked and told by the caller."""
    jobs = Jobs(counter)
    for printer in counter.printers:
        while (job := jobs.claim(printer.name)) is not None:
            try:
                press.print_job(job, jobs.view(job), printer)
            except CounterError as error:
                jobs.failed(job, error)
                if isinstance(error, Unavailable):
                    break  # the printer: its other jobs would fare no better
                continue
            jobs.sent(job)


class Workers:
    """What runs beside the window: one worker a printer, the sync, the search index. Each drains its own table."""

    def __init__(self, counter: Counter) -> None:
        from printing.spooler import Spooler

        self._counter = counter
        self._spooler = Spooler(Jobs(counter), lambda: counter.printers, press.print_job)
        self._sync = sync_loop(counter) if not counter.stand_alone else None
        self._messages = messages_loop(counter) if counter.stand_alone and messages.port(counter) else None
        self._backups = backup_loop.BackupLoop(counter)
        self._index = threading.Event()
        self._stopped = threading.Event()
        self._indexer = threading.Thread(target=self._keep_index, name="search index", daemon=True)

    def start(self) -> None:
        """Begin, and be woken by every commit from now on."""
        self._counter.subscribe(self._changed)
        self._spooler.start()
        self._indexer.start()
        self._backups.start()
        if self._sync is not None:
            self._sync.start()
        if self._messages is not None:
            self._messages.start()

    def sync_now(self, _counter: Counter | None = None) -> None:
        """Try the server at once; returns at once."""
        if self._sync is not None:
            self._sync.kick()

    def stop(self) -> None:
        """End all of them, each with a deadline; what is left stands in the database."""
        self._stopped.set()
        self._index.set()
        if self._sync is not None:
            self._sync.stop(STOP_SECONDS)
        if self._messages is not None:
            self._messages.stop(STOP_SECONDS)
        self._backups.stop(STOP_SECONDS)
        self._spooler.stop(STOP_SECONDS)
        self._indexer.join(STOP_SECONDS)

    def _changed(self, changes: Changes) -> None:
        if changes.kinds & {"print_job", "printer"}:
            self._spooler.kick()
        if "case" in changes.kinds:
            self._index.set()
            self.sync_now()
            if self._messages is not None:
                self._messages.kick()
        if "office_record" in changes.kinds:
            self.sync_now()
        if "settings" in changes.kinds:
            self._counter.reload()

    def _keep_index(self) -> None:
        while True:
            self._index.wait()
            if self._stopped.is_set():
                return
            self._index.clear()
            try:
                search_index.catch_up(self._counter)
            except Exception as error:
                # the search goes on without the index, and the next commit tries again
                LOG.error("search index: %s", places(error))


def sync_loop(counter: Counter, told: "Told | None" = None) -> "SyncLoop":
    """The thread that keeps a counter in step with its server; `told` hears each outcome."""
    from sync.checkpoints import Sender
    from sync.loop import SyncLoop

    apply = partial(replication.apply, counter)
    return SyncLoop(
        counter.store, apply, VERSION, on_outcome=told, files=file_work(counter), checkpoints=Sender(counter.store)
    )


def server_checkpoint(counter: Counter) -> "Checkpoint | None":
    """The newest checkpoint of this counter's audit chain that its server holds; Unavailable with no line."""
    from sync import checkpoints

    return checkpoints.ask(counter.store)


def messages_loop(counter: Counter) -> "MessagesLoop":
    """The thread that sends short messages through the modem of a counter without a server."""
    from sync.messages_loop import MessagesLoop

    return MessagesLoop(counter)


def sync_now(counter: Counter) -> "SyncResult":
    """Send and fetch once."""
    from sync.exchange import sync_once

    return sync_once(counter.store, apply=partial(replication.apply, counter), app_version=VERSION)


def thaid_begin(counter: Counter, purpose: str = "citizen") -> "ThaiDSession":
    """Begin a ThaiD session ("citizen" or "staff") on the central server; Unavailable names the other ways.

    One request that takes up to 25 seconds on a bad line: not for the main thread.
    """
    from sync import thaid

    return thaid.begin(counter.store, purpose)


def own_record(counter: Counter, actor: "Actor", session: "ThaiDSession", person: "ThaiDPerson") -> "OwnRecord":
    """The own record of LHR, for its owner; a minute at most. That it was looked at is written down before it is
    shown. Refused for any other person than the acting one."""
    from app.services import own_record, staff
    from sync import thaid

    try:
        staff.require_own(counter, actor, person)
    except CounterError:
        thaid.cancel(session)
        raise
    found = thaid.record(session, person, counter.clock.now())
    own_record.note(counter, actor, own_record.SEEN)
    return found


def thaid_watch(session: "ThaiDSession", told: "ThaiDTold", opened: Callable[[], None] | None = None) -> "Watch":
    """Wait for a session on a thread of its own; `told` gets the person or the error there, once."""
    from sync import thaid

    return thaid.watch(session, told, opened)
