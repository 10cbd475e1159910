"""Everything a citizen may ask for at this counter, flat: services, and the second level of their categories.

"ไฟฟ้า" finds "ระบบสาธารณูปโภค › ไฟฟ้าสาธารณะ · กองช่าง · 3 วันทำการ".
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from app.catalog.schema import Service
from app.services import rights
from app.services.model import Actor
from ui.counter import kedmanee

SEPARATOR = " › "


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the service picker; `chosen` are the answers that it gives, none where there are no categories."""

    key: str
    service: str
    group: str
    name: str
    division: str
    days: str
    chosen: tuple[tuple[str, str], ...]
    found_by: str

    @property
    def title(self) -> str:
        """Group and name as one line."""
        return f"{self.group}{SEPARATOR}{self.name}" if self.group else self.name

    @property
    def meta(self) -> str:
        """Division and time limit."""
        return " · ".join(part for part in (self.division, self.days) if part)


def days_text(days: int | None) -> str:
    """A time limit in working days as people say it."""
    if days is None:
        return ""
    return f"{days} วันทำการ" if days else "ภายในวันนี้"


def entries(catalog: Mapping[str, Service], office_kind: str) -> list[Entry]:
    """All entries in the order of the catalogue."""
    found: list[Entry] = []
    for service in catalog.values():
        if any(field.type == "category" for field in service.fields):
            found += _subcategories(service, office_kind)
        else:
            found.append(_whole(service, office_kind))
    return found


def _whole(service: Service, office_kind: str) -> Entry:
    division = service.division_by_code(service.default_division)
    return Entry(
        key=service.code,
        service=service.code,
        group="",
        name=service.short_name,
        division=division.name_in(office_kind) if division else "",
        days=days_text(service.due.working_days if service.due.rule != "none" else None),
        chosen=(),
        found_by=f"{service.name} {service.short_name} {service.form_code}".casefold(),
    )


def _subcategories(service: Service, office_kind: str) -> list[Entry]:
    field = next(field for field in service.fields if field.type == "category")
    found = []
    for main in service.categories:
        for sub in main.subcategories:
            division = service.division_by_code(sub.division)
            days = sub.working_days if sub.working_days is not None else service.due.working_days
            found.append(
                Entry(
                    key=f"{service.code}/{main.code}/{sub.code}",
                    service=service.code,
                    group=main.name,
                    name=sub.name,
                    division=division.name_in(office_kind) if division else "",
                    days=days_text(days if service.due.rule != "none" else None),
                    chosen=((field.key, main.code), (field.sub_key, sub.code)),
                    found_by=f"{sub.name} {main.name} {service.short_name}".casefold(),
                )
            )
    return found


def creatable(known: Iterable[Entry], actor: Actor) -> list[Entry]:
    """Those whose cases the person may register."""
    return [entry for entry in known if rights.may(actor, rights.CREATE, entry.service)]


def search(known: list[Entry], text: str) -> list[Entry]:
    """The entries that hold every word of `text`, best first; also what was typed with the wrong keyboard."""
    words = text.casefold().split()
    if not words:
        return known
    found = [entry for entry in known if all(word in entry.found_by for word in words)]
    if not found and not kedmanee.looks_thai(text):
        words = kedmanee.as_thai(text).split()
        found = [entry for entry in known if all(word in entry.found_by for word in words)]
    return sorted(found, key=lambda entry: _rank(entry, words[0]))


def _rank(entry: Entry, word: str) -> int:
    name = entry.name.casefold()
    return 0 if name.startswith(word) else 1 if word in name else 2
