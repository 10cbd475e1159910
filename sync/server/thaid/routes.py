"""The HTTP of ThaiD: three requests for counters, two pages for citizens, and the broom that clears away after them."""

import logging
import threading
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from sqlalchemy import Row
from starlette.background import BackgroundTask
from starlette.concurrency import run_in_threadpool

from app.domain.errors import CounterError
from sync.json_form import line, to_text, whole
from sync.server import handlers, openapi, wire
from sync.server.database import Database
from sync.server.faults import Denied
from sync.server.limits import Limiter, Shelf
from sync.server.thaid import openapi as models
from sync.server.thaid import pages, sessions
from sync.server.thaid.fetch import Trouble
from sync.server.thaid.flow import Flow
from sync.server.thaid.lhr import Description
from sync.server.thaid.waiting import Bell
from sync.server.track import HEADERS
from sync.thaid_messages import LONGEST_POLL, PollAnswer, purpose, session_id

LOG = logging.getLogger(__name__)
LOOK_SECONDS = 2.0
"""How often a waiting poll looks by itself: another process of the server may have changed the session."""
BROOM_SECONDS = 30.0
COOKIE_SECONDS = sessions.KEEP_MS // 1000
FAULTS: dict[int | str, dict[str, Any]] = {
    status: {"model": openapi.Fault} for status in (400, 401, 403, 404, 409, 413, 426, 429)
}


class SignIns:
    """Sign-ins on one database; limits are counted on the shelf."""

    def __init__(self, database: Database, shelf: Shelf, lhr: Description | None = None) -> None:
        self.database = database
        self.bell = Bell()
        self.flow = Flow(database, self.bell.ring, lhr)
        self._starts = Limiter(shelf, "thaid start", 120, 300, unshared=10)
        self._polls = Limiter(shelf, "thaid poll", 600, 60, unshared=100)
        self._visits = Limiter(shelf, "thaid visit", 1200, 900, unshared=100)
        self._strays = Limiter(shelf, "thaid stray", 60, 900)
        self._stopped = threading.Event()
        self._broom = threading.Thread(target=self._sweep, name="thaid broom", daemon=True)

    def start(self) -> None:
        """Begin to clear away old sessions."""
        self._broom.start()

    def halt(self) -> None:
        """Answer the polls that still wait: the server is going to stop."""
        self._stopped.set()
        self.bell.ring_all()

    def stop(self) -> None:
        """End the broom."""
        self.halt()
        self._broom.join(BROOM_SECONDS)

    def _sweep(self) -> None:
        while True:
            try:
                self.flow.clear()
            except CounterError as error:
                LOG.warning("thaid sessions not cleared: %s", error.code)
            if self._stopped.wait(BROOM_SECONDS):
                return

    def counters(self) -> APIRouter:
        """`/v1/thaid/…` for enrolled counters."""
        router = APIRouter(prefix="/v1/thaid", responses=FAULTS)

        @router.post(
            "/start",
            response_model=models.ThaiDStartedModel,
            openapi_extra=openapi.body(models.ThaiDStartModel),
            summary="Begin a ThaiD session for this counter (Authorization: Bearer token)",
        )
        async def start(request: Request) -> Response:
            token = _token(request)

            def handle(message: dict[str, Any]) -> bytes:
                return to_text(self.flow.start(token, purpose(message.get("purpose"))).to_json()).encode()

            return await wire.answer(request, handle, admit=lambda: self._admit(token, self._starts))

        @router.post(
            "/poll",
            response_model=models.ThaiDStateModel,
            openapi_extra=openapi.body(models.ThaiDPollModel),
            summary="How the session stands; waits for news up to 25 s; hands the person over once",
        )
        async def poll(request: Request) -> Response:
            token = _token(request)
            try:
                message = await wire.message(request, lambda: self._admit(token, self._polls))
                answer = await self._news(request, token, message)
            except CounterError as error:
                return wire.refusal(error)
            return wire.reply(request, to_text(answer.to_json()).encode())

        @router.post(
            "/record",
            response_model=models.LhrRecordModel,
            openapi_extra=openapi.body(models.ThaiDSessionModel),
            summary="The own record (LHR) of the person of a session, once; the server keeps nothing of it",
        )
        async def record(request: Request) -> Response:
            token = _token(request)

            def handle(message: dict[str, Any]) -> bytes:
                return to_text(self.flow.record(token, session_id(message.get("session"))).to_json()).encode()

            answer = await wire.answer(request, handle, admit=lambda: self._admit(token, self._starts))
            answer.headers["cache-control"] = "no-store"
            return answer

        @router.post(
            "/cancel",
            response_model=dict[str, str],
            openapi_extra=openapi.body(models.ThaiDSessionModel),
            summary="End the session and forget what it holds",
        )
        async def cancel(request: Request) -> Response:
            token = _token(request)

            def handle(message: dict[str, Any]) -> bytes:
                self.flow.cancel(token, session_id(message.get("session")))
                return b"{}"

            return await wire.answer(request, handle, admit=lambda: self._admit(token, self._polls))

        return router

    def _admit(self, token: str, limiter: Limiter) -> None:
        handlers.admit(self.database, token)
        if not limiter.allow(sessions.hashed(token).hex()):
            raise Denied(429, "too_many_tries", "เคาน์เตอร์นี้เรียก ThaiD บ่อยเกินไป", "รอสักครู่แล้วลองใหม่")

    async def _news(self, request: Request, token: str, message: dict[str, Any]) -> PollAnswer:
        session = session_id(message.get("session"))
        seen = line(message.get("seen", ""), "seen", 20)
        until = time.monotonic() + min(whole(message.get("wait", 0), "wait"), LONGEST_POLL)
        row = await self._look(token, session)
        with self.bell.listening(row.id_hash) as heard:
            # looked at once more: what happened before the bell was heard
            row = await self._look(token, session)
            while sessions.status_of(row) == seen and (left := until - time.monotonic()) > 0:
                if self._stopped.is_set() or await request.is_disconnected():
                    break
                await self.bell.wait(heard, min(left, LOOK_SECONDS))
                row = await self._look(token, session)
        if await request.is_disconnected():
            # nobody would hear it, and a person is told only once
            return PollAnswer(seen)
        return await run_in_threadpool(self.flow.answer, row)

    async def _look(self, token: str, session: str) -> Row[Any]:
        return await run_in_threadpool(self.flow.counter_session, token, session)

    def citizens(self) -> APIRouter:
        """`/thaid/…`: what a citizen's browser opens."""
        router = APIRouter(prefix="/thaid", include_in_schema=False)

        @router.get("/go/{link}")
        def show(request: Request, link: str) -> Response:
            if not self._visits.allow(_address(request)):
                return _html(pages.busy(), 429)
            shown = self.flow.invitation(link[:100], _browser(request))
            if shown is None:
                return self._stray(request)
            return HTMLResponse(pages.invitation(shown), 200, _with_form_to(shown.issuer))

        @router.post("/go/{link}")
        def go(request: Request, link: str) -> Response:
            if not self._visits.allow(_address(request)):
                return _html(pages.busy(), 429)
            try:
                departure = self.flow.open_link(link[:100], _browser(request))
            except Trouble:
                return _html(pages.returned("failed", ""), 502)
            if departure is None:
                return self._stray(request)
            answer = RedirectResponse(departure.url, 303, HEADERS)
            answer.set_cookie(
                departure.cookie, departure.browser, max_age=COOKIE_SECONDS, path="/thaid", secure=departure.secure,
                httponly=True, samesite="lax",
            )  # fmt: skip
            return answer

        @router.get("/callback")
        def callback(request: Request) -> Response:
            if not self._visits.allow(_address(request)):
                return _html(pages.busy(), 429)
            pairs = request.query_params.multi_items()
            query = dict(pairs)
            if len(query) != len(pairs) or len(pairs) > 20:
                return self._stray(request)
            told, afterwards = self.flow.come_back(query, _browser(request))
            if told.outcome == "unknown":
                return self._stray(request)
            answer = _html(pages.returned(told.outcome, told.reference), 200 if told.outcome != "failed" else 400)
            answer.delete_cookie(f"thaid-{told.reference}", path="/thaid")
            answer.background = BackgroundTask(afterwards)
            return answer

        return router

    def _stray(self, request: Request) -> Response:
        """A link or state that is used, over, or was never given."""
        if not self._strays.allow(_address(request)):
            return _html(pages.busy(), 429)
        return _html(pages.returned("unknown", ""), 404)


def _token(request: Request) -> str:
    return request.headers.get("authorization", "").removeprefix("Bearer ").strip()


def _address(request: Request) -> str:
    return request.client.host if request.client else ""


def _browser(request: Request) -> Callable[[str], str]:
    return lambda name: request.cookies.get(name, "")


def _with_form_to(issuer: str) -> dict[str, str]:
    """A browser holds a form's redirects to form-action, too, and the provider may redirect within its own house."""
    parts = urlsplit(issuer)
    also = "https:" if parts.scheme == "https" else f"{parts.scheme}://{parts.netloc}"
    policy = HEADERS["content-security-policy"].replace("form-action 'self'", f"form-action 'self' {also}")
    return {**HEADERS, "content-security-policy": policy}


def _html(page: str, status: int = 200) -> HTMLResponse:
    return HTMLResponse(page, status, HEADERS)
