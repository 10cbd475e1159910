"""report: registers, remittance slips and the hand-over to e-LAAS, as PDF or CSV."""

from argparse import Namespace
from datetime import date

from app.cli import campaign, campaign_parser
from app.cli.cases import reader
from app.cli.context import open_counter
from app.cli.output import print_json, write_file
from app.domain import thai_date
from app.domain.errors import Refused
from app.services import money_reports, receipt_settings, remittances, rights, shifts
from app.services.counter import Counter
from printing import money_reports as papers
from printing import press
from printing.layout import Layout

SLIP, SUMMARY, RECONCILE = "remittance", "remittance-summary", "elaas-reconcile"
NAMES = (*money_reports.REPORTS, RECONCILE, SLIP, SUMMARY)


def report(arguments: Namespace) -> int:
    """Write one report for the days asked for."""
    if arguments.name in campaign_parser.REPORTS:
        return campaign.report(arguments)
    suffix = arguments.out.suffix.lower() if arguments.out is not None else ""
    if suffix not in (".pdf", ".csv"):
        raise Refused("file_kind", "ไม่รู้จักชนิดไฟล์นี้", "ใช้นามสกุล .pdf หรือ .csv", "out")
    with open_counter(arguments) as counter:
        if (person := reader(arguments, counter)) is not None:
            rights.require(person, rights.REPORT)
        first = _day(arguments.first, "first", shifts.today(counter))
        last = _day(arguments.last, "last", first)
        if last < first:
            raise Refused("days", "วันสุดท้ายมาก่อนวันแรก", "ตรวจ --from และ --to", "last")
        rows, content = _content(counter, arguments, first, last, suffix)
    write_file(arguments.out, content)
    if arguments.json:
        print_json({"report": arguments.name, "rows": rows, "file": arguments.out})
    else:
        print(f"เขียน {arguments.out.name} แล้ว {rows:,} รายการ")
    return 0


def _content(counter: Counter, arguments: Namespace, first: date, last: date, suffix: str) -> tuple[int, bytes]:
    name = arguments.name
    if name in (SLIP, SUMMARY):
        if suffix != ".pdf":
            raise Refused("file_kind", "เอกสารนี้เป็น PDF เท่านั้น", "ใช้นามสกุล .pdf", "out")
        layouts = _papers(counter, name, last, arguments.number)
        return len(layouts), press.render_pdf(layouts[-1])
    if name == RECONCILE:
        if arguments.theirs is None:
            raise Refused("with", "ยังไม่ได้ระบุไฟล์ CSV ของ e-LAAS", "เพิ่ม --with FILE.csv", "with")
        made = money_reports.reconciled(counter, first, last, arguments.theirs)
    else:
        made = money_reports.REPORTS[name](counter, first, last)
    if suffix == ".csv":
        encoding = receipt_settings.elaas(counter.current.document)["encoding"]
        return len(made.rows), money_reports.as_csv(made, encoding if name == "elaas" else "utf-8-sig")
    return len(made.rows), press.render_pdf(papers.report_layout(made, counter.office.name))


def _papers(counter: Counter, name: str, on: date, number: int) -> list[Layout]:
    """The slip of the day that was closed last (or of a number), or the day's voucher."""
    if name == SUMMARY:
        return [papers.summary_layout(remittances.summary(counter, on))]
    closed = [one for one in shifts.of_day(counter, on) if one.document is not None]
    found = [one.document for one in closed if number in (0, one.number) and one.document is not None]
    if not found:
        raise Refused("no_remittance", "ไม่มีใบนำส่งเงินของวันนี้", "ปิดยอดก่อนด้วยคำสั่ง day-close", "number")
    return [papers.remittance_layout(document) for document in found]


def _day(text: str, field: str, otherwise: date) -> date:
    return thai_date.parse_date(text, field=field) if text else otherwise
