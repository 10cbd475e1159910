"""What is left of a case's events when its data are destroyed: the one rule of counters and central server.

Numbers, steps, days, sums and who of the office did what stay, so that every number and receipt can still be accounted
for; what a person said or is goes.
"""

from collections.abc import Mapping
from typing import Any, Final

from app.domain import grants
from app.domain.errors import Refused

KIND: Final = "case_destroyed"
"""{"destruction": key of the list, "number", "listed_by", "approved_by"}"""
RECORD_KIND: Final = "record_destroyed"
"""Of something that the office keeps beside its cases: {"destruction", "kind", "key", "listed_by", "approved_by"}"""
KINDS: Final = (KIND, RECORD_KIND)
GONE: Final = "(ทำลายแล้ว)"
"""Stands where a name or subject stood."""
REGISTERED: Final = ("petition_registered", "filing_registered")
KEPT: Final = frozenset({
    "number", "service", "version", "status", "division", "division_name", "due_on", "total_satang", "restricted",
    "from", "to", "agency", "assignee", "series", "run", "book", "no", "fiscal_year", "book_kind", "method",
    "received_on", "business_on", "cashier", "shift", "receipt", "replaces", "external_no", "state", "approved_by",
    "original_returned", "ref1", "ref2", "satang", "id", "sha256", "size", "format", "copy", "what", "of", "status_at",
    "purpose", "decision", "with", "field", "base", "seen", "public", "score", "code", "stopped_on", "days",
    "destruction", "listed_by",
})  # fmt: skip
"""Parts of an event's payload that are about the office's work."""
OF_RECEIPT: Final = frozenset({
    "title", "paper", "office", "place", "footer", "book", "no", "fiscal_year", "date", "date_text", "number",
    "total_satang", "total_text", "method", "method_text", "cashier", "position", "counter", "note", "external_no",
    "received_satang", "change_satang", "cheque_note", "replaces", "paid_satang", "until", "until_text", "due_text",
    "ref1", "ref2", "service", "check",
})  # fmt: skip
"""Parts of the document of a receipt or a bill that are about the money."""
RECORDS: Final = frozenset({"data_request", "breach", "lhr_request"})
"""The kinds of office records that hold what people said of themselves: only these may be destroyed."""
OF_RECORD: Final = frozenset({
    "kind", "state", "received_on", "due_on", "closed_on", "found_at", "risk", "told_at", "people_told_at", "closed_at",
    "submitted_at",
})  # fmt: skip
"""Parts of an office record (a data subject's request, a breach, a request of staff) that say what came when."""
OF_CASE: Final = ("channel", "counter", "division", "office")


def check(payload: Mapping[str, Any]) -> None:
    """Refused "destruction_unapproved" for an event that does not name two different people."""
    listed, approved = payload.get("listed_by"), payload.get("approved_by")
    if not (isinstance(listed, str) and isinstance(approved, str) and listed and approved and listed != approved):
        raise Refused("destruction_unapproved", "การทำลายนี้ไม่มีผู้อนุมัติอีกคน", "แจ้งผู้ดูแลระบบ")


def check_record(record: bytes, payload: Mapping[str, Any]) -> None:
    """The same for RECORD_KIND; Refused "destruction_kind" for what may not be destroyed or is not what it says."""
    check(payload)
    kind, key = payload.get("kind"), payload.get("key")
    if not (kind in RECORDS and isinstance(key, str) and grants.record_of(str(kind), key) == record):
        raise Refused("destruction_kind", "รายการชนิดนี้ทำลายไม่ได้", "แจ้งผู้ดูแลระบบ")


def event_left(kind: str, payload: Mapping[str, Any]) -> dict[str, Any]:
    """What is left of an event. Done again it changes nothing."""
    left = {key: value for key, value in payload.items() if key in KEPT}
    if kind in REGISTERED:
        left |= {"subject": GONE, "document": document_left(payload.get("document", {}))}
    elif kind in ("receipt_issued", "bill_issued"):
        left["document"] = receipt_left(payload.get("document", {}))
    elif kind == "receipt_voided":
        left["reason"] = GONE
    elif kind == "status_changed" and payload.get("note"):
        left["note"] = GONE  # that there was a reason: a server that has not got the step yet asks for one
    elif kind == "attachment_added":
        left["name"] = GONE
    elif kind == "office_record_changed":
        left |= {key: payload[key] for key in ("change", "kind", "key", "revision") if key in payload}
        left["document"] = record_left(payload.get("document", {}))
    elif kind == "office_file_added":
        left |= {key: payload[key] for key in ("kind", "key") if key in payload}
        left["name"] = GONE
    elif kind == RECORD_KIND:
        left |= {key: payload[key] for key in ("kind", "key") if key in payload}
    elif kind == "receiving_numbered":
        left["name"] = payload.get("name", "")
    elif kind == "document_printed":
        left["document"] = payload.get("document", "")
    elif kind == "case_corrected":
        left["fields"] = {}
    elif kind == "conflict_chosen":
        left["value"] = ""
    elif kind == "late_waived":
        left |= {key: payload[key] for key in ("order_number", "ordered_on", "approver") if key in payload}
        left["reason"] = GONE
    elif kind == "consent_changed":
        left["version"] = payload.get("version", "")
    return left


def document_left(document: Mapping[str, Any]) -> dict[str, Any]:
    """What is left of the document of a case; readable for every program that reads such documents."""
    kept = {key: document[key] for key in OF_CASE if key in document}
    return {**kept, "applicant": {}, "answers": {}, "officer": "", "destroyed": True}


def record_left(document: Mapping[str, Any]) -> dict[str, Any]:
    """What is left of a thing that the office kept beside its cases: what it was and when, nobody's words."""
    return {**{key: document[key] for key in OF_RECORD if key in document}, "destroyed": True}


def receipt_left(document: Mapping[str, Any]) -> dict[str, Any]:
    """What is left of the document of a receipt or a bill: the money, not the payer."""
    items = [
        {"revenue_code": item.get("revenue_code", ""), "description": "", "period": item.get("period", ""),
         "satang": item.get("satang", 0)}
        for item in document.get("items", [])
    ]  # fmt: skip
    kept = {key: value for key, value in document.items() if key in OF_RECEIPT}
    shares = [{key: part[key] for key in ("method", "method_text", "satang") if key in part}
              for part in document.get("parts", [])]  # fmt: skip
    kept |= {"parts": shares} if shares else {}
    return {**kept, "items": items, "payer": {"name": GONE}, "destroyed": True}
