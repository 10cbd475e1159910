"""Synthetic cases: for a printer's test page, for measuring and for tests. Nobody real is in them."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from app.services import official_letters, receipt_documents
from app.services.model import Address, Applicant, CaseView, CopyMark, Line, OfficeView, Place
from app.services.paper_templates import PaperTemplate
from app.services.paperwork import Letter, Paperwork

ORIGINAL = CopyMark(0)
NUMBER = "KT1201169000042"

OFFICE = OfficeView(
    code="04830203",
    name="เทศบาลเมืองกะทู้",
    kind="town_municipality",
    letters="KT",
    phone="076-321-500",
    address=Address("12", "2", "", "วิชิตสงคราม", "กะทู้", "กะทู้", "ภูเก็ต", "83120"),
    public_address="https://oss.example.go.th",
)

PETITION = CaseView(
    id="0193",
    number=NUMBER,
    service="petition",
    service_version=1,
    service_name="คำร้อง",
    status="received",
    status_text="รับเรื่องแล้ว",
    registered_at=datetime(2026, 11, 20, 2, 45, 7, tzinfo=UTC),
    due_on=date(2026, 11, 25),
    division="works",
    division_name="กองช่าง",
    subject="ไฟฟ้าสาธารณะหน้าวัดกะทู้ดับมาตั้งแต่เมื่อคืน",
    type_text="ระบบสาธารณูปโภค : ไฟฟ้าสาธารณะ",
    applicant=Applicant(
        "นาย",
        "กตัญญู",
        "ปิ่นแก้ว",
        "1101700230708",
        "0812345678",
        "",
        Address("99/9", "1", "ซอยวัดกะทู้", "พระภูเก็ตแก้ว", "กะทู้", "กะทู้", "ภูเก็ต", "83120"),
    ),
    channel="counter",
    channel_text="มาด้วยตนเอง",
    answers={
        "category": "utilities",
        "subcategory": "street_light",
        "topic": "ไฟฟ้าสาธารณะหน้าวัดกะทู้ดับมาตั้งแต่เมื่อคืน",
        "detail": "น้ำ ที่ เก็บ ปู่ กฎ ฐาน ญาติ ก็ ซึ่ง ทั้งนี้ กำหนด\n"
        "เมื่อคืนวันที่ 19 พฤศจิกายน 2569 เวลาประมาณสามทุ่มครึ่ง โคมไฟถนนบริเวณหน้าวัดกะทู้ดับพร้อมกันทั้งแถบ "
        "จำนวน 6 ดวง ทำให้ผู้สัญจรไปมามองไม่เห็นทาง เกรงว่าจะเกิดอุบัติเหตุ จึงขอให้เทศบาลส่งเจ้าหน้าที่มาตรวจสอบและซ่อมแซมโดยเร็ว",
    },
    lines=(),
    place=Place(Address(), 7.91, 98.33, "หน้าวัดกะทู้"),
    total_satang=None,
    officer_name="นางสาวดวงใจ รัตนา",
    officer_position="เจ้าพนักงานธุรการ",
    counter_name="เคาน์เตอร์ 2",
    office=OFFICE,
    track_code="7QK2M9XD",
)

PREVIEW = replace(PETITION, number="", track_code="")
LONG = replace(
    PETITION,
    subject="ขอความอนุเคราะห์ซ่อมแซมถนนคอนกรีตเสริมเหล็กภายในหมู่บ้านที่ชำรุดเสียหายเป็นหลุมเป็นบ่อตลอดแนวจากฝนตกหนักต่อเนื่องหลายวันและรถบรรทุกน้ำหนักเกินวิ่งผ่านเป็นประจำทุกวัน",
    applicant=replace(PETITION.applicant, first_name="ศุภลักษณ์ปาริชาติสุวรรณภิญโญ", last_name="เทพหัสดินทร์วงศ์วรวัฒนาพิทักษ์สกุลชัย"),
)
BARE = replace(
    PETITION,
    applicant=Applicant("", "ก้อย", ""),
    place=None,
    due_on=None,
    division_name="",
    answers={"topic": "สอบถาม", "detail": ""},
    subject="สอบถาม",
    office=replace(OFFICE, public_address="", phone="", address=Address()),
)
PERMIT = replace(
    PETITION,
    service="ad_permit",
    service_name="คำขออนุญาตโฆษณาด้วยการปิด ทิ้ง หรือโปรยแผ่นประกาศหรือใบปลิวในที่สาธารณะ",
    type_text="คำขออนุญาตโฆษณาด้วยการปิด ทิ้ง หรือโปรยแผ่นประกาศหรือใบปลิวในที่สาธารณะ",
    subject="งานประเพณีถือศีลกินผัก ประจำปี 2569",
    answers={},
    lines=(
        Line("subject", "ข้อความโฆษณา", "งานประเพณีถือศีลกินผัก ประจำปี 2569"),
        Line("method", "วิธีการ", "ปิดแผ่นประกาศ"),
        Line("count", "จำนวน", "50 แผ่น"),
        Line("places", "สถานที่", "ถนนวิชิตสงคราม ตั้งแต่สี่แยกกะทู้ถึงหน้าโรงพยาบาล"),
        Line("from", "ตั้งแต่วันที่", "1 ธันวาคม 2569"),
    ),
    total_satang=20000,
)


def receipt(office: OfficeView, settings: Mapping[str, Any]) -> CaseView:
    """The made-up permit with its receipt in a real office, as its [receipts] want it."""
    document = {
        "title": receipt_documents.TITLE,
        "paper": settings["paper"],
        "office": receipt_documents.office(office),
        "place": settings["place"],
        "footer": settings["footer"],
        "book": "1",
        "no": 1,
        "date_text": "20 พฤศจิกายน 2569",
        "number": NUMBER,
        "payer": {
            "name": "นายกตัญญู ปิ่นแก้ว",
            "tax_id": "0-9999-00000-01-5",
            "address": receipt_documents.address_text(PETITION.applicant.address),
        },
        "items": [{"description": "ค่าธรรมเนียมขออนุญาตโฆษณา", "satang": 20_000}],
        "total_satang": 20_000,
        "total_text": "สองร้อยบาทถ้วน",
        "method_text": "เงินสด",
        "cashier": PETITION.officer_name,
        "position": "นักวิชาการเงินและบัญชี",
        "overlay": settings["overlay"],
        "code": "7QK2M9XD",
    }
    return replace(PERMIT, office=office, receipt=document)


def of_office(office: OfficeView, template: PaperTemplate | None, letter: str = "") -> CaseView:
    """The made-up petition in a real office, with everything that its other papers show.

    letter: the kind of letter that is shown, where one is.
    """
    at = PETITION.registered_at
    kind = letter if letter in official_letters.NAMES else official_letters.OFFICIAL
    body = "ตามที่ท่านได้ยื่นคำร้อง ขอให้ซ่อมแซมไฟฟ้าสาธารณะหน้าวัด นั้น\nหน่วยงานได้ดำเนินการแล้วเสร็จเมื่อวันที่ 25 พฤศจิกายน 2569"
    parts = {"ref_no": "ภก 52001/123", "signer": "นายสมชาย ใจดี"}
    written = Letter(kind, body, None, at, PETITION.officer_name, "", parts)
    work = Paperwork(at, PETITION.officer_name, queue=12, ahead=3, letter=written)
    return replace(PETITION, office=office, template=template, paperwork=work)
