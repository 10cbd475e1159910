"""A form drawn from the definition: every field type edits, shows and gives back its answer."""

import pytest
from PySide6.QtWidgets import QCheckBox, QLineEdit, QRadioButton

from app.catalog.answers import sample, validate
from app.catalog.loader import load_builtin
from app.catalog.schema import FIELD_TYPES, Choice, Field, Service, ShownWhen
from app.domain import thai_date
from tests.ui.conftest import SetClock, type_text
from ui.forms.form import EDITORS, ServiceForm


def form_of(*fields: Field) -> Service:
    return Service(
        code="test",
        version=1,
        kind="petition",
        name="ทดสอบ",
        short_name="ทดสอบ",
        offered_by=("pao",),
        first_status="new",
        subject=fields[0].key,
        default_division="a",
        fields=fields,
    )


def test_every_field_type_has_an_editor():
    assert set(EDITORS) | {"category"} == set(FIELD_TYPES)


CHOICES = (Choice("a", "หนึ่ง"), Choice("b", "สอง"), Choice("c", "สาม"))
MANY = tuple(Choice(f"c{n}", f"ทาง {n}") for n in range(9))


@pytest.mark.parametrize(
    ("field", "value"),
    [
        (Field("k", "ข้อความ", "text"), "ไฟดับ ที่ปู่ย่า"),
        (Field("k", "ยาว", "long_text"), "บรรทัดหนึ่ง\nบรรทัดสอง"),
        (Field("k", "เลือก", "choice", choices=CHOICES), "b"),
        (Field("k", "เลือก", "choice", choices=MANY), "c7"),
        (Field("k", "หลาย", "multi_choice", choices=CHOICES), ["a", "c"]),
        (Field("k", "จำนวน", "integer", unit="ป้าย"), "12"),
        (Field("k", "ทศนิยม", "decimal", unit="เมตร"), "1.20"),
        (Field("k", "เงิน", "money", unit="บาท"), "2,600.00"),
        (Field("k", "วันที่", "date"), "2026-11-20"),
        (Field("k", "รับรอง", "boolean", must_be_true=True), True),
        (
            Field("k", "วัตถุประสงค์", "boolean", choices=(Choice("true", "ค้า"), Choice("false", "ไม่ค้า"))),
            False,
        ),
        (Field("k", "เลข", "citizen_id"), "1234567890121"),
        (Field("k", "โทร", "phone"), "0812345678"),
    ],
    ids=lambda part: part.type if isinstance(part, Field) else "",
)
def test_an_answer_comes_back_as_it_was_given(qtbot, look, field: Field, value):
    form = ServiceForm(form_of(field))
    qtbot.addWidget(form)
    form.set_answers({"k": value})
    assert form.answers() == {"k": value}
    form.set_answers({})
    assert form.answers() in ({}, {"k": False})


def test_a_date_is_typed_as_people_write_it_and_spelled_out(qtbot, look):
    form = ServiceForm(form_of(Field("day", "วันที่", "date")))
    qtbot.addWidget(form)
    for typed, iso in (
        ("20/11/69", "2026-11-20"),
        ("๒๐ พ.ย. ๒๕๖๙", "2026-11-20"),
        ("31/2/2569", "31/2/2569"),
    ):
        form.set_answers({})
        type_text(form.rows["answers.day"].control, typed)
        assert form.answers() == {"day": iso}
    form.set_answers({"day": "2026-11-20"})
    assert form.rows["answers.day"].control._understood.text() == "20 พฤศจิกายน 2569"
    assert form.rows["answers.day"].findChild(QLineEdit).text() == "20/11/2569"


def test_questions_come_and_go_and_hidden_ones_answer_nothing(qtbot, look):
    asked = ShownWhen("who", ("juristic",))
    service = form_of(
        Field("who", "ใคร", "choice", choices=(Choice("person", "คน"), Choice("juristic", "นิติบุคคล"))),
        Field("name", "ชื่อนิติบุคคล", "text", shown_when=asked),
    )
    form = ServiceForm(service)
    qtbot.addWidget(form)
    form.show()
    person, juristic = form.findChildren(QRadioButton)
    assert form.rows["answers.name"].isHidden()
    juristic.click()
    assert not form.rows["answers.name"].isHidden()
    type_text(form.rows["answers.name"].control, "บริษัท ตัวอย่าง")
    assert form.answers() == {"who": "juristic", "name": "บริษัท ตัวอย่าง"}
    person.click()
    assert form.answers() == {"who": "person"}
    juristic.click()
    assert form.answers()["name"] == "บริษัท ตัวอย่าง"


def test_a_friendly_check_when_the_clerk_goes_on(qtbot, look):
    form = ServiceForm(form_of(Field("n", "จำนวน", "integer"), Field("t", "ข้อความ", "text", min_length=10)))
    qtbot.addWidget(form)
    form.show()
    number = form.rows["answers.n"]
    type_text(number.control, "สอง")
    number.control.left.emit()
    assert "จำนวนเต็ม" in number.error
    type_text(number.control, "2")
    assert number.error == ""
    form.rows["answers.t"].control.left.emit()
    assert form.rows["answers.t"].error == ""


@pytest.mark.parametrize("code", sorted(load_builtin()))
def test_the_sample_of_every_service_goes_through_its_form(qtbot, look, code: str):
    service = load_builtin()[code]
    today = thai_date.local(SetClock().now()).date()
    given = sample(service)["answers"]
    form = ServiceForm(service)
    qtbot.addWidget(form)
    form.set_answers(given)
    assert validate(service, form.answers(), on=today).keys() == validate(service, given, on=today).keys()
    for box in form.findChildren(QCheckBox):
        assert box.accessibleName()
