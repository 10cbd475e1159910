"""The papers that come with a case: which the service requires, which were received, and what is done about the others.

A paper is received as a file or by hand; the clerk says which. The office's `required_papers` decides whether a missing
one is told ("warn"), keeps the case from being taken ("refuse"), or is nobody's concern ("off").
"""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from app.catalog.schema import AttachmentRule, Service
from app.domain.errors import Refused
from app.services.model import Applicant, FiledBy

OFF, WARN, REFUSE = "off", "warn", "refuse"
MODES: Final[Mapping[str, str]] = {WARN: "เตือน แต่ยังรับเรื่อง", REFUSE: "ไม่รับเรื่องจนกว่าจะครบ", OFF: "ไม่ตรวจ"}
SETTING: Final = "required_papers"
POWER: Final = "power_of_attorney"


def offered(service: Service, answers: Mapping[str, Any]) -> list[AttachmentRule]:
    """The papers that may come with a case with these answers, finished or half-typed."""
    return [rule for rule in service.attachments if rule.shown_when is None or rule.shown_when.holds(answers)]


def required(service: Service, answers: Mapping[str, Any], filer: FiledBy | None) -> list[AttachmentRule]:
    """Those that it must have; whoever files for somebody else needs a power of attorney."""
    return [rule for rule in offered(service, answers) if rule.required or (rule.key == POWER and filer is not None)]


def missing(
    service: Service,
    answers: Mapping[str, Any],
    received: Iterable[str],
    filer: FiledBy | None = None,
    applicant: Applicant | None = None,
) -> list[AttachmentRule]:
    """Those that it must have and has not. A power of attorney noted beside the person counts as received."""
    here = set(received)
    if (filer is not None and filer.authority) or (applicant is not None and applicant.power_of_attorney):
        here.add(POWER)
    return [rule for rule in required(service, answers, filer) if rule.key not in here]


def check(
    office: Mapping[str, Any],
    service: Service,
    answers: Mapping[str, Any],
    received: Iterable[str],
    filer: FiledBy | None,
    applicant: Applicant,
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """(keys received, labels of what is missing). Refused "unknown_paper", and "papers_missing" where the office takes
    no case without them."""
    mode = office.get(SETTING, WARN)
    keys = tuple(dict.fromkeys(received))
    known = {rule.key for rule in service.attachments}
    for key in keys:
        if key not in known:
            shown = key if key.isprintable() and len(key) <= 40 else "…"
            hint = f"ใช้รหัสใดรหัสหนึ่งใน {', '.join(sorted(known))}" if known else "บริการนี้ไม่มีเอกสารแนบ"
            raise Refused("unknown_paper", f"ไม่รู้จักเอกสาร “{shown}”", hint, "papers")
    if mode == OFF:
        return keys, ()
    names = tuple(rule.label for rule in missing(service, answers, keys, filer, applicant))
    if names and mode == REFUSE:
        hint = "รับเอกสารแล้วทำเครื่องหมายว่ารับแล้ว หรือแจ้งผู้ยื่นว่าขาดอะไร"
        raise Refused("papers_missing", f"ยังขาดเอกสาร: {', '.join(names)}", hint, "papers")
    return keys, names
