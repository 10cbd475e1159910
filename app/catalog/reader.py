"""Reads one table of a service definition strictly, and remembers every problem with the key it lies at.

Reading goes on after a problem with a harmless value, so that one check of a file tells all there is to mend.
"""

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, TypeVar

Made = TypeVar("Made")

CODE = re.compile(r"[a-z][a-z0-9_]{0,39}")
CAPITALS = re.compile(r"[A-Z][A-Z0-9_]{0,39}")


@dataclass(frozen=True, slots=True)
class Problem:
    """A mistake in a definition: the file's name, the key ("fields[2].type") and what is wrong, in Thai."""

    file: str
    key: str
    message: str

    def __str__(self) -> str:
        return f"{self.file}: {self.key}: {self.message}" if self.key else f"{self.file}: {self.message}"


@dataclass(slots=True)
class Problems:
    """What was found so far in one file."""

    file: str
    found: list[Problem]

    def add(self, key: str, message: str) -> None:
        """One more, at this key."""
        self.found.append(Problem(self.file, key, message))


class Reader:
    """One table. `path` is where it lies: "", or "fields[2]" counted from 0."""

    def __init__(self, table: Any, path: str, problems: Problems) -> None:
        self.path = path
        self.problems = problems
        self._table: Mapping[str, Any] = table if isinstance(table, Mapping) else {}
        if not isinstance(table, Mapping):
            problems.add(path, "ต้องเป็นตาราง (คีย์ = ค่า)")

    def at(self, key: str) -> str:
        """The full path of a key."""
        return f"{self.path}.{key}" if self.path else key

    def refuse(self, key: str, message: str) -> None:
        """Remember a problem with a key of this table."""
        self.problems.add(self.at(key), message)

    def has(self, key: str) -> bool:
        """Whether the table says anything about the key."""
        return key in self._table

    def only(self, kind: type) -> None:
        """Every key must be one of the dataclass; others are refused by name."""
        known = [item.name for item in fields(kind) if item.init]
        for key in self._table:
            if key not in known:
                self.refuse(key, f"ไม่รู้จักคีย์นี้ คีย์ที่ใช้ได้: {', '.join(known)}")

    def text(self, key: str, default: str | None = None) -> str:
        """A text; without a default it must be there and not be empty."""
        if self._absent(key, default is None):
            return default or ""
        value = self._table[key]
        if not isinstance(value, str):
            self.refuse(key, "ต้องเป็นข้อความในเครื่องหมายคำพูด")
            return default or ""
        if not value.strip() and default is None:
            self.refuse(key, "ต้องไม่ว่าง")
        return value

    def code(self, key: str, default: str | None = None) -> str:
        """A stable English key: small letters, digits and underscores."""
        value = self.text(key, default)
        if value and not CODE.fullmatch(value):
            self.refuse(key, "ต้องเป็นอักษรอังกฤษตัวเล็ก ตัวเลข และ _ ขึ้นต้นด้วยตัวอักษร")
        return value

    def capitals(self, key: str) -> bool:
        """Whether the key holds a code of capitals, as products have ("DIESEL_B7")."""
        return bool(CAPITALS.fullmatch(str(self._table.get(key))))

    def one_of(self, key: str, words: Collection[str], default: str | None = None) -> str:
        """A word of a closed vocabulary."""
        value = self.text(key, default)
        if value:
            self._known(key, value, words)
        return value

    def texts(self, key: str, default: tuple[str, ...] = ()) -> tuple[str, ...]:
        """A list of texts."""
        value = self._table.get(key, default)
        if isinstance(value, list | tuple) and all(isinstance(item, str) and item for item in value):
            return tuple(value)
        self.refuse(key, 'ต้องเป็นรายการข้อความ เช่น ["…", "…"]')
        return ()

    def some_of(self, key: str, words: Collection[str], default: tuple[str, ...] = ()) -> tuple[str, ...]:
        """A list of words of a closed vocabulary."""
        values = self.texts(key, default)
        for value in values:
            self._known(key, value, words)
        return values

    def integer(self, key: str, default: int | None = None, *, minimum: int = 0) -> int:
        """A whole number; without a default it must be there."""
        fallback = minimum if default is None else default
        if self._absent(key, default is None):
            return fallback
        value = self._table[key]
        if not isinstance(value, int) or isinstance(value, bool):
            self.refuse(key, "ต้องเป็นจำนวนเต็ม")
            return fallback
        if value < minimum:
            self.refuse(key, f"ต้องไม่น้อยกว่า {minimum}")
        return value

    def optional_integer(self, key: str) -> int | None:
        """A whole number from nought up, or None when the key is absent."""
        return self.integer(key) if self.has(key) else None

    def decimal(self, key: str) -> Decimal | None:
        """A number as an integer or decimal text, never a float; None when the key is absent."""
        value = self._table.get(key)
        if value is None:
            return None
        if isinstance(value, int | str) and not isinstance(value, bool):
            try:
                number = Decimal(value)
            except InvalidOperation:
                number = Decimal("NaN")
            if number.is_finite():
                return number
        self.refuse(key, 'ต้องเป็นจำนวนเต็มหรือทศนิยมในเครื่องหมายคำพูด เช่น "1.20"')
        return None

    def day(self, key: str) -> date:
        """A date, as TOML or ISO text; it must be there."""
        value = self._table.get(key)
        try:
            return value if type(value) is date else date.fromisoformat(str(value))
        except ValueError:
            self.refuse(key, "ต้องเป็นวันที่ ค.ศ. แบบ 2026-11-20")
            return date.min

    def boolean(self, key: str, default: bool = False) -> bool:
        """true or false."""
        value = self._table.get(key, default)
        if not isinstance(value, bool):
            self.refuse(key, "ต้องเป็น true หรือ false")
            return default
        return value

    def raw(self, key: str) -> Any:
        """Whatever is there; None when nothing is."""
        return self._table.get(key)

    def table(self, key: str, build: Callable[["Reader"], Made], default: Made) -> Made:
        """A table inside this one, built by `build`; the default when absent."""
        if key not in self._table:
            return default
        return build(Reader(self._table[key], self.at(key), self.problems))

    def tables(self, key: str, build: Callable[["Reader"], Made]) -> tuple[Made, ...]:
        """A list of tables ([[fields]] …), each built by `build`."""
        return tuple(build(reader) for reader in self._rows(key))

    def _rows(self, key: str) -> Iterator["Reader"]:
        rows = self._table.get(key, ())
        if not isinstance(rows, list | tuple):
            self.refuse(key, f"ต้องเป็นรายการตาราง [[{key}]]")
            return
        for place, row in enumerate(rows):
            yield Reader(row, f"{self.at(key)}[{place}]", self.problems)

    def _absent(self, key: str, required: bool) -> bool:
        if key in self._table:
            return False
        if required:
            self.refuse(key, "ต้องมีคีย์นี้")
        return True

    def _known(self, key: str, value: str, words: Collection[str]) -> None:
        if value not in words:
            self.refuse(key, f"ไม่รู้จัก “{value}” ค่าที่ใช้ได้: {', '.join(words)}")
