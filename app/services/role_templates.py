"""Role templates (resources/roles.toml): what a person of a kind may do without rights of their own."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import resources
from app.domain.grants import EVERY, VERBS


@dataclass(frozen=True, slots=True)
class RoleTemplate:
    """A template. told: one sentence for who chooses."""

    code: str
    name: str
    told: str
    may: tuple[str, ...]
    general: tuple[str, ...]

    @property
    def rows(self) -> list[dict[str, Any]]:
        """The grid's rows."""
        return [{"service": EVERY, "may": list(self.may)}]


@cache
def templates(every_general: tuple[str, ...]) -> Mapping[str, RoleTemplate]:
    """The templates by their codes. every_general: what "all" stands for."""
    data = tomllib.loads(resources.path("roles.toml").read_text("utf-8"))
    return {
        row["code"]: RoleTemplate(
            row["code"],
            row["name"],
            row["told"],
            tuple(VERBS) if row["may"] == ["all"] else tuple(row["may"]),
            every_general if row["general"] == ["all"] else tuple(row["general"]),
        )
        for row in data["role"]
    }
