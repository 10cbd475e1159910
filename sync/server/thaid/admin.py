"""What the administrator of the central server does about ThaiD from the command line."""

from collections.abc import Iterator
from contextlib import contextmanager

from app.domain.errors import Refused, Unavailable
from sync.server import offices
from sync.server.database import Database
from sync.server.thaid import settings as settings_of
from sync.server.thaid.fetch import Trouble
from sync.server.thaid.provider import Provider
from sync.server.thaid.seal import Seal
from sync.server.thaid.settings import EVERY_OFFICE, Settings
from sync.server.thaid.words import words


@contextmanager
def _opened(url: str) -> Iterator[tuple[Database, Seal]]:
    database = Database(url)
    try:
        yield database, Seal(database)
    finally:
        database.close()


def configure(database_url: str, settings: Settings, office: str = EVERY_OFFICE) -> dict[str, object]:
    """Keep the settings for an office, or for every office without its own; returns them without the secret."""
    settings = settings_of.checked(settings)
    with _opened(database_url) as (database, seal), database.write() as connection:
        if office:
            offices.known(connection, office)
        settings_of.put(connection, seal, office, settings)
    return settings.shown()


def show(database_url: str, office: str = EVERY_OFFICE) -> dict[str, object]:
    """The settings that hold for an office, without the secret. Refused "thaid_not_configured"."""
    return _holding(database_url, office).shown()


def check(database_url: str, office: str = EVERY_OFFICE) -> dict[str, object]:
    """Ask the provider for its description and keys: {issuer, authorization, pkce, reachable}."""
    settings = _holding(database_url, office)
    provider = Provider(settings.issuer)
    try:
        endpoints = provider.endpoints()
        provider.key("")
    except Trouble as trouble:
        title, _ = words(trouble.code)
        raise Unavailable(trouble.code, title, "ตรวจที่อยู่ issuer และการออกอินเทอร์เน็ตของเครื่องแม่ข่าย แล้วลองใหม่") from None
    return {
        "issuer": settings.issuer,
        "authorization": endpoints.authorization,
        "redirect_uri": settings.redirect_uri,
        "pkce": endpoints.pkce,
        "reachable": True,
    }


def forget(database_url: str, office: str = EVERY_OFFICE) -> bool:
    """Remove the settings kept for exactly this office (or for every office); False where there were none."""
    with _opened(database_url) as (database, _seal), database.write() as connection:
        return settings_of.remove(connection, office)


def _holding(database_url: str, office: str) -> Settings:
    with _opened(database_url) as (database, seal), database.read() as connection:
        settings = settings_of.load(connection, seal, office)
    if settings is None:
        raise Refused("thaid_not_configured", "เครื่องแม่ข่ายนี้ยังไม่ได้ตั้งค่า ThaiD", "ตั้งค่าด้วยคำสั่ง thaid configure")
    return settings
