"""What ThaiD told, for comparing with the person at the counter: the whole address beside the parts of it."""

from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from app.domain import citizen_id, thai_date
from app.services.model import Address
from app.services.thaid import ThaiDPerson
from ui.style import FAR, GAP, TIGHT, give_role
from ui.widgets.labels import ThaiLabel
from ui.widgets.layouts import Column

PARTS = (
    ("house_no", "บ้านเลขที่"),
    ("moo", "หมู่ที่"),
    ("soi", "ซอย"),
    ("road", "ถนน"),
    ("subdistrict", "ตำบล/แขวง"),
    ("district", "อำเภอ/เขต"),
    ("province", "จังหวัด"),
    ("postcode", "รหัสไปรษณีย์"),
)
COMPARE = "เทียบชื่อกับผู้ที่อยู่หน้าเคาน์เตอร์ก่อนกรอก"
NO_ADDRESS = "ThaiD ไม่ได้ส่งที่อยู่มา"
NOT_SPLIT = "แยกส่วนไม่ได้ โปรดกรอกที่อยู่เองจากข้อความด้านซ้าย"


def split_text(address: Address) -> str:
    """The parts, one a line, each with its name; empty where nothing could be told apart."""
    return "\n".join(f"{label} {getattr(address, key)}" for key, label in PARTS if getattr(address, key))


def birth_text(person: ThaiDPerson) -> str:
    """Date of birth as far as it is known, or empty."""
    born = person.birth_date
    if born is None:
        return ""
    year = f"พ.ศ. {born.year + 543}"
    return {"day": thai_date.long(born), "month": f"เดือน {born.month} {year}"}.get(person.birth_precision, year)


class PersonPage(Column):
    """Read-only; the number is masked. Emptied by `forget`."""

    def __init__(self) -> None:
        super().__init__()
        self.box.setContentsMargins(0, 0, 0, 0)
        self.box.setSpacing(TIGHT)
        self._name = ThaiLabel(role="title")
        self._facts = ThaiLabel()
        self._whole, self._parts = ThaiLabel(), ThaiLabel()
        beside = QWidget()
        grid = QGridLayout(beside)
        grid.setContentsMargins(0, GAP, 0, 0)
        grid.setHorizontalSpacing(FAR)
        grid.setVerticalSpacing(TIGHT)
        for column, (title, label) in enumerate((("ที่อยู่ตาม ThaiD", self._whole), ("ที่จะกรอกลงแบบ", self._parts))):
            grid.addWidget(give_role(QLabel(title), "small"), 0, column)
            grid.addWidget(label, 1, column)
            grid.setColumnStretch(column, 1)
        grid.setRowStretch(2, 1)
        for widget in (self._name, self._facts, ThaiLabel(COMPARE, role="warn"), beside):
            self.box.addWidget(widget)
        self.box.addStretch(1)

    @property
    def shown(self) -> str:
        """Everything that is told of the person, for tests and screen readers."""
        return "\n".join(label.shown_text() for label in (self._name, self._facts, self._whole, self._parts))

    def show_person(self, person: ThaiDPerson) -> None:
        """Show who proved to be whom."""
        facts = [citizen_id.masked(person.citizen_id)]
        if born := birth_text(person):
            facts.append(f"เกิด {born}")
        if person.ial:
            facts.append(f"ระดับการพิสูจน์ตัวตน (IAL) {person.ial}")
        self._name.show_text(person.full_name)
        self._facts.show_text(" · ".join(facts))
        self._whole.show_text(person.address_text or NO_ADDRESS)
        self._parts.show_text(split_text(person.address) or (NOT_SPLIT if person.address_text else "—"))

    def forget(self) -> None:
        """Keep nothing of the person."""
        for label in (self._name, self._facts, self._whole, self._parts):
            label.show_text("")
