"""The list of appointment orders (ทะเบียนคำสั่งแต่งตั้งผู้ใช้งานระบบ) on A4."""

from app.domain import thai_date
from app.services.appointments import Order, OrderList
from printing.layout import Layout
from printing.readiness import sheet


def order_list_layout(paper: OrderList) -> Layout:
    """Every order of the office, the newest first."""
    rows = tuple(
        (str(place), order.number, thai_date.short(order.ordered_on), _persons(paper, order), _days(order),
         _state(paper, order))
        for place, order in enumerate(paper.orders, start=1)
    )  # fmt: skip
    heads = ("ที่", "เลขที่คำสั่ง", "ลงวันที่", "ผู้ได้รับแต่งตั้ง", "มีผล", "สถานะ")
    in_force = sum(order.in_force(paper.as_of) for order in paper.orders)
    told = f"มีผลอยู่ {in_force} จาก {len(paper.orders)} คำสั่ง"
    title = "ทะเบียนคำสั่งแต่งตั้งผู้ดูแลระบบและผู้ใช้งาน"
    return sheet(title, paper.office, told, paper.as_of, heads, rows, (5, 15, 13, 37, 17, 13))


def _persons(paper: OrderList, order: Order) -> str:
    return "\n".join(paper.people.get(name, name) for name in order.persons)


def _days(order: Order) -> str:
    until = thai_date.short(order.until) if order.until else "ไม่มีกำหนด"
    return f"{thai_date.short(order.since)}\nถึง {until}"


def _state(paper: OrderList, order: Order) -> str:
    if order.revoked:
        return "ยกเลิก"
    if order.in_force(paper.as_of):
        return "มีผล"
    return "สิ้นสุดแล้ว" if order.until and order.until < paper.as_of else "ยังไม่เริ่ม"
