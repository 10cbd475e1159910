"""ThaiD at the counter: ask the central server for a session, show its address, wait for the person.

A counter knows neither issuer nor client: only the address that the citizen opens. Without a line, without a server or
without ThaiD there it is `Unavailable`, and the words name the other ways of knowing the citizen.

    session = thaid.begin(store)                      # one short request; call it off the main thread
    waiting = thaid.watch(session, on_outcome)        # a thread; on_outcome gets a ThaiDPerson or a CounterError
    waiting.cancel()                                  # whenever the clerk has had enough
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from app.domain.errors import CounterError, Refused, Unavailable
from app.services.own_record import Field, OwnRecord
from app.services.thaid import CITIZEN, LHR, STAFF, ThaiDPerson, address_of, birth_of
from app.store.engine import Store
from sync import link
from sync.client import Client
from sync.json_form import Malformed
from sync.thaid_messages import (
    DENIED,
    DONE,
    LONGEST_POLL,
    OPENED,
    UNDER_WAY,
    Identity,
    PollAnswer,
    RecordAnswer,
    StartAnswer,
    cancel_request,
    poll_request,
    record_request,
    start_request,
)

CONNECT_SECONDS = 5.0
GRACE_SECONDS = 10.0
"""How long after a session's end its answer may still be asked for: the citizen may have pressed at the last moment."""
RECORD_SECONDS = 75.0
"""The server gives the other system 60 at most, and has its own work around it."""
PAUSES = (0.5, 1.0, 2.0, 4.0)
OTHER_WAYS = {
    CITIZEN: "เสียบบัตรอ่านจากชิป หรือดูบัตรแล้วพิมพ์เลข 13 หลักแทนได้",
    STAFF: "เข้าใช้ด้วยรหัสผ่านแทนได้",
    LHR: "เปิดดูในระบบ LHR โดยตรงได้",
}
TEMPORARY = frozenset({"server_error", "server_unreachable", "server_name", "too_many_tries", "server_silent",
                       "connection_cut", "answer_cut", "answer_broken", "answer_not_ours"})  # fmt: skip
"""A poll that fails so is repeated: the session lives on the server, not on the line."""

Outcome = ThaiDPerson | CounterError
Told = Callable[[Outcome], None]


@dataclass(frozen=True, slots=True)
class ThaiDSession:
    """What the window shows while it waits. `url` goes into the QR and may be opened in this machine's browser."""

    url: str = field(repr=False)
    reference: str
    expires_at: datetime
    purpose: str
    seconds: int
    id: str = field(repr=False)
    server_url: str = field(repr=False)
    token: str = field(repr=False)


def begin(store: Store, purpose: str = CITIZEN) -> ThaiDSession:
    """A new session. Unavailable "thaid_no_server", "thaid_offline", "thaid_not_configured" and what else stops it."""
    server_url, token = _where(store, purpose)
    try:
        with Client(server_url, token, connect_seconds=CONNECT_SECONDS, read_seconds=20.0) as client:
            answer = client.ask("/v1/thaid/start", start_request(purpose), StartAnswer.from_json)
    except CounterError as error:
        raise _unavailable(error, purpose) from None
    expires_at = datetime.fromtimestamp(answer.expires_at / 1000, UTC)
    return ThaiDSession(
        answer.url, answer.reference, expires_at, purpose, answer.seconds, answer.session, server_url, token
    )


def resumed(store: Store, session: str, purpose: str = CITIZEN, seconds: int = 300) -> ThaiDSession:
    """A session that another process of this counter began."""
    server_url, token = _where(store, purpose)
    return ThaiDSession("", "", datetime.now(UTC), purpose, seconds, session, server_url, token)


def wait(
    session: ThaiDSession,
    stop: threading.Event | None = None,
    opened: Callable[[], None] | None = None,
    seconds: float | None = None,
) -> ThaiDPerson:
    """The person, once ThaiD has vouched for them; `opened` is called when the citizen has opened the address.

    Refused "thaid_denied"; Unavailable for every other end, among them "thaid_cancelled" after `stop`. A line that
    breaks meanwhile is waited for.
    """
    stopped = stop or threading.Event()
    deadline = time.monotonic() + (session.seconds + GRACE_SECONDS if seconds is None else seconds)
    seen, failures = "", 0
    with Client(
        session.server_url, session.token, connect_seconds=CONNECT_SECONDS, read_seconds=LONGEST_POLL + 10
    ) as it:
        while (left := deadline - time.monotonic()) > 0 and not stopped.is_set():
            try:
                answer = it.ask(
                    "/v1/thaid/poll", poll_request(session.id, seen, min(left, LONGEST_POLL)), PollAnswer.from_json
                )
            except CounterError as error:
                if error.code not in TEMPORARY:
                    raise _unavailable(error, session.purpose) from None
                stopped.wait(min(PAUSES[min(failures, len(PAUSES) - 1)], max(left, 0.0)))
                failures += 1
                continue
            failures = 0
            if answer.status == OPENED and seen != OPENED and opened is not None:
                opened()
            if answer.status not in UNDER_WAY:
                return _outcome(answer, session.purpose)
            seen = answer.status
    if stopped.is_set():
        raise Unavailable("thaid_cancelled", "ยกเลิกการใช้ ThaiD แล้ว", f"เริ่มใหม่ได้ หรือ{OTHER_WAYS[session.purpose]}")
    raise Unavailable("thaid_expired", "หมดเวลารอ ThaiD", f"เริ่มใหม่ได้ทันที หรือ{OTHER_WAYS[session.purpose]}")


def cancel(session: ThaiDSession) -> None:
    """Let the server forget the session; where that does not get through, it forgets by itself within 15 minutes."""
    try:
        with Client(session.server_url, session.token, connect_seconds=2.0, read_seconds=5.0) as client:
            client.ask("/v1/thaid/cancel", cancel_request(session.id), lambda _answer: None)
    except CounterError:
        return


def record(session: ThaiDSession, person: ThaiDPerson, read_at: datetime) -> OwnRecord:
    """The own record of the person of a session, once; a minute at most. Unavailable for every other end."""
    try:
        with Client(
            session.server_url, session.token, connect_seconds=CONNECT_SECONDS, read_seconds=RECORD_SECONDS
        ) as client:
            answer = client.ask("/v1/thaid/record", record_request(session.id), RecordAnswer.from_json)
    except CounterError as error:
        raise _unavailable(error, session.purpose) from None
    fields = tuple(Field(one.group, one.label, one.values, one.masked) for one in answer.fields)
    return OwnRecord(person.full_name, fields, answer.minutes, read_at)


class Watch:
    """A thread that waits for one session. Exactly one outcome is told, on that thread, unless it was cancelled."""

    def __init__(self, session: ThaiDSession, told: Told, opened: Callable[[], None] | None = None) -> None:
        self.session = session
        self._told = told
        self._opened = opened
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="thaid", daemon=True)
        self._thread.start()

    def _run(self) -> None:
        outcome: Outcome
        try:
            outcome = wait(self.session, self._stop, self._say_opened)
        except CounterError as error:
            outcome = error
        except Exception:
            # a bug of ours: the window must not wait for ever; the thread's end tells the log
            self._tell(Unavailable("thaid_fault", "ใช้ ThaiD ไม่สำเร็จ", OTHER_WAYS[self.session.purpose]))
            raise
        self._tell(outcome)

    def _tell(self, outcome: Outcome) -> None:
        if not self._stop.is_set():
            self._told(outcome)

    def _say_opened(self) -> None:
        if self._opened is not None and not self._stop.is_set():
            self._opened()

    def cancel(self) -> None:
        """End it and let the server forget; returns at once, and no outcome is told any more."""
        if not self._stop.is_set():
            self._stop.set()
            threading.Thread(target=cancel, args=(self.session,), name="thaid cancel", daemon=True).start()

    def join(self, seconds: float) -> None:
        """At the program's end: wait for the thread, which ends soon after `cancel`."""
        self._thread.join(seconds)


def watch(session: ThaiDSession, told: Told, opened: Callable[[], None] | None = None) -> Watch:
    """Wait for the session on a thread of its own."""
    return Watch(session, told, opened)


def person_of(identity: Identity, purpose: str) -> ThaiDPerson:
    """The counter's own form of what the server sent."""
    birth_date, precision = birth_of(identity.birth)
    return ThaiDPerson(
        citizen_id=identity.citizen_id,
        title=identity.title,
        first_name=identity.first_name,
        middle_name=identity.middle_name,
        last_name=identity.last_name,
        title_en=identity.title_en,
        first_name_en=identity.first_name_en,
        middle_name_en=identity.middle_name_en,
        last_name_en=identity.last_name_en,
        birth_date=birth_date,
        birth_precision=precision,
        gender=identity.gender,
        address_text=identity.address,
        address=address_of(identity.address),
        ial=identity.ial,
        checked_at=datetime.fromtimestamp(identity.checked_at / 1000, UTC),
        purpose=purpose,
    )


def _outcome(answer: PollAnswer, purpose: str) -> ThaiDPerson:
    if answer.status == DONE and answer.person is not None:
        return person_of(answer.person, purpose)
    kind = Refused if answer.status == DENIED else Unavailable
    raise kind(answer.code or f"thaid_{answer.status}", answer.title or "ใช้ ThaiD ไม่สำเร็จ", _hint(answer.hint, purpose))


def _hint(hint: str, purpose: str) -> str:
    """The server speaks of citizens; a clerk who signs in has another way."""
    return hint.replace(OTHER_WAYS[CITIZEN], OTHER_WAYS[purpose]) or OTHER_WAYS[purpose]


def _where(store: Store, purpose: str) -> tuple[str, str]:
    try:
        with store.read() as connection:
            found = link.read_link(connection, store.store_id)
    except Refused as error:
        raise Unavailable(
            "thaid_no_server",
            "ใช้ ThaiD ไม่ได้ เพราะเครื่องนี้ยังไม่ได้เข้าร่วมกับเครื่องแม่ข่ายกลาง",
            f"{OTHER_WAYS[purpose]} ({error.code})",
        ) from None
    return found.url, found.token


def _unavailable(error: CounterError, purpose: str) -> Unavailable:
    """Whatever stops ThaiD never stops the counter: the words say what else can be done."""
    if purpose == LHR and error.code == "malformed":
        title = "เครื่องแม่ข่ายกลางนี้ยังไม่รองรับการดูทะเบียนประวัติ (LHR)"
        return Unavailable("lhr_not_supported", title, f"แจ้งผู้ดูแลเครื่องแม่ข่ายให้ปรับปรุงโปรแกรม {OTHER_WAYS[LHR]}")
    if isinstance(error, Malformed) or error.code == "answer_not_ours":
        title = "เครื่องแม่ข่ายกลางนี้ยังไม่รองรับ ThaiD หรือ Wi-Fi รอให้เข้าสู่ระบบอยู่"
        return Unavailable("thaid_not_supported", title, OTHER_WAYS[purpose])
    if error.code.startswith(("thaid_", "lhr_")) or isinstance(error, Refused):
        return Unavailable(error.code, error.title, _hint(error.hint, purpose))
    return Unavailable(
        "thaid_offline",
        "ใช้ ThaiD ไม่ได้ขณะนี้ เพราะติดต่อเครื่องแม่ข่ายกลางไม่ได้",
        f"{OTHER_WAYS[purpose]} ({error.code})",
    )
