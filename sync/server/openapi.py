"""The messages of sync/protocol.py and its neighbours as pydantic models: only the description at /openapi.json is made
from them."""

from typing import Any, Literal

from pydantic import BaseModel, Field

EventArray = tuple[int, str, str, str, int, str, dict[str, Any]]
ChangeArray = tuple[str, int, str, str, str, int, str, dict[str, Any]]
RejectionArray = tuple[int, str, str]
LeaseWantedArray = tuple[str, str, int]
LeaseArray = tuple[str, str, str, int, int]
BehindArray = tuple[str, str, int, int, int]
HASH = "^[0-9a-f]{64}$"


class Fault(BaseModel):
    """A refusal: nothing was changed."""

    code: str = Field(description="Stable English key")
    title: str = Field(description="Thai: what is wrong")
    hint: str = Field(description="Thai: what to do next")


class SettingsModel(BaseModel):
    """The office document and its service definitions."""

    revision: int
    office: dict[str, Any] = Field(description="The keys of OFFICE.toml, and slip_key")
    services: list[dict[str, Any]]


class EnrolRequestModel(BaseModel):
    """A counter asks to join."""

    protocol: int = Field(examples=[1])
    code: str = Field(description="One-time code, 8 letters and digits")
    store_id: str
    counter_name: str
    app_version: str = ""
    blocks: list[LeaseArray] = Field([], description="[request, block, series, first, last] leased to itself before")
    replaces: list[str] = Field([], description="Store ids of the database this one was restored from")
    books: list[list[Any]] = Field([], description="[request, block, book, fiscal year, first, last] it already has")


class EnrolAnswerModel(BaseModel):
    """Identity, settings and first numbers."""

    device_id: str
    token: str = Field(description="Bearer token, told this once")
    office_code: str
    settings: SettingsModel
    leases: list[LeaseArray]
    server_time: int = Field(description="Milliseconds UTC since 1970")


class SyncRequestModel(BaseModel):
    """What a counter has and wants."""

    protocol: int = Field(examples=[1])
    store_id: str
    cursor: int
    revision: int = Field(description="Revision of the settings it holds")
    app_version: str = ""
    clock: int = Field(description="Its wall clock, milliseconds UTC since 1970")
    events: list[EventArray] = Field([], description="[seq, id, record, kind, at, by, payload], ascending by seq")
    leases_wanted: list[LeaseWantedArray] = Field([], description="[request, series, size]")
    window: int = Field(1_048_576, description="Bytes of changes, uncompressed, wanted in one answer")
    waiting: int = Field(0, description="Events that it will still have to send after this")
    resting: int = Field(0, description="Events in its quarantine")
    registers: bool = Field(False, description="Asks whether numbers of registers (KTR2569) are leased")
    books_wanted: list[list[Any]] = Field([], description="[request, fiscal year] of receipt books")
    held: list[int] = Field([], description="[after, through]: asks how many events of these numbers are there")


class SyncAnswerModel(BaseModel):
    """What the server has committed and what is new."""

    accepted_through: int = Field(description="Highest seq of this store that is settled, taken or rejected")
    cursor: int
    server_time: int
    more: bool = False
    rejected: list[RejectionArray] = Field([], description="[seq, code, reason]")
    changes: list[ChangeArray] = Field([], description="[store_id, seq, id, record, kind, at, by, payload]")
    counters: dict[str, str] = Field({}, description="Name of each store in changes")
    leases: list[LeaseArray] = Field([], description="[request, block, series, first, last]")
    settings: SettingsModel | None = None
    books: list[list[Any]] = Field([], description="[request, block, book, fiscal year, first, last]")
    registers: bool = Field(False, description="Numbers of registers are leased; said when asked")
    permits: bool = Field(False, description="Numbers of permits (KTP2569) are leased; said when asked for registers")
    held: list[int] = Field([], description="[how many, highest seq of them]; said when asked")


class RelayRequestModel(SyncRequestModel):
    """What an office's own server has and wants for its counters."""

    relayed: list[ChangeArray] = Field(
        [], description="[store_id, seq, id, record, kind, at, by, payload], as they came"
    )
    behind: list[BehindArray] = Field([], description="[store_id, name, seen_at, waiting, resting] of each counter")


class RelayNumbersModel(BaseModel):
    """What a counter brings along that joins an office's own server."""

    protocol: int = Field(examples=[1])
    stores: list[str] = Field([], description="Store ids that it was")
    blocks: list[LeaseArray] = Field([], description="[request, block, series, first, last]")
    books: list[list[Any]] = Field([], description="[request, block, book, fiscal year, first, last]")


class RelayCheckpointsModel(BaseModel):
    """What counters behind an office's own server said of their audit chains."""

    protocol: int = Field(examples=[1])
    checkpoints: list[list[Any]] = Field(
        [],
        description="[id, store_id, seq, hash, at, previous_seq, previous, public, signature, alarm] of each,"
        " bytes in hexadecimal",
    )


class KeysModel(BaseModel):
    """The public keys of a counter, for bundles and checkpoints."""

    protocol: int = Field(examples=[1])
    sign: str = Field(description="Ed25519, hexadecimal", pattern=HASH)
    box: str = Field(description="X25519, hexadecimal", pattern=HASH)


class CheckpointModel(BaseModel):
    """The length and last link of a counter's audit chain."""

    protocol: int = Field(examples=[1])
    store_id: str
    seq: int = Field(0, description="How long the chain is; absent: only tells the newest that is kept")
    hash: str = Field("", description="SHA-256, hexadecimal")
    previous: str = Field("", description="The link that the server kept last, or empty")
    at: int = Field(0, description="Milliseconds UTC since 1970")
    signature: str = ""


class DevicesModel(BaseModel):
    """An administrator's wish at a counter."""

    protocol: int = Field(examples=[1])
    do: Literal["list", "code", "revoke", "replace"]
    device: str = Field("", description="Which, to revoke or replace")
    reason: str = Field("", description="Told to the clerk of that counter")


def body(model: type[BaseModel]) -> dict[str, Any]:
    """`openapi_extra` of a route that reads its body itself."""
    schema = model.model_json_schema(ref_template="#/components/schemas/{model}")
    return {"requestBody": {"required": True, "content": {"application/json": {"schema": schema}}}}
