"""What text may enter the register: composed (NFC), without invisible tricks, and not endless.

Refused are control characters, text-direction overrides, line separators and lone surrogates: they break paper,
searching and the eye. Zero-width characters that carry no ink and no meaning (U+200B and its kin, which come along
when Thai text is pasted from the web) are dropped; the joiners U+200C and U+200D stay.
"""

import re
import unicodedata
from collections.abc import Iterable

from app.domain.errors import Refused

_EDGES = " \t\r\n\u00a0\u3000\u200b\ufeff"
_FORBIDDEN_CLASS = (
    "\x00-\x08\x0b-\x1f\x7f-\x9f"  # C0 and C1 controls; tab and newline are added for a single line
    "\u2028\u2029\u202a-\u202e\u2066-\u2069"  # line separators, direction overrides and isolates
    "\ufff9-\ufffb\ufffe\uffff\ud800-\udfff"  # annotations, no characters, lone surrogates
    "\U000e0000-\U000e007f"  # invisible tags
)
_FORBIDDEN_IN_LINES = re.compile(f"[{_FORBIDDEN_CLASS}]")
_FORBIDDEN_IN_LINE = re.compile(f"[{_FORBIDDEN_CLASS}\t\n]")
_WITHOUT_INK = re.compile("[\u00ad\u061c\u180e\u200b\u200e\u200f\u2060-\u2064\ufeff]")


def clean_text(
    value: object,
    field: str,
    *,
    label: str = "",
    max_length: int = 200,
    required: bool = False,
    multiline: bool = False,
) -> str:
    """`value` as it may be stored: NFC, trimmed; "" when there is none.

    field: dotted key for the error ("answers.topic"); label: the Thai name of the field as the clerk sees it.
    Refused: "wrong_type" (no text), "too_long" (max_length in code points), "control_characters", "required".
    """
    if not isinstance(value, str):
        if value is not None:
            raise Refused("wrong_type", f"{_named(label)}ต้องเป็นข้อความ", "โปรดพิมพ์เป็นตัวอักษร", field)
        value = ""
    if len(value) > max_length:
        value = _fitting(value, field, label, max_length)
    text = value.strip(_EDGES)
    if not text.isprintable():
        text = _without_tricks(text, field, label, multiline)
    if not unicodedata.is_normalized("NFC", text):
        text = _fitting(unicodedata.normalize("NFC", text), field, label, max_length)
    if required and not text:
        raise Refused("required", f"ยังไม่ได้กรอก{_named(label)}", f"โปรดกรอก{_named(label)}", field)
    return text


def is_clean(parts: Iterable[str], max_length: int) -> bool:
    """Whether `clean_text` would surely give each of these single lines back as it is: one look at all of them at once.

    False where only the look at each one tells. NFC holds for every part of a text for which it holds.
    """
    joined = f"|{'|'.join(parts)}|"
    return (
        joined.isprintable()
        and len(joined) <= max_length
        and "| " not in joined
        and " |" not in joined
        and unicodedata.is_normalized("NFC", joined)
    )


def storable(text: str) -> bool:
    """Whether a text can be written at all: half characters, which come from bytes of another encoding, cannot."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _named(label: str) -> str:
    return label or "ข้อมูลช่องนี้"


def _fitting(text: str, field: str, label: str, max_length: int) -> str:
    """The text trimmed, or refused; text far above the limit is not even looked at."""
    if len(text) <= 2 * max_length + 1000:
        text = text.strip(_EDGES)
    if len(text) > max_length:
        hint = f"โปรดย่อข้อความให้ไม่เกิน {max_length:,} ตัวอักษร"
        raise Refused("too_long", f"{_named(label)}ยาวเกิน {max_length:,} ตัวอักษร", hint, field)
    return text


def _without_tricks(text: str, field: str, label: str, multiline: bool) -> str:
    """The text with plain line ends and nothing invisible, or refused for what must not be there."""
    if multiline:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if (_FORBIDDEN_IN_LINES if multiline else _FORBIDDEN_IN_LINE).search(text):
        hint = "โปรดลบช่องนี้แล้วพิมพ์ใหม่ โดยไม่วางข้อความจากโปรแกรมอื่น"
        raise Refused("control_characters", f"{_named(label)}มีอักขระควบคุมที่ใช้ไม่ได้", hint, field)
    return _WITHOUT_INK.sub("", text).strip(_EDGES)
