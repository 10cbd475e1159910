"""Accounts of the office: added, changed, disabled, given a new password and rights; alike on every counter.

Only their argon2id hashes travel. A chief administrator (made at set-up, or named by another) manages administrators,
the others manage users; the last administrator stays.
"""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.domain import grants
from app.domain.errors import Refused
from app.domain.ids import uuid7
from app.domain.text_rules import clean_text
from app.services import account_rows, appointments, office_records, office_services, rights, staff
from app.services.account_rows import ACCOUNT, Document
from app.services.appointments import ORDER, Standing
from app.services.counter import Counter
from app.services.model import Actor, NewFile
from app.store.unit_of_work import UnitOfWork

EMPLOYEE_TYPES = {
    "civil_servant": "พนักงานส่วนท้องถิ่น",
    "permanent": "ลูกจ้างประจำ",
    "contract": "พนักงานจ้าง",
}
"""Whom an office employs; the letter wants an administrator to be of the first kind (row 3-1)."""
ROLES = {"admin": "ผู้ดูแลระบบ", "user": "ผู้ใช้งาน"}
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
"""What a first password is made of: nothing that reads like something else."""


@dataclass(frozen=True, slots=True)
class Account:
    """A person's account. here_only: of this counter, not the office's yet. state: what keeps it from use."""

    username: str
    full_name: str
    position: str
    division: str
    division_name: str
    role: str
    root: bool
    employee_type: str
    active: bool
    must_change: bool
    here_only: bool
    template: str
    rows: Sequence[Mapping[str, Any]] | None
    """The person's own grid of rights; None where the template holds."""
    general: Sequence[str]
    standing: Standing
    state: str


@dataclass(frozen=True, slots=True)
class NewOrder:
    """The appointment order that comes with a new person; dates as people write them."""

    number: str
    ordered_on: str
    since: str
    until: str
    files: tuple[NewFile, ...]


def divisions(counter: Counter) -> list[tuple[str, str]]:
    """(code, name in this office) of every division that a service knows, by name."""
    every = office_services.entries(counter.every_definition(), counter.current.document)
    return sorted(((one.code, one.name) for one in every if one.active), key=lambda pair: pair[1])


def listing(counter: Counter, actor: Actor) -> list[Account]:
    """Everybody, administrators first. Refused for who does not manage accounts."""
    rights.require(actor, rights.MANAGE_STAFF)
    with counter.store.read() as connection:
        rows = connection.exec_driver_sql("SELECT * FROM staff ORDER BY role, full_name, username").fetchall()
        orders = office_records.listing(connection, ORDER)
        known = {record.key for record in office_records.listing(connection, ACCOUNT)}
        held = appointments.holders(connection)
        wholes = {row.username: account_rows.whole(connection, row) for row in rows}
    stand = appointments.standings(orders, wholes, appointments.today(counter), held)
    now = dict(divisions(counter))
    names = {**{code: f"{name} (เลิกใช้แล้ว)" for code, name in counter.divisions.items()}, **now}
    return [_account(counter, row, wholes[row.username], row.username in known, stand, names) for row in rows]


def get(counter: Counter, actor: Actor, username: str) -> Account:
    """One account. Refused "staff_unknown" where there is none."""
    for account in listing(counter, actor):
        if account.username == username:
            return account
    raise _unknown()


def suggestion(counter: Counter, role: str) -> str:
    """The next free username of the office for "admin" or "user"."""
    with counter.store.read() as connection:
        taken = [row[0] for row in connection.exec_driver_sql("SELECT username FROM staff").fetchall()]
    return grants.next_username(counter.office.code, role, taken)


def first_password() -> str:
    """A password to hand over on paper: ten letters and digits that are not mistaken for each other."""
    return "".join(secrets.choice(LETTERS) for _ in range(10))


def add(
    counter: Counter,
    actor: Actor,
    *,
    full_name: str,
    position: str,
    division: str,
    role: str = "user",
    username: str = "",
    employee_type: str = "",
    password: str,
    confirm: str | None = None,
    template: str = "",
    root: bool = False,
    order: NewOrder | None = None,
) -> str:
    """Add a person with a first password that they change when they first sign in. Returns the username.

    username: "" for the next free one. confirm: the password typed a second time. order: entered with the person, or
    neither is. Refused naming the field.
    """
    rights.require(actor, rights.MANAGE_STAFF)
    if role not in ROLES:
        raise Refused("role", "ไม่รู้จักสถานะผู้ใช้นี้", f"ใช้ค่าใดค่าหนึ่งใน {', '.join(ROLES)}", "role")
    document = _described(counter, full_name, position, division, employee_type)
    _check_template(template or role)
    if confirm is not None and confirm != password:
        raise Refused("confirm", "รหัสผ่านสองช่องไม่ตรงกัน", "พิมพ์รหัสผ่านเดียวกันทั้งสองช่อง", "confirm")
    staff.check_password(password)
    document |= {
        "role": role, "root": root and role == "admin", "password_hash": staff.hashed(password), "must_change": True,
        "active": True, "template": template or role, account_rows.MADE: uuid7().hex(),
    }  # fmt: skip
    name = username or suggestion(counter, role)

    def enter(work: UnitOfWork) -> None:
        _check_username(counter, name, role, work.run("SELECT username FROM staff").scalars().all())
        _put(work, actor, name, None, document)
        work.audit("account_added", name, role)

    if order is None:
        with counter.store.write(actor.username) as work:
            enter(work)
    else:
        appointments.save(
            counter, actor, number=order.number, ordered_on=order.ordered_on, since=order.since, until=order.until,
            persons=[name], files=order.files, coming={name: document[account_rows.MADE]}, before=enter,
        )  # fmt: skip
    return name


def change(counter: Counter, actor: Actor, username: str, **wanted: str | bool) -> None:
    """Change what describes a person: full_name, position, division, employee_type; or role, root, active.

    Refused naming the field, "last_admin" for what would leave the office without an administrator.
    """
    with counter.store.write(actor.username) as work:
        old = _of(work, actor, username)
        new = {**old, **wanted}
        if set(wanted) & {"full_name", "position", "division", "employee_type"}:
            new |= _described(
                counter, new["full_name"], new["position"], new["division"], new["employee_type"], old["division"]
            )
        if new["role"] not in ROLES:
            raise Refused("role", "ไม่รู้จักสถานะผู้ใช้นี้", f"ใช้ค่าใดค่าหนึ่งใน {', '.join(ROLES)}", "role")
        if new["role"] != old["role"]:
            new |= {"template": new["role"], "root": new["role"] == "admin" and bool(wanted.get("root"))}
            new.pop("rights", None)
        if username == actor.username and not new["active"]:
            raise Refused("own_account", "ปิดบัญชีของตนเองไม่ได้", "ให้ผู้ดูแลระบบอีกคนเป็นผู้ปิด", "username")
        if new == old:
            raise Refused("nothing_to_save", "ไม่มีอะไรเปลี่ยนไปจากเดิม", "แก้ค่าที่ต้องการก่อน แล้วบันทึกอีกครั้ง")
        _keep_an_admin(work, username, old, new)
        _put(work, actor, username, old, new)
        work.audit("account_changed", username, ", ".join(sorted(k for k in new if new[k] != old.get(k))))


def set_active(counter: Counter, actor: Actor, username: str, active: bool) -> None:
    """Enable or disable an account on every counter."""
    change(counter, actor, username, active=active)


def reset_password(counter: Counter, actor: Actor, username: str, password: str, confirm: str | None = None) -> None:
    """Give a person a new first password, which they change when they next sign in; ends a pause and the PIN."""
    if confirm is not None and confirm != password:
        raise Refused("confirm", "รหัสผ่านสองช่องไม่ตรงกัน", "พิมพ์รหัสผ่านเดียวกันทั้งสองช่อง", "confirm")
    rights.require(actor, rights.MANAGE_STAFF)
    staff.check_password(password)
    hashed = staff.hashed(password)
    with counter.store.write(actor.username) as work:
        old = _of(work, actor, username)
        _put(work, actor, username, old, {**old, "password_hash": hashed, "must_change": True})
        work.audit("password_reset", username)


def set_rights(
    counter: Counter,
    actor: Actor,
    username: str,
    *,
    template: str = "",
    rows: object = None,
    general: Sequence[str] = (),
) -> None:
    """Give a person the rights of a template, or a grid of their own (rows and general rights).

    Refused "role_template", "rights", "general".
    """
    with counter.store.write(actor.username) as work:
        old = _of(work, actor, username)
        new = {key: value for key, value in old.items() if key not in ("rights", "general")}
        if rows is None:
            _check_template(template)
            new["template"] = template
        else:
            codes = sorted({service.code for service in counter.every_definition()})
            new |= {"rights": grants.check_rows(rows, codes), "general": _general(general)}
        if new == old:
            raise Refused("nothing_to_save", "สิทธิ์เป็นอย่างนี้อยู่แล้ว", "เลือกสิทธิ์ที่ต้องการก่อน แล้วบันทึกอีกครั้ง")
        _put(work, actor, username, old, new)
        work.audit("rights_changed", username, _told(new))


def copy_rights(counter: Counter, actor: Actor, username: str, of: str) -> None:
    """Give a person the rights that another has now."""
    found = get(counter, actor, of)
    if found.role != get(counter, actor, username).role:
        raise Refused("rights", "คัดลอกสิทธิ์ระหว่างผู้ดูแลระบบกับผู้ใช้งานไม่ได้", "เลือกคนที่มีสถานะเดียวกัน", "of")
    set_rights(counter, actor, username, template=found.template, rows=found.rows, general=found.general)


def share(counter: Counter, actor: Actor, username: str) -> None:
    """Make an account of this counter's set-up one of the office, so that it signs in at every counter."""
    with counter.store.write(actor.username) as work:
        old = _of(work, actor, username)
        if account_rows.document(work.connection, username) is not None:
            raise Refused("nothing_to_save", "บัญชีนี้ใช้ได้ทุกเครื่องอยู่แล้ว", "ไม่ต้องทำอะไร")
        _put(work, actor, username, None, old)
        work.audit("account_shared", username)


# what the changes have in common --------------------------------------------------------------------------------


def _of(work: UnitOfWork, actor: Actor, username: str) -> Document:
    rights.require(actor, rights.MANAGE_STAFF)
    row = work.run("SELECT * FROM staff WHERE username = ?", (username,)).fetchone()
    if row is None:
        raise _unknown()
    return account_rows.whole(work.connection, row)


def _put(work: UnitOfWork, actor: Actor, username: str, old: Document | None, new: Document) -> None:
    author = work.run("SELECT * FROM staff WHERE username = ? AND active = 1", (actor.username,)).fetchone()
    if author is None:
        raise Refused("staff_unknown", "บัญชีของท่านถูกปิดการใช้งานแล้ว", "ออกจากระบบ แล้วติดต่อผู้ดูแลระบบ", "as")
    grants.check_account_change(
        actor.username, account_rows.whole(work.connection, author), username, old, new
    )  # fmt: skip
    account_rows.put(work, username, new)


def _keep_an_admin(work: UnitOfWork, username: str, old: Document, new: Document) -> None:
    """A chief one: the only kind that manages administrators, and that comes in without an appointment order."""
    is_chief, was_chief = (one["role"] == "admin" and one["active"] and one.get("root") for one in (new, old))
    if was_chief and not is_chief and not account_rows.chiefs(work.connection, username):
        raise Refused("last_admin", "ต้องเหลือผู้ดูแลระบบหลักที่ใช้งานได้อย่างน้อยหนึ่งคน", "เพิ่มหรือเปิดผู้ดูแลระบบหลักอีกคนก่อน", "username")


def _described(
    counter: Counter, full_name: Any, position: Any, division: Any, employee_type: Any, before: str = ""
) -> Document:
    """before: the person's division until now, which may be out of use by now and yet stays."""
    if division and division != before and division not in dict(divisions(counter)):
        known = ", ".join(code for code, _name in divisions(counter))
        raise Refused("division", "ไม่รู้จักรหัสสำนัก/กองนี้", f"ใช้รหัสใดรหัสหนึ่งใน {known}", "division")
    if employee_type and employee_type not in EMPLOYEE_TYPES:
        known = ", ".join(f"{code} ({text})" for code, text in EMPLOYEE_TYPES.items())
        raise Refused("employee_type", "ไม่รู้จักประเภทบุคลากรนี้", f"ใช้ค่าใดค่าหนึ่งใน {known}", "employee_type")
    return {
        "full_name": clean_text(full_name, "full_name", label="ชื่อ-นามสกุล", max_length=200, required=True),
        "position": clean_text(position, "position", label="ตำแหน่ง", max_length=200, required=True),
        "division": clean_text(division, "division", label="สำนัก/กอง", max_length=60, required=True),
        "employee_type": employee_type,
    }


def _check_username(counter: Counter, username: str, role: str, taken: Sequence[str]) -> None:
    found = grants.USERNAME.fullmatch(username)
    if found is None or found[1] != counter.office.code or found[2] != role:
        example = grants.next_username(counter.office.code, role, taken)
        raise Refused("username", "ชื่อผู้ใช้ต้องเป็น รหัส อปท. + สถานะ + ลำดับ", f"เช่น {example}", "username")
    if username in taken:
        raise Refused("username_taken", "มีผู้ใช้ชื่อนี้อยู่แล้ว", "เว้นว่างเพื่อใช้ลำดับถัดไป", "username")


def _check_template(template: str) -> None:
    if template not in rights.templates():
        known = ", ".join(rights.templates())
        raise Refused("role_template", "ไม่รู้จักแม่แบบสิทธิ์นี้", f"ใช้รหัสใดรหัสหนึ่งใน {known}", "template")


def _general(wanted: Sequence[str]) -> list[str]:
    for one in wanted:
        if one not in rights.GENERAL or one in rights.ALWAYS_ADMIN:
            known = ", ".join(right for right in rights.GENERAL if right not in rights.ALWAYS_ADMIN)
            raise Refused("general", "ไม่รู้จักสิทธิ์ทั่วไปนี้", f"ใช้ค่าใดค่าหนึ่งใน {known}", "general")
    return [right for right in rights.GENERAL if right in wanted]


def _told(account: Document) -> str:
    """The rights as the audit keeps them."""
    if account.get("rights") is None:
        return f"template {account['template']}"
    rows = [f"{row['service']}={'+'.join(row['may'])} {row.get('from', '')}-{row.get('to', '')}".rstrip(" -")
            for row in account["rights"]]  # fmt: skip
    return "; ".join([*rows, *account["general"]])


def _account(
    counter: Counter, row: Any, account: Document, shared: bool, stand: Mapping[str, Standing], names: Mapping[str, str]
) -> Account:
    own = account.get("rights")
    standing = stand[row.username]
    return Account(
        username=row.username,
        full_name=row.full_name,
        position=row.position,
        division=row.division,
        division_name=names.get(row.division, ""),
        role=row.role,
        root=bool(account.get("root")) and row.role == "admin",
        employee_type=account.get("employee_type", ""),
        active=bool(row.active),
        must_change=bool(row.must_change_password),
        here_only=not shared,
        template=str(account.get("template") or row.role),
        rows=own,
        general=tuple(account.get("general", ())),
        standing=standing,
        state=_state(counter, row, standing, root=bool(account.get("root"))),
    )


def _state(counter: Counter, row: Any, standing: Standing, *, root: bool) -> str:
    required, warn = appointments.settings(counter)
    if not row.active:
        return "ปิดการใช้งาน"
    if account_rows.MARK in row.username:
        return "ชื่อผู้ใช้ซ้ำ แจ้งชื่อใหม่นี้แก่เจ้าตัว"
    if required and not standing.appointed and not root:
        return "รอคำสั่งแต่งตั้ง"
    left = standing.days_left(appointments.today(counter))
    if standing.until is not None and left is not None and left <= warn:
        return f"คำสั่งสิ้นสุดอีก {left} วัน"
    return "ต้องตั้งรหัสผ่านใหม่" if row.must_change_password else "ใช้งานได้"


def _unknown() -> Refused:
    return Refused("staff_unknown", "ไม่พบผู้ใช้นี้", "ตรวจชื่อผู้ใช้", "username")
