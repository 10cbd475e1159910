"""What somebody who helps from afar needs to know, in one file without personal data: versions, sizes, states, the log.

Only what is named here goes in: counts and sizes of tables, never a row; states, never the words around them.
"""

import io
import json
import platform
import shutil
import sqlite3
import sys
import zipfile
from importlib import metadata
from pathlib import Path
from typing import Any

from app.domain.errors import Unavailable
from app.services import backup_plan, log_files, status, verification
from app.services.counter import Counter
from app.store import tables
from app.store.files import write_durably
from app.store.schema import schema_version
from app.version import VERSION

PACKAGES = ("PySide6", "SQLAlchemy", "sqlcipher3", "cryptography", "zxing-cpp", "reportlab", "requests", "fastapi")
MOST_LOG = 2_000_000
STATES = (
    "stand_alone", "online", "waiting", "waiting_since", "quarantined", "last_acknowledged_at", "numbers_left",
    "numbers_low", "printer_ok", "last_backup_at", "files_waiting", "files_bytes", "files_paused",
)  # fmt: skip


def write(counter: Counter, target: Path) -> int:
    """Write the bundle; returns its bytes. Unavailable "output_file"."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as bundle:
        bundle.writestr("state.json", json.dumps(gather(counter), indent=1, default=str, sort_keys=True))
        for path in sorted((counter.home / log_files.FOLDER).glob(f"{log_files.NAME}*")):
            text = path.read_bytes()[-MOST_LOG:].decode("utf-8", "replace")
            bundle.writestr(f"logs/{path.name}", "\n".join(map(log_files.clean, text.splitlines())) + "\n")
    try:
        write_durably(target, content.getvalue())
    except OSError:
        raise Unavailable("output_file", "เขียนไฟล์นี้ไม่ได้", "ตรวจโฟลเดอร์ พื้นที่ดิสก์ และสิทธิ์เขียน") from None
    return len(content.getvalue())


def gather(counter: Counter) -> dict[str, Any]:
    """The facts of the bundle."""
    plan = backup_plan.state(counter)
    now = status.counter_status(counter)
    with counter.store.read() as connection:
        rows = {
            table.name: connection.exec_driver_sql(f'SELECT count(*) FROM "{table.name}"').scalar_one()
            for table in tables.event.metadata.sorted_tables
        }
        schema = schema_version(connection)
        jobs = connection.exec_driver_sql("SELECT state, count(*) FROM print_job GROUP BY state").fetchall()
        rejected = connection.exec_driver_sql("SELECT code, count(*) FROM quarantine GROUP BY code").fetchall()
    return {
        "program": VERSION,
        "python": platform.python_version(),
        "system": [platform.system(), platform.release(), platform.machine(), bool(getattr(sys, "frozen", False))],
        "packages": {name: _version(name) for name in PACKAGES},
        "sqlite": sqlite3.sqlite_version,
        "schema": schema,
        "rows": rows,
        "bytes": {path.name: path.stat().st_size for path in sorted(counter.home.glob("counter.db*"))},
        "free_bytes": shutil.disk_usage(counter.home).free,
        "state": {name: getattr(now, name) for name in STATES},
        "clock_warning": bool(now.clock_warning),
        "printers": [[printer.kind, printer.dots] for printer in counter.printers],
        "print_jobs": {row[0]: row[1] for row in jobs},
        "quarantine": {row[0]: row[1] for row in rejected},
        "backup": {"every_hours": plan.plan.every_hours, "second": bool(plan.plan.second), "here": plan.second_here,
                   "failed": bool(plan.error), "last_at": plan.last_at, "rehearsed_at": plan.rehearsed_at},
        "checks": {check.name: check.ok for check in verification.verify(counter)},
    }  # fmt: skip


def _version(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return ""
