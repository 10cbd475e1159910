"""What the office's papers look like: header, footer, seal, garuda, wording, office copies ([[paper]] of OFFICE.toml).

Each row is in force from its moment until the next one's. A row in force is never changed or taken away, so a paper
printed again years later looks as it did (docs/adr/0021): the receipt of the day it was issued, the slip of the day
of registration.
"""

import base64
import binascii
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

from app.domain.errors import Refused
from app.intake import seals

SETTING: Final = "paper"
KEYS: Final = ("since", "header", "footer", "seal", "garuda", "texts", "office_copies", "hidden_copy")
PLACES: Final[Mapping[str, str]] = {
    "office": "ชื่อหน่วยงาน", "phone": "โทรศัพท์", "division": "สำนัก/กอง", "counter": "เคาน์เตอร์", "number": "เลขคำร้อง",
}  # fmt: skip
"""What may stand in braces in a text of the office."""
STANDING: Final[Mapping[str, tuple[str, str]]] = {
    "slip_title": ("ชื่อใบรับคำร้อง", "ใบรับคำร้อง"),
    "slip_follow_up": ("วิธีติดตามผล ท้ายใบรับคำร้อง", "ติดตามผล: เลขคำร้อง + เบอร์โทรศัพท์ 4 ตัวท้าย"),
    "petition_system": ("ชื่อระบบ หัวใบคำร้อง", "ระบบ One Stop Service"),
    "petition_closing": ("คำลงท้ายใบคำร้อง", "จึงเรียนมาเพื่อโปรดพิจารณา"),
    "queue_title": ("ชื่อบัตรคิว", "บัตรคิว"),
    "leaflet_title": ("ชื่อใบแนะนำการติดตามเรื่อง", "การติดตามเรื่องของท่าน"),
    "letter_closing": ("คำลงท้ายหนังสือภายนอก", "ขอแสดงความนับถือ"),
}
"""Key -> (what it is called, the usual wording); the wording stands in the builders of `printing`, a test compares."""
COPIED: Final[Mapping[str, str]] = {
    "slip": "ใบรับคำร้อง",
    "petition": "ใบคำร้อง A4",
    "form": "แบบยื่นรายการ",
    "receipt": "ใบเสร็จรับเงิน",
    "bill": "ใบแจ้งการชำระเงิน",
    "permit": "หนังสืออนุญาต",
    "defect_note": "บันทึกความบกพร่องของคำขอ",
    "delay_explanation": "หนังสือแจ้งเหตุแห่งความล่าช้า",
    "official_letter": "หนังสือภายนอก",
    "memo": "บันทึกข้อความ",
}
"""Documents of which the office may want a copy of its own with every original."""
HIDDEN: Final[Mapping[str, str]] = {"receipt": "ใบเสร็จรับเงิน", "permit": "หนังสืออนุญาต"}
"""Documents whose original may carry a hidden word that a photocopy shows."""
OFFICE_COPY: Final = "สำเนาเก็บที่หน่วยงาน"
MOST_LINES, LONGEST_LINE, LONGEST_TEXT, MOST = 4, 100, 160, 200
_NOT_DRAWN = re.compile(
    r"[^ -~\u00a0-\u017e\u0e01-\u0e3a\u0e3f-\u0e5b\u2010\u2012-\u2015\u2018-\u201a\u201c-\u201e\u2020-\u2022\u2026"
    r"\u2190-\u2193\u25a0]"
)
"""A letter that the font of the papers lacks."""
_HEAPED = re.compile(r"[\u0e31\u0e34-\u0e3a\u0e47-\u0e4e]{4}")
_PLACE = re.compile(r"\{([^{}]*)\}")

Fault = Callable[[str, str], Refused]
Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class PaperTemplate:
    """How papers look from one moment on. seal, garuda: PNG, or b"" for none."""

    header: tuple[str, ...] = ()
    footer: tuple[str, ...] = ()
    seal: bytes = field(default=b"", repr=False)
    garuda: bytes = field(default=b"", repr=False)
    texts: Mapping[str, str] = field(default_factory=dict)
    office_copies: frozenset[str] = frozenset()
    hidden_copy: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Templates:
    """Every template of an office, the oldest first."""

    rows: tuple[tuple[datetime, PaperTemplate], ...] = ()

    def at(self, moment: datetime) -> PaperTemplate | None:
        """The one in force at a moment; None before the first."""
        return next((one for since, one in reversed(self.rows) if since <= moment), None)


def templates(document: Mapping[str, Any]) -> Templates:
    """The templates of an office document."""
    rows = sorted(((_moment(row), made(row)) for row in document.get(SETTING) or ()), key=lambda pair: pair[0])
    return Templates(tuple(rows))


def made(row: Row) -> PaperTemplate:
    """The template that a checked row describes."""
    return PaperTemplate(
        tuple(line for line in row["header"].split("\n") if line),
        tuple(line for line in row["footer"].split("\n") if line),
        base64.b64decode(row["seal"]),
        base64.b64decode(row["garuda"]),
        dict(row["texts"]),
        frozenset(row["office_copies"]),
        frozenset(row.get("hidden_copy", ())),
    )


def new_row(now: datetime, **parts: Any) -> dict[str, Any]:
    """A row with every key filled in, in force from `now`."""
    usual = {"header": "", "footer": "", "seal": "", "garuda": "", "texts": {}, "office_copies": []}
    return {"since": now.astimezone(UTC).isoformat(timespec="seconds"), **usual, **parts}


def picture_text(content: bytes, field: str = "seal") -> str:
    """A picture of any kind as a row holds it. Refused "seal_picture"."""
    return base64.b64encode(seals.prepared(content, field)).decode("ascii")


def check_all(rows: Sequence[object], fault: Fault) -> list[dict[str, Any]]:
    """The rows with every key filled in, the oldest first; `fault` makes the Refused for a key and the reason."""
    if len(rows) > MOST:
        raise fault(SETTING, f"มีได้ไม่เกิน {MOST} แบบ")
    found = [_checked(row, f"{SETTING}[{n}]", fault) for n, row in enumerate(rows)]
    if len({row["since"] for row in found}) < len(found):
        raise fault(f"{SETTING}.since", "มีสองแบบที่เริ่มใช้พร้อมกัน")
    return sorted(found, key=_moment)


def check_history(before: Mapping[str, Any], after: Mapping[str, Any], now: datetime, fault: Fault) -> None:
    """A row that is in force stays as it is, and none begins in the past."""
    kept = {row["since"]: row for row in after.get(SETTING) or ()}
    old = {row["since"]: row for row in before.get(SETTING) or ()}
    for since, row in old.items():
        if _moment(row) <= now and kept.get(since) != row:
            raise fault(f"{SETTING}.since", "แบบที่มีผลแล้วแก้หรือลบไม่ได้ เพราะเอกสารเดิมต้องพิมพ์ซ้ำได้เหมือนเดิม ให้บันทึกเป็นแบบใหม่แทน")
    newest = max((_moment(row) for row in old.values() if _moment(row) <= now), default=None)
    for since, row in kept.items():
        if since not in old and newest is not None and _moment(row) <= newest:
            raise fault(f"{SETTING}.since", "เริ่มใช้ย้อนหลังไม่ได้ ใส่วันนี้หรือวันข้างหน้า")
        if old.get(since) != row:
            check_letters(row, fault)


def check_letters(row: Row, fault: Fault) -> None:
    """Every letter of a row that is new can be drawn; rows in force stay, whatever an older program let pass."""
    texts = {"header": row["header"], "footer": row["footer"]}
    texts |= {f"texts.{name}": text for name, text in row["texts"].items()}
    for key, text in texts.items():
        if strange := _NOT_DRAWN.search(text.replace("\n", " ")):
            told = f"พิมพ์ตัว “{strange.group()}” ไม่ได้ ใช้ตัวอักษรไทย อังกฤษ ตัวเลข และเครื่องหมายทั่วไป"
            raise fault(f"{SETTING}.{key}", told)
        if _HEAPED.search(text):
            raise fault(f"{SETTING}.{key}", "มีวรรณยุกต์หรือสระซ้อนกันเกินไป")


def filled(text: str, values: Mapping[str, str]) -> str:
    """The text with what stands in braces put in."""
    return _PLACE.sub(lambda found: values.get(found[1], found[0]), text)


def _checked(row: object, key: str, fault: Fault) -> dict[str, Any]:
    if not isinstance(row, dict):
        raise fault(key, "ต้องเป็นตาราง [[paper]]")
    for part in row:
        if part not in KEYS:
            raise fault(f"{key}.{part}", "ไม่รู้จักชื่อค่านี้")
    since = row.get("since")
    try:
        moment = datetime.fromisoformat(since) if isinstance(since, str) else None
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise fault(f"{key}.since", 'ต้องเป็นวันเวลา เช่น "2026-12-01T00:00:00+07:00"')
    hidden = _documents(row.get("hidden_copy", []), HIDDEN, f"{key}.hidden_copy", fault)
    return {
        "since": moment.astimezone(UTC).isoformat(timespec="seconds"),
        **{part: _lines(row.get(part, ""), f"{key}.{part}", fault) for part in ("header", "footer")},
        **{part: _picture(row.get(part, ""), f"{key}.{part}", fault) for part in ("seal", "garuda")},
        "texts": _texts(row.get("texts", {}), f"{key}.texts", fault),
        "office_copies": _documents(row.get("office_copies", []), COPIED, f"{key}.office_copies", fault),
        **({"hidden_copy": hidden} if hidden else {}),  # rows in force that never had it stay as they are
    }


def _lines(text: object, key: str, fault: Fault) -> str:
    if not isinstance(text, str):
        raise fault(key, "ต้องเป็นข้อความ")
    lines = [_line(line, key, LONGEST_LINE, fault) for line in text.splitlines() if line.strip()]
    if len(lines) > MOST_LINES:
        raise fault(key, f"สูงเกินไป มีได้ไม่เกิน {MOST_LINES} บรรทัด")
    return "\n".join(lines)


def _line(text: str, key: str, longest: int, fault: Fault) -> str:
    text = text.strip()
    if len(text) > longest:
        raise fault(key, f"ยาวเกินไป บรรทัดหนึ่งมีได้ไม่เกิน {longest} ตัวอักษร")
    if not text.isprintable():
        raise fault(key, "มีอักขระที่พิมพ์ไม่ได้")
    for place in _PLACE.findall(text):
        if place not in PLACES:
            known = ", ".join(f"{{{name}}}" for name in PLACES)
            raise fault(key, f"ไม่รู้จัก {{{place[:30]}}} ใช้ได้: {known}")
    if re.search("[{}]", _PLACE.sub("", text)):
        raise fault(key, "วงเล็บปีกกาไม่ครบคู่")
    return text


def _picture(text: object, key: str, fault: Fault) -> str:
    if not isinstance(text, str):
        raise fault(key, "ต้องเป็นภาพ")
    try:
        content = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise fault(key, "ไม่ใช่ภาพที่อ่านได้") from None
    if content and not seals.is_prepared(content):
        raise fault(key, "ไม่ใช่ภาพ PNG ที่อ่านได้ หรือใหญ่เกินไป")
    return text


def _texts(texts: object, key: str, fault: Fault) -> dict[str, str]:
    if not isinstance(texts, dict):
        raise fault(key, "ต้องเป็นตาราง")
    for name, text in texts.items():
        if name not in STANDING:
            raise fault(f"{key}.{name}", f"ไม่รู้จักข้อความนี้ ใช้ได้: {', '.join(STANDING)}")
        if not isinstance(text, str):
            raise fault(f"{key}.{name}", "ต้องเป็นข้อความ")
    found = {name: _line(text, f"{key}.{name}", LONGEST_TEXT, fault) for name, text in texts.items()}
    return {name: text for name, text in found.items() if text and text != STANDING[name][1]}


def _documents(documents: object, known: Mapping[str, str], key: str, fault: Fault) -> list[str]:
    if not isinstance(documents, list) or any(document not in known for document in documents):
        raise fault(key, f"ใช้ได้เฉพาะ {', '.join(known)}")
    return sorted(set(documents))


def _moment(row: Row) -> datetime:
    return datetime.fromisoformat(row["since"])
