"""The messages of sync/thaid_messages.py as pydantic models: only the description at /openapi.json is made of them."""

from typing import Literal

from pydantic import BaseModel, Field


class ThaiDStartModel(BaseModel):
    """A counter wants to know somebody by ThaiD."""

    protocol: int = Field(examples=[1])
    purpose: Literal["citizen", "staff", "lhr"]


class ThaiDStartedModel(BaseModel):
    """A session of this counter."""

    session: str = Field(description="Secret of this counter, for poll and cancel; never in an address")
    url: str = Field(description="What the person's phone or browser opens, once; to be shown as QR")
    reference: str = Field(description="Letters that the counter's screen and the person's page both show")
    expires_at: int = Field(description="Milliseconds UTC since 1970")
    seconds: int = Field(description="The same, from now")


class ThaiDSessionModel(BaseModel):
    """Which session."""

    protocol: int = Field(examples=[1])
    session: str


class ThaiDPollModel(ThaiDSessionModel):
    """Answer as soon as the status is no longer `seen`."""

    seen: str = Field("", description="The status that the counter knows")
    wait: int = Field(0, description="Seconds to wait at most, up to 25")


class ThaiDPersonModel(BaseModel):
    """A person; everything but the number may be empty. The server forgets it with this answer."""

    citizen_id: str
    title: str
    first_name: str
    middle_name: str
    last_name: str
    title_en: str
    first_name_en: str
    middle_name_en: str
    last_name_en: str
    birth: str = Field(description="ISO 8601, CE, as far as known: day, month or year", examples=["1984-02-29", "1984"])
    gender: Literal["male", "female", ""]
    address: str
    ial: str = Field(description="Level of identity assurance as the provider sent it")
    checked_at: int = Field(description="When the proof was checked, milliseconds UTC since 1970")


class ThaiDStateModel(BaseModel):
    """How a session stands."""

    status: Literal["waiting", "opened", "checking", "done", "denied", "expired", "failed", "cancelled", "fetched"]
    person: ThaiDPersonModel | None = Field(None, description="With done, once")
    code: str = Field("", description="Stable English key of what went wrong")
    title: str = Field("", description="Thai: what is wrong")
    hint: str = Field("", description="Thai: what to do next")


class LhrFieldModel(BaseModel):
    """One line of a record."""

    group: str
    label: str
    values: list[str]
    masked: bool = Field(description="To be shown only when its owner asks")


class LhrRecordModel(BaseModel):
    """The own record of a member of the staff; only what the server's description names."""

    fields: list[LhrFieldModel]
    minutes: int = Field(description="How long it may be shown")
