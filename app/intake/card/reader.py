"""One reading of a card over a `Connection`: which fields are asked for, in what order, and what may be missing."""

from collections.abc import Callable
from dataclasses import replace

from app.domain.errors import Refused, Unavailable
from app.intake.card import apdu, decode, fields
from app.intake.card.apdu import CardRefusal, Connection
from app.intake.card.fields import Field
from app.intake.card.holder import CardHolder

_SEGMENT = 255


def select_id_applet(connection: Connection) -> None:
    """Begin a reading. Refused "not_thai_card" where the chip is of another kind."""
    try:
        apdu.select(connection, apdu.ID_APPLET)
    except CardRefusal:
        hint = "โปรดดึงออกแล้วเสียบบัตรประจำตัวประชาชน หรือตรวจบัตรด้วยตาแล้วกรอกข้อมูลเอง"
        raise Refused("not_thai_card", "บัตรในเครื่องอ่านไม่ใช่บัตรประจำตัวประชาชน", hint, "card") from None


def read_holder(
    connection: Connection,
    *,
    photo: bool = True,
    laser: bool = False,
    on_text: Callable[[CardHolder], None] | None = None,
    on_progress: Callable[[float], None] | None = None,
) -> CardHolder:
    """Everything about the holder; the ID applet is selected already.

    photo: also the photo, which takes most of the time; on_text is called with all the rest before it is fetched.
    on_progress: told after every answer which share of the whole (0 to 1, by bytes) has come.
    laser: also the laser code, which most cards before 2015 do not give. A missing photo, laser code or side field is
    no error. Unavailable "card_unreadable" where the citizen number or the name cannot be had.
    """
    progress = _Progress(photo, on_progress)
    try:
        raw = _read_fields(connection, progress)
    except CardRefusal:
        raise _unreadable() from None
    holder = decode.holder_of(raw)
    if not (holder.citizen_id and holder.first_name):
        raise _unreadable()
    if on_text is not None:
        on_text(holder)
    if photo:
        holder = replace(holder, photo=decode.photo_of(_read_photo(connection, progress)))
    if laser:
        holder = replace(holder, laser_code=decode.laser_code_of(_read_laser(connection)))
    return holder


class _Progress:
    """How much of the fields has come."""

    def __init__(self, photo: bool, tell: Callable[[float], None] | None) -> None:
        self._whole = sum(field.length for span in fields.SPANS for field in span) + fields.ADDRESS.length
        self._whole += fields.PHOTO.length if photo else 0
        self._come = 0
        self._tell = tell

    def add(self, length: int) -> None:
        self._come += length
        if self._tell is not None:
            self._tell(min(1.0, self._come / self._whole))


def _unreadable() -> Unavailable:
    hint = "โปรดดึงบัตรออก เช็ดหน้าสัมผัสสีทองของชิป แล้วเสียบใหม่ ถ้ายังไม่ได้ ให้ตรวจบัตรด้วยตาแล้วกรอกข้อมูลเอง"
    return Unavailable("card_unreadable", "อ่านข้อมูลในชิปได้ไม่ครบ", hint, "card")


def _read_fields(connection: Connection, progress: _Progress) -> dict[Field, bytes]:
    raw: dict[Field, bytes] = {}
    for span in fields.SPANS:
        raw |= _read_span(connection, span)
        progress.add(sum(field.length for field in span))
    try:
        raw[fields.ADDRESS] = _read(connection, fields.ADDRESS)
    except CardRefusal:
        raw[fields.ADDRESS] = _read_if_given(connection, fields.SHORT_ADDRESS)
    progress.add(fields.ADDRESS.length)
    return raw


def _read_span(connection: Connection, span: tuple[Field, ...]) -> dict[Field, bytes]:
    """Neighbouring fields by one READ; those that it did not bring are asked for one by one."""
    found: dict[Field, bytes] = {}
    together = b""
    if len(span) > 1:
        begin = span[0].offset
        together = _read_if_given(connection, Field("span", begin, span[-1].end - begin))
    for field in span:
        start = field.offset - span[0].offset
        part = together[start : start + field.length]
        if len(part) < field.length:
            read = _read if field in fields.NEEDED else _read_if_given
            part = read(connection, field) or part
        found[field] = part
    return found


def _read(connection: Connection, field: Field) -> bytes:
    return apdu.exchange(connection, apdu.read_binary(field.offset, field.length))


def _read_if_given(connection: Connection, field: Field) -> bytes:
    try:
        return _read(connection, field)
    except CardRefusal:
        return b""


def _read_photo(connection: Connection, progress: _Progress) -> bytes:
    """The photo's area as far as the card gives it: 20 segments of 255 bytes and a tail of 18."""
    photo = fields.PHOTO
    parts: list[bytes] = []
    for offset in range(photo.offset, photo.end, _SEGMENT):
        part = _read_if_given(connection, Field("photo", offset, min(_SEGMENT, photo.end - offset)))
        if not part:
            break
        parts.append(part)
        progress.add(len(part))
    return b"".join(parts)


def _read_laser(connection: Connection) -> bytes:
    try:
        apdu.select(connection, apdu.LASER_APPLET)
        return apdu.read_laser(connection)
    except CardRefusal:
        return b""
