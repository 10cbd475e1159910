"""Backups that nobody has to think of: how often, where, how many are kept, and a second place that may be away.

The first place is the home's own folder "backups/auto": it helps against damage and mistakes. The second, a USB disk's
folder or another machine's, helps against a broken or stolen machine; while it is away that is told, and made up for
when it is back. Every backup is encrypted, and opened once before it counts.
"""

import contextlib
import json
import re
import shutil
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from app.domain.backup_thinning import Keep, superfluous
from app.domain.errors import CounterError, Refused, Unavailable
from app.services import backups, destroyed_register
from app.services.case_documents import instant
from app.services.counter import Counter
from app.services.model import Actor
from app.store.canonical import canonical_json
from app.store.files import write_durably
from app.store.meta import meta_get, meta_set
from app.store.recovery import beside
from app.store.unit_of_work import milliseconds

AUTO = "auto"
MARKER = "lao-counter-backups.json"
"""Lies in the second place, so that an empty mount point is not taken for the disk that is mounted there."""
NAME = re.compile(r"counter-(\d{8}T\d{6}Z)\.db")
STAMP = "%Y%m%dT%H%M%SZ"
MOST_HOURS = 24 * 7
SPARE_BYTES = 200 * 1024 * 1024
"""Room that a backup leaves for the register itself."""


@dataclass(frozen=True, slots=True)
class Plan:
    """every_hours: 0 for never by itself. second: the folder, "" for none."""

    every_hours: int = 4
    second: str = ""
    daily: int = 7
    weekly: int = 5
    monthly: int = 12


@dataclass(frozen=True, slots=True)
class Backup:
    """One backup that the plan made. place: "first" or "second"."""

    file: Path
    place: str
    made_at: datetime
    size: int


@dataclass(frozen=True, slots=True)
class PlanState:
    """What became of the plan. error: the Thai words of the last fault, "" where the last one went well."""

    plan: Plan
    last_at: datetime | None
    second_at: datetime | None
    second_here: bool
    error: str
    rehearsed_at: datetime | None
    rehearsed_well: bool


def read(counter: Counter) -> Plan:
    """The plan of this counter; what was never set is as a new counter's."""
    with counter.store.read() as connection:
        text = meta_get(connection, "backup_plan", "{}")
    known = {key: value for key, value in json.loads(text).items() if key in Plan.__slots__}
    return replace(Plan(), **known)


def change(counter: Counter, actor: Actor, plan: Plan) -> Plan:
    """Keep a new plan. Refused for a role other than administrator, for numbers out of range, for a second place that
    is not there now or lies in the home."""
    if actor.role != "admin":
        raise Refused("right_needed", "ตั้งการสำรองข้อมูลไม่ได้", "ขอให้ผู้ดูแลระบบเป็นผู้ทำรายการ", "as")
    if not 0 <= plan.every_hours <= MOST_HOURS:
        raise Refused(
            "backup_every", f"รอบสำรองต้องอยู่ระหว่าง 0 ถึง {MOST_HOURS} ชั่วโมง", "ใส่ 0 เพื่อปิด หรือ 4 เป็นค่าปกติ", "every"
        )
    for field in ("daily", "weekly", "monthly"):
        if not 0 <= getattr(plan, field) <= 400:
            raise Refused("backup_keep", "จำนวนที่เก็บต้องอยู่ระหว่าง 0 ถึง 400", "ใส่จำนวนใหม่", field)
    if plan.second:
        plan = replace(plan, second=str(_checked_second(counter, Path(plan.second))))
    with counter.store.write(actor.username) as work:
        meta_set(work.connection, "backup_plan", canonical_json(asdict(plan)))
        work.audit("backup_plan", "database", f"{plan.every_hours}h {'second' if plan.second else 'first'}")
        work.changed("backup")
    return plan


def _checked_second(counter: Counter, folder: Path) -> Path:
    try:
        folder = folder.resolve()
        inside = counter.home.resolve() in (folder, *folder.parents)
        if inside or not folder.is_dir():
            raise Refused(
                "backup_second", "ใช้โฟลเดอร์นี้เป็นที่สำรองที่สองไม่ได้", "เสียบดิสก์สำรอง แล้วเลือกโฟลเดอร์บนดิสก์นั้น", "second"
            )
        write_durably(folder / MARKER, canonical_json({"office": counter.office.code}) + "\n")
    except OSError:
        raise Refused("backup_second", "เขียนลงที่สำรองที่สองไม่ได้", "ตรวจว่าดิสก์ไม่ได้ล็อกกันเขียนและยังมีที่ว่าง", "second") from None
    return folder


def first_place(counter: Counter) -> Path:
    """The folder of the home."""
    return counter.home / "backups" / AUTO


def second_place(plan: Plan) -> Path | None:
    """The second folder where it is here now."""
    folder = Path(plan.second) if plan.second else None
    return folder if folder is not None and (folder / MARKER).is_file() else None


def listing(counter: Counter) -> list[Backup]:
    """The backups that are within reach, newest first."""
    plan = read(counter)
    places = [("first", first_place(counter)), ("second", second_place(plan))]
    found = [one for name, folder in places if folder is not None for one in _in_folder(name, folder)]
    return sorted(found, key=lambda one: (one.made_at, one.place), reverse=True)


def _in_folder(place: str, folder: Path) -> list[Backup]:
    found = []
    with contextlib.suppress(OSError):
        for file in folder.iterdir():
            if match := NAME.fullmatch(file.name):
                at = datetime.strptime(match[1], STAMP).replace(tzinfo=UTC)
                found.append(Backup(file, place, at, file.stat().st_size))
    return found


def due(counter: Counter) -> list[str]:
    """The places that want a backup now: "first", "second"; a second place that is away is not due."""
    plan = read(counter)
    if not plan.every_hours:
        return []
    with counter.store.read() as connection:
        last = {name: int(meta_get(connection, f"backup_{name}_at", "0")) for name in ("first", "second")}
    now, every = milliseconds(counter.clock.now()), timedelta(hours=plan.every_hours) // timedelta(milliseconds=1)
    here = ["first", *(["second"] if second_place(plan) else [])]
    # a clock that ran ahead must not put backups off
    return [name for name in here if not 0 <= now - last[name] < every]


def run(counter: Counter, places: list[str] | None = None) -> list[Backup]:
    """Back up to these places, by default to those that are here; thins each afterwards. The first fault is raised
    when all places were tried, and kept for the status bar."""
    plan = read(counter)
    second = second_place(plan)
    wanted = places if places is not None else ["first", *(["second"] if second else [])]
    folders = {"first": first_place(counter), "second": second}
    made: list[Backup] = []
    fault: CounterError | None = None
    for name in wanted:
        folder = folders[name]
        if folder is None:
            continue
        try:
            made.append(_one(counter, name, folder))
            _thin(folder, plan, counter.clock.now())
        except CounterError as error:
            fault = fault or error
    if fault is not None:
        with counter.store.write("backup") as work:
            meta_set(work.connection, "backup_error", f"{fault.title} {fault.hint}".strip())
            work.changed("backup")
        raise fault
    return made


def _one(counter: Counter, place: str, folder: Path) -> Backup:
    at = counter.clock.now().astimezone(UTC).replace(microsecond=0)
    target = folder / f"counter-{at.strftime(STAMP)}.db"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        needed = counter.store.path.stat().st_size + SPARE_BYTES
        free = shutil.disk_usage(folder).free
    except OSError:
        raise Unavailable("backup_target", "เขียนที่เก็บไฟล์สำรองไม่ได้", "เสียบดิสก์สำรองให้แน่น แล้วลองใหม่") from None
    if free < needed:
        raise Unavailable("backup_room", "ที่เก็บไฟล์สำรองเหลือที่ว่างไม่พอ", "ลบไฟล์ที่ไม่ใช้บนดิสก์นั้น หรือใช้ดิสก์ใหญ่กว่า")
    facts = {f"backup_{place}_at": str(milliseconds(at)), "backup_error": ""}
    size = backups.back_up(counter, target, linked=place == "first", facts=facts)
    destroyed_register.leave(counter, place, folder)
    return Backup(target, place, at, size)


def _thin(folder: Path, plan: Plan, now: datetime) -> None:
    made = {one.made_at: one.file for one in _in_folder("", folder)}
    for at in superfluous(made, Keep(plan.daily, plan.weekly, plan.monthly), now):
        with contextlib.suppress(OSError):
            made[at].unlink()
            beside(made[at]).unlink(missing_ok=True)


def state(counter: Counter) -> PlanState:
    """For the settings page and the status bar."""
    plan = read(counter)

    def moment(connection: Any, name: str) -> datetime | None:
        text = meta_get(connection, name)
        return instant(int(text)) if text else None

    with counter.store.read() as connection:
        return PlanState(
            plan,
            moment(connection, "last_backup_at"),
            moment(connection, "backup_second_at"),
            second_place(plan) is not None,
            meta_get(connection, "backup_error"),
            moment(connection, "rehearsed_at"),
            meta_get(connection, "rehearsed_well") == "yes",
        )
