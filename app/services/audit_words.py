"""What the audit's actions are called, and the groups in which people look for them (resources/guides/audit.toml)."""

import tomllib
from dataclasses import dataclass
from functools import cache

import resources
from app.domain.errors import Refused


@dataclass(frozen=True, slots=True)
class Group:
    """Actions that are looked for together. An action that ends in "_" stands for all that begin so."""

    code: str
    title: str
    actions: tuple[tuple[str, str], ...]


@cache
def groups() -> tuple[Group, ...]:
    """In the order of the file."""
    data = tomllib.loads(resources.path("guides", "audit.toml").read_text("utf-8"))
    return tuple(Group(row["code"], row["title"], tuple(row["actions"].items())) for row in data["group"])


@cache
def words(action: str) -> str:
    """What an action is called; the action itself where the file does not know it."""
    named = {name: text for group in groups() for name, text in group.actions}
    if action in named:
        return named[action]
    beginning = next((name for name in named if name.endswith("_") and action.startswith(name)), "")
    return f"{named[beginning]} ({action.removeprefix(beginning)})" if beginning else action


def condition(code: str) -> tuple[str, list[str]]:
    """The SQL term on `action` of a group and its values. Refused "group" for one that there is not."""
    found = next((group for group in groups() if group.code == code), None)
    if found is None:
        known = ", ".join(group.code for group in groups())
        raise Refused("group", "ไม่มีกลุ่มรายการนี้", f"ใช้ค่าใดค่าหนึ่งใน {known}", "group")
    whole = [name for name, _ in found.actions if not name.endswith("_")]
    begun = [name for name, _ in found.actions if name.endswith("_")]
    elsewhere = [name for group in groups() if group is not found for name, _ in group.actions]
    terms = [f"action IN ({', '.join('?' * len(whole))})"]
    values = list(whole)
    for name in begun:  # "print_" takes print_sent, and leaves what another group names itself
        taken = [one for one in elsewhere if one.startswith(name)]
        not_these = f" AND action NOT IN ({', '.join('?' * len(taken))})" if taken else ""
        terms.append(f"(substr(action, 1, {len(name)}) = ?{not_these})")
        values += [name, *taken]
    return f"({' OR '.join(terms)})", values
