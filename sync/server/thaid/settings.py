"""The relying party's settings: kept sealed in the server's database, or given whole by the environment.

Nothing of them is built in and none of them leaves the server; the client secret is never shown again.
"""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from urllib.parse import urlsplit

from sqlalchemy import Connection, delete, insert, select

from app.domain.errors import Refused
from sync.server import tables
from sync.server.offices import now_ms
from sync.server.thaid.fetch import is_near
from sync.server.thaid.seal import Seal

EVERY_OFFICE = ""
"""The key of the settings that hold for each office without its own."""
DEFAULT_SCOPES = (
    "openid", "pid", "title", "given_name", "middle_name", "family_name", "name", "title_en", "given_name_en",
    "middle_name_en", "family_name_en", "name_en", "birthdate", "gender", "address", "ial",
)  # fmt: skip
"""What fills the form of a petition; an office may ask for less, and gets no more than its agreement grants."""
STAFF_SCOPES = frozenset({"openid", "pid", "title", "given_name", "family_name", "name", "ial"})
"""Signing in needs no address and no date of birth: these of the granted scopes are asked for then."""
VARIABLES = {
    "issuer": "LAO_THAID_ISSUER",
    "client_id": "LAO_THAID_CLIENT_ID",
    "client_secret": "LAO_THAID_CLIENT_SECRET",
    "redirect_base": "LAO_THAID_REDIRECT_BASE",
    "scopes": "LAO_THAID_SCOPES",
    "same_browser": "LAO_THAID_SAME_BROWSER",
    "nonce_required": "LAO_THAID_NONCE_REQUIRED",
}
CALLBACK = "/thaid/callback"


@dataclass(frozen=True, slots=True)
class Settings:
    """One registration with an identity provider.

    issuer: its address, compared letter by letter with `iss`. redirect_base: the public address of this server.
    same_browser: refuse an answer that comes from another browser than the one that was sent off.
    nonce_required: refuse an ID token without a nonce; a wrong nonce is refused in any case.
    """

    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    redirect_base: str
    scopes: tuple[str, ...] = DEFAULT_SCOPES
    same_browser: bool = True
    nonce_required: bool = True

    @property
    def redirect_uri(self) -> str:
        """The address that has to be registered with the provider, to the letter."""
        return self.redirect_base + CALLBACK

    def shown(self) -> dict[str, object]:
        """What an administrator may see: everything but the secret."""
        return {
            "issuer": self.issuer,
            "client_id": self.client_id,
            "redirect_uri": self.redirect_uri,
            "scopes": list(self.scopes),
            "same_browser": self.same_browser,
            "nonce_required": self.nonce_required,
        }


def checked(settings: Settings) -> Settings:
    """The settings in their one written form; Refused naming the field at fault."""
    scopes = tuple(dict.fromkeys(scope.strip() for scope in settings.scopes if scope.strip()))
    if "openid" not in scopes or "pid" not in scopes:
        raise Refused("thaid_scopes", "ขอบเขตข้อมูล ThaiD ต้องมี openid และ pid", "เพิ่ม openid pid ในรายการ", "scopes")
    for name in ("client_id", "client_secret"):
        if not (text := getattr(settings, name)) or not text.isascii() or not text.isprintable():
            raise Refused(
                f"thaid_{name}", "ค่าที่ได้จากผู้ให้บริการ ThaiD ว่างหรือมีอักขระที่ใช้ไม่ได้", "คัดลอกค่าที่ได้รับมาใส่ใหม่ทั้งหมด", name
            )
    return replace(
        settings,
        issuer=_address(settings.issuer, "issuer"),
        redirect_base=_address(settings.redirect_base, "redirect_base"),
        scopes=scopes,
    )


def _address(text: str, name: str) -> str:
    """An https address without a slash at its end; plain http only inside the house, for trials."""
    try:
        parts = urlsplit(text.strip())
        parts.port  # noqa: B018 - raises for a port that is none
    except ValueError:
        parts = urlsplit("")
    secure = parts.scheme == "https" or (parts.scheme == "http" and is_near(parts.hostname or ""))
    if not secure or not parts.hostname or parts.query or parts.fragment or parts.username:
        raise Refused(f"thaid_{name}", "ที่อยู่นี้ใช้กับ ThaiD ไม่ได้", "ใส่ที่อยู่เต็มที่ขึ้นต้นด้วย https://", name)
    return text.strip().rstrip("/")


def from_environment(environment: Mapping[str, str] = os.environ) -> Settings | None:
    """The settings that the environment gives, whole, or None where it names no client."""
    given = {name: environment.get(variable, "") for name, variable in VARIABLES.items()}
    if not given["client_id"]:
        return None
    return checked(
        Settings(
            issuer=given["issuer"],
            client_id=given["client_id"],
            client_secret=given["client_secret"],
            redirect_base=given["redirect_base"],
            scopes=tuple(given["scopes"].split()) or DEFAULT_SCOPES,
            same_browser=given["same_browser"] != "0",
            nonce_required=given["nonce_required"] != "0",
        )
    )


def load(connection: Connection, seal: Seal, office: str) -> Settings | None:
    """The office's own settings, else the environment's, else those of every office."""
    own = stored(connection, seal, office) if office else None
    return own or from_environment() or stored(connection, seal, EVERY_OFFICE)


def stored(connection: Connection, seal: Seal, office: str) -> Settings | None:
    """The settings kept for exactly this key."""
    table = tables.thaid_settings
    sealed = connection.execute(select(table.c.document).where(table.c.office == office)).scalar()
    if sealed is None:
        return None
    document = json.loads(seal.open(_place(office), sealed))
    return Settings(**{**document, "scopes": tuple(document["scopes"])})


def put(connection: Connection, seal: Seal, office: str, settings: Settings) -> None:
    """Keep the settings in place of what was there."""
    remove(connection, office)
    document = {each.name: getattr(settings, each.name) for each in fields(settings)}
    sealed = seal.close(_place(office), json.dumps(document).encode())
    connection.execute(insert(tables.thaid_settings).values(office=office, document=sealed, at=now_ms()))


def remove(connection: Connection, office: str) -> bool:
    """Forget the settings; False where there were none."""
    table = tables.thaid_settings
    return connection.execute(delete(table).where(table.c.office == office)).rowcount > 0


def _place(office: str) -> str:
    return f"thaid_settings/{office}"
