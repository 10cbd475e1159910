"""What the status bar tells: read from the database each time, never remembered, never hoped."""

import json
import shutil
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection

from app.domain import thai_date
from app.services import backup_plan, breaches, corrections, data_requests, file_transfer
from app.services.case_documents import instant
from app.services.counter import Counter
from app.services.model import CentralStatus, CounterStatus
from app.store import numbers
from app.store.meta import meta_get

CLOCK_TOLERANCE = timedelta(minutes=5)
LEAST_FREE = 1024**3
SECOND_AWAY = timedelta(days=1)
"""A second place that is away for so long is asked for; a disk that is taken home every night is no trouble."""
HELD = "SELECT seq FROM quarantine WHERE code != 'resend'"
SENT_AGAIN = "SELECT seq FROM quarantine WHERE code = 'resend'"
"""Refused events that an administrator has put back into the queue."""
CENTRAL = "central"
"""Meta: what the office's own server said of the central one, [waiting, resting, at ms, why not]; "" without one."""
ONLINE_FOR = timedelta(minutes=10)


def counter_status(counter: Counter) -> CounterStatus:
    """The state of sync, numbers, printers, backup and clock at this moment."""
    with counter.store.read() as connection:
        waiting, since = waiting_events(connection, counter.store_id)
        quarantined = connection.exec_driver_sql(f"SELECT count(*) FROM ({HELD})").scalar_one()
        left, low = numbers.left(connection, counter.current.series)
        acknowledged = meta_get(connection, "last_acknowledged_at")
        error = meta_get(connection, "last_sync_error") or meta_get(connection, "settings_error")
        offset = timedelta(milliseconds=int(meta_get(connection, "clock_offset_ms", "0")))
        backup = meta_get(connection, "last_backup_at")
        revoked = meta_get(connection, numbers.REVOKED)
        printer_error = connection.exec_driver_sql(
            "SELECT printer, error FROM print_job WHERE state = 'failed' ORDER BY id DESC LIMIT 1"
        ).fetchone()
        files, may_go = file_transfer.waiting(connection), file_transfer.may_go(connection, counter.metered)
        conflicts = corrections.count(connection)
        central = json.loads(meta_get(connection, CENTRAL) or "null")
        privacy = breaches.warning(connection, counter.clock.now()) or _overdue_requests(counter, connection)
        newest = connection.exec_driver_sql("SELECT at FROM event ORDER BY seq DESC LIMIT 1").scalar()
    now = counter.clock.now()
    acknowledged_at = instant(int(acknowledged)) if acknowledged else None
    online = acknowledged_at is not None and not error and now - acknowledged_at < ONLINE_FOR
    return CounterStatus(
        office_name=counter.office.name,
        counter_name=counter.counter_name,
        stand_alone=counter.stand_alone,
        online=online,
        waiting=0 if counter.stand_alone else waiting,
        waiting_since=None if counter.stand_alone or since is None else instant(since),
        quarantined=quarantined,
        last_acknowledged_at=acknowledged_at,
        last_error=error,
        numbers_left=left,
        numbers_low=low and not counter.stand_alone,
        printer_text=_printer_text(counter, printer_error),
        printer_ok=bool(counter.printers) and printer_error is None,
        last_backup_at=instant(int(backup)) if backup else None,
        revoked=revoked,
        clock_warning=_clock_warning(newest is not None and instant(newest) > now + CLOCK_TOLERANCE, offset),
        files_waiting=0 if counter.stand_alone else files.files,
        files_bytes=0 if counter.stand_alone else files.size,
        files_paused=not may_go,
        disk_warning=_disk_warning(counter),
        backup_warning=_backup_warning(counter),
        conflicts=conflicts,
        privacy_warning=privacy,
        central=_central(central) if central else None,
    )


def waiting_events(connection: Connection, store_id: str) -> tuple[int, int | None]:
    """(own events the server has not acknowledged and that are not in quarantine, the oldest one's milliseconds)."""
    through = int(meta_get(connection, "accepted_through", "0"))
    row = connection.exec_driver_sql(
        "SELECT count(*), min(at) FROM ("
        " SELECT at FROM event WHERE seq > ? AND origin = ? AND seq NOT IN (SELECT seq FROM quarantine)"
        f" UNION ALL SELECT at FROM event WHERE seq IN ({SENT_AGAIN}))",
        (through, store_id),
    ).one()
    return int(row[0]), row[1]


def _central(told: list[Any]) -> CentralStatus:
    waiting, resting, at, error = told
    return CentralStatus(waiting, resting, instant(at) if at else None, error)


def _overdue_requests(counter: Counter, connection: Connection) -> str:
    late = data_requests.overdue(connection, thai_date.local(counter.clock.now()).date())
    return f"คำขอเจ้าของข้อมูลเลยกำหนด {late}" if late else ""


def _printer_text(counter: Counter, failed: object) -> str:
    if not counter.printers:
        return "ยังไม่ได้ตั้งเครื่องพิมพ์"
    return "มีงานพิมพ์ที่ต้องดู" if failed is not None else "เครื่องพิมพ์พร้อม"


def _disk_warning(counter: Counter) -> str:
    """Below a gigabyte, or three times the database, a day's work may not fit any more."""
    try:
        free = shutil.disk_usage(counter.home).free
        wanted = max(LEAST_FREE, 3 * counter.store.path.stat().st_size)
    except OSError:
        return ""
    if free >= wanted:
        return ""
    return f"ดิสก์เหลือ {free / 1024**3:,.1f} GB โปรดลบไฟล์ที่ไม่ใช้หรือเพิ่มพื้นที่"


def _backup_warning(counter: Counter) -> str:
    state = backup_plan.state(counter)
    if state.error:
        return "สำรองข้อมูลไม่สำเร็จ"
    if not state.plan.second or state.second_here:
        return ""
    away = counter.clock.now() - state.second_at if state.second_at else None
    return "เสียบดิสก์สำรอง" if away is None or away > SECOND_AWAY else ""


def _clock_warning(behind: bool, offset: timedelta) -> str:
    """behind: earlier than the newest event; offset: the server's clock less ours."""
    if behind:
        return "นาฬิกาเครื่องช้ากว่ารายการล่าสุด โปรดตั้งวันเวลาให้ถูกต้อง"
    if abs(offset) > CLOCK_TOLERANCE:
        return "นาฬิกาเครื่องไม่ตรงกับเซิร์ฟเวอร์กลางเกิน 5 นาที โปรดตั้งวันเวลาให้ถูกต้อง"
    return ""
