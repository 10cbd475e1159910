"""What the server counts of itself, for Prometheus. No office, number, name or address is a label.

With several processes on one port the figures lie in files of a folder (PROMETHEUS_MULTIPROC_DIR), and whichever
process is asked adds them up.
"""

import os

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    generate_latest,
    multiprocess,
)
from sqlalchemy import func, select

from app.domain.errors import CounterError
from sync.server import tables
from sync.server.database import Database
from sync.server.offices import now_ms

FOLDER = "PROMETHEUS_MULTIPROC_DIR"
SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
SILENT_MS = 7 * 86_400_000


class Metrics:
    """The figures of one application."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "lao_requests", "Requests answered", ["route", "method", "status"], registry=self.registry
        )
        self.seconds = Histogram(
            "lao_request_seconds", "Time to answer", ["route"], registry=self.registry, buckets=SECONDS
        )
        self.in_progress = Gauge(
            "lao_requests_in_progress", "Requests being answered", registry=self.registry, multiprocess_mode="livesum"
        )
        self.taken = Counter("lao_events_taken", "Events of counters that were taken", registry=self.registry)
        self.rejected = Counter("lao_events_rejected", "Events refused, each alone", ["code"], registry=self.registry)
        self.limited = Counter("lao_limited", "Requests turned away by a limit", ["limit"], registry=self.registry)

    def text(self, database: Database) -> bytes:
        """The exposition format: these figures and what the database tells."""
        registry = self.registry
        if os.environ.get(FOLDER):
            registry = CollectorRegistry()
            multiprocess.MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
        return bytes(generate_latest(registry)) + bytes(generate_latest(_of_database(database)))


def _of_database(database: Database) -> CollectorRegistry:
    """Gauges that are the same whichever process tells them."""
    registry = CollectorRegistry()
    up = Gauge("lao_database_up", "Whether the database answers", registry=registry)
    try:
        figures = _figures(database)
    except CounterError:
        up.set(0)
        return registry
    up.set(1)
    for name, help_text, value in figures:
        Gauge(name, help_text, registry=registry).set(value)
    return registry


def _figures(database: Database) -> list[tuple[str, str, float]]:
    device, sms = tables.device, tables.sms
    in_use = device.c.revoked_at.is_(None)
    with database.read() as connection:

        def number(wanted: object) -> float:
            return float(connection.execute(wanted).scalar() or 0)  # type: ignore[call-overload]

        count = select(func.count())
        return [
            ("lao_offices", "Offices", number(count.select_from(tables.office))),
            ("lao_counters", "Counters in use", number(count.where(in_use))),
            (
                "lao_counters_silent",
                "Counters in use that have not synced for 7 days",
                number(count.where(in_use, device.c.seen_at < now_ms() - SILENT_MS)),
            ),
            (
                "lao_events_waiting",
                "Events that counters said they had yet to send",
                number(select(func.sum(device.c.waiting)).where(in_use)),
            ),
            (
                "lao_events_resting",
                "Events that counters said lie in quarantine",
                number(select(func.sum(device.c.resting)).where(in_use)),
            ),
            ("lao_sms_pending", "Short messages waiting", number(count.where(sms.c.status == "pending"))),
            ("lao_sms_unknown", "Short messages of unknown outcome", number(count.where(sms.c.status == "unknown"))),
        ]
