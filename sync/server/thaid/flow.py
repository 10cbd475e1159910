"""One sign-in from the counter's wish to the counter's answer; free of HTTP's server side.

start (counter) -> open_link (citizen's browser) -> the provider -> come_back (browser) -> poll (counter).
"""

import hashlib
import logging
import threading
import time
from base64 import urlsafe_b64encode
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from sqlalchemy import Row, select

from app.domain import thai_date
from app.domain.errors import CounterError
from sync.server import devices, tables
from sync.server.database import Database
from sync.server.faults import Denied
from sync.server.offices import now_ms
from sync.server.thaid import claims as claims_of
from sync.server.thaid import id_token, sessions
from sync.server.thaid import settings as settings_of
from sync.server.thaid.fetch import Trouble, basic, get_json, post_form
from sync.server.thaid.lhr import Description, Source
from sync.server.thaid.provider import Endpoints, Provider
from sync.server.thaid.seal import Seal
from sync.server.thaid.settings import STAFF_SCOPES, Settings
from sync.server.thaid.words import words
from sync.thaid_messages import (
    DENIED,
    DONE,
    FAILED,
    LHR,
    OPENED,
    STAFF,
    WAITING,
    Identity,
    PollAnswer,
    RecordAnswer,
    StartAnswer,
)

LOG = logging.getLogger(__name__)
DENIALS = frozenset({"access_denied", "user_cancelled", "consent_required", "interaction_required", "login_required"})
MOST_CODE = 2048
MOST_CALLS = 16
"""Sign-ins that may wait for a provider at the same moment: a slow one must not take the threads of the sync away."""
CALL_SECONDS = 5.0
Told = Callable[[bytes], None]


@dataclass(frozen=True, slots=True)
class Invitation:
    """What the page shows before a citizen goes on to the provider."""

    office: str
    counter: str
    reference: str
    purpose: str
    scopes: tuple[str, ...]
    issuer: str


@dataclass(frozen=True, slots=True, repr=False)
class Departure:
    """Where a browser is sent, and the cookie that it is known by when it comes back."""

    url: str
    cookie: str
    browser: str
    secure: bool


@dataclass(frozen=True, slots=True)
class Return:
    """What the citizen is told after coming back: "done", "denied", "failed" or "unknown"."""

    outcome: str
    reference: str = ""


def cookie_name(reference: str) -> str:
    """One cookie a session: a shared browser may have several under way."""
    return f"thaid-{reference}"


class Flow:
    """The relying party on one database. `told` hears the session's hash whenever its status has changed."""

    def __init__(self, database: Database, told: Told, lhr: Description | None = None) -> None:
        self.database = database
        self._lhr = Source(lhr) if lhr is not None else None
        self.told = told
        self._seal: Seal | None = None
        self._providers: dict[str, Provider] = {}
        self._lock = threading.Lock()
        self._calls = threading.BoundedSemaphore(MOST_CALLS)

    @property
    def seal(self) -> Seal:
        """Made at its first use: a server without ThaiD needs no key for it."""
        with self._lock:
            if self._seal is None:
                self._seal = Seal(self.database)
            return self._seal

    def start(self, token: str, purpose: str) -> StartAnswer:
        """Begin a session for a counter. Denied "thaid_not_configured", "thaid_too_many"."""
        with self.database.read() as connection:
            device = devices.authenticate(connection, token)
            settings = settings_of.load(connection, self.seal, device.office)
        if settings is None:
            raise Denied(409, "thaid_not_configured", *words("thaid_not_configured"))
        if purpose == LHR:
            self._source()
        with self.database.write() as connection:
            begun = sessions.begin(connection, device, purpose)
        if begun is None:
            raise Denied(429, "thaid_too_many", "เคาน์เตอร์นี้มี ThaiD ค้างอยู่หลายรายการ", "ยกเลิกรายการที่ค้าง หรือรอ 5 นาที")
        session, link, reference, expires_at = begun
        url = f"{settings.redirect_base}/thaid/go/{link}"
        return StartAnswer(session, url, reference, expires_at, sessions.LIFE_MS // 1000)

    def counter_session(self, token: str, session: str) -> Row[Any]:
        """The session, for the device that began it. Denied 404 for every other."""
        with self.database.read() as connection:
            device = devices.authenticate(connection, token)
            row = sessions.of_counter(connection, device, session)
        if row is None:
            raise Denied(404, "thaid_session_unknown", *words("thaid_expired"))
        return row

    def answer(self, row: Row[Any]) -> PollAnswer:
        """How a session stands; a person is handed over and deleted in the same breath."""
        status, code = sessions.status_of(row), str(row.code)
        if status == DONE:
            with self.database.write() as connection:
                person = sessions.fetch(connection, self.seal, row)
            if person is not None:
                return PollAnswer(DONE, person)
            status, code = FAILED, "thaid_fetched"
        code = code or {"expired": "thaid_expired"}.get(status, "")
        return PollAnswer(status, None, code, *(words(code) if code else ()))

    def cancel(self, token: str, session: str) -> None:
        """End a session and forget what it holds."""
        row = self.counter_session(token, session)
        with self.database.write() as connection:
            taken = sessions.take_token(connection, self.seal, row)
            sessions.cancel(connection, row)
        self.told(row.id_hash)
        if taken is not None:
            self._take_back(row, taken[0])

    def record(self, token: str, session: str) -> RecordAnswer:
        """The own record of the person of a session, once, while the session lasts. Nothing of it is kept here.
        Denied for every other end, in words for that person."""
        source, row = self._source(), self.counter_session(token, session)
        with self.database.write() as connection:
            taken = sessions.take_token(connection, self.seal, row)
        if taken is None:
            raise Denied(409, "lhr_used", *words("lhr_used"))
        try:
            return source.fetch(*taken)
        except Trouble as trouble:
            LOG.warning("lhr: %s", trouble.code)
            raise Denied(409, trouble.code, *words(trouble.code)) from None
        finally:
            self._take_back(row, taken[0])

    def _source(self) -> Source:
        code = "lhr_not_configured" if self._lhr is None else "lhr_not_valid"
        today = thai_date.local(datetime.now(UTC)).date()
        if self._lhr is None or not self._lhr.description.holds(today):
            raise Denied(409, code, *words(code))
        return self._lhr

    def _take_back(self, row: Row[Any], access: str) -> None:
        """On a thread of its own: nobody waits for the provider to forget a token."""

        def revoke() -> None:
            try:
                with self.database.read() as connection:
                    settings = settings_of.load(connection, self.seal, row.office)
                if settings is not None:
                    endpoints = self._provider(settings.issuer).endpoints()
                    _revoke(endpoints, access, basic(settings.client_id, settings.client_secret))
            except (Trouble, CounterError):
                LOG.info("thaid token not revoked")

        threading.Thread(target=revoke, name="thaid revoke", daemon=True).start()

    def invitation(self, link: str, browser_of: Callable[[str], str]) -> Invitation | None:
        """What the page of a link shows; nothing is used up by looking. None: the link is used, over, or none."""
        with self.database.read() as connection:
            row = sessions.of_link(connection, link)
            if row is None or not _may_open(row, browser_of(cookie_name(row.reference))):
                return None
            settings = settings_of.load(connection, self.seal, row.office)
            office = connection.execute(select(tables.office.c.name).where(tables.office.c.code == row.office)).scalar()
            device = tables.device
            counter = connection.execute(
                select(device.c.name).where(device.c.office == row.office, device.c.id == row.device)
            ).scalar()
        if settings is None:
            return None
        scopes = self._scopes(settings, row.purpose)
        return Invitation(str(office), str(counter), row.reference, row.purpose, scopes, settings.issuer)

    def open_link(self, link: str, browser_of: Callable[[str], str]) -> Departure | None:
        """Send a browser off to the provider. None: the link is used, over, or none. Raises Trouble."""
        with self.database.read() as connection:
            row = sessions.of_link(connection, link)
            settings = settings_of.load(connection, self.seal, row.office) if row else None
        if row is None or settings is None:
            return None
        browser = browser_of(cookie_name(row.reference))
        if not _may_open(row, browser):
            return None
        endpoints = self._ended_by_trouble(row, lambda: self._provider(settings.issuer).endpoints())
        with self.database.write() as connection:
            opening = sessions.open_link(connection, self.seal, row, browser)
        if opening is None:
            return None
        self.told(row.id_hash)
        url = _departure(endpoints, settings, self._scopes(settings, row.purpose), opening, self._resource(row))
        secure = settings.redirect_base.startswith("https:")
        return Departure(url, cookie_name(row.reference), opening.browser, secure)

    def come_back(self, query: dict[str, str], browser_of: Callable[[str], str]) -> tuple[Return, Callable[[], None]]:
        """A browser returns from the provider: (what to tell it, what to do after it was told)."""
        state = query.get("state", "")
        with self.database.read() as connection:
            row = sessions.of_state(connection, state) if state else None
            settings = settings_of.load(connection, self.seal, row.office) if row else None
        if row is None or settings is None or not sessions.is_live(row):
            return Return("unknown"), _nothing
        if settings.same_browser and not sessions.is_browser(row, browser_of(cookie_name(row.reference))):
            self._end(row, FAILED, "thaid_other_browser")
            return Return("failed", row.reference), _nothing
        with self.database.write() as connection:
            taken = sessions.take_state(connection, self.seal, row)
        if taken is None:
            return Return("unknown"), _nothing
        if "error" in query:
            return self._refused(row, query["error"]), _nothing
        try:
            person, access, tidy = self._ended_by_trouble(row, lambda: self._exchange(settings, query, *taken))
        except Trouble:
            return Return("failed", row.reference), _nothing
        with self.database.write() as connection:
            kept = sessions.finish(connection, self.seal, row, person, access if row.purpose == LHR else "")
        self.told(row.id_hash)
        if row.purpose == LHR and kept:
            return Return("done", row.reference), _nothing
        return Return("done" if kept else "unknown", row.reference), tidy

    def clear(self) -> None:
        """Delete what is older than 15 minutes."""
        with self.database.read() as connection:
            old = sessions.anything_old(connection)
        if old:
            with self.database.write() as connection:
                sessions.clear_old(connection)

    def _refused(self, row: Row[Any], error: str) -> Return:
        if error in DENIALS:
            self._end(row, DENIED, "thaid_denied")
            return Return("denied", row.reference)
        self._end(row, FAILED, "thaid_provider_error")
        return Return("failed", row.reference)

    def _end(self, row: Row[Any], status: str, code: str) -> None:
        LOG.warning("thaid %s: %s", status, code)
        with self.database.write() as connection:
            sessions.end(connection, row, status, code)
        self.told(row.id_hash)

    def _ended_by_trouble(self, row: Row[Any], act: Callable[[], Any]) -> Any:
        """What `act` gives; whatever stops it ends the session with its code, so that no counter waits in vain."""
        try:
            return self._called(act)
        except Trouble as trouble:
            self._end(row, FAILED, trouble.code)
            raise
        except CounterError as error:
            self._end(row, FAILED, error.code)
            raise Trouble(error.code) from None
        except Exception:
            self._end(row, FAILED, "thaid_interrupted")
            raise

    def _called(self, act: Callable[[], Any]) -> Any:
        if not self._calls.acquire(timeout=CALL_SECONDS):
            raise Trouble("thaid_provider_silent")
        try:
            return act()
        finally:
            self._calls.release()

    def _provider(self, issuer: str) -> Provider:
        with self._lock:
            return self._providers.setdefault(issuer, Provider(issuer))

    def _scopes(self, settings: Settings, purpose: str) -> tuple[str, ...]:
        if purpose not in (STAFF, LHR):
            return settings.scopes
        who = tuple(scope for scope in settings.scopes if scope in STAFF_SCOPES)
        if purpose == STAFF or self._lhr is None:
            return who
        return tuple(dict.fromkeys((*who, *self._lhr.description.scopes)))

    def _resource(self, row: Row[Any]) -> str:
        return self._lhr.description.resource if row.purpose == LHR and self._lhr is not None else ""

    def _exchange(
        self, settings: Settings, query: dict[str, str], nonce: str, verifier: str
    ) -> tuple[Identity, str, Callable[[], None]]:
        """The code for tokens, the tokens for a person: (who, access token, what takes it back)."""
        provider = self._provider(settings.issuer)
        if query.get("iss", settings.issuer) != settings.issuer:
            raise Trouble("thaid_issuer")
        code = query.get("code", "")
        if not code or len(code) > MOST_CODE:
            raise Trouble("thaid_code_refused")
        endpoints = provider.endpoints()
        authorization = basic(settings.client_id, settings.client_secret)
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": settings.redirect_uri}
        if endpoints.pkce:
            form["code_verifier"] = verifier
        answer = post_form(endpoints.token, form, authorization)
        access = answer.get("access_token")
        access = access if isinstance(access, str) else ""
        claims = id_token.verified(answer.get("id_token"), provider, settings, nonce, access, time.time())
        _check_expiry(answer.get("expires_in"), time.time())
        person = claims_of.person(_joined(claims, answer, endpoints, access), now_ms())
        return person, access, lambda: _revoke(endpoints, access, authorization)


def _may_open(row: Row[Any], browser: str) -> bool:
    if not sessions.is_live(row):
        return False
    return bool(row.status == WAITING or (row.status == OPENED and sessions.is_browser(row, browser)))


def _departure(
    endpoints: Endpoints, settings: Settings, scopes: tuple[str, ...], opening: sessions.Opening, resource: str
) -> str:
    query = {
        "response_type": "code",
        "client_id": settings.client_id,
        "redirect_uri": settings.redirect_uri,
        "scope": " ".join(scopes),
        "state": opening.state,
        "nonce": opening.nonce,
    }
    if endpoints.pkce:
        digest = hashlib.sha256(opening.verifier.encode()).digest()
        challenge = urlsafe_b64encode(digest).rstrip(b"=").decode()
        query |= {"code_challenge": challenge, "code_challenge_method": "S256"}
    if resource:
        query["resource"] = resource
    if endpoints.fresh_login:
        query["prompt"] = "login"
    joint = "&" if "?" in endpoints.authorization else "?"
    return f"{endpoints.authorization}{joint}{urlencode(query)}"


def _check_expiry(value: object, now: float) -> None:
    """ThaiD's `expires_in` is the instant at which the tokens end, in Unix seconds; other providers give a duration."""
    try:
        seconds = float(value) if isinstance(value, str | int | float) else None
    except ValueError:
        seconds = None
    if seconds is not None and (seconds <= 0 or (seconds > 10**9 and seconds <= now - id_token.LEEWAY)):
        raise Trouble("thaid_token_expired")


def _joined(claims: dict[str, Any], answer: dict[str, Any], endpoints: Endpoints, access: str) -> dict[str, Any]:
    """The signed claims first; then those beside the token, which the same answer brought; at last userinfo.

    Two different numbers in one answer, or userinfo of another subject, mean that something is mixed up.
    """
    beside = {name: value for name, value in answer.items() if name not in ("id_token", "access_token")}
    if "pid" in claims and "pid" in beside and claims["pid"] != beside["pid"]:
        raise Trouble("thaid_subject")
    found = {**beside, **claims}
    if not found.get("pid") and access:
        told = get_json(endpoints.userinfo, f"Bearer {access}")
        if told.get("sub", claims.get("sub")) != claims.get("sub"):
            raise Trouble("thaid_subject")
        found = {**told, **found}
    return found


def _revoke(endpoints: Endpoints, access: str, authorization: str) -> None:
    """The access token has done its work; a provider that will not take it back lets it end in 15 minutes."""
    if access:
        try:
            post_form(endpoints.revocation, {"token": access}, authorization)
        except Trouble as trouble:
            LOG.info("thaid token not revoked: %s", trouble.code)


def _nothing() -> None:
    """There is nothing to do afterwards."""
