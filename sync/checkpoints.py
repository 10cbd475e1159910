"""Checkpoints of the audit chain: how long it is and what its last link is, signed by this counter, kept by the server.

Whoever rewrites the history in the counter's file cannot take back what the server holds. A counter that finds its own
chain unlike the server's says so to the server before anything else.
"""

import time
from dataclasses import dataclass
from typing import Any

from app.domain.errors import CounterError, Refused
from app.services.audit import Checkpoint
from app.store.engine import Store
from app.store.meta import meta_get, meta_set
from sync import bundles
from sync.checkpoint_form import PATH, signature, signed_text
from sync.client import Client
from sync.json_form import Malformed, to_text
from sync.link import read_link
from sync.protocol import PROTOCOL

EVERY_S = 3_600.0
KEPT = "audit_checkpoint"
"""Fact of the store: "<seq> <hash>" of the newest checkpoint that the server took."""


@dataclass(frozen=True, slots=True)
class _Head:
    seq: int
    hash: bytes
    at: int


def ask(store: Store, read_seconds: float = 30.0) -> Checkpoint | None:
    """The newest checkpoint that the server holds of this counter, None where it has none yet."""
    return _post(store, {}, read_seconds)


def send(store: Store, read_seconds: float = 30.0) -> Checkpoint | None:
    """Give the server a checkpoint of now. Refused "history_rewritten" where this chain does not go on from the one
    that the server holds; the server has then been told."""
    bundles.know_each_other(store, read_seconds)
    last = ask(store, read_seconds)
    with store.read() as connection:
        head = _head(connection)
        before = _link_at(connection, last.seq) if last is not None else b""
        key = bytes.fromhex(meta_get(connection, bundles.SIGN))
    if last is not None and last.seq == head.seq and last.hash == head.hash:
        return last
    message = {
        "seq": head.seq,
        "hash": head.hash.hex(),
        "at": head.at,
        "previous": before.hex(),
        "signature": signature(key, signed_text(store.store_id, head.seq, head.hash, head.at)),
    }
    taken = _post(store, message, read_seconds)
    if taken is not None:
        with store.write("sync") as work:
            meta_set(work.connection, KEPT, f"{taken.seq} {taken.hash.hex()}")
    if last is not None and before != last.hash:
        raise Refused(
            "history_rewritten",
            "ประวัติการใช้งานในเครื่องนี้ไม่ตรงกับที่เครื่องแม่ข่ายเก็บไว้",
            "อย่าใช้เครื่องนี้ต่อ แจ้งผู้ดูแลระบบ และสั่ง verify เพื่อดูรายการที่ไม่ตรง",
        )
    return taken


class Sender:
    """Sends a checkpoint after a good sync, once an hour; a fault of it never disturbs the sync."""

    def __init__(self, store: Store, read_seconds: float = 30.0) -> None:
        self._store = store
        self._read_seconds = read_seconds
        self._next = 0.0

    def after_sync(self) -> str:
        """Returns the code of what went wrong, "" for nothing."""
        if time.monotonic() < self._next:
            return ""
        self._next = time.monotonic() + EVERY_S
        try:
            send(self._store, self._read_seconds)
        except CounterError as error:
            return error.code
        return ""


def _post(store: Store, message: dict[str, Any], read_seconds: float) -> Checkpoint | None:
    with store.read() as connection:
        link = read_link(connection, store.store_id)
    body = to_text({"protocol": PROTOCOL, "store_id": store.store_id, **message}).encode()
    with Client(link.url, link.token, read_seconds=read_seconds) as client:
        return client.ask(PATH, body, _checkpoint)


def _checkpoint(found: dict[str, Any]) -> Checkpoint | None:
    seq, text = found.get("seq"), found.get("hash")
    if not isinstance(seq, int) or not isinstance(text, str) or len(text) not in (0, 64):
        raise Malformed("seq")
    try:
        return Checkpoint(seq, bytes.fromhex(text)) if seq else None
    except ValueError:
        raise Malformed("hash") from None


def _head(connection: Any) -> _Head:
    row = connection.exec_driver_sql("SELECT seq, hash, at FROM audit ORDER BY seq DESC LIMIT 1").one()
    return _Head(row.seq, bytes(row.hash), row.at)


def _link_at(connection: Any, seq: int) -> bytes:
    found = connection.exec_driver_sql("SELECT hash FROM audit WHERE seq = ?", (seq,)).scalar()
    return bytes(found) if found is not None else b""
