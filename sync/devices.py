"""What an administrator at a counter asks its server about the office's counters (sync/server/device_routes.py)."""

from typing import Any

from app.store.engine import Store
from sync.client import Client
from sync.json_form import array, line, table, to_text
from sync.link import read_link
from sync.protocol import PROTOCOL

PATH = "/v1/devices"


def listing(store: Store) -> list[dict[str, Any]]:
    """The counters in order of joining, as the server tells of them; `me` marks this one."""
    return [dict(table(one, "devices")) for one in array(_ask(store, {"do": "list"}).get("devices"), "devices")]


def revoke(store: Store, device: str, reason: str) -> int:
    """Shut one out; returns how many of its numbers nobody has reported."""
    return int(_ask(store, {"do": "revoke", "device": device, "reason": reason}).get("numbers_unused", 0))


def code(store: Store, replaces: str = "", reason: str = "") -> tuple[str, str]:
    """(address, one-time code) for a new counter, or for the PC in place of `replaces`, which is shut out."""
    wish = {"do": "replace", "device": replaces, "reason": reason} if replaces else {"do": "code"}
    with store.read() as connection:
        url = read_link(connection, store.store_id).url
    return url, line(_ask(store, wish).get("code"), "code", 40)


def _ask(store: Store, wish: dict[str, Any]) -> dict[str, Any]:
    with store.read() as connection:
        link = read_link(connection, store.store_id)
    with Client(link.url, link.token) as client:
        return client.ask(PATH, to_text({"protocol": PROTOCOL, **wish}).encode(), dict)
