"""Answers: checked, shown, searched, and what follows from them."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.catalog import answers, loader
from app.catalog.schema import Choice, Division, Field, Service, ShownWhen
from app.catalog.values import check_value, value_text
from app.domain.errors import Refused

PETITION = loader.load_builtin()["petition"]
ON = date(2026, 11, 20)

TAXONOMY = {
    ("complaints", "ร้องเรียน/ร้องทุกข์ หน่วยงานภาครัฐ"): {
        "สำนักปลัดเทศบาล": ["เหตุด่วน เดือดร้อน", "คำร้องทั่วไป"],
    },
    ("tax", "ภาษีและค่าธรรมเนียม"): {"กองคลัง": ["ขอคัดสำเนาทะเบียนทรัพย์สิน"]},
    ("for_help", "ขอความช่วยเหลือ"): {"สำนักปลัดเทศบาล": ["บริการข้อมูล/ข่าวสาร"]},
    ("natural_resources", "ทรัพยากรธรรมชาติและสิ่งแวดล้อม"): {
        "สำนักปลัดเทศบาล": ["ตัดต้นไม้"],
        "กองสาธารณสุขและสิ่งแวดล้อม": ["น้ำเสีย", "กลิ่นควัน/เสียงรบกวน", "จัดเก็บกิ่งไม้ใบไม้"],
        "กองช่าง": ["ขุดดิน/ถมดิน"],
    },
    ("other", "อื่นๆ"): {"สำนักปลัดเทศบาล": ["แจ้งเรื่องอื่น ๆ"]},
    ("public_health", "สาธารณสุข"): {
        "กองสาธารณสุขและสิ่งแวดล้อม": ["การควบคุมกำจัดแมลง และพาหะนำโรค", "สัตว์เลี้ยงไร้เจ้าของ"],
    },
    ("social_and_benefit", "สังคมและสวัสดิการ"): {
        "สำนักปลัดเทศบาล": ["ยืมวัสดุอุปกรณ์", "สนับสนุนน้ำอุปโภคบริโภค", "หอกระจายข่าว/เสียงตามสาย"],
    },
    ("utilities", "ระบบสาธารณูปโภค"): {
        "กองช่าง": [
            "ไฟฟ้าสาธารณะ",
            "ท่อระบายน้ำ",
            "อาคาร",
            "ถนน/ไหล่ทาง",
            "ประปาหมู่บ้าน",
            "แจ้งซ่อมป้ายซอย",
            "ขุดลอก",
        ],
        "กองสาธารณสุขและสิ่งแวดล้อม": ["ดูดสิ่งปฏิกูล", "ขอถังขยะ/แจ้งเก็บขยะ", "ดูดโคลน/ดูดสิ่งปฏิกูล"],
    },
}


def petition(**changes):
    given = {
        "category": "utilities",
        "subcategory": "street_light",
        "topic": "ไฟดับหน้าวัด",
        "detail": "ไฟดับมาสามคืนแล้ว ขอให้ช่วยซ่อม",
    }
    return {key: value for key, value in (given | changes).items() if value is not None}


def refusal(given, service=PETITION, **rules):
    with pytest.raises(Refused) as refused:
        answers.validate(service, given, on=ON, **rules)
    error = refused.value
    assert error.title
    assert error.hint
    return error.code, error.field


def one_field(**parts):
    item = Field(**({"key": "x", "label": "ช่อง", "type": "text"} | parts))
    return Service(
        "test",
        1,
        "petition",
        "ทดสอบ",
        "ทดสอบ",
        ("sao",),
        "new",
        "x",
        "d",
        fields=(item,),
        divisions=(Division("d", "กอง"),),
    )


def test_the_taxonomy_is_complete_and_word_for_word():
    found = {}
    for main in PETITION.categories:
        rows = found.setdefault((main.code, main.name), {})
        for sub in main.subcategories:
            _, division = answers.division(PETITION, {"category": main.code, "subcategory": sub.code})
            rows.setdefault(division, []).append(sub.name)
    complaints = found["complaints", "ร้องเรียน/ร้องทุกข์ หน่วยงานภาครัฐ"]["สำนักปลัดเทศบาล"]
    complaints.remove("แจ้งเบาะแสการทุจริต")  # ours: that list has no restricted type
    assert found == TAXONOMY


def test_a_petition_as_it_is_stored():
    stored = answers.validate(PETITION, petition(topic="  ไฟดับหน้าวัด "), on=ON)
    assert stored == petition()
    assert answers.subject(PETITION, stored) == "ไฟดับหน้าวัด"
    assert answers.type_text(PETITION, stored) == "ระบบสาธารณูปโภค : ไฟฟ้าสาธารณะ"
    assert answers.division(PETITION, stored) == ("public_works", "กองช่าง")
    assert answers.working_days(PETITION, stored) == 3
    assert answers.search_texts(PETITION, stored) == ["ไฟดับหน้าวัด", "ไฟดับมาสามคืนแล้ว ขอให้ช่วยซ่อม"]
    assert answers.lines(PETITION, stored) == (
        ("category", "ประเภทคำร้อง", "ระบบสาธารณูปโภค : ไฟฟ้าสาธารณะ"),
        ("topic", "หัวข้อเรื่อง", "ไฟดับหน้าวัด"),
        ("detail", "รายละเอียด", "ไฟดับมาสามคืนแล้ว ขอให้ช่วยซ่อม"),
    )
    assert not answers.restricted(PETITION, stored)
    assert answers.assess(PETITION, stored, [], ON) is None
    assert answers.permit_period(PETITION, stored, [], ON) is None
    assert answers.warnings(PETITION, stored, on=ON) == ()


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("", "สำนักปลัดเทศบาล"),
        ("town_municipality", "สำนักปลัดเทศบาล"),
        ("sao", "สำนักปลัด อบต."),
        ("pao", "สำนักปลัด อบจ."),
        ("pattaya", "สำนักปลัดเมืองพัทยา"),
    ],
)
def test_the_division_is_called_as_the_office_calls_it(kind, name):
    stored = petition(category="complaints", subcategory="general")
    assert answers.division(PETITION, stored, kind) == ("clerk_office", name)


@pytest.mark.parametrize(
    ("category", "subcategory", "days"),
    [
        ("complaints", "urgent", 1),
        ("complaints", "general", 15),
        ("utilities", "street_light", 3),
        ("utilities", "garbage", 3),
        ("natural_resources", "waste_water", 7),
        ("tax", "asset_register_copy", 0),
        ("utilities", "dredging", 15),
    ],
)
def test_time_limits(category, subcategory, days):
    assert answers.working_days(PETITION, {"category": category, "subcategory": subcategory}) == days


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"topic": None}, "required", "answers.topic"),
        ({"topic": "  "}, "required", "answers.topic"),
        ({"topic": 5}, "wrong_type", "answers.topic"),
        ({"topic": ["ไฟดับ"]}, "wrong_type", "answers.topic"),
        ({"topic": "ก\x00ข"}, "control_characters", "answers.topic"),
        ({"topic": "\u200b"}, "required", "answers.topic"),
        ({"topic": "ก" * 1_000_000}, "too_long", "answers.topic"),
        ({"detail": "สั้น"}, "too_short", "answers.detail"),
        ({"category": None, "subcategory": None}, "required", "answers.category"),
        ({"category": None}, "required", "answers.category"),
        ({"subcategory": None}, "required", "answers.subcategory"),
        ({"subcategory": "general"}, "unknown_choice", "answers.subcategory"),
        ({"category": "moon"}, "unknown_choice", "answers.category"),
        ({"category": ["utilities"]}, "unknown_choice", "answers.category"),
        ({"subcategory": {"a": 1}}, "unknown_choice", "answers.subcategory"),
        ({"colour": "red"}, "unknown_answer", "answers.colour"),
        ({"\x00" * 99: "red"}, "unknown_answer", "answers.…"),
    ],
)
def test_what_is_wrong_is_named(changes, code, field):
    assert refusal(petition(**changes)) == (code, field)


@pytest.mark.parametrize("given", [None, [], "text", 5])
def test_answers_must_be_a_mapping(given):
    assert refusal(given) == ("wrong_type", "answers")


@pytest.mark.parametrize(
    ("parts", "value", "stored", "shown"),
    [
        ({"type": "integer", "unit": "ป้าย"}, "๑,๒๐๐", 1200, "1,200 ป้าย"),
        ({"type": "integer"}, -3, -3, "-3"),
        ({"type": "decimal", "unit": "เมตร"}, " 1.20 ", "1.20", "1.20 เมตร"),
        ({"type": "decimal"}, 2, "2", "2"),
        ({"type": "decimal"}, "-0.5", "-0.5", "-0.5"),
        ({"type": "money"}, "2,600", "2600.00", "2,600.00 บาท"),
        ({"type": "money"}, 5, "5.00", "5.00 บาท"),
        ({"type": "date"}, "20 พ.ย. 69", "2026-11-20", "20 พฤศจิกายน 2569"),
        ({"type": "boolean"}, False, False, "ไม่ใช่"),
        ({"type": "boolean"}, True, True, "ใช่"),
        ({"type": "boolean", "choices": (Choice("true", "การค้า"),)}, True, True, "การค้า"),
        ({"type": "citizen_id"}, "1-1017-00230-70-8", "1101700230708", "X-XXXX-XXXX0-70-8"),
        ({"type": "phone"}, "081 234 5678", "0812345678", "081-234-5678"),
        ({"type": "choice", "choices": (Choice("a", "ก"), Choice("b", "ข"))}, "b", "b", "ข"),
        (
            {"type": "multi_choice", "choices": (Choice("a", "ก"), Choice("b", "ข"))},
            ["b", "a", "b"],
            ["a", "b"],
            "ก, ข",
        ),
        ({"type": "long_text"}, "หนึ่ง\r\nสอง", "หนึ่ง\nสอง", "หนึ่ง\nสอง"),
    ],
)
def test_values_of_every_type(parts, value, stored, shown):
    service = one_field(**parts)
    found = answers.validate(service, {"x": value}, on=ON)
    assert found == {"x": stored}
    assert answers.lines(service, found) == (("x", "ช่อง", shown),)


@pytest.mark.parametrize(
    ("parts", "value", "code"),
    [
        ({"type": "integer"}, "1.5", "wrong_type"),
        ({"type": "integer"}, 1.0, "wrong_type"),
        ({"type": "integer"}, True, "wrong_type"),
        ({"type": "integer"}, "1e3", "wrong_type"),
        ({"type": "integer"}, 10**40, "wrong_type"),
        ({"type": "integer"}, "9" * 40, "wrong_type"),
        ({"type": "integer", "minimum": Decimal(1), "unit": "ป้าย"}, 0, "too_small"),
        ({"type": "integer", "maximum": Decimal(9)}, 10, "too_large"),
        ({"type": "decimal"}, 1.2, "wrong_type"),
        ({"type": "decimal"}, "1.234", "wrong_type"),
        ({"type": "decimal"}, "1.2.3", "wrong_type"),
        ({"type": "decimal"}, "NaN", "wrong_type"),
        ({"type": "decimal"}, "-", "wrong_type"),
        ({"type": "decimal"}, ".", "wrong_type"),
        ({"type": "money"}, 26.5, "wrong_type"),
        ({"type": "money"}, True, "wrong_type"),
        ({"type": "money"}, "2.600", "amount"),
        ({"type": "money"}, 10**60, "amount"),
        ({"type": "money", "maximum": Decimal(100)}, "100.01", "too_large"),
        ({"type": "date"}, 20, "wrong_type"),
        ({"type": "date"}, "31/02/2569", "date"),
        ({"type": "boolean"}, "yes", "wrong_type"),
        ({"type": "boolean", "must_be_true": True}, False, "must_agree"),
        ({"type": "citizen_id"}, 1101700230708, "wrong_type"),
        ({"type": "citizen_id"}, "1234567890123", "citizen_id_check_digit"),
        ({"type": "phone"}, 812345678, "wrong_type"),
        ({"type": "phone"}, "1234", "phone"),
        ({"type": "choice", "choices": (Choice("a", "ก"),)}, "z", "unknown_choice"),
        ({"type": "choice", "choices": (Choice("a", "ก"),)}, 5, "wrong_type"),
        ({"type": "multi_choice", "choices": (Choice("a", "ก"),)}, "a", "wrong_type"),
        ({"type": "multi_choice", "choices": (Choice("a", "ก"),)}, [{"a": 1}], "wrong_type"),
        ({"type": "boolean", "required": True}, None, "required"),
        ({"type": "integer", "required": True}, "", "required"),
        ({"type": "multi_choice", "required": True, "choices": (Choice("a", "ก"),)}, [], "required"),
    ],
)
def test_values_that_are_refused(parts, value, code):
    assert refusal({"x": value}, one_field(**parts)) == (code, "answers.x")


@pytest.mark.parametrize("kind", ["integer", "decimal", "money"])
def test_a_number_too_long_to_print_is_refused(kind):
    assert refusal({"x": 10**5000}, one_field(type=kind))[1] == "answers.x"


def test_nothing_is_stored_for_an_open_question():
    assert answers.validate(one_field(), {"x": None}, on=ON) == {}
    assert answers.validate(one_field(type="decimal"), {}, on=ON) == {}


def test_questions_that_are_not_asked():
    service = one_field(shown_when=ShownWhen("kind", ("b",)), required=True)
    kind = Field("kind", "ชนิด", "multi_choice", choices=(Choice("a", "ก"), Choice("b", "ข")))
    service = Service(
        "test", 1, "petition", "ทดสอบ", "ทดสอบ", ("sao",), "new", "x", "gone", fields=(kind, *service.fields)
    )
    assert answers.validate(service, {"kind": ["a"], "x": "left over"}, on=ON) == {"kind": ["a"]}
    assert refusal({"kind": ["a", "b"]}, service) == ("required", "answers.x")
    assert answers.visible_fields(service, {"kind": ["b"]}) == service.fields
    assert answers.visible_fields(service, {}) == (kind,)
    assert answers.division(service, {}) == ("gone", "gone")
    assert answers.type_text(service, {}) == "ทดสอบ"
    assert answers.working_days(service, {}) is None
    assert service.field_by_key("nowhere") is None


def test_an_optional_category_may_stay_open():
    item = Field("category", "ประเภท", "category", searchable=True)
    service = Service(
        "test",
        1,
        "petition",
        "ทดสอบ",
        "ทดสอบ",
        ("sao",),
        "new",
        "x",
        "d",
        fields=(item,),
        categories=PETITION.categories,
    )
    assert answers.validate(service, {}, on=ON) == {}
    assert answers.search_texts(service, petition()) == ["ระบบสาธารณูปโภค : ไฟฟ้าสาธารณะ"]


def test_answers_of_an_older_version_stay_readable():
    old = {"category": "gone", "subcategory": "gone", "topic": "ไฟดับ", "vanished": "x"}
    assert answers.type_text(PETITION, old) == "คำร้อง/ร้องเรียน"
    assert answers.division(PETITION, old)[0] == "clerk_office"
    assert answers.working_days(PETITION, old) == 15
    assert [key for key, _, _ in answers.lines(PETITION, old)] == ["category", "topic"]
    choice = Field("x", "ช่อง", "choice", choices=(Choice("a", "ก"),))
    assert value_text(choice, "gone") == "gone"


def test_a_long_subject_is_cut_to_one_line():
    service = one_field(type="long_text", max_length=1000)
    text = answers.subject(service, {"x": "หนึ่ง\nสอง " + "ก" * 300})
    assert len(text) == 200
    assert text.startswith("หนึ่ง สอง ก")
    assert text.endswith("…")


@given(st.decimals(min_value=-(10**9), max_value=10**9, places=2))
def test_decimal_text_stays_exactly_what_was_typed(number):
    assert check_value(Field("x", "ช่อง", "decimal"), f"{number:f}") == f"{number:f}"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


@given(st.dictionaries(st.sampled_from([*sorted(PETITION.answer_keys), "other"]), JSON))
def test_any_json_is_taken_or_refused_by_field(given_answers):
    try:
        stored = answers.validate(PETITION, given_answers, on=ON)
    except Refused as error:
        assert error.field is not None
        assert error.field.startswith("answers")
    else:
        assert answers.validate(PETITION, stored, on=ON) == stored
