"""Number blocks: every run of every leased block is at any time issued, voided, unused or returned.

A run is taken inside the transaction that creates its case, and never given again (design of sync, invariant 3).
"""

from dataclasses import dataclass

from sqlalchemy import Connection, text

from app.domain.errors import Refused
from app.domain.ids import uuid7, uuid_text
from app.store.meta import meta_get
from app.store.unit_of_work import UnitOfWork

BLOCK_SIZE = 1_000
LAST_RUN = 999_999
"""The run has six digits on paper."""
LOW_SHARE = 0.2
DEVICE_REVOKED = "device_revoked"
REVOKED = "device_revoked"
"""Meta key: why the central server has shut this counter out, in its words; "" where it has not."""

TAKE = """
UPDATE number_block SET next = next + 1, state = CASE WHEN next = last THEN 'used_up' ELSE state END
WHERE id = (SELECT id FROM number_block WHERE series = ? AND state = 'active' ORDER BY first LIMIT 1)
RETURNING next - 1
"""


@dataclass(frozen=True, slots=True)
class SeriesReport:
    """How the numbers of one series are accounted for; `unexplained` and `duplicates` must be 0."""

    series: str
    issued: int
    voided: int
    unused: int
    returned: int
    unexplained: int
    duplicates: int


def take(work: UnitOfWork, series: str, stand_alone: bool) -> int:
    """The next run of `series`. A stand-alone office leases itself the next block; another refuses when used up."""
    row = work.execute(TAKE, (series,)).fetchone()
    if row is None and stand_alone:
        lease_to_self(work, series)
        row = work.execute(TAKE, (series,)).fetchone()
    if row is None:
        refuse_revoked(work.connection)
        raise Refused(
            "numbers_used_up",
            "เลขคำร้องที่ได้รับจัดสรรหมดแล้ว ยังไม่ได้บันทึกรายการนี้",
            "ต่ออินเทอร์เน็ตแล้วกดส่งข้อมูลเพื่อรับเลขชุดใหม่",
        )
    return int(row[0])


def refuse_revoked(connection: Connection) -> None:
    """Refused "device_revoked" on a counter that the central server has shut out: it issues nothing any more."""
    reason = meta_get(connection, REVOKED)
    if reason:
        raise Refused(DEVICE_REVOKED, reason, "ยังไม่ได้บันทึกรายการนี้ ข้อมูลเดิมยังเปิดดูได้ครบ ติดต่อผู้ดูแลเครื่องแม่ข่ายเพื่อขอเข้าร่วมใหม่")


def hand_back(work: UnitOfWork) -> int:
    """Give up every unused run of every block of request and register numbers; returns how many. Receipt books are the
    office's own and stay."""
    own = "state = 'active' AND series NOT LIKE 'R%/%'"
    count = int(work.run(f"SELECT coalesce(sum(last - next + 1), 0) FROM number_block WHERE {own}").scalar_one())
    work.run(f"UPDATE number_block SET state = 'returned' WHERE {own}")
    work.changed("numbers")
    return count


def lease_to_self(work: UnitOfWork, series: str, first: int | None = None) -> None:
    """Add the next block of a series (`first` given: the series starts there, an office that begins mid-year)."""
    if first is None:
        found = work.run("SELECT max(last) FROM number_block WHERE series = ?", (series,)).scalar()
        first = (found or 0) + 1
    last = min(first + BLOCK_SIZE - 1, LAST_RUN)
    if first > last:
        raise Refused("series_full", "เลขคำร้องของชุดนี้ครบหกหลักแล้ว", "ให้ผู้ดูแลระบบตั้งอักษรย่อหรือเลขหมวดใหม่ในการตั้งค่า อปท.")
    add_block(work, uuid_text(uuid7()), series, first, last)


def add_block(work: UnitOfWork, block_id: str, series: str, first: int, last: int) -> None:
    """Enter a leased block; the same block arriving again changes nothing."""
    work.run(
        "INSERT INTO number_block (id, series, first, last, next, state, leased_at) VALUES (?,?,?,?,?,'active',?)"
        " ON CONFLICT DO NOTHING",
        (block_id, series, first, last, first, work.now_ms),
    )
    work.changed("numbers")


def left(connection: Connection, series: str) -> tuple[int, bool]:
    """(unused runs in hand, whether they are low: under 20 % of the newest block's size)."""
    row = connection.exec_driver_sql(
        "SELECT sum(last - next + 1), max(last - first + 1) FROM number_block"
        " WHERE series = ? AND state = 'active' AND next <= last",
        (series,),
    ).fetchone()
    if row is None or row[0] is None:
        return 0, True
    return int(row[0]), row[0] < LOW_SHARE * row[1]


def void(work: UnitOfWork, series: str, run: int, reason: str) -> None:
    """Enter a number of ours as voided: it was taken and will never be used."""
    work.run(
        "INSERT INTO number_void (series, run, reason, by, at) VALUES (?, ?, ?, ?, ?)",
        (series, run, reason, work.by, work.now_ms),
    )
    work.emit("number_voided", uuid7(), {"series": series, "run": run, "reason": reason})
    work.audit("number_voided", f"{series} {run}", reason)


def report(connection: Connection, store_id: str) -> list[SeriesReport]:
    """Account for every run of every block of this store."""
    names = connection.exec_driver_sql(
        "SELECT series FROM number_block UNION SELECT series FROM cases WHERE origin = ?"
        " UNION SELECT series FROM receipt WHERE origin = ? ORDER BY series",
        (store_id, store_id),
    ).scalars()
    return [_series_report(connection, series, store_id) for series in list(names)]


VOIDED_RECEIPTS = (
    "SELECT r.no FROM receipt r JOIN receipt_void v ON v.receipt_row = r.row"
    " WHERE r.series = :series AND r.origin = :store"
)
ISSUED = (
    "SELECT run FROM cases WHERE series = :series AND origin = :store"
    " UNION ALL SELECT run FROM receiving WHERE series = :series AND origin = :store"
    " UNION ALL SELECT r.no FROM receipt r LEFT JOIN receipt_void v ON v.receipt_row = r.row"
    " WHERE r.series = :series AND r.origin = :store AND v.receipt_row IS NULL"
)
VOIDED = f"SELECT run FROM number_void WHERE series = :series UNION ALL {VOIDED_RECEIPTS}"
TAKEN_FROM_A_BLOCK = (
    "EXISTS (SELECT 1 FROM number_block b WHERE b.series = :series AND run >= b.first AND run < b.next)"
)
LEFT = "SELECT sum(last - next + 1) FROM number_block WHERE series = :series AND state = "


def _series_report(connection: Connection, series: str, store_id: str) -> SeriesReport:
    def count(sql: str) -> int:
        return int(connection.execute(text(sql), {"series": series, "store": store_id}).scalar() or 0)

    given = count("SELECT sum(next - first) FROM number_block WHERE series = :series")
    explained = count(
        f"SELECT count(DISTINCT run) FROM (SELECT * FROM ({ISSUED}) UNION SELECT * FROM ({VOIDED}))"
        f" WHERE {TAKEN_FROM_A_BLOCK}"
    )
    outside = count(f"SELECT count(*) FROM ({ISSUED}) WHERE NOT {TAKEN_FROM_A_BLOCK}")
    every = "SELECT run FROM cases WHERE series = :series UNION ALL SELECT no FROM receipt WHERE series = :series"
    twice = f"SELECT run FROM ({every}) GROUP BY run HAVING count(*) > 1"
    return SeriesReport(
        series=series,
        issued=count(f"SELECT count(*) FROM ({ISSUED})"),
        voided=count(f"SELECT count(*) FROM ({VOIDED})"),
        unused=count(LEFT + "'active'"),
        returned=count(LEFT + "'returned'"),
        unexplained=given - explained + outside,
        duplicates=count(f"SELECT count(*) FROM ({twice})")
        + count(f"SELECT count(*) FROM (SELECT * FROM ({ISSUED}) INTERSECT SELECT * FROM ({VOIDED}))"),
    )
