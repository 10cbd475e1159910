"""The forms of filings on A4: what stands on them, what an office calls them, and which cases have none."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.domain.errors import Refused
from app.services import cases, registration_json
from app.services.counter import Counter
from app.services.model import Actor, CopyMark
from printing import documents, pdf
from tests.integration.support import filings, homes
from tests.integration.support.petitions import petition

LATE = {"surcharge_percent_per_month": "1.5", "interest_percent_per_year": "7.5"}


@pytest.fixture
def counter(tmp_path: Path) -> Iterator[Counter]:
    clock = homes.HandClock(datetime(2026, 8, 25, 2, 0, tzinfo=UTC))
    codes = {"hotel_fee": "แบบ ก.3", "stock_sheet": "แบบ น.6"}
    home = filings.make(tmp_path / "province", clock, late=LATE, form_codes=codes)
    with homes.opened(home, clock) as counter:
        yield counter


def texts(counter: Counter, actor: Actor, service: str, document: str = "form") -> str:
    view = cases.get(counter, filings.file(counter, actor, service).number)
    layout = documents.build(document, view, CopyMark(1, "ฉบับแรกชำรุด"))
    assert pdf.page_count(layout) == 1
    assert pdf.render(layout).startswith(b"%PDF")
    return "\n".join(layout.texts())


def test_the_form_of_a_hotel_in_example_b(counter: Counter, actor: Actor) -> None:
    found = texts(counter, actor, "hotel_fee")
    for wanted in ("แบบ ก.3", "มิถุนายน 2569", "260,000.00", "2,600.00", "24.58", "78.00", "2,702.58",
                   "สองพันเจ็ดร้อยสองบาทห้าสิบแปดสตางค์", "ข้าพเจ้าขอรับรอง", "สำหรับเจ้าพนักงาน", "สำเนา ครั้งที่ 1"):  # fmt: skip
        assert wanted in found


def test_the_form_and_the_stock_sheet_of_a_station(counter: Counter, actor: Actor) -> None:
    found = texts(counter, actor, "oil_tax")
    for wanted in ("อบจ.01-4", "185,320.50 ลิตร", "30,500 กก.", "8,413.55", "4,181.79", "1,384.70"):
        assert wanted in found
    view = cases.get(counter, cases.recent(counter, 1)[0].number)
    sheet = "\n".join(documents.build("stock_sheet", view).texts())
    for wanted in ("แบบ น.6", "ดีเซล B7 (ลิตร)", "14,667.00", "-12.50", "คงเหลือยกไป"):
        assert wanted in sheet


def test_the_forms_of_tobacco_and_of_a_hotels_entry(counter: Counter, actor: Actor) -> None:
    assert "22,320.00" in texts(counter, actor, "tobacco_tax")
    found = texts(counter, actor, "hotel_registration")
    for wanted in ("อบจ.รร.1", "เตียงคู่", "48 ห้อง/หลัง", "15 วัน"):
        assert wanted in found


def test_a_petition_has_no_form(counter: Counter, actor: Actor) -> None:
    number = cases.enter(counter, actor, registration_json.from_json("petition", petition())).number
    with pytest.raises(Refused, match="document"):
        documents.build("form", cases.get(counter, number))
