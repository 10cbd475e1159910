"""Changes of an office's settings, item by item, so that what two counters change at once does not undo each other.

A change is {"key", "item"?, "value"?}: a setting of its own, or one item of a list or table of settings; without a
value it is taken away. Counters tell the central server so (event "office_changed"), and both work it out here.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final

from app.domain.errors import Refused

Document = Mapping[str, Any]
Change = Mapping[str, Any]

KIND: Final = "office_changed"
PLAIN: Final = frozenset(
    {
        "name", "phone", "tax_id", "hours", "similar_within_days", "reopen_within_days", "rate", "late", "confirmed",
        "lock_after_minutes", "form_codes", "services", "required_papers",
    }
)  # fmt: skip
"""Settings that are replaced whole."""
TABLES: Final = frozenset(
    {"address", "sms", "holiday_names", "thaid_campaign", "appointments", "contacts", "ordinances", "receipts"}
)
"""Settings that are changed key by key."""
LISTS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "holidays": (),
        "replies": ("code",),
        "landmarks": ("name",),
        "categories": ("service", "category", "code"),
        "paper": ("since",),
        "divisions": ("code",),
        "service_settings": ("service",),
    }
)
"""Settings that are changed row by row, and what names a row; () for a list of texts."""
MOST = 5_000
LONGEST = 200_000
"""Characters of the changes of one event, as JSON."""


def item_name(key: str, row: Any) -> str:
    """What names a row of a list: its text, or the texts that name it, joined."""
    parts = LISTS[key]
    return "/".join(str(row[part]) for part in parts) if parts else str(row)


def difference(before: Document, after: Document) -> list[Change]:
    """What has to be changed to come from one document to the other, in the keys that may be changed."""
    found: list[Change] = []
    for key in sorted(PLAIN):
        if before.get(key) != after.get(key) and key in after:
            found.append({"key": key, "value": after[key]})
    for key in sorted(TABLES):
        found += _items(key, dict(before.get(key) or {}), dict(after.get(key) or {}))
    for key in LISTS:
        found += _items(key, _named(key, before.get(key) or ()), _named(key, after.get(key) or ()))
    return found


def applied(document: Document, changes: Iterable[Change]) -> dict[str, Any]:
    """The document after the changes. Refused "settings_form" for what is no change of a setting."""
    result = dict(document)
    for change in check(list(changes)):
        key, item = change["key"], change.get("item")
        if key in PLAIN:
            result[key] = change["value"]
        elif key in TABLES:
            result[key] = _without(dict(result.get(key) or {}), item, change)
        else:
            rows = _without(_named(key, result.get(key) or ()), item, change)
            result[key] = sorted(rows.values()) if not LISTS[key] else list(rows.values())
    return result


def check(changes: object) -> Sequence[Change]:
    """The changes, or Refused "settings_form"."""
    if not isinstance(changes, list) or len(changes) > MOST or len(json.dumps(changes)) > LONGEST:
        raise _form()
    for change in changes:
        if not isinstance(change, dict) or not _is_change(change):
            raise _form()
    return changes


def _is_change(change: Mapping[str, Any]) -> bool:
    key, item = change.get("key"), change.get("item")
    if key in PLAIN:
        return "value" in change and item is None
    if not isinstance(item, str) or not item:
        return False
    if key in TABLES or "value" not in change:
        return key in TABLES or key in LISTS
    if key not in LISTS:
        return False
    value, parts = change["value"], LISTS[str(key)]
    if not parts:
        return bool(value == item)
    return isinstance(value, dict) and all(isinstance(value.get(part), str) for part in parts) and (
        item_name(str(key), value) == item
    )  # fmt: skip


def _items(key: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Change]:
    changed = [{"key": key, "item": item, "value": after[item]} for item in after if before.get(item) != after[item]]
    return [*changed, *({"key": key, "item": item} for item in before if item not in after)]


def _named(key: str, rows: Iterable[Any]) -> dict[str, Any]:
    return {item_name(key, row): row for row in rows}


def _without(items: dict[str, Any], item: Any, change: Change) -> dict[str, Any]:
    """The items with the change carried out; a new one comes last."""
    if "value" in change:
        items[item] = change["value"]
    else:
        items.pop(item, None)
    return items


def _form() -> Refused:
    return Refused("settings_form", "การเปลี่ยนการตั้งค่าผิดรูปแบบ", "ปรับปรุงโปรแกรมให้เป็นรุ่นล่าสุด แล้วลองใหม่", "settings")
