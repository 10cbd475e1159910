"""A service definition as a JSON document, and back: the database keeps every version, the server hands them out.

The document has the shape of the TOML file with defaults left out, so one builder reads both.
"""

from dataclasses import MISSING, Field, fields, is_dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from app.catalog.builder import build_service
from app.catalog.reader import Problem, Problems
from app.catalog.schema import Service
from app.domain.errors import Refused


def to_document(service: Service) -> dict[str, Any]:
    """The definition as JSON-ready values: texts, whole numbers, booleans, lists and objects."""
    return _table(service)


def from_document(document: Any, *, source: str = "") -> Service:
    """The definition of a document. Refused "service_definition" with the first mistake's key."""
    problems = Problems(source or _source_of(document), [])
    service = build_service(document, problems)
    if problems.found:
        raise refused(problems.found)
    return service


def refused(problems: list[Problem]) -> Refused:
    """The error that names file and key of the first problem, and how many more there are."""
    more = f" (และอีก {len(problems) - 1} แห่ง)" if len(problems) > 1 else ""
    hint = "โปรดแก้ไขนิยามบริการ แล้วตรวจด้วยคำสั่ง services check"
    return Refused("service_definition", f"{problems[0]}{more}", hint, problems[0].key or None)


def _source_of(document: Any) -> str:
    code = document.get("code") if isinstance(document, dict) else None
    return code if isinstance(code, str) else "service"


def _table(value: Any) -> dict[str, Any]:
    return {
        item.name: _plain(getattr(value, item.name), item)
        for item in fields(value)
        if item.init and getattr(value, item.name) != _default(item)
    }


def _default(item: "Field[Any]") -> Any:
    return item.default if item.default is not MISSING else MISSING


def _plain(value: Any, item: "Field[Any]") -> Any:
    if item.metadata.get("mapping"):
        return dict(value)
    if isinstance(value, tuple):
        return [_table(entry) if is_dataclass(entry) else entry for entry in value]
    if isinstance(value, Decimal | date):
        return str(value)
    return _table(value) if is_dataclass(value) else value
