"""The HTTP of the citizens' pages: follow a case by its number and four digits, by the slip's QR, or by an SMS.

A wrong number and wrong digits give the same answer, so that nobody learns which numbers exist. What is right leads to
a page whose address is a sealed token: no number of a case or person stays in a browser's history or goes elsewhere.
"""

import hmac
import logging
from collections.abc import Callable
from functools import partial
from urllib.parse import parse_qs

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from sqlalchemy import select
from starlette.concurrency import run_in_threadpool

from app.domain import request_number, thai_date
from app.domain.errors import CounterError
from sync.server import offices, pages, tables
from sync.server.citizen import acts, look_up, words
from sync.server.citizen.visits import Visit, Visits
from sync.server.database import Database
from sync.server.limits import Guesses, Shelf, Wait
from sync.slips import slip_code

LOG = logging.getLogger(__name__)
HEADERS = {
    "cache-control": "no-store",
    "content-security-policy": f"default-src 'none'; style-src 'sha256-{pages.STYLE_HASH}'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "cross-origin-opener-policy": "same-origin",
}
LOOK_ALIKES = str.maketrans("OIL", "011")
MAX_FORM = 8_000
"""Bytes of a form: 500 Thai letters are 4,500 when a browser has encoded them."""
TOLD = {act: f"done_{act}" for act in acts.PATHS.values()}


class Pages:
    """The pages on one database."""

    def __init__(self, database: Database, shelf: Shelf) -> None:
        self.database = database
        self.visits = Visits(database)
        self.digits, self.codes = Guesses(shelf, "digits"), Guesses(shelf, "codes")

    def by_digits(self, lang: str, address: str, fields: dict[str, str]) -> Response:
        """The form of /track."""
        number, last4 = fields.get("number", "")[:40].strip(), digits_of(fields)
        unknown = html(pages.form(lang, words.say(lang, "not_found"), number), 404)
        if not request_number.is_valid(number):
            return unknown
        key = request_number.parse(number).text
        if wait := self.digits.admit(key, address):
            return waiting(lang, wait)
        with self.database.read() as connection:
            row = look_up.by_digits(connection, number, last4)
        if row is None:
            return unknown
        self.digits.right(key, address)
        return self.opened(lang, row.office, row.record, "digits")

    def by_slip(self, lang: str, address: str, number: str, code: str) -> Response:
        """The QR of a slip: its signature proves it genuine."""
        false = html(pages.notice(lang, "not_genuine_title", "not_genuine", "not_genuine_hint"), 404)
        if not request_number.is_valid(number):
            return false
        key = request_number.parse(number).text
        if wait := self.codes.admit(key, address):
            return waiting(lang, wait)
        typed = code[:64].strip().upper().translate(LOOK_ALIKES)
        with self.database.read() as connection:
            for office, row in look_up.cases(connection, number):
                expected = slip_code(offices.settings(connection, office.code).office["slip_key"], key)
                if not hmac.compare_digest(expected, typed if typed.isascii() else ""):
                    continue
                self.codes.right(key, address)
                if row is None:
                    return html(pages.on_its_way(office.name, key, lang))
                return self.opened(lang, row.office, row.record, "slip")
        return false

    def link_form(self, lang: str, code: str) -> Response:
        """The page behind the short link of an SMS. It is the same for every code: nothing is learnt from it."""
        return html(pages.link_form(short_code(code), lang))

    def by_link(self, lang: str, address: str, code: str, fields: dict[str, str]) -> Response:
        """The four digits beside the code of an SMS."""
        code = short_code(code)
        if wait := self.digits.admit(f"t/{code}", address):
            return waiting(lang, wait)
        table = tables.short_link
        with self.database.read() as connection:
            links = connection.execute(select(table).where(table.c.code == code)).fetchall()
            cases = [look_up.by_record(connection, link.office, link.record) for link in links]
        row = next((case for case in cases if case and look_up.right_digits(case, digits_of(fields))), None)
        if row is None:
            return html(pages.link_form(code, lang, words.say(lang, "not_found")), 404)
        self.digits.right(f"t/{code}", address)
        return self.opened(lang, row.office, row.record, "digits")

    def opened(self, lang: str, office: str, record: bytes, by: str, told: str = "") -> Response:
        """On to the case's own page: pressing "reload" there sends nothing again."""
        return self.to_case(lang, self.visits.begin(office, record, by), told)

    def to_case(self, lang: str, token: str, told: str = "") -> Response:
        """To the page of a token."""
        query = "&".join(
            f"{key}={text}" for key, text in (("lang", lang if lang != "th" else ""), ("told", told)) if text
        )
        return RedirectResponse(f"/case/{token}{'?' if query else ''}{query}", 303, HEADERS)

    def case(self, lang: str, token: str, told: str = "", wrong: str = "", typed: str = "") -> Response:
        """The case of a token as it stands."""
        visit = self.visits.open(token)
        if visit is None:
            return html(pages.notice(lang, "expired_title", "expired"), 410)
        with self.database.read() as connection:
            row = look_up.by_record(connection, visit.office, visit.record)
            if row is None:
                return html(pages.notice(lang, "expired_title", "expired"), 410)
            found = look_up.progress(connection, row, look_up.day_of(offices.now_ms()))
        known = TOLD.get(told, "") if told == row.status else ""
        page = pages.progress(found, token, lang, visit.by, known, wrong, typed)
        return html(page, 422 if wrong else 200)

    def act(self, lang: str, address: str, token: str, path: str, fields: dict[str, str]) -> Response:
        """What the citizen asks for, done once; the answer sends the browser back to the case."""
        visit, act = self.visits.open(token), acts.PATHS.get(path)
        if visit is None or act is None:
            return html(pages.notice(lang, "expired_title", "expired"), 410)
        try:
            wish = acts.wish(act, fields)
            if wait := self._unproved(visit, address, fields):
                return waiting(lang, wait)
            acts.perform(self.database, visit, wish)
        except acts.Wrong as error:
            return self.case(lang, token, wrong=error.code, typed=fields.get("text", "")[:1000])
        return self.to_case(lang, token, act)

    def _unproved(self, visit: Visit, address: str, fields: dict[str, str]) -> Wait | None:
        """A slip may lie about or be photographed: who came by it gives the four digits as well, if there are any."""
        if visit.by != "slip":
            return None
        with self.database.read() as connection:
            row = look_up.by_record(connection, visit.office, visit.record)
        if row is None or not row.last4:
            return None
        if wait := self.digits.admit(row.number, address):
            return wait
        if not look_up.right_digits(row, digits_of(fields)):
            raise acts.Wrong("bad_last4")
        self.digits.right(row.number, address)
        return None


def routes(database: Database, shelf: Shelf) -> APIRouter:
    """The pages on this database; wrong tries are counted on the shelf."""
    router = APIRouter(include_in_schema=False)
    found = Pages(database, shelf)

    @router.get("/")
    def root(lang: str = "") -> Response:
        return RedirectResponse("/track" if lang != "en" else "/track?lang=en", headers=HEADERS)

    @router.get("/track")
    def track_form(lang: str = "") -> Response:
        return html(pages.form(words.language(lang)))

    @router.post("/track")
    async def track(request: Request, lang: str = "") -> Response:
        return await answered(request, lang, lambda said, fields: found.by_digits(said, address_of(request), fields))

    @router.get("/t/{code}")
    def link(request: Request, code: str, lang: str = "") -> Response:
        return found.link_form(words.language(lang), code)

    @router.post("/t/{code}")
    async def open_link(request: Request, code: str, lang: str = "") -> Response:
        return await answered(
            request, lang, lambda said, fields: found.by_link(said, address_of(request), code, fields)
        )

    @router.get("/t/{number}/{code}")
    def slip(request: Request, number: str, code: str, lang: str = "") -> Response:
        return calm(words.language(lang), lambda said: found.by_slip(said, address_of(request), number, code))

    @router.get("/case/{token}")
    def case(token: str, lang: str = "", told: str = "") -> Response:
        return calm(words.language(lang), lambda said: found.case(said, token, told))

    @router.post("/case/{token}/{act}")
    async def act(request: Request, token: str, act: str, lang: str = "") -> Response:
        return await answered(
            request, lang, lambda said, fields: found.act(said, address_of(request), token, act, fields)
        )

    return router


async def answered(request: Request, lang: str, work: Callable[[str, dict[str, str]], Response]) -> Response:
    """Read the form and answer it on a worker thread."""
    fields = await fields_of(request)
    return await run_in_threadpool(calm, words.language(lang), partial(_with, work, fields))


def _with(work: Callable[[str, dict[str, str]], Response], fields: dict[str, str], lang: str) -> Response:
    return work(lang, fields)


def calm(lang: str, work: Callable[[str], Response]) -> Response:
    """The answer; where the server is in trouble a page that says so, not a line of JSON."""
    try:
        return work(lang)
    except CounterError as error:
        LOG.warning("a citizen's page failed: %s", error.code)
        return html(pages.notice(lang, "busy_title", "busy"), 503)


async def fields_of(request: Request) -> dict[str, str]:
    """The fields of a form; none of one that is too long or not encoded as a form is."""
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > MAX_FORM:
            return {}
    try:
        return {
            key: values[0] for key, values in parse_qs(body.decode("ascii"), errors="strict", max_num_fields=10).items()
        }
    except ValueError:
        return {}


def digits_of(fields: dict[str, str]) -> str:
    """The four digits as typed, in Arabic digits."""
    return thai_date.to_arabic_digits(fields.get("last4", "")[:20]).strip()


def short_code(text: str) -> str:
    """The code of a short link however it was typed; harmless in a page."""
    code = text[:64].strip().upper().translate(LOOK_ALIKES)
    return code if code.isascii() and code.isalnum() else "0"


def address_of(request: Request) -> str:
    """Where a request comes from."""
    return request.client.host if request.client else ""


def waiting(lang: str, wait: Wait) -> Response:
    """Not looked at: too many wrong ones lately."""
    answer = html(pages.wait(lang, wait.seconds, wait.everywhere), 429)
    answer.headers["retry-after"] = str(wait.seconds)
    return answer


def html(page: str, status: int = 200) -> HTMLResponse:
    """A page with the headers that all of them have."""
    return HTMLResponse(page, status, HEADERS)
