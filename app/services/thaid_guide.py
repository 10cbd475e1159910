"""How a citizen registers for ThaiD, in two ways of nine steps each, for the screen and the leaflet."""

import tomllib
from dataclasses import dataclass
from functools import cache

import resources


@dataclass(frozen=True, slots=True)
class Way:
    """One way to register. where: what has to be said about the place, or ""."""

    code: str
    title: str
    where: str
    steps: tuple[str, ...]


@cache
def ways() -> tuple[Way, ...]:
    """The two ways, the one without an officer first."""
    data = tomllib.loads(resources.path("guides", "thaid.toml").read_text("utf-8"))
    return tuple(Way(row["code"], row["title"], row["where"], tuple(row["steps"])) for row in data["way"])


def note(way: Way, registration_office: bool) -> str:
    """What is to be said about the place: nothing more where the office registers citizens itself."""
    return "" if registration_office else way.where
