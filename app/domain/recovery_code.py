"""The recovery code as it stands on paper: 160 random bits in Crockford's base32, eight groups of four characters and
one check character, so that a mistyped group is named.

Check character: the hybrid system of ISO/IEC 7064 with modulus 32, begun with the group's place, so that two groups
that changed places are noticed as well.
"""

import re

from app.domain.errors import Refused

SEED_BYTES = 20
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
GROUPS = 8
GROUP = 5
"""Characters of a group with its check character."""
_VALUES = {character: value for value, character in enumerate(ALPHABET)} | {"I": 1, "L": 1, "O": 0}
_SEPARATORS = re.compile(r"[\s\-–—.,]+")
_THAI_DIGITS = str.maketrans("๐๑๒๓๔๕๖๗๘๙", "0123456789")


def encode(seed: bytes) -> str:
    """The code of a seed: "7K3MD-…-…", eight groups."""
    if len(seed) != SEED_BYTES:
        raise ValueError("a seed has 20 bytes")
    number = int.from_bytes(seed, "big")
    values = [number >> shift & 31 for shift in range(155, -1, -5)]
    groups = [values[at : at + GROUP - 1] for at in range(0, len(values), GROUP - 1)]
    return "-".join(
        "".join(ALPHABET[value] for value in (*group, _check(place, group))) for place, group in enumerate(groups)
    )


def decode(text: str) -> bytes:
    """The seed of a code however it was typed: small letters, spaces, O for 0, I or L for 1. Refused "recovery_code"
    names the first group that is wrong."""
    characters = _SEPARATORS.sub("", text.translate(_THAI_DIGITS)).upper()
    if len(characters) != GROUPS * GROUP:
        raise Refused(
            "recovery_code",
            f"รหัสกู้คืนต้องมี {GROUPS * GROUP} ตัวอักษร แต่พิมพ์มา {len(characters)} ตัว",
            f"พิมพ์ให้ครบ {GROUPS} กลุ่ม กลุ่มละ {GROUP} ตัว ตามกระดาษกุญแจกู้คืน",
            "code",
        )
    number = 0
    for place in range(GROUPS):
        group = [_VALUES.get(character) for character in characters[place * GROUP : (place + 1) * GROUP]]
        values = [value for value in group if value is not None]
        if len(values) != GROUP or values[-1] != _check(place, values[:-1]):
            raise Refused(
                "recovery_code",
                f"รหัสกู้คืนกลุ่มที่ {place + 1} ไม่ถูกต้อง",
                "เทียบกลุ่มนี้กับกระดาษทีละตัว และใช้แป้นพิมพ์ภาษาอังกฤษ",
                "code",
            )
        for value in values[:-1]:
            number = number << 5 | value
    return number.to_bytes(SEED_BYTES, "big")


def _check(place: int, values: list[int]) -> int:
    remainder = 32
    for value in (place + 1, *values):
        remainder = ((remainder + value) % 32 or 32) * 2 % 33
    return (33 - remainder) % 32
