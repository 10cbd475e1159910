"""What the bytes of an ID card mean, and that no bytes make the program fall over."""

from datetime import date
from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from app.domain import thai_date
from app.intake.card import decode, fields
from app.intake.card.addresses import address_of
from app.intake.card.holder import CardAddress, CardDate, CardHolder
from app.services import card_applicant
from app.services.model import Address
from tests.support.virtual_card import CardImage


def parsed(image):
    memory = image.memory()
    wanted = [field for span in fields.SPANS for field in span] + [fields.ADDRESS]
    raw = {field: memory[field.offset : field.end] for field in wanted}
    return decode.holder_of(raw, photo=memory[fields.PHOTO.offset : fields.PHOTO.end])


def tis(text):
    return text.encode("cp874")


def test_a_whole_card():
    holder = parsed(CardImage())
    assert holder.citizen_id == "3100400123456"
    assert (holder.title, holder.first_name, holder.middle_name, holder.last_name) == ("นาง", "ศิริวรรณ", "", "พุ่มพวง")
    assert (holder.title_en, holder.first_name_en, holder.last_name_en) == ("Mrs.", "Siriwan", "Phumphuang")
    assert (holder.born_on, holder.born.text, holder.gender) == (date(1972, 2, 29), "29 ก.พ. 2515", "female")
    assert (holder.issued_on, holder.expires_on) == (date(2023, 7, 14), date(2032, 2, 28))
    assert holder.issuer == "ท้องถิ่นเขตพระนคร/กรุงเทพมหานคร"
    assert holder.photo == CardImage().photo


def test_the_areas_follow_each_other():
    assert fields.PHOTO.end == fields.ADDRESS.offset == 0x1579
    assert fields.ADDRESS.end == 0x1619
    for span in fields.SPANS:
        assert span[-1].end - span[0].offset <= 255
        assert all(one.end == two.offset for one, two in pairwise(span))


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("นาย#กตัญญู##ปิ่นแก้ว", ("นาย", "กตัญญู", "", "ปิ่นแก้ว")),
        ("น.ส.#มาลี#อันนา#ใจดี   ", ("น.ส.", "มาลี", "อันนา", "ใจดี")),
        ("นาย#อาลี#บิน#มูฮัมหมัด#สะอะ", ("นาย", "อาลี", "บิน มูฮัมหมัด", "สะอะ")),
        ("ว่าที่ร้อยตรี#สม  ชาย##ณ อยุธยา", ("ว่าที่ร้อยตรี", "สม ชาย", "", "ณ อยุธยา")),
        ("นาย#เดียว##", ("นาย", "เดียว", "", "")),
        ("นาย#สอง#สาม", ("นาย", "สอง", "", "สาม")),
        ("Mr.#Somchai#", ("Mr.", "Somchai", "", "")),
        ("สมชาย", ("", "สมชาย", "", "")),
        ("###", ("", "", "", "")),
        ("", ("", "", "", "")),
    ],
)
def test_names(text, name):
    assert decode.name_of(tis(text)) == name


def test_text_keeps_no_padding_and_no_steering_characters():
    assert decode.text_of(b"\xa1\xa0\xa0 \xd2\x00\x1b[0m   \x00") == "ก า [0m"


@pytest.mark.parametrize(
    ("text", "day", "iso", "shown", "precision"),
    [
        ("25300115", date(1987, 1, 15), "1987-01-15", "15 ม.ค. 2530", "day"),
        ("25630229", date(2020, 2, 29), "2020-02-29", "29 ก.พ. 2563", "day"),
        ("25000000", None, "1957", "พ.ศ. 2500", "year"),
        ("25000015", None, "1957", "พ.ศ. 2500", "year"),
        ("25000700", None, "1957-07", "ก.ค. 2500", "month"),
        ("99999999", None, None, "ตลอดชีพ", "lifetime"),
        ("24830215", date(1940, 2, 15), "1940-02-15", "15 ก.พ. 2483", "old_calendar"),
        ("24790215", date(1937, 2, 15), "1937-02-15", "15 ก.พ. 2479", "old_calendar"),
        ("24790415", date(1936, 4, 15), "1936-04-15", "15 เม.ย. 2479", "day"),
        ("25640229", None, None, "25640229", "unknown"),
        ("25641315", None, None, "25641315", "unknown"),
        ("00000000", None, None, "", "unknown"),
        ("        ", None, None, "", "unknown"),
        ("2530", None, None, "2530", "unknown"),
        ("99999998", None, None, "99999998", "unknown"),
    ],
)
def test_dates(text, day, iso, shown, precision):
    found = decode.date_of(tis(text))
    assert (found.day, found.iso, found.text, found.precision) == (day, iso, shown, precision)


@given(st.dates(min_value=date(1880, 1, 1), max_value=date(2400, 12, 31)))
def test_every_day_reads_as_the_card_writes_it(day):
    """Outside of the years without January to March, what is shown is what is printed on the card."""
    written = f"{thai_date.year_be(day):04d}{day:%m%d}"
    found = decode.date_of(tis(written))
    assert found.day == day
    assert found.text == thai_date.short(day)


ADDRESSES = [
    (
        "99/9#หมู่ที่ 1####ตำบลปางหมู#อำเภอเมืองแม่ฮ่องสอน#จังหวัดแม่ฮ่องสอน",
        CardAddress("99/9", "1", "", "", "", "ปางหมู", "เมืองแม่ฮ่องสอน", "แม่ฮ่องสอน"),
    ),
    (
        "12##ตรอกสาเก#ซอย 5#ถนนตะนาว#แขวงบวรนิเวศ#เขตพระนคร#กรุงเทพมหานคร",
        CardAddress("12", "", "สาเก", "5", "ตะนาว", "บวรนิเวศ", "พระนคร", "กรุงเทพมหานคร"),
    ),
    (
        "๑๒/๓#หมู่ที่ ๔###ถนนวิชิตสงคราม#ตำบลกะทู้#กิ่งอำเภอกะทู้#จังหวัดภูเก็ต",
        CardAddress("12/3", "4", "", "", "วิชิตสงคราม", "กะทู้", "กะทู้", "ภูเก็ต"),
    ),
    # without prefixes in the middle, the place decides
    ("1#2#ก#ข#ค#ตำบลง#อำเภอจ#จังหวัดฉ", CardAddress("1", "2", "ก", "ข", "ค", "ง", "จ", "ฉ")),
    # fewer parts, as some cards have: the prefix decides, the last three are areas
    (
        "5/1#ซอยสุขใจ#แขวงลาดยาว#เขตจตุจักร#กรุงเทพมหานคร",
        CardAddress("5/1", "", "", "สุขใจ", "", "ลาดยาว", "จตุจักร", "กรุงเทพมหานคร"),
    ),
    ("5/1#7#ตำบลราไวย์#อำเภอเมืองภูเก็ต#จังหวัดภูเก็ต", CardAddress("5/1", "7", "", "", "", "ราไวย์", "เมืองภูเก็ต", "ภูเก็ต")),
    # an estate is no moo
    (
        "88/1#หมู่บ้านสุขสันต์#-#-#ถนนเจ้าฟ้า#ตำบลฉลอง#อำเภอเมืองภูเก็ต#จังหวัดภูเก็ต",
        CardAddress("88/1 หมู่บ้านสุขสันต์", "", "", "", "เจ้าฟ้า", "ฉลอง", "เมืองภูเก็ต", "ภูเก็ต"),
    ),
    ("8#บ้านนอก####ตำบลก#อำเภอข#จังหวัดค", CardAddress("8 บ้านนอก", "", "", "", "", "ก", "ข", "ค")),
    # cut off at 100 bytes
    (
        "99/99#หมู่ที่ 12###ถนนเจ้าฟ้าตะวันออก#ตำบลวิชิต#อำเภอเมืองภู",
        CardAddress("99/99", "12", "", "", "เจ้าฟ้าตะวันออก", "วิชิต", "เมืองภู", ""),
    ),
    ("1#######", CardAddress("1")),
    ("#######", CardAddress()),
    ("", CardAddress()),
    ("อยู่ที่ไหนสักแห่ง", CardAddress("อยู่ที่ไหนสักแห่ง")),
]


def parts(address):
    return {name: getattr(address, name) for name in CardAddress.__slots__}


@pytest.mark.parametrize(("text", "address"), ADDRESSES)
def test_addresses(text, address):
    assert parts(address_of(text)) == parts(address)


def test_an_address_that_fills_a_short_field_may_be_cut():
    def cut(raw):
        return decode.holder_of({fields.ADDRESS: raw}).address_cut

    assert cut(b"1#" + b"\xa1" * 98)
    assert not cut(b"1#" + b"\xa1" * 97 + b" ")
    assert not cut(b"1#" + b"\xa1" * 158)


def test_a_photo_ends_at_its_last_end_mark():
    jpeg = b"\xff\xd8" + b"thumb\xff\xd9" + b"\x20 \x00" + b"\xff\xd9"
    assert decode.photo_of(jpeg + b" " * 40) == jpeg
    assert decode.photo_of(bytes(5118)) is None
    assert decode.photo_of(b"\xff\xd9\xff\xd8") is None
    assert decode.photo_of(b"") is None


def test_a_laser_code_has_two_letters_and_ten_digits():
    assert decode.laser_code_of(b"JT9876543210\0\0\0\0") == "JT9876543210"
    assert decode.laser_code_of(bytes(16)) is None


def test_expiry_counts_the_last_day_as_valid():
    holder = parsed(CardImage(expires="25690714"))
    assert not holder.expired(date(2026, 7, 14))
    assert holder.expired(date(2026, 7, 15))
    assert not parsed(CardImage(expires="99999999")).expired(date(2100, 1, 1))
    assert parsed(CardImage(expires="99999999")).lifetime


@given(st.binary(max_size=300))
@example(b"\xff" * 200)
@example(b"#" * 160)
def test_no_bytes_make_it_fall_over(raw):
    everything = {field: raw for span in fields.SPANS for field in span} | {fields.ADDRESS: raw}
    holder = decode.holder_of(everything, photo=raw, laser=raw)
    applicant = card_applicant.applicant_of(holder)
    assert isinstance(applicant.address, Address)
    assert "\n" not in applicant.full_name


@given(st.text(alphabet="#0123456789 กขคงตำบลอเภจังหวัดหมู่ที่ซยถนรบ้าแ", max_size=120))
def test_no_letter_of_an_address_is_lost(text):
    address = address_of(text)
    kept = "".join(parts(address).values()).replace(" ", "")
    digits = [letter for letter in kept if letter.isdigit()]
    assert sorted(digits) == sorted(letter for letter in text if letter.isdigit())


def test_the_applicant_is_filled_from_the_card():
    applicant = card_applicant.applicant_of(parsed(CardImage(thai_name="นาง#ศิริวรรณ#อันนา#พุ่มพวง")))
    assert applicant.full_name == "นางศิริวรรณ อันนา พุ่มพวง"
    assert applicant.citizen_id == "3100400123456"
    assert applicant.address == Address(
        "123/45", "6", "ตรอกวัดสามพระยา สามเสน 5", "สามเสน", "วัดสามพระยา", "พระนคร", "กรุงเทพมหานคร"
    )


def test_nothing_of_a_person_is_in_a_repr():
    holder = parsed(CardImage())
    shown = repr([holder, holder.address, holder.born]) + str(holder) + f"{holder}"
    assert shown.count("<CardHolder>") == 3
    assert not [text for text in ("ศิริวรรณ", "310040", "1972", "2515", "สามเสน", "xff") if text in shown]
    assert repr(CardHolder("1", photo=b"photo", laser_code="JT")) == "<CardHolder>"
    assert repr(CardDate(text="secret")) == "<CardDate>"
