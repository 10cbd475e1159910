"""The citizens' pages: follow a case by its number and four digits, or by the code in the slip's QR.

A wrong number and wrong digits give the same answer, so that nobody learns which numbers exist.
"""

import hmac
import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any
from urllib.parse import parse_qs

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from sqlalchemy import Connection, Row, select
from starlette.concurrency import run_in_threadpool

from app.domain import petition_states, request_number, thai_date
from app.domain.errors import Refused
from sync.protocol import slip_code
from sync.server import offices, pages, tables
from sync.server.database import Database
from sync.server.limits import Limiter

HEADERS = {
    "cache-control": "no-store",
    "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
}
NOT_FOUND = "ไม่พบเรื่องที่ตรงกับเลขที่คำร้องและเลข 4 ตัวท้ายนี้ ตรวจแล้วลองใหม่"
LOOK_ALIKES = str.maketrans("OIL", "011")
MAX_FORM = 2_000


def routes(database: Database) -> APIRouter:
    """The pages on this database; tries are counted in this process, by address and by number."""
    router = APIRouter(include_in_schema=False)
    by_address, digits, codes = Limiter(30, 900), Limiter(10, 900), Limiter(30, 900)

    @router.get("/")
    def root() -> RedirectResponse:
        return RedirectResponse("/track", headers=HEADERS)

    @router.get("/track")
    def track_form() -> HTMLResponse:
        return _html(pages.form())

    @router.post("/track")
    async def track(request: Request) -> HTMLResponse:
        fields = await _fields(request)
        number = fields.get("number", "")[:40]
        last4 = thai_date.to_arabic_digits(fields.get("last4", "")).strip()
        if not _may_try(request, number, by_address, digits):
            return _html(pages.wait(), 429)
        found = await run_in_threadpool(_follow, database, number, last4)
        return _html(pages.progress(found)) if found else _html(pages.form(NOT_FOUND, number), 404)

    @router.get("/t/{number}/{code}")
    def slip(request: Request, number: str, code: str) -> HTMLResponse:
        if not _may_try(request, number, by_address, codes):
            return _html(pages.wait(), 429)
        return _slip(database, number, code)

    return router


async def _fields(request: Request) -> dict[str, str]:
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > MAX_FORM:
            return {}
    try:
        return {key: values[0] for key, values in parse_qs(body.decode("ascii"), max_num_fields=10).items()}
    except ValueError:
        return {}


def _follow(database: Database, number: str, last4: str) -> pages.Progress | None:
    if not (len(last4) == 4 and last4.isascii() and last4.isdigit()):
        return None
    with database.read() as connection:
        for office, row in _cases(connection, number):
            if row is not None and hmac.compare_digest(row.last4, last4):
                return _progress(connection, office, row)
    return None


def _slip(database: Database, number: str, code: str) -> HTMLResponse:
    typed = code.strip().upper().translate(LOOK_ALIKES)
    with database.read() as connection:
        for office, row in _cases(connection, number):
            settings = offices.settings(connection, office.code)
            expected = slip_code(settings.office["slip_key"], request_number.parse(number).text)
            if not hmac.compare_digest(expected, typed if typed.isascii() else ""):
                continue
            if row is None:
                return _html(pages.on_its_way(office.name, request_number.parse(number).text))
            return _html(pages.progress(_progress(connection, office, row), genuine=True))
    return _html(pages.not_genuine(), 404)


def _cases(connection: Connection, number: str) -> Iterator[tuple[Row[Any], Row[Any] | None]]:
    """Every office with the number's letters, and its case of that number; two offices may share letters."""
    try:
        parsed = request_number.parse(number)
    except Refused:
        return
    case = tables.case
    sharing = connection.execute(select(tables.office).where(tables.office.c.letters == parsed.letters)).fetchall()
    for office in sharing:
        row = connection.execute(
            select(case).where(
                case.c.office == office.code,
                case.c.series == parsed.series,
                case.c.run == parsed.run,
                case.c.number == parsed.text,
            )
        ).first()
        yield office, row


def _progress(connection: Connection, office: Row[Any], row: Row[Any]) -> pages.Progress:
    return pages.Progress(
        office=office.name,
        number=row.number,
        status=petition_states.text(row.status, _kind(connection, office.code, row.service)),
        status_on=thai_date.short(_day(row.status_at)),
        registered_on=thai_date.short(_day(row.registered_at)),
        due_on=thai_date.short(date.fromisoformat(row.due_on)) if row.due_on else "",
        division=row.division_name,
    )


def _kind(connection: Connection, office: str, service: str) -> str:
    """The kind of a service by the office's definitions: states of petitions, permits and filings differ."""
    text = connection.execute(
        select(tables.settings.c.services)
        .where(tables.settings.c.office == office)
        .order_by(tables.settings.c.revision.desc())
        .limit(1)
    ).scalar_one()
    kinds = {definition.get("code"): definition.get("kind") for definition in json.loads(text)}
    kind = str(kinds.get(service))
    return kind if kind in petition_states.TABLES else "petition"


def _day(milliseconds: int) -> date:
    return thai_date.local(datetime.fromtimestamp(milliseconds / 1000, UTC)).date()


def _may_try(request: Request, number: str, by_address: Limiter, by_number: Limiter) -> bool:
    address = request.client.host if request.client else ""
    if not by_address.allow(address):
        return False
    return not request_number.is_valid(number) or by_number.allow(request_number.parse(number).text)


def _html(page: str, status: int = 200) -> HTMLResponse:
    return HTMLResponse(page, status, HEADERS)
