"""The rules of an applicant: what must be there for which kind of person, and what a clerk should look at again."""

from dataclasses import replace

from app.domain import citizen_id, phone, thai_date
from app.domain.errors import Refused
from app.domain.text_rules import clean_text, is_clean
from app.services import addresses
from app.services.model import Address, Advice, Applicant

KINDS = {
    "thai": "บุคคลธรรมดา",
    "foreigner": "คนต่างด้าว",
    "juristic": "นิติบุคคล",
    "unnumbered": "บุคคลไม่มีเลขประจำตัว",
    "anonymous": "ไม่ประสงค์ออกนาม (บัตรสนเท่ห์)",
}
ADDRESS_LABELS = {
    "house_no": "บ้านเลขที่", "moo": "หมู่ที่", "soi": "ซอย", "road": "ถนน", "subdistrict": "ตำบล",
    "district": "อำเภอ", "province": "จังหวัด", "postcode": "รหัสไปรษณีย์",
}  # fmt: skip
ONLY_FOR = {
    "organisation": ("juristic",),
    "representative_id": ("juristic",),
    "power_of_attorney": ("juristic",),
    "passport": ("foreigner",),
    "citizen_id": ("thai", "foreigner", "juristic"),
}
"""Parts that only some kinds of applicant have."""
UNSURE_NUMBERS = "0678"
"""First digits of numbers whose check digit nobody could confirm to follow the rule (app/domain/citizen_id.py)."""
PASSPORT_LENGTHS = range(5, 21)
LONGEST_TITLE, LONGEST_PART = 50, 100
"""In code points."""


def clean_applicant(applicant: Applicant) -> Applicant:
    """The applicant normalised; Refused with field "applicant.…" where a part is wrong."""
    kind = applicant.kind
    if kind not in KINDS:
        hint = f"ใช้ค่าใดค่าหนึ่งใน {', '.join(KINDS)}"
        raise Refused("applicant_kind", "ไม่รู้จักประเภทผู้ร้องนี้", hint, "applicant.kind")
    if kind == "anonymous":
        return _anonymous(applicant)
    plain = _is_plain(applicant)
    if plain and _is_clean(applicant):
        return applicant
    number = applicant.citizen_id.strip()
    telephone = applicant.phone.strip()
    thai = kind == "thai"
    cleaned = Applicant(
        title=_text(applicant.title, "title", "คำนำหน้า", LONGEST_TITLE, required=thai),
        first_name=_text(applicant.first_name, "first_name", "ชื่อ", required=kind != "juristic"),
        last_name=_text(applicant.last_name, "last_name", "นามสกุล", required=thai),
        citizen_id=_number(number, applicant) if number else "",
        phone=phone.normalise(telephone) if telephone else "",
        email=clean_email(applicant.email),
        address=clean_address(applicant.address, "applicant.address"),
        kind=kind,
    )
    return cleaned if plain else _with_the_rest(cleaned, applicant)


def _anonymous(given: Applicant) -> Applicant:
    """Somebody who named nobody: at most a way to reach him is kept."""
    for part in ("title", "first_name", "last_name", *ONLY_FOR):
        if getattr(given, part):
            hint = "ลบข้อมูลนี้ หรือเปลี่ยนประเภทผู้ร้อง"
            raise Refused("not_for_kind", "ผู้ไม่ประสงค์ออกนามต้องไม่มีชื่อหรือเลขใด", hint, f"applicant.{part}")
    telephone = given.phone.strip()
    return Applicant(
        "",
        "",
        "",
        phone=phone.normalise(telephone) if telephone else "",
        email=clean_email(given.email),
        address=clean_address(given.address, "applicant.address"),
        kind="anonymous",
    )


def _is_clean(applicant: Applicant) -> bool:
    """Whether an ordinary citizen needs nothing done: quickly told, and nearly always so. Refuses a wrong number."""
    names = (applicant.title, applicant.first_name, applicant.last_name)
    number, telephone, address = applicant.citizen_id, applicant.phone, applicant.address
    return (
        all(names)
        and not applicant.email
        and is_clean(names, LONGEST_TITLE)
        and (not number or (number.isdigit() and _number(number, applicant) == number))
        and (not telephone or (telephone.isdigit() and phone.normalise(telephone) == telephone))
        and clean_address(address, "applicant.address") is address
    )


def _is_plain(applicant: Applicant) -> bool:
    """Whether this is an ordinary citizen with nothing beside name, number and address: almost everybody."""
    return applicant.kind == "thai" and not (
        applicant.organisation
        or applicant.representative_id
        or applicant.power_of_attorney
        or applicant.passport
        or applicant.number_confirmed
    )


def _with_the_rest(cleaned: Applicant, given: Applicant) -> Applicant:
    for part, kinds in ONLY_FOR.items():
        if getattr(given, part) and given.kind not in kinds:
            names = ", ".join(KINDS[kind] for kind in kinds)
            raise Refused(
                "not_for_kind", f"ข้อมูล {part} ใช้กับ{names}เท่านั้น", "ลบข้อมูลนี้ หรือเปลี่ยนประเภทผู้ร้อง", f"applicant.{part}"
            )
    juristic = given.kind == "juristic"
    if given.power_of_attorney and not cleaned.first_name:
        raise Refused(
            "required", "ยังไม่ได้กรอกชื่อผู้รับมอบอำนาจ", "กรอกชื่อผู้รับมอบอำนาจตามหนังสือมอบอำนาจ", "applicant.first_name"
        )
    representative = given.representative_id.strip()
    return replace(
        cleaned,
        organisation=_text(given.organisation, "organisation", "ชื่อนิติบุคคล", 200, required=juristic),
        representative_id=citizen_id.check(representative, field="applicant.representative_id")
        if representative
        else "",
        power_of_attorney=given.power_of_attorney,
        passport=clean_passport(given.passport),
        number_confirmed=bool(cleaned.citizen_id) and not citizen_id.is_valid(cleaned.citizen_id),
    )


def _number(number: str, applicant: Applicant) -> str:
    """The 13 digits. A check digit that does not fit is let pass for a declared foreigner, or where the clerk confirms
    it, and only for the series 0, 6, 7 and 8."""
    try:
        return citizen_id.check(number, foreigner=applicant.number_confirmed or applicant.kind == "foreigner")
    except Refused as error:
        if error.code == "citizen_id_check_digit" and citizen_id.normalise(number)[0] in UNSURE_NUMBERS:
            error.hint = "ตรวจตัวเลขกับเอกสารตัวจริง ถ้าตรงกัน ให้ยืนยันเลขนี้ (number_confirmed) แล้วบันทึกอีกครั้ง"
        raise


def clean_passport(value: str) -> str:
    """Capital Latin letters and digits, 5 to 20 of them, or "". Refused "passport", field "applicant.passport"."""
    number = clean_text(value, "applicant.passport", label="เลขหนังสือเดินทาง", max_length=40).replace(" ", "").upper()
    if number and not (number.isascii() and number.isalnum() and len(number) in PASSPORT_LENGTHS):
        raise Refused(
            "passport", "เลขหนังสือเดินทางไม่ถูกต้อง", "พิมพ์อักษรโรมันและตัวเลข 5–20 ตัว หรือเว้นว่างไว้", "applicant.passport"
        )
    return number


def _text(value: str, key: str, label: str, most: int = LONGEST_PART, required: bool = True) -> str:
    return clean_text(value, f"applicant.{key}", label=label, max_length=most, required=required)


def clean_address(address: Address, at: str) -> Address:
    """The address normalised; Refused with field "<at>.<part>" where a part is wrong."""
    given = [getattr(address, key) for key in ADDRESS_LABELS]
    if is_clean(given, LONGEST_PART) and (not address.postcode or _is_postcode(address.postcode)):
        return address
    parts = {
        key: clean_text(part, f"{at}.{key}", label=label, max_length=LONGEST_PART, required=False)
        for key, label in ADDRESS_LABELS.items()
        if (part := getattr(address, key))
    }
    code = thai_date.to_arabic_digits(parts.get("postcode", ""))
    if code and not _is_postcode(code):
        raise Refused("postcode", "รหัสไปรษณีย์ต้องเป็นตัวเลข 5 หลัก", "แก้รหัสไปรษณีย์ หรือเว้นว่างไว้", f"{at}.postcode")
    return Address(**{**parts, "postcode": code})


def _is_postcode(code: str) -> bool:
    return len(code) == 5 and code.isascii() and code.isdigit()


def clean_email(value: str) -> str:
    """An address for mail, or "". Refused "email"."""
    email = clean_text(value, "applicant.email", label="อีเมล", max_length=254, required=False)
    name, at, domain = email.partition("@")
    if email and not (name and at and "." in domain and " " not in email and email.isascii()):
        raise Refused("email", "อีเมลไม่ถูกต้อง", "พิมพ์ในรูป ชื่อ@โดเมน หรือเว้นว่างไว้", "applicant.email")
    return email


def advice(applicant: Applicant) -> tuple[Advice, ...]:
    """What the clerk should look at again in a cleaned applicant; nothing here forbids to save."""
    found = []
    if applicant.citizen_id and not citizen_id.is_valid(applicant.citizen_id):
        found.append(Advice("applicant.citizen_id", "เลขหลักสุดท้ายไม่ตรงตามสูตร ตรวจกับเอกสารตัวจริงอีกครั้ง"))
    if not applicant.citizen_id and applicant.kind in ("thai", "juristic"):
        name = "เลขประจำตัวผู้เสียภาษี" if applicant.kind == "juristic" else "เลขประจำตัวประชาชน"
        found.append(Advice("applicant.citizen_id", f"ไม่มี{name} ประวัติของคนเดียวกันอาจแยกเป็นหลายราย"))
    return (*found, *addresses.check(applicant.address, "applicant.address"))
