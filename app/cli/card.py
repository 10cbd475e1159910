"""card read: the ID card in the reader, without photo, laser code or anything else that may not leave the memory."""

from argparse import Namespace
from dataclasses import asdict
from datetime import date
from typing import Any

from app.cli.output import print_json, say
from app.domain import citizen_id, thai_date
from app.domain.clock import SystemClock
from app.intake.card import selection
from app.intake.card.holder import CardHolder
from app.services.card_applicant import address_of


def read(arguments: Namespace) -> int:
    """Read the chip and print what it says."""
    reading = selection.read_card(arguments.reader, photo=not arguments.no_photo)
    holder = reading.holder
    today = thai_date.local(SystemClock().now()).date()
    if arguments.json:
        times = {"read_ms": round(reading.seconds * 1000, 1), "card_ms": round(reading.card_seconds * 1000, 1)}
        print_json({**as_json(holder, today), "reader": reading.reader, **times})
        return 0
    for line in _lines(holder):
        print(line)
    if holder.expired(today):
        say("บัตรหมดอายุแล้ว")
    return 0


def as_json(holder: CardHolder, today: date) -> dict[str, Any]:
    """The holder for scripts. Dates are ISO 8601; a birth of which only the year or month is known has only that."""
    return {
        "cid": holder.citizen_id,
        "cid_valid": citizen_id.is_valid(holder.citizen_id),
        "title": holder.title,
        "first_name": holder.first_name,
        "middle_name": holder.middle_name,
        "last_name": holder.last_name,
        "title_en": holder.title_en,
        "first_name_en": holder.first_name_en,
        "middle_name_en": holder.middle_name_en,
        "last_name_en": holder.last_name_en,
        "born_on": holder.born.iso,
        "born_text": holder.born.text,
        "birth_precision": holder.born.precision,
        "gender": holder.gender,
        "address": asdict(address_of(holder.address)),
        "address_raw": holder.address_raw,
        "address_cut": holder.address_cut,
        "issuer": holder.issuer,
        "issued_on": holder.issued.iso,
        "expires_on": holder.expires.iso,
        "lifetime": holder.lifetime,
        "expired": holder.expired(today),
        "photo_bytes": len(holder.photo or b""),
    }


def _lines(holder: CardHolder) -> list[str]:
    """The holder for people; the number is masked."""
    first = " ".join(name for name in (holder.first_name, holder.middle_name) if name)
    first_en = " ".join(name for name in (holder.title_en, holder.first_name_en, holder.middle_name_en) if name)
    return [
        f"เลขประจำตัวประชาชน  {citizen_id.masked(holder.citizen_id)}",
        f"ชื่อ  {holder.title}{first} {holder.last_name}".rstrip(),
        f"ชื่ออังกฤษ  {first_en} {holder.last_name_en}".rstrip(),
        f"เกิด  {holder.born.text}",
        f"ที่อยู่  {' '.join(part for part in holder.address_raw.split('#') if part)}",
        f"ออกบัตร  {holder.issued.text}  หมดอายุ  {holder.expires.text}",
    ]
