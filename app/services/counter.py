"""The counter as every use case sees it: its store, its office, its services, its clock.

A plain holder of what bootstrap joined; the functions beside this module do the work and take it first.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, time
from pathlib import Path
from typing import Any

from app.catalog.documents import from_document
from app.catalog.schema import Service
from app.domain.clock import Clock
from app.services import office_services, offices, paper_templates
from app.services.model import Changes, OfficeView, Printer
from app.store.blobs import Blobs
from app.store.engine import Store
from app.store.keys import derived_key
from app.store.meta import meta_get

FetchFile = Callable[[bytes, int, Callable[[int, int], object]], object]
"""(SHA-256, bytes, told (bytes here, bytes in all)); raises Unavailable or Refused."""
DATABASE = "counter.db"
FIRST_KEY = "first_key"
"""Fact of a store whose key was changed: the key that its hashes are made with."""
CASE_KINDS = frozenset({"case", "print_job"})


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """How long the audit chain was and what its last link was."""

    seq: int
    hash: bytes


@dataclass(frozen=True, slots=True)
class OfficeRevision:
    """One revision of the office's settings, parsed once."""

    revision: int
    document: offices.OfficeDocument
    view: OfficeView
    series: str
    slip_key: bytes
    holidays: frozenset[date]
    closes: time | None


class Counter:
    """One open counter. Thread-safe for reading; settings are replaced whole by `reload`."""

    def __init__(self, home: Path, store: Store, clock: Clock, key: bytes) -> None:
        self.home = home
        self.store = store
        self.clock = clock
        self.key = key
        self.blobs = Blobs(home, key)
        with store.read() as connection:
            first = meta_get(connection, FIRST_KEY)
        self.hash_key = bytes.fromhex(first) if first else key
        """What keyed hashes in the database are made with: the key of before any rotation, kept inside it."""
        self.citizen_key = derived_key(self.hash_key, "citizen-id")
        self._revisions: dict[int, OfficeRevision] = {}
        self._definitions: dict[tuple[str, int], Service] = {}
        self._as_registered: dict[tuple[str, int, int], Service] = {}
        self.unindexed = 0
        self.destroying = False
        """Whether a list of destruction is being carried out here."""
        self.metered = False
        """Whether the line is paid by the byte, as the operating system tells the window."""
        self.looked: dict[tuple[str, str], int] = {}
        """(username, number of a case) -> when that look was recorded, in milliseconds (app/services/audit.py)."""
        self.fetch_file: FetchFile | None = None
        """Brings a file of another counter here; set where the counter is joined with its sync (bootstrap)."""
        self.ask_checkpoint: Callable[[], Checkpoint | None] | None = None
        """What the central server holds of this counter's audit chain; set where the counter is joined (bootstrap)."""
        self.reload()

    def reload(self) -> None:
        """Read office, services and printers anew; called at start and after they changed."""
        with self.store.read() as connection:
            self.store_id = self.store.store_id = meta_get(connection, "store_id")
            self.counter_name = meta_get(connection, "counter_name", "เคาน์เตอร์ 1")
            self.server_url = meta_get(connection, "server_url")
            newest = connection.exec_driver_sql("SELECT revision, document FROM office ORDER BY revision").fetchall()
            stored = connection.exec_driver_sql(
                "SELECT code, version, document FROM service_definition ORDER BY code, version"
            ).fetchall()
            printers = connection.exec_driver_sql(
                "SELECT name, kind, address, dots, is_default, options FROM printer ORDER BY name"
            ).fetchall()
        self._as_registered = {}
        self._revisions = {number: _revision(number, document) for number, document in newest}
        self.current = self._revisions[newest[-1][0]]
        self.templates = paper_templates.templates(self.current.document)
        for code, version, document in stored:
            if (code, version) not in self._definitions:
                self._definitions[code, version] = from_document(json.loads(document))
        self.catalog: Mapping[str, Service] = self._switched_on()
        self.printers = tuple(
            Printer(row[0], row[1], row[2], row[3], bool(row[4]), **_options(row[5])) for row in printers
        )

    def _switched_on(self) -> dict[str, Service]:
        newest = {code: service for (code, _version), service in self._definitions.items()}
        kind = self.current.view.kind
        wanted = self.current.document["services"]
        office = self.current.document
        every = office_services.entries(newest.values(), office)
        self.divisions = {entry.code: entry.name for entry in every}
        """What the office calls its divisions, those out of use, too, by their codes."""
        return {
            code: office_services.laid_over(newest[code], office, offered=True, every=every)
            for code in wanted
            if code in newest and kind in newest[code].offered_by
        }

    @property
    def office(self) -> OfficeView:
        """The office as it is now."""
        return self.current.view

    @property
    def stand_alone(self) -> bool:
        """Whether this office leases numbers to itself because no central server was joined."""
        return not self.server_url

    def office_revision(self, revision: int) -> OfficeRevision:
        """The office as it was when a case was registered; the newest where that revision never came here."""
        return self._revisions.get(revision, self.current)

    def definition(self, code: str, version: int) -> Service | None:
        """The service as the house defines it, in the version under which a case was registered."""
        return self._definitions.get((code, version))

    def definition_at(self, code: str, version: int, revision: int) -> Service | None:
        """The same with the office's divisions and categories as they were in that revision of its settings."""
        service = self._definitions.get((code, version))
        if service is None:
            return service
        key = (code, version, revision)
        if key not in self._as_registered:
            office = self.office_revision(revision).document
            self._as_registered[key] = office_services.laid_over(service, office, offered=False)
        return self._as_registered[key]

    def every_definition(self) -> list[Service]:
        """The newest version of every service that is known here, switched on or not."""
        return list({service.code: service for service in self._definitions.values()}.values())

    def printer_for(self, medium: str, document: str = "") -> Printer | None:
        """The printer of a medium, "slip" (thermal) or "a4": the one set for this document, else the default one."""
        fitting = [p for p in self.printers if (p.dots > 0) == (medium == "slip")]
        for printer in fitting:
            if document and document in printer.documents:
                return printer
        return next((p for p in fitting if p.is_default), fitting[0] if fitting else None)

    def subscribe(self, callback: Callable[[Changes], None]) -> None:
        """Call back after every commit, on the committing thread."""
        self.store.subscribe(lambda touched: callback(_changes(touched)))

    def close(self) -> None:
        """Give the database back."""
        self.store.close()


def _changes(touched: Mapping[str, frozenset[str]]) -> Changes:
    numbers = frozenset[str]().union(*(names for kind, names in touched.items() if kind in CASE_KINDS))
    return Changes(cases=numbers, kinds=frozenset(touched))


def _revision(number: int, text: str) -> OfficeRevision:
    document = json.loads(text)
    return OfficeRevision(
        revision=number,
        document=document,
        view=offices.view(document),
        series=offices.series(document),
        slip_key=bytes.fromhex(document["slip_key"]),
        holidays=offices.holidays(document),
        closes=offices.closing_time(document),
    )


def _options(text: str) -> dict[str, Any]:
    """The fields of Printer in its stored options; what a newer program added is passed over."""
    known = {key: value for key, value in json.loads(text).items() if key in Printer.__slots__}
    return {key: tuple(value) if isinstance(value, list) else value for key, value in known.items()}
