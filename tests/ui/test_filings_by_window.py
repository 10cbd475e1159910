"""Filings at the counter: normal, supplementary, corrected, nil, of a change; what is refused and why; F9 and paper."""

from pathlib import Path

import pytest

from app.services import cases, payers, print_jobs, printers
from app.services.model import Printer
from tests.integration.support import filings
from tests.ui import province_support
from tests.ui.conftest import PETITION
from ui.counter.page import CounterPage

STOCK = [{"product": "DIESEL_B7", "opening": "0", "received": "1000", "sold_in_province": "600"}]


@pytest.fixture(scope="session")
def new_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A province's counter."""
    return province_support.make(tmp_path_factory.mktemp("window") / "home")


@pytest.fixture
def page(show, session) -> CounterPage:
    return show(CounterPage(session))


class Window:
    """The counter's page as a clerk fills it."""

    def __init__(self, qtbot, page: CounterPage, settle) -> None:
        self.qtbot, self.page, self.settle = qtbot, page, settle

    def fill(self, service: str, **answers: object) -> None:
        """Pick the service and type the sample's answers, with these in their place; None leaves one out."""
        page = self.page
        page.citizen.set_case(PETITION)
        page.matter.pick(next(entry for entry in page.matter._entries if entry.service == service))
        self.settle()
        wanted = {**filings.data(service)["answers"], **answers}
        for key, value in wanted.items():
            editor = page.matter.form.editor_or_none(key)
            if value is not None and editor is not None and editor.isEnabled():
                editor.set_value(value)
                page.matter.form.changed.emit()
        self.quiet()

    def quiet(self) -> None:
        """Until the form has had its answer."""
        for _ in range(2):
            self.qtbot.waitUntil(lambda: not self.page.matter.filing._timer.isActive())
            self.settle()

    def filed(self, service: str, **answers: object) -> str:
        """Fill in, F9; the number."""
        self.fill(service, **answers)
        before = self.page.saved.number
        self.page.save()
        self.qtbot.waitUntil(
            lambda: (
                self.page.saved.number not in ("", before) or any(row.error for row in self.page.matter.rows.values())
            ),
            timeout=10_000,
        )
        errors = {key: row.error for key, row in self.page.matter.rows.items() if row.error}
        assert not errors, errors
        number = self.page.saved.number
        self.settle()
        self.page.next_citizen()
        self.page._clear()
        self.settle()
        return number

    def refused(self, key: str, told: str, service: str, **answers: object) -> None:
        """Fill in, F9; the message stands at its field and nothing is entered."""
        self.fill(service, **answers)
        self.page.save()
        rows = self.page.matter.rows
        self.qtbot.waitUntil(lambda: bool(rows[f"answers.{key}"].error), timeout=10_000)
        assert told in rows[f"answers.{key}"].error, rows[f"answers.{key}"].error
        self.settle()
        self.page._clear()
        self.settle()


@pytest.fixture
def window(qtbot, page, settle) -> Window:
    return Window(qtbot, page, settle)


def status(session, number: str) -> str:
    return cases.get(session.counter, number).status


def test_a_hotels_filings(window, session, tmp_path):
    for name, dots in (("slip", 576), ("a4", 0)):
        printers.add(session.counter, session.actor, Printer(name, "file", str(tmp_path), dots))
    may = window.filed("hotel_fee", period_month=5, ar_in="10000.00", ar_out="50000.00")
    assert sorted(job.document for job in print_jobs.list_jobs(session.counter)) == ["form", "slip"]
    window.refused("filing_kind", "ยื่นแบบปกติไว้แล้ว", "hotel_fee", period_month=5)
    corrected = window.filed("hotel_fee", period_month=5, corrects=may, revenue="310000.00")
    assert (status(session, may), status(session, corrected)) == ("cancelled", "submitted")
    more = window.filed("hotel_fee", period_month=5, filing_kind="supplementary", revenue="1000.00", ar_out=None)
    assert cases.get(session.counter, more).answers["supplementary_no"] == 1
    window.refused("filing_kind", "ยังไม่มีแบบปกติ", "hotel_fee", period_month=7, filing_kind="supplementary")
    window.refused("period_month", "เดือนนั้นยังมาไม่ถึง", "hotel_fee", period_month=12, period_year_be=2569)
    window.refused("ar_out", "มากกว่ายอดยกมา", "hotel_fee", period_month=6, ar_out="9000000.00")
    nil = window.filed("hotel_fee", period_month=6, room_nights=0, revenue="0", ar_out="50000.00", ar_out_qty=20)
    assert cases.get(session.counter, nil).answers["ar_in"] == "50000.00"
    assert cases.get(session.counter, nil).total_satang == 0


def test_item_one_must_be_what_was_carried_on(window, session):
    """The field is filled in and closed; a figure typed before the code is known is refused with both values."""
    window.filed("hotel_fee", period_month=5, ar_out="50000.00")
    window.fill("hotel_fee", period_month=6)
    editor = window.page.matter.form.editor("ar_in")
    assert (editor.value(), editor.isEnabled()) == ("50000.00", False)
    editor.set_value("1.00")
    window.page.save()
    row = window.page.matter.rows["answers.ar_in"]
    window.qtbot.waitUntil(lambda: bool(row.error), timeout=10_000)
    assert "50,000.00" in row.error
    assert "1.00" in row.error


def test_a_stations_filings(window, session, tmp_path):
    printers.add(session.counter, session.actor, Printer("a4", "file", str(tmp_path), 0))
    window.refused(
        "stock", "ติดลบ", "oil_tax", period_month=5, stock=[{**STOCK[0], "sold_in_province": "1200"}], lines=None
    )
    number = window.filed("oil_tax", period_month=5, stock=STOCK, lines=None)
    assert cases.get(session.counter, number).total_satang == 2_724
    assert sorted(job.document for job in print_jobs.list_jobs(session.counter)) == ["form", "stock_sheet"]
    june = window.filed(
        "oil_tax",
        period_month=6,
        stock=[{"product": "DIESEL_B7", "received": "0", "sold_in_province": "0"}],
        lines=None,
    )
    found = cases.get(session.counter, june)
    assert (found.answers["stock"][0]["opening"], found.total_satang) == ("400", 0)


def test_a_trader_without_sales_and_a_hotels_change(window, session):
    nil = window.filed("tobacco_tax", period_month=5, nil_return=True, lines=[])
    assert cases.get(session.counter, nil).total_satang == 0
    window.filed("hotel_registration")
    window.filed("hotel_registration", registration_kind="change", changed_on="1/11/2569", hotel_name="โรงแรมใหม่")
    (hotel,) = payers.listing(session.counter, "hotel")
    assert hotel.name == "โรงแรมใหม่"
    assert len(payers.history(session.counter, "hotel", hotel.code)) == 2
