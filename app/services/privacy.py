"""Privacy at the counter: the notice as data with a version, and consent for what goes beyond the matter itself.

The work on a petition needs no consent (a public task); only extras do. A consent is given by the applicant's own tick,
never beforehand, and every giving and withdrawing is a row of its own: what holds is the newest one.
"""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

import resources
from app.domain.errors import Refused
from app.services import restricted_cases, rights
from app.services.case_documents import instant
from app.services.case_rows import living
from app.services.counter import Counter
from app.services.model import Actor, NoticeShown
from app.services.person_rows import BY_ROW
from app.store import tables
from app.store.unit_of_work import UnitOfWork, insert_sql

HOWS = {"screen": "แสดงบนจอ", "paper": "ให้เอกสาร", "read_aloud": "อ่านให้ฟัง"}
GIVEN, WITHDRAWN = "given", "withdrawn"
EVENT = "consent_changed"
INSERT = insert_sql(tables.consent)
LAST_WORD = (
    "SELECT n.case_row, n.decision, n.text_version FROM consent n JOIN cases c ON c.row = n.case_row"
    " WHERE c.person = (SELECT person FROM cases WHERE row = ?) AND n.purpose = ? ORDER BY n.row DESC LIMIT 1"
)
LATEST = (
    "SELECT n.purpose, n.text_version, n.decision, n.at, max(n.row) FROM cases c JOIN consent n ON n.case_row = c.row"
    f" WHERE c.person = ({BY_ROW}) GROUP BY n.purpose"
)
"""The newest decision of each purpose: with max() alone, SQLite takes the other columns from that very row."""


@dataclass(frozen=True, slots=True)
class Purpose:
    """One extra for which consent is asked."""

    code: str
    version: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Notice:
    """The privacy notice of this office in one language."""

    version: str
    language: str
    title: str
    short: str
    paragraphs: tuple[str, ...]
    purposes: tuple[Purpose, ...]


@dataclass(frozen=True, slots=True)
class Consent:
    """What holds for one purpose: the newest decision of the person, or none ("")."""

    purpose: Purpose
    decision: str
    text_version: str
    at: datetime | None


@lru_cache(maxsize=4)
def _texts(language: str) -> Mapping[str, Any]:
    file = resources.path("notices", f"privacy.{language}.toml")
    if not (language.isascii() and language.isalpha() and file.is_file()):
        raise Refused("notice_language", "ยังไม่มีประกาศความเป็นส่วนตัวในภาษานี้", "ใช้ภาษาไทย (th)", "notice.language")
    return tomllib.loads(file.read_text("utf-8"))


def notice(counter: Counter, language: str = "th") -> Notice:
    """The notice as it is shown and printed now. Refused "notice_language" where there is none."""
    texts = _texts(language)
    names = {"{office}": counter.office.name, "{phone}": counter.office.phone}
    return Notice(
        version=texts["version"],
        language=texts["language"],
        title=texts["title"],
        short=texts["short"],
        paragraphs=tuple(_filled(paragraph, names) for paragraph in texts["paragraphs"]),
        purposes=tuple(Purpose(row["purpose"], row["version"], row["title"], row["text"]) for row in texts["consent"]),
    )


def _filled(text: str, names: Mapping[str, str]) -> str:
    for mark, name in names.items():
        text = text.replace(mark, name)
    return text


def clean_notice(shown: NoticeShown | None, now: datetime) -> NoticeShown | None:
    """The marker as it is kept; Refused where it names a way or a version that there is not."""
    if shown is None:
        return None
    if shown.how not in HOWS:
        raise Refused("notice_how", "ไม่รู้จักวิธีแจ้งประกาศนี้", f"ใช้ค่าใดค่าหนึ่งใน {', '.join(HOWS)}", "notice.how")
    current = _texts(shown.language)["version"]
    if shown.version != current:
        raise Refused(
            "notice_version", "ประกาศความเป็นส่วนตัวฉบับนี้ไม่ใช่ฉบับปัจจุบัน", f"แสดงฉบับ {current} แก่ผู้ร้อง", "notice.version"
        )
    return NoticeShown(shown.version, shown.language, shown.how, shown.shown_at or now)


def check_purposes(codes: Iterable[str]) -> tuple[Purpose, ...]:
    """The purposes of these codes; Refused for one that is not asked for."""
    known = {row["purpose"]: row for row in _texts("th")["consent"]}
    found = []
    for code in dict.fromkeys(codes):
        if code not in known:
            raise Refused("consent_purpose", "ไม่มีความยินยอมเรื่องนี้", f"ใช้ค่าใดค่าหนึ่งใน {', '.join(known)}", "consents")
        row = known[code]
        found.append(Purpose(code, row["version"], row["title"], row["text"]))
    return tuple(found)


def consents(counter: Counter, person: int) -> tuple[Consent, ...]:
    """What holds for each purpose; one never asked for has the decision ""."""
    with counter.store.read() as connection:
        rows = connection.exec_driver_sql(LATEST, (person,)).fetchall()
    newest = {row.purpose: row for row in rows}
    found = []
    for purpose in notice(counter).purposes:
        row = newest.get(purpose.code)
        found.append(
            Consent(purpose, row.decision, row.text_version, instant(row.at)) if row else Consent(purpose, "", "", None)
        )
    return tuple(found)


def decide(counter: Counter, actor: Actor, number: str, purpose: str, *, given: bool) -> None:
    """Record that the applicant of a case gave or withdrew a consent; said again at once for the same case it
    changes nothing. Refused for an unknown number or purpose."""
    (found,) = check_purposes([purpose])
    decision = GIVEN if given else WITHDRAWN
    with counter.store.write(actor.username) as work:
        case = living(work.connection, number, "c.row, c.id, c.number, c.service, c.restricted")
        restricted_cases.require(actor, case, rights.EDIT, rights.CREATE)
        last = work.run(LAST_WORD, (case.row, found.code)).fetchone()
        if last is None or tuple(last) != (case.row, decision, found.version):
            enter(work, (case.row, case.id, case.number), found, decision)


def enter(work: UnitOfWork, case: tuple[int, bytes, str], purpose: Purpose, decision: str) -> None:
    """Write one decision with its event and audit entry; `case` is (row, id, number)."""
    row, case_id, number = case
    payload = {"purpose": purpose.code, "version": purpose.version, "decision": decision}
    write(work, row, payload, work.by, work.now_ms)
    work.emit(EVENT, case_id, payload)
    work.audit(f"consent_{decision}", number, f"{purpose.code} {purpose.version}")


def write(work: UnitOfWork, case_row: int, payload: Mapping[str, Any], by: str, at: int) -> None:
    """The row of one decision."""
    work.execute(INSERT, (None, case_row, payload["purpose"], payload["version"], payload["decision"], by, at))
    work.changed("person")
