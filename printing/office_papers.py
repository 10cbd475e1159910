"""Papers of the office that belong to no case: how each becomes a layout and a file."""

from app.domain.errors import Refused
from app.services.appointments import OrderList
from app.services.breaches import BreachForm
from app.services.destruction import Certificate
from app.services.lhr import StaffReadiness
from app.services.office_papers import Leaflet, MoneyPapers, OfficePaper, Reminders
from app.services.own_record import OwnRecordPaper
from app.services.person_export import PersonData
from app.services.processing import ProcessingRecord
from app.services.readiness import Readiness
from app.services.thaid_campaign import WeekReport
from printing.layout import Layout
from printing.money_reports import remittance_layout, report_layout, summary_layout
from printing.order_list import order_list_layout
from printing.own_record import own_record_layout
from printing.privacy_papers import breach_layout, certificate_layout, person_layout, processing_layout
from printing.readiness import readiness_layout, staff_layout
from printing.reminders import reminder_layout
from printing.thaid_leaflet import thaid_leaflet_layout
from printing.thaid_report import thaid_report_layout

PICTURE_DPI = 150


def layouts(paper: OfficePaper) -> tuple[Layout, ...]:
    """The A4 sheets of a paper."""
    match paper:
        case ProcessingRecord():
            return (processing_layout(paper),)
        case PersonData():
            return (person_layout(paper),)
        case Certificate():
            return (certificate_layout(paper),)
        case BreachForm():
            return (breach_layout(paper),)
        case WeekReport():
            return (thaid_report_layout(paper),)
        case OwnRecordPaper():
            return (own_record_layout(paper),)
        case Leaflet():
            return (thaid_leaflet_layout(paper.office, paper.campaign),)
        case Readiness():
            return (readiness_layout(paper),)
        case StaffReadiness():
            return (staff_layout(paper),)
        case OrderList():
            return (order_list_layout(paper),)
        case Reminders():
            return tuple(reminder_layout(one, paper.office, paper.on) for one in paper.late)
        case MoneyPapers():
            return (
                *(remittance_layout(slip) for slip in paper.slips),
                *(summary_layout(voucher) for voucher in paper.vouchers),
                *(report_layout(report, paper.office) for report in paper.reports),
            )


def layout(paper: OfficePaper) -> Layout:
    """The first of them."""
    return layouts(paper)[0]


def content(suffix: str, paper: OfficePaper, *others: OfficePaper) -> bytes:
    """Papers as one file: ".pdf", or ".png" of a single paper's first sheet. Refused "file_kind" for another."""
    from printing import pdf

    if suffix not in (".pdf", ".png"):
        raise Refused("file_kind", "เอกสารนี้บันทึกเป็นไฟล์ชนิดนี้ไม่ได้", "ใช้นามสกุล .pdf หรือ .png", "out")
    if others and suffix == ".png":
        raise Refused("file_kind", "ไฟล์ภาพเก็บได้ทีละหนึ่งฉบับ", "เลือกช่วงให้เหลือฉบับเดียว หรือใช้นามสกุล .pdf", "out")
    made = pdf.render(*(sheet for one in (paper, *others) for sheet in layouts(one)))
    if suffix == ".pdf":
        return made
    from printing import pictures

    return pictures.png(made, PICTURE_DPI)
