"""A clerk pulls a plug, of the printer, of its network, of the machine: a message, the next step, and nothing lost.

A real spooler sends to a printer on this machine; the window's dialog is all that the clerk sees.
"""

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from app import bootstrap
from app.services import print_jobs, printers
from app.services.model import Printer, PrintJob
from printing import documents, esc_pos, press, raster
from printing.spooler import Spooler
from tests.support.thermal_printer import Behaviour, NetworkPrinter
from ui.print_jobs import PrintJobsDialog

LONG = 20_000


@pytest.fixture
def spoolers(session, settle) -> Iterator[Callable[[], Spooler]]:
    """Begins to print what is planned, as after a start of the program."""
    running: list[Spooler] = []

    def start() -> Spooler:
        spooler = Spooler(bootstrap.Jobs(session.counter), lambda: session.counter.printers, press.print_job)
        session.counter.subscribe(lambda changes: spooler.kick() if "print_job" in changes.kinds else None)
        spooler.start()
        running.append(spooler)
        return spooler

    yield start
    for spooler in running:
        spooler.stop()


@pytest.fixture
def slip(session, petition, qapp) -> Callable[[Printer], PrintJob]:
    """Orders the slip of the case as its original."""

    def order(printer: Printer) -> PrintJob:
        raster.ensure_application()
        for job in print_jobs.list_jobs(session.counter):
            print_jobs.spoiled(session.counter, session.actor, job.id, "ทดสอบ")
        printers.add(session.counter, session.actor, printer)
        return print_jobs.plan(session.counter, session.actor, petition.number, "slip", printer=printer.name)

    return order


@pytest.fixture
def dialog(qtbot, session, settle) -> Iterator[Callable[[], PrintJobsDialog]]:
    parent = QWidget()
    qtbot.addWidget(parent)
    opened: list[PrintJobsDialog] = []

    def shown() -> PrintJobsDialog:
        found = PrintJobsDialog(session, parent)
        qtbot.addWidget(found)
        found.show()
        settle()
        opened.append(found)
        return found

    yield shown
    for one in opened:
        one.close()


def until(qtbot, session, job: PrintJob, state: str) -> None:
    qtbot.waitUntil(lambda: print_jobs.get_job(session.counter, job.id).state == state, timeout=LONG)


def whole(session, job: PrintJob) -> bytes:
    """The bytes of the paper as they must arrive."""
    view = print_jobs.view(session.counter, job)
    return esc_pos.encode(raster.render(documents.build("slip", view, job.copy), 576))


def test_the_printers_plug_in_mid_slip(qtbot, session, slip, spoolers, dialog, settle):
    dying = [True]
    with_power = Behaviour.ready()
    printer = NetworkPrinter(lambda: Behaviour(dies_after=300) if dying[0] else with_power)
    try:
        job = slip(printer.printer)
        spoolers()
        until(qtbot, session, job, "failed")
        shown = dialog()
        told = shown.told.shown_text()
        assert printer.printer.name in told and "พิมพ์" in told, told
        assert shown.again.isVisible() and shown.came_out.isVisible() and printer.whole == []
        dying[0] = False
        qtbot.keyClick(shown, Qt.Key.Key_F9)
        until(qtbot, session, job, "sent")
        assert printer.whole == [whole(session, job)], "one whole original, after the clerk's answer"
        assert print_jobs.get_job(session.counter, job.id).copy.number == 0
        qtbot.waitUntil(lambda: "ส่งแล้ว" in shown.list.item(0).text() and not shown.again.isVisible(), timeout=LONG)
        assert shown.list.count() == 1
    finally:
        printer.close()


def test_the_plug_of_the_network(qtbot, session, slip, spoolers, dialog, settle, tmp_path):
    gone = NetworkPrinter()
    address = gone.printer.address
    gone.close()
    printers.add(session.counter, session.actor, Printer("ก เครื่องอื่น", "file", str(tmp_path / "a")))
    printers.add(session.counter, session.actor, Printer("สำรอง", "file", str(tmp_path / "b")))
    lost = Printer("สลิป", "network", address, 576, is_default=True, fallback="สำรอง")
    job = slip(lost)
    spoolers()
    until(qtbot, session, job, "failed")
    shown = dialog()
    told = shown.told.shown_text()
    assert "สลิป" in told and "ตรวจ" in told, told
    assert shown._other.currentText() == "สำรอง", "the fall-back printer is offered first"
    qtbot.keyClick(shown, Qt.Key.Key_F6)
    until(qtbot, session, job, "sent")
    printed = [file.read_bytes() for file in (tmp_path / "b").glob("*.bin")]
    assert printed == [whole(session, job)] and not (tmp_path / "a").exists()


@pytest.mark.parametrize(("key", "becomes", "slips"), [(Qt.Key.Key_F2, "confirmed", 0), (Qt.Key.Key_F9, "sent", 1)])
def test_the_plug_of_the_machine(qtbot, session, slip, spoolers, dialog, settle, key, becomes, slips):
    """The power went while a slip was being sent: nobody knows whether it came out, so the clerk is asked."""
    printer = NetworkPrinter()
    try:
        job = slip(printer.printer)
        assert print_jobs.claim(session.counter, printer.printer.name).id == job.id
        spoolers()  # the program is started again
        until(qtbot, session, job, "failed")
        shown = dialog()
        assert "โปรดดูว่ากระดาษออกมาแล้วหรือไม่" in shown.told.shown_text() and printer.jobs == []
        qtbot.keyClick(shown, key)
        until(qtbot, session, job, becomes)
        settle()
        assert len(printer.whole) == slips, "never printed again without an answer"
    finally:
        printer.close()
