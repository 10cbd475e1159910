"""Receipts and bills as they lie on the counter: what they say, that codes can be read, that a copy is the same."""

from dataclasses import replace

import page as checker
import pypdfium2
import pytest
import zxingcpp
from PIL import Image, ImageChops

from app import bootstrap
from app.domain.errors import Refused
from app.services import bills, offices, print_jobs, printers, receipt_voids, receipts, setup
from app.services.model import CopyMark, Printer
from app.services.money_model import Pay
from app.services.paper_templates import PaperTemplate
from printing import documents, press
from tests.integration.support import command, homes, money

TAX = {"tax_id": "0994000164858", "biller_suffix": "00", "ktb_company_code": "12345"}


@pytest.fixture
def clock():
    return homes.HandClock()


@pytest.fixture
def counter(tmp_path, clock):
    home = homes.make(tmp_path / "home", clock, **TAX)
    with homes.opened(home, clock) as counter:
        yield counter


@pytest.fixture
def actor(counter):
    return homes.signed_in(counter)


@pytest.fixture
def number(counter, actor):
    return money.approved_permit(counter, actor)


def paid(counter, actor, number, **changes):
    return receipts.issue(counter, actor, Pay(number, "cash", 20_000, **{"received_satang": 100_000, **changes}))


def layout(counter, job, medium):
    view = print_jobs.view(counter, job)
    return documents.build(job.document, view, job.copy, medium)


def picture(pdf, dpi=200):
    with pypdfium2.PdfDocument(pdf) as document:
        return document[0].render(scale=dpi / 72).to_pil()


def codes(image):
    return {found.text for found in zxingcpp.read_barcodes(image.convert("L"))}


@pytest.mark.parametrize("paper", ["a4", "a5", "slip"])
def test_a_receipt_says_what_the_law_wants(counter, actor, number, paper):
    document = offices.check_office({**counter.current.document, "receipts": {"paper": paper}})
    with counter.store.write("test") as work:
        setup.enter_office(work, 2, document)
    counter.reload()
    paid(counter, actor, number)
    job = print_jobs.plan_file(counter, actor, number, "receipt")
    built = layout(counter, job, "slip" if paper == "slip" else "a4")
    assert built.medium == paper
    text = "\n".join(built.texts())
    for part in ("เทศบาลเมืองทดสอบ", "ใบเสร็จรับเงิน", "เล่มที่ 1", "เลขที่ 1", "200.00", "(สองร้อยบาทถ้วน)", number,
                 "20 พฤศจิกายน 2569", "ไว้เป็นการถูกต้องแล้ว", "ผู้ดูแล ทดสอบ", "ต้นฉบับ",
                 "รับเงิน 1,000.00 บาท  เงินทอน 800.00 บาท"):  # fmt: skip
        assert part in text, part
    if paper == "slip":
        shown = press._bitmap(built, 576)
        image = Image.frombytes("1", (shown.width, shown.height), bytes(255 - b for b in shown.rows))
    else:
        image = picture(press.render_pdf(built))
        sizes = {"a4": (1654, 2339), "a5": (1165, 1654)}
        assert all(abs(got - wanted) < 3 for got, wanted in zip(image.size, sizes[paper], strict=True))
    assert codes(image) == {f"R/1/1/{print_jobs.view(counter, job).receipt['code']}"}


def test_a_copy_is_the_same_paper_but_for_its_mark(counter, actor, number):
    paid(counter, actor, number)
    first = print_jobs.plan_file(counter, actor, number, "receipt")
    before = {medium: layout(counter, first, medium) for medium in ("slip", "a4")}
    changed = {
        "name": "เทศบาลนครชื่อใหม่",
        "phone": "02",
        "receipts": {"place": "กองอื่น", "footer": "อื่น", "paper": "slip"},
        "rate": [{"service": "ad_permit", "value": "9.00", "unit": "baht_per_permit", "from": "2001-01-01"}],
    }
    document = offices.check_office({**counter.current.document, **changed})
    with counter.store.write("test") as work:
        setup.enter_office(work, 2, document)
        work.run("UPDATE service_definition SET document = replace(document, 'ค่าธรรมเนียม', 'ค่าอื่น')")
    counter.reload()
    with pytest.raises(Refused) as error:
        print_jobs.plan_file(counter, actor, number, "receipt")
    assert error.value.code == "required"
    copy = print_jobs.plan_file(counter, actor, number, "receipt", copy_reason="ผู้ชำระทำหาย")
    assert copy.copy == CopyMark(1, "ผู้ชำระทำหาย")
    for medium, original in before.items():
        again = layout(counter, copy, medium)
        shown = [text for text in again.texts() if "พิมพ์ซ้ำ" not in text and "เหตุผล" not in text]
        assert shown == [text for text in original.texts() if text != "ต้นฉบับ"]
        assert "สำเนา พิมพ์ซ้ำครั้งที่ 1" in again.texts()
        assert again.medium == original.medium


def test_every_sheet_of_a_long_receipt_says_which_it_is(counter, actor, number):
    paid(counter, actor, number)
    job = print_jobs.plan_file(counter, actor, number, "receipt")
    view = print_jobs.view(counter, job)
    many = replace(view, receipt={**view.receipt, "items": [*view.receipt["items"]] * 60})
    for seen, copies in ((view, 0), (many, 2)):
        pdf = press.render_pdf(documents.build("receipt", seen, CopyMark(copies, "หาย" if copies else ""), "a4"))
        with pypdfium2.PdfDocument(pdf) as document:
            sheets = [page.get_textpage().get_text_bounded() for page in document]
        for place, text in enumerate(sheets, 1):
            assert (f"หน้า {place}/{len(sheets)}" in text) == (len(sheets) > 1)
            assert ("เล่มที่ 1 เลขที่ 1 (ต่อ)" in text) == (place > 1) == ("สำเนา ครั้งที่ 2" in text)
    assert len(sheets) > 3


def sheet_of(counter, job):
    made = layout(counter, job, "a4")
    data = press.render_pdf(made)
    with pypdfium2.PdfDocument(data) as document:
        read = document[0].get_textpage().get_text_range()
    report = checker.validate_pdf_bytes(data, profile=checker.ValidationProfile.PDF_A_2B)
    assert [one.message for one in report.failures] == []
    return made, picture(data).convert("L"), read


def share(image, low, high):
    """Share of the dots of a grey from `low` to `high`."""
    return sum(image.histogram()[low : high + 1]) / (image.width * image.height)


def test_what_lies_under_the_text_of_a_receipt(counter, actor, number):
    """Nothing or the hidden word under an original, a pale word under a copy, another one once it is cancelled."""
    receipt = paid(counter, actor, number)
    job = print_jobs.plan_file(counter, actor, number, "receipt")
    plain, before, _ = sheet_of(counter, job)
    assert (plain.watermark, plain.hidden_mark) == ("", "") and share(before, 228, 231) < 0.004
    template = PaperTemplate(hidden_copy=frozenset({"receipt"}))
    hidden = documents.build("receipt", replace(print_jobs.view(counter, job), template=template), job.copy, "a4")
    under = picture(press.render_pdf(hidden), 400).convert("L")
    assert hidden.hidden_mark == "สำเนา" and share(under, 228, 240) > 0.1
    assert codes(under) == codes(before)
    bare = picture(press.render_pdf(replace(hidden, hidden_mark="")), 400).convert("L")
    white, dark = bare.point(lambda dot: 255 * (dot == 255)), under.point(lambda dot: 255 * (dot <= 127))
    copied = ImageChops.darker(white, dark).getbbox()
    assert copied, "a copier loses what is pale; the lines of the word are left, and nothing of the ground around it"
    wide, high = (copied[2] - copied[0]) / bare.width, (copied[3] - copied[1]) / bare.height
    assert 0.3 < wide < 0.6 and 0.08 < high < 0.2 and abs(copied[0] + copied[2] - bare.width) < 0.05 * bare.width
    copy = print_jobs.plan_file(counter, actor, number, "receipt", copy_reason="หาย")
    made, image, read = sheet_of(counter, copy)
    assert made.watermark == "สำเนา" and share(image, 228, 231) > 0.02 and codes(image) == codes(before)
    assert "สำเนา" not in read.replace("สำเนา พิมพ์ซ้ำครั้งที่ 1", ""), "the word is drawn, not written"
    receipt_voids.void(counter, actor, receipt.text, "ผิด", money.person(counter, money.APPROVER, "admin"))
    again = print_jobs.plan_file(counter, actor, number, "receipt", copy_reason="ตรวจสอบ", receipt=receipt.row)
    made, image, read = sheet_of(counter, again)
    assert made.watermark == "ยกเลิก" and share(image, 228, 231) > 0.02 and "ยกเลิกแล้ว เมื่อวันที่" in read
    slip = layout(counter, again, "slip")
    assert slip.watermark == "" and any(text.startswith("ยกเลิกแล้ว เมื่อวันที่") for text in slip.texts())
    draft = replace(print_jobs.view(counter, job), receipt={**receipt.document, "code": ""})
    assert documents.build("receipt", draft, job.copy, "a4").watermark == "ร่าง"


def test_a_copy_needs_the_right(counter, actor, number):
    clerk = money.person(counter, money.CLERK, "user")
    paid(counter, actor, number)
    print_jobs.plan_file(counter, clerk, number, "receipt")
    with pytest.raises(Refused) as error:
        print_jobs.plan_file(counter, clerk, number, "receipt", copy_reason="หาย")
    assert error.value.code == "right_needed"


def test_a_replacement_is_an_original_of_its_own(counter, actor, number):
    approver = money.person(counter, money.APPROVER, "admin")
    first = paid(counter, actor, number)
    print_jobs.plan_file(counter, actor, number, "receipt")
    receipt_voids.void(counter, actor, first.text, "ผิด", approver)
    with pytest.raises(Refused):
        print_jobs.plan_file(counter, actor, number, "receipt")
    paid(counter, actor, number)
    job = print_jobs.plan_file(counter, actor, number, "receipt")
    assert job.copy.number == 0
    assert "ออกแทนใบเสร็จที่ยกเลิก เล่มที่/เลขที่ 1/1" in "\n".join(layout(counter, job, "a4").texts())


def test_the_receipt_comes_out_with_the_payment(counter, actor, number, tmp_path):
    printers.add(counter, actor, Printer("a4", "file", str(tmp_path / "out"), 0))
    paid(counter, actor, number)
    bootstrap.print_waiting(counter)
    (file,) = (tmp_path / "out").glob("*.pdf")
    assert number in file.name


def test_both_codes_of_a_bill_are_read_from_its_picture(counter, actor, number):
    job = print_jobs.plan_file(counter, actor, number, "bill")
    bill = bills.newest(counter, number)
    assert bill.ref1 == number
    assert bill.document["biller"] == "099400016485800"
    found = codes(picture(press.render_pdf(layout(counter, job, "a4"))))
    assert found == {bill.document["qr"], bill.document["barcode"]}
    slip = press._bitmap(layout(counter, job, "slip"), 576)
    image = Image.frombytes("1", (slip.width, slip.height), bytes(255 - b for b in slip.rows))
    assert codes(image) == {bill.document["qr"]}


def test_a_bill_that_says_the_same_is_the_same_bill(counter, actor, number, clock):
    first = bills.make(counter, actor, number)
    assert bills.make(counter, actor, number) == first
    with counter.store.read() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM bill").scalar() == 1
    paid(counter, actor, number)
    with pytest.raises(Refused) as error:
        bills.make(counter, actor, number)
    assert error.value.code == "nothing_due"


def test_the_commands(counter, actor, number, tmp_path):
    home = counter.home
    pdf, png = tmp_path / "bill.pdf", tmp_path / "bill.png"
    assert command.run(home, "print", number, "bill", "--out", pdf, "--json").code == 0
    assert command.run(home, "print", number, "bill", "--out", png, "--json").code == 0
    assert pdf.read_bytes().startswith(b"%PDF")
    answer = command.run(home, "pay", number, "--method", "cash", "--amount", "200.00", "--json").json
    assert (answer["book"], answer["no"], answer["total_satang"], answer["total_text"]) == (
        "1",
        1,
        20_000,
        "สองร้อยบาทถ้วน",
    )
    assert command.run(home, "print", "1/1", "receipt", "--out", tmp_path / "r.pdf", "--json").json["copies"] == 0
    assert command.run(home, "print", number, "receipt", "--out", tmp_path / "r.png", "--json").code == 3
