"""The messages of sync/protocol.py as pydantic models: only the description at /openapi.json is made from them."""

from typing import Any

from pydantic import BaseModel, Field

EventArray = tuple[int, str, str, str, int, str, dict[str, Any]]
ChangeArray = tuple[str, int, str, str, str, int, str, dict[str, Any]]
RejectionArray = tuple[int, str, str]
LeaseWantedArray = tuple[str, str, int]
LeaseArray = tuple[str, str, str, int, int]


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


def body(model: type[BaseModel]) -> dict[str, Any]:
    """`openapi_extra` of a route that reads its body itself."""
    schema = model.model_json_schema(ref_template="#/components/schemas/{model}")
    return {"requestBody": {"required": True, "content": {"application/json": {"schema": schema}}}}
