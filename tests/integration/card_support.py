"""Cards that nobody has seen before, and their owners' wishes for privacy."""

import base64

from tests.support.virtual_card import JPEG, LASER, CardImage

LONG_ADDRESS = (
    "1234/567#หมู่ที่ 11#ตรอกศาลเจ้าพ่อ#ซอยรามคำแหง 39#ถนนประดิษฐ์มนูธรรมสายเก่า#แขวงพลับพลา#เขตวังทองหลาง#จังหวัดกรุงเทพมหานคร"
)
ELDER = CardImage(
    citizen_id="3830100012342",
    thai_name="นาย#หมัดอุเส็น#บินยูโซะ#สะแหละหมัด",
    english_name="Mr.#Mat-usen#Binyuso#Salaemat",
    born="24930000",
    gender="1",
    issuer="เทศบาลเมืองกะทู้/ภูเก็ต",
    issued="25600229",
    expires="99999999",
    address=LONG_ADDRESS,
)
"""Everything at once: a long address, a lifetime card, only the year of birth, a middle name, an impossible date."""

SECRETS = [JPEG[8:40], JPEG[-20:], LASER, b"JT9-8765432-10"]


def forms(secret: bytes) -> list[bytes]:
    """A secret as it could be written down."""
    plain, text = base64.b64encode(secret), repr(secret)[2:-1]
    return [secret, secret.hex().encode(), secret.hex().upper().encode(), plain[:-4], text.encode(), text[:40].encode()]


def told(content: bytes) -> list[bytes]:
    """The secrets that a content gives away, in whatever form."""
    return [secret for secret in SECRETS if any(form in content for form in forms(secret))]
