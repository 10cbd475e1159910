"""A receipt onto the leaf of a pre-printed book: what is blank there is filled, each thing at its place."""

import pypdfium2
import pytest

from app.domain.errors import Refused
from app.services import books, offices, print_jobs, printers, receipts
from app.services.model import CopyMark, Printer
from app.services.money_model import Pay
from printing import documents, press
from tests.integration.support import homes, money

PLACES = {
    "date": [95, 30.5], "payer": [35, 45], "items": [20, 70], "amounts": [130, 70], "total": [130, 120],
    "total_text": [25, 128], "cashier": [80, 160],
}  # fmt: skip


@pytest.fixture
def counter(tmp_path):
    clock = homes.HandClock()
    home = homes.make(tmp_path / "home", clock, receipt_mode="preprinted_book", receipts={"overlay": PLACES})
    with homes.opened(home, clock) as counter:
        yield counter


def test_the_leaf_gets_what_is_blank_on_it(counter, tmp_path):
    actor = homes.signed_in(counter)
    printers.add(counter, actor, Printer("a4", "file", str(tmp_path / "out"), 0, is_default=True))
    books.draw(counter, actor, "12", 38, 50, "preprinted")
    receipt = receipts.issue(counter, actor, Pay(money.approved_permit(counter, actor), "cash", 20_000))
    assert receipt.document["overlay"] == PLACES
    (job,) = [one for one in print_jobs.list_jobs(counter, 10) if one.document == "receipt"]
    layout = documents.build("receipt", print_jobs.view(counter, job), job.copy, "a4")
    told = [text for text in layout.texts() if text]
    assert told == [
        "20 พฤศจิกายน 2569", "นายตัวอย่าง ทดสอบระบบ", "ค่าธรรมเนียมขออนุญาตโฆษณา", "200.00", "200.00", "สองร้อยบาทถ้วน",
        receipt.document["cashier"],
    ]  # fmt: skip
    with pypdfium2.PdfDocument(press.render_pdf(layout)) as pdf:
        assert len(pdf) == 1
        page = pdf[0]
        height = page.get_height()
        text = page.get_textpage()
        found = text.search("200.00")
        tops = [height - text.get_charbox(found.get_next()[0])[3] for _ in range(2)]
        edges = text.get_charbox(text.search("200.00").get_next()[0] + 5)[2]
    millimetres = [top / 72 * 25.4 for top in tops]
    assert [round(place) for place in millimetres] == pytest.approx([71, 121], abs=2)
    assert edges / 72 * 25.4 == pytest.approx(130, abs=1)
    copy = documents.build("receipt", print_jobs.view(counter, job), CopyMark(1, "หาย"), "a4")
    assert "ใบเสร็จรับเงิน" in copy.texts(), "a copy is on plain paper and says everything"


@pytest.mark.parametrize(
    "overlay", [{"colour": [1, 2]}, {"date": [1]}, {"date": [1, 298]}, {"date": ["1", 2]}, {"date": 5}]
)
def test_places_that_are_none_are_refused(counter, overlay):
    with pytest.raises(Refused) as refused:
        offices.check_office({**counter.current.document, "receipts": {"overlay": overlay}})
    assert "overlay" in refused.value.title + str(refused.value.field)
