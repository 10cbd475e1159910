"""Staff: who may sign in at this counter. Passwords are kept as argon2id only, a ThaiD number as a keyed hash only."""

import hashlib
import json
from typing import TYPE_CHECKING, Any

from app.domain.errors import Refused
from app.domain.ids import uuid7, uuid_text
from app.domain.text_rules import clean_text, storable
from app.services import account_rows, appointments, office_services
from app.services.counter import Counter
from app.services.model import Actor
from app.services.thaid import LHR, STAFF, ThaiDPerson
from app.store.canonical import canonical_json
from app.store.keys import derived_key
from app.store.meta import meta_get, meta_set
from app.store.unit_of_work import UnitOfWork, milliseconds

if TYPE_CHECKING:
    from argon2 import PasswordHasher

ROLES = ("admin", "user")
MIN_PASSWORD = 8
FREE_ATTEMPTS = 5
FIRST_DELAY_MS = 30_000
LONGEST_DELAY_MS = 15 * 60_000
NOBODY = "$argon2id$v=19$m=7168,t=5,p=1$S8edgApjTWk/vwMXWrIcQw$zHRPuKayLA23EMneERRXU6kikgpEx3m6Qr95KBcvFRw"
"""The hash of a password that was thrown away: an unknown name costs the same time as a wrong password."""


def names(counter: Counter) -> list[tuple[str, str]]:
    """(username, full name) of everybody who may sign in, by name."""
    with counter.store.read() as connection:
        rows = connection.exec_driver_sql(
            "SELECT username, full_name FROM staff WHERE active = 1 ORDER BY full_name, username"
        ).fetchall()
    return [(row[0], row[1]) for row in rows]


def sign_in(counter: Counter, username: str, password: str, *, pin: bool = False) -> Actor:
    """The person, or Refused "sign_in"; after five wrong passwords each further try has to wait, longer and longer.

    pin: six digits may be the person's PIN (app.services.pins); no password is so short.
    """
    from argon2.exceptions import InvalidHashError, VerificationError

    from app.services import pins

    row = _person(counter, username)
    if row is not None:
        _check_pause(counter, row)
    stored = row.password_hash if row else NOBODY
    by_pin = ""
    if pin and row is not None and pins.PIN.fullmatch(password):
        with counter.store.read() as connection:
            by_pin = pins.usable(connection, row.id, milliseconds(counter.clock.now()))
    try:
        right = _hasher().verify(by_pin or stored, password) and row is not None
    except (VerificationError, InvalidHashError, UnicodeEncodeError):
        right = False
    if row is not None:
        with counter.store.write(row.username) as work:
            _note_attempt(work, row.id, right, row.username, counter.clock.running())
            if right and not by_pin:
                pins.password_given(work, row.id)
    if row is None or not right:
        raise Refused("sign_in", "ชื่อผู้ใช้หรือรหัสผ่านไม่ถูกต้อง", "ตรวจภาษาแป้นพิมพ์และ Caps Lock แล้วพิมพ์ใหม่", "password")
    return _enters(counter, row, password if not by_pin else None)


def _enters(counter: Counter, row: Any, password: str | None) -> Actor:
    """Who has proved to be this person. Refused "appointment_needed", "password_must_change" for a first password."""
    with counter.store.read() as connection:
        if not account_rows.is_root(connection, row.username):
            appointments.require_appointed(counter, connection, row.username)
        actor = account_rows.actor(counter, connection, row)
    if password is not None and row.must_change_password:
        raise Refused(
            "password_must_change",
            "ต้องตั้งรหัสผ่านใหม่ก่อนเข้าใช้ครั้งแรก",
            f"ตั้งรหัสผ่านของตนเอง อย่างน้อย {MIN_PASSWORD} ตัวอักษร",
            "new_password",
        )
    return actor


def refreshed(counter: Counter, actor: Actor) -> Actor | None:
    """The person with the rights of this moment; None where the account was disabled or its appointment has ended."""
    with counter.store.read() as connection:
        row = connection.exec_driver_sql("SELECT * FROM staff WHERE id = ? AND active = 1", (actor.id,)).fetchone()
    try:
        return None if row is None else _enters(counter, row, None)
    except Refused:
        return None


def change_password(counter: Counter, username: str, old: str, new: str, confirm: str | None = None) -> Actor:
    """Change one's own password, also a first one, and come in with it.

    Refused "sign_in" for a wrong old one, "confirm" where the two new ones differ, "password_short", "password_same".
    """
    row = _proved(counter, username, old)
    if confirm is not None and confirm != new:
        raise Refused("confirm", "รหัสผ่านใหม่สองช่องไม่ตรงกัน", "พิมพ์รหัสผ่านใหม่เดียวกันทั้งสองช่อง", "confirm")
    check_password(new, "new_password")
    if new == old:
        raise Refused("password_same", "รหัสผ่านใหม่เหมือนรหัสเดิม", "ตั้งรหัสผ่านที่ต่างจากเดิม", "new_password")
    changed = hashed(new)
    with counter.store.write(row.username) as work:
        account = account_rows.document(work.connection, row.username)
        if account is None:
            work.run(
                "UPDATE staff SET password_hash = ?, must_change_password = 0 WHERE id = ?", (changed, row.id)
            )  # fmt: skip
        else:
            account_rows.put(work, row.username, {**account, "password_hash": changed, "must_change": False})
        work.audit("password_changed", row.username)
        work.changed("staff", row.username)
    return sign_in(counter, username, new)


def _proved(counter: Counter, username: str, password: str) -> Any:
    """The row of `staff` of the person whose password this is, as `sign_in` checks it."""
    try:
        sign_in(counter, username, password)
    except Refused as error:
        if error.code != "password_must_change":
            raise
    return _person(counter, username)


def check_password(password: str, field: str = "password") -> None:
    """Refused "password_short" or "password" for one that may not be used."""
    if len(password) < MIN_PASSWORD:
        raise Refused("password_short", f"รหัสผ่านสั้นกว่า {MIN_PASSWORD} ตัวอักษร", "ตั้งรหัสผ่านใหม่ให้ยาวขึ้น", field)
    if not storable(password):
        raise Refused("password", "รหัสผ่านมีอักขระที่อ่านไม่ได้", "ตั้งรหัสผ่านใหม่ด้วยตัวอักษรปกติ", field)


def _person(counter: Counter, username: str) -> Any:
    if not storable(username):
        return None
    with counter.store.read() as connection:
        return connection.exec_driver_sql(
            "SELECT * FROM staff WHERE username = ? AND active = 1", (username,)
        ).fetchone()


def _check_pause(counter: Counter, row: Any) -> None:
    """Refused while the pause lasts, measured by how long the machine has run: who sets its clock, forward or back, or
    starts program or machine anew waits no less."""
    with counter.store.read() as connection:
        kept = json.loads(meta_get(connection, account_rows.pause(row.id), "{}"))
    if not kept:
        return
    ran = counter.clock.running() - kept["running"]
    left = kept["seconds"] - (ran if ran >= 0 else counter.clock.running())
    if left > 0:
        raise Refused(
            "sign_in_locked",
            "ใส่รหัสผ่านผิดหลายครั้ง จึงพักการเข้าใช้ชั่วคราว",
            f"ลองใหม่ในอีก {int(left) + 1} วินาที",
            "password",
        )


def _note_attempt(work: UnitOfWork, staff_id: str, right: bool, username: str, running: float) -> None:
    """Counted where it is written, so that two windows trying at once are two attempts."""
    before = int(work.run("SELECT failed_attempts FROM staff WHERE id = ?", (staff_id,)).scalar_one())
    failures = 0 if right else before + 1
    extra = failures - FREE_ATTEMPTS
    delay = min(FIRST_DELAY_MS * 2 ** min(extra, 20), LONGEST_DELAY_MS) if extra >= 0 else 0
    work.run(
        "UPDATE staff SET failed_attempts = ?, locked_until = ? WHERE id = ?",
        (failures, work.now_ms + delay if delay else 0, staff_id),
    )
    if delay or (right and before):
        told = {"running": running, "seconds": delay / 1000} if delay else {}
        meta_set(work.connection, account_rows.pause(staff_id), canonical_json(told))
    work.audit("sign_in_refused" if failures else "signed_in", username)


def check_new(username: str, full_name: str, password: str) -> tuple[str, str]:
    """(username, full name) as they may be stored, or Refused naming the field, also for a password too short."""
    name = clean_text(username, "username", label="ชื่อผู้ใช้", max_length=60, required=True)
    full = clean_text(full_name, "full_name", label="ชื่อ-สกุลผู้ใช้", max_length=200)
    check_password(password)
    return name, full or name


def add(work: UnitOfWork, username: str, full_name: str, password: str, role: str, position: str = "") -> str:
    """Enter a person who may sign in; returns the id."""
    name, full = check_new(username, full_name, password)
    staff_id = uuid_text(uuid7())
    work.run(
        "INSERT INTO staff (id, username, full_name, position, role, password_hash) VALUES (?, ?, ?, ?, ?, ?)",
        (staff_id, name, full, position, role, _hasher().hash(password)),
    )
    work.audit("staff_added", name, role)
    work.changed("staff", name)
    return staff_id


def set_division(counter: Counter, actor: Actor, username: str, division: str) -> None:
    """Say to which division a person belongs: one's own, or as administrator anybody's. "" for none."""
    if username != actor.username and actor.role != "admin":
        raise Refused("right_needed", "กำหนดสำนัก/กองของผู้อื่นไม่ได้", "ขอให้ผู้ดูแลระบบเป็นผู้ทำรายการ", "as")
    known = {one.code for one in office_services.entries(counter.every_definition(), counter.current.document)}
    if division and division not in known:
        raise Refused("division", "ไม่รู้จักรหัสสำนัก/กองนี้", f"ใช้รหัสใดรหัสหนึ่งใน {', '.join(sorted(known))}", "division")
    with counter.store.write(actor.username) as work:
        before = work.run("SELECT division FROM staff WHERE username = ?", (username,)).scalar()
        if before is None:
            raise Refused("staff_unknown", "ไม่พบผู้ใช้นี้", "ตรวจชื่อผู้ใช้", "username")
        if before == division:
            return
        account = account_rows.document(work.connection, username)
        if account is None:
            work.run("UPDATE staff SET division = ? WHERE username = ?", (division, username))
        else:
            account_rows.put(work, username, {**account, "division": division})
        work.audit("staff_division", username, division)
        work.changed("staff", username)


def link_thaid(counter: Counter, actor: Actor, person: ThaiDPerson) -> None:
    """From now on the acting person may sign in by ThaiD as well.

    Refused "thaid_linked_already" for somebody who has another link, "thaid_linked_elsewhere" for a number that
    signs another account in, "thaid_purpose" for a proof that was given to fill a form.
    """
    hashed = _thaid_hash(counter, person)
    with counter.store.write(actor.username) as work:
        own = work.run("SELECT thaid_hash FROM staff WHERE id = ? AND active = 1", (actor.id,)).fetchone()
        holder = work.run("SELECT id FROM staff WHERE thaid_hash = ?", (hashed,)).scalar()
        if own is None:
            raise Refused("staff_unknown", "ไม่พบผู้ใช้นี้ หรือถูกปิดการใช้งาน", "ออกจากระบบแล้วเข้าใหม่")
        if holder is not None and holder != actor.id:
            raise Refused("thaid_linked_elsewhere", "ThaiD นี้ผูกกับผู้ใช้อื่นอยู่แล้ว", "ให้ผู้ดูแลระบบยกเลิกการผูกเดิมก่อน")
        if own[0] is not None and own[0] != hashed:
            raise Refused("thaid_linked_already", "ผู้ใช้นี้ผูก ThaiD ของอีกคนไว้แล้ว", "ยกเลิกการผูกเดิมก่อน แล้วผูกใหม่")
        if own[0] == hashed:
            return
        work.run("UPDATE staff SET thaid_hash = ? WHERE id = ?", (hashed, actor.id))
        work.audit("thaid_linked", actor.username)
        work.changed("staff", actor.username)


def unlink_thaid(counter: Counter, actor: Actor, username: str) -> None:
    """Take the link away: one's own, or as administrator anybody's. A link that is not there is no error."""
    if username != actor.username and actor.role != "admin":
        raise Refused("right_needed", "ยกเลิกการผูก ThaiD ของผู้อื่นไม่ได้", "ขอให้ผู้ดูแลระบบเป็นผู้ทำรายการ", "as")
    with counter.store.write(actor.username) as work:
        found = work.run("SELECT thaid_hash FROM staff WHERE username = ?", (username,)).fetchone()
        if found is None:
            raise Refused("staff_unknown", "ไม่พบผู้ใช้นี้", "ตรวจชื่อผู้ใช้", "username")
        if found[0] is None:
            return
        work.run("UPDATE staff SET thaid_hash = NULL WHERE username = ?", (username,))
        work.audit("thaid_unlinked", username)
        work.changed("staff", username)


def has_thaid(counter: Counter, username: str) -> bool:
    """Whether this person has linked ThaiD."""
    with counter.store.read() as connection:
        found = connection.exec_driver_sql(
            "SELECT 1 FROM staff WHERE username = ? AND thaid_hash IS NOT NULL", (username,)
        ).fetchone()
    return found is not None


def sign_in_thaid(counter: Counter, person: ThaiDPerson, username: str = "") -> Actor:
    """The member of the staff whom ThaiD vouched for; with `username` nobody but that one.

    Refused "thaid_not_linked" for a person who is linked to nobody here, "thaid_wrong_person" for another than the one
    named, "thaid_purpose" for a proof that was given to fill a form.
    """
    hashed = _thaid_hash(counter, person)
    with counter.store.write(username or "thaid") as work:
        row = work.run("SELECT * FROM staff WHERE thaid_hash = ? AND active = 1", (hashed,)).fetchone()
        right = row is not None and username in ("", row.username)
        subject = row.username if row is not None and right else username
        work.audit("signed_in_thaid" if right else "sign_in_thaid_refused", subject)
    if row is None:
        raise Refused(
            "thaid_not_linked",
            "ThaiD นี้ยังไม่ได้ผูกกับผู้ใช้คนใดของเครื่องนี้",
            "เข้าใช้ด้วยรหัสผ่าน แล้วผูก ThaiD จากเมนู บัญชี ก่อน",
        )
    if not right:
        raise Refused(
            "thaid_wrong_person", "ThaiD เป็นของคนอื่น ไม่ใช่ผู้ใช้ที่เลือก", "ให้เจ้าของบัญชียืนยันเอง หรือเลือกผู้ใช้ให้ถูกคน", "username"
        )
    return _enters(counter, row, None)


def require_own(counter: Counter, actor: Actor, person: ThaiDPerson) -> None:
    """Refused "thaid_not_linked" or "thaid_wrong_person" unless the acting person has linked the ThaiD of exactly
    this person, "thaid_purpose" for a proof that was not given to see the own record."""
    found = _thaid_hash(counter, person, LHR)
    with counter.store.read() as connection:
        own = connection.exec_driver_sql(
            "SELECT thaid_hash FROM staff WHERE id = ? AND active = 1", (actor.id,)
        ).scalar()
    if own is None:
        raise Refused("thaid_not_linked", "บัญชีของท่านยังไม่ได้ผูก ThaiD", "ผูก ThaiD จากเมนู บัญชี แล้วลองใหม่")
    if own != found:
        raise Refused("thaid_wrong_person", "ThaiD เป็นของคนอื่น ไม่ใช่ของเจ้าของบัญชีนี้", "ให้เจ้าของบัญชียืนยันด้วย ThaiD ของตนเอง")


def _thaid_hash(counter: Counter, person: ThaiDPerson, purpose: str = STAFF) -> bytes:
    if person.purpose != purpose:
        raise Refused("thaid_purpose", "การยืนยันนี้ให้ไว้เพื่อเรื่องอื่น ใช้กับรายการนี้ไม่ได้", "เริ่ม ThaiD ใหม่จากหน้าที่ต้องการใช้")
    key = derived_key(counter.hash_key, "staff-thaid")
    return hashlib.blake2b(person.citizen_id.encode(), key=key, digest_size=16).digest()


def hashed(secret: str) -> str:
    """The argon2id hash of a password or PIN."""
    return str(_hasher().hash(secret))


def _hasher() -> "PasswordHasher":
    """argon2id with 7 MiB and five passes, one of the settings OWASP gives as equal; a counter's PC is small."""
    from argon2 import PasswordHasher

    return PasswordHasher(time_cost=5, memory_cost=7_168, parallelism=1)
