"""A disk that loses its power: what is in its files afterwards.

Model: creation, renaming, linking, removal and a new size are durable at once (a journalling file system is asked for
no more); data are durable only after fsync or fdatasync of their file. Of the data that were not synced either nothing
is left ("none"), or each 4 KiB block is left or not by chance ("rand"): the disk may write them in any order.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Literal

from tests.crash.trace import Created, Event, Linked, Removed, Renamed, Resized, Said, Synced, Written

Policy = Literal["none", "rand"]
POLICIES: tuple[Policy, ...] = ("none", "rand")
BLOCK = 4096
NOT_ON_DISK = "-shm"
"""Shared memory of the write-ahead log; made anew by whoever opens the database first."""


@dataclass
class File:
    """Bytes that are durable, and writes that are not yet."""

    durable: bytearray = field(default_factory=bytearray)
    waiting: list[tuple[int, bytes]] = field(default_factory=list)

    def size(self) -> int:
        return max([len(self.durable), *(offset + len(data) for offset, data in self.waiting)])

    def resize(self, size: int) -> None:
        del self.durable[size:]
        self.waiting = [(offset, data[: size - offset]) for offset, data in self.waiting if offset < size]

    def sync(self) -> None:
        for offset, data in self.waiting:
            _put(self.durable, offset, data)
        self.waiting = []

    def written(self) -> bytes:
        """What who reads it sees while the power is on."""
        left = bytearray(self.durable)
        for offset, data in self.waiting:
            _put(left, offset, data)
        return bytes(left)

    def after_power_cut(self, policy: Policy, source: random.Random) -> bytes:
        left = bytearray(self.durable)
        if policy == "rand":
            for offset, data in self.waiting:
                for start, end in _blocks(offset, offset + len(data)):
                    if source.random() < 0.5:
                        _put(left, start, data[start - offset : end - offset])
        return bytes(left)


def _put(content: bytearray, offset: int, data: bytes) -> None:
    if len(content) < offset + len(data):
        content.extend(bytes(offset + len(data) - len(content)))
    content[offset : offset + len(data)] = data


def _blocks(start: int, end: int) -> list[tuple[int, int]]:
    cuts = [start, *range((start // BLOCK + 1) * BLOCK, end, BLOCK), end]
    return list(pairwise(cuts))


class Disk:
    """The files of one folder while a process works on them."""

    def __init__(self, folder: Path) -> None:
        """Everything that lies in `folder` now is durable."""
        self.root = str(folder)
        self.files = {str(path): File(bytearray(path.read_bytes())) for path in folder.rglob("*") if path.is_file()}
        self.said: list[str] = []

    def apply(self, event: Event) -> None:
        """One more thing that the process did."""
        match event:
            case Created(path):
                self.files.setdefault(path, File())
            case Resized(path, size):
                self.files.setdefault(path, File()).resize(size)
            case Written(path, offset, data):
                file = self.files.setdefault(path, File())
                file.waiting.append((file.size() if offset is None else offset, data))
            case Synced(path):
                if path in self.files:  # else a folder
                    self.files[path].sync()
            case Renamed(path, to):
                self.files[to] = self.files.pop(path)
            case Linked(path, to):
                self.files[to] = self.files[path]
            case Removed(path):
                self.files.pop(path, None)
            case Said(text):
                self.said.append(text)

    def as_it_was(self) -> "Disk":
        """Another disk with what is durable on this one."""
        disk = Disk.__new__(Disk)
        disk.root, disk.said = self.root, []
        disk.files = {path: File(bytearray(file.durable)) for path, file in self.files.items()}
        return disk

    def after_power_cut(
        self,
        target: Path,
        policy: Policy,
        source: random.Random,
        concerns: Callable[[Path], bool] = lambda _path: True,
    ) -> None:
        """Write into `target` what would be found after the power came back; of files that it does not concern (their
        paths in the folder) everything."""
        for path, file in self.files.items():
            if not path.endswith(NOT_ON_DISK):
                inside = Path(path).relative_to(self.root)
                found = target / inside
                found.parent.mkdir(parents=True, exist_ok=True)
                found.write_bytes(file.after_power_cut(policy, source) if concerns(inside) else file.written())
