"""What a process did to the files of one folder, and what it said on stdout, in order: recorded by strace."""

import re
import shutil
import subprocess
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.integration.support import command

CALLS = (
    "openat", "open", "close", "dup", "dup2", "dup3", "write", "pwrite64", "writev", "pwritev", "pwritev2", "ftruncate",
    "truncate", "fallocate", "fsync", "fdatasync", "sync_file_range", "copy_file_range", "sendfile", "rename",
    "renameat", "renameat2", "unlink", "unlinkat", "link", "linkat", "lseek",
)  # fmt: skip
LONGEST_STRING = 16_000_000
STRACE = ("strace", "-f", "-qq", "-xx", "-y", "-s", str(LONGEST_STRING), "-e", f"trace={','.join(CALLS)}")
STDOUT = 1


@dataclass(frozen=True)
class Created:
    """A file that is there now, empty if it is new."""

    path: str


@dataclass(frozen=True)
class Resized:
    path: str
    size: int


@dataclass(frozen=True)
class Written:
    """`offset` None: at the end of the file, wherever that is."""

    path: str
    offset: int | None
    data: bytes


@dataclass(frozen=True)
class Synced:
    path: str


@dataclass(frozen=True)
class Renamed:
    path: str
    to: str


@dataclass(frozen=True)
class Linked:
    path: str
    to: str


@dataclass(frozen=True)
class Removed:
    path: str


@dataclass(frozen=True)
class Said:
    """One whole line on stdout: an acknowledgement."""

    text: str


Event = Created | Resized | Written | Synced | Renamed | Linked | Removed | Said


def reason_not_to() -> str:
    """Why nothing can be traced here, or "" where it can."""
    if shutil.which("strace") is None:
        return "strace is not installed"
    tried = subprocess.run(["strace", "-qq", "-o", "/dev/null", "true"], capture_output=True, text=True, check=False)
    return f"strace is not permitted here: {tried.stderr.strip()[:120]}" if tried.returncode else ""


def record(home: Path, words: Sequence[command.Argument], stdin: bytes, log: Path) -> tuple[list[Event], int]:
    """Run a command under strace; everything it did below `home`, and its exit code."""
    answer = command.process(home, *words, stdin=stdin, under=[*STRACE, "-o", str(log)], seconds=900)
    return _read(home, log), answer.code


def record_process(folder: Path, words: Sequence[str], log: Path) -> tuple[list[Event], int, str]:
    """The same for any process that works below `folder`, with what it wrote on stderr."""
    done = subprocess.run(
        [*STRACE, "-o", str(log), *words], cwd=command.ROOT, capture_output=True, timeout=900, check=False
    )
    return _read(folder, log), done.returncode, done.stderr.decode(errors="replace")


def _read(root: Path, log: Path) -> list[Event]:
    with log.open(encoding="ascii", errors="replace") as lines:
        events = list(_Reader(str(root)).events(lines))
    log.unlink()
    return events


@dataclass
class _Reader:
    """Turns strace's lines into events; keeps what the kernel keeps for each descriptor."""

    root: str
    offsets: dict[int, int] = field(default_factory=dict)
    appending: set[int] = field(default_factory=set)
    unfinished: dict[str, str] = field(default_factory=dict)
    half_line: str = ""

    def events(self, lines: Iterator[str]) -> Iterator[Event]:
        for line in lines:
            process, _, rest = line.rstrip("\n").partition(" ")
            rest = rest.lstrip()
            if rest.endswith("<unfinished ...>"):
                self.unfinished[process] = rest.removesuffix("<unfinished ...>")
                continue
            if rest.startswith("<..."):
                rest = self.unfinished.pop(process, "") + re.sub(r"^<\.\.\. \w+ resumed>", "", rest)
            found = re.match(r"(\w+)\((.*)\)\s+= (-?\d+)(?:<([^>]*)>)?", rest, re.DOTALL)
            if found and not found[3].startswith("-"):
                yield from self._event(found[1], found[2], int(found[3]), found[4] or "")

    def _event(self, call: str, arguments: str, result: int, opened: str) -> Iterator[Event]:
        if call in ("openat", "open"):
            yield from self._open(_text(opened), arguments, result)
        elif call in NAMED:
            paths = [_decoded(text).decode() for text in re.findall(r'"((?:\\x..)*)"', arguments)]
            if paths and paths[0].startswith(self.root):
                yield NAMED[call](*paths)
        else:
            yield from self._on_descriptor(call, arguments, result)

    def _open(self, path: str, flags: str, descriptor: int) -> Iterator[Event]:
        self.offsets[descriptor] = 0
        self.appending.discard(descriptor)
        if not path.startswith(self.root) or "O_DIRECTORY" in flags or not re.search("O_CREAT|O_RDWR|O_WRONLY", flags):
            return
        if "O_APPEND" in flags:
            self.appending.add(descriptor)
        yield Resized(path, 0) if "O_TRUNC" in flags else Created(path)

    def _on_descriptor(self, call: str, arguments: str, result: int) -> Iterator[Event]:
        found = re.match(r"(\d+)<([^>]*)>", arguments)
        if found is None:
            return
        descriptor, path = int(found[1]), _text(found[2])
        if descriptor == STDOUT and call == "write":
            yield from self._said(_strings(arguments)[:result].decode())
        elif path.startswith(self.root):
            yield from self._on_file(call, descriptor, path, arguments, result)

    def _said(self, text: str) -> Iterator[Said]:
        *whole, self.half_line = (self.half_line + text).split("\n")
        yield from (Said(line) for line in whole)

    def _on_file(self, call: str, descriptor: int, path: str, arguments: str, result: int) -> Iterator[Event]:
        if call in ("pwrite64", "pwritev", "pwritev2"):
            yield Written(path, int(re.findall(r", (\d+)", arguments)[-1]), _strings(arguments)[:result])
        elif call in ("write", "writev"):
            place = None if descriptor in self.appending else self.offsets.get(descriptor, 0)
            yield Written(path, place, _strings(arguments)[:result])
            self.offsets[descriptor] = self.offsets.get(descriptor, 0) + result
        elif call == "lseek":
            self.offsets[descriptor] = result
        elif call == "ftruncate":
            yield Resized(path, int(re.findall(r", (\d+)", arguments)[-1]))
        elif call in ("fsync", "fdatasync"):
            yield Synced(path)
        elif call in ("fallocate", "copy_file_range", "sendfile", "truncate"):
            raise NotImplementedError(f"{call} on {Path(path).name}: the model of the disk does not know it")


NAMED: dict[str, Callable[..., Event]] = {
    "rename": Renamed, "renameat": Renamed, "renameat2": Renamed, "unlink": Removed, "unlinkat": Removed,
    "link": Linked, "linkat": Linked,
}  # fmt: skip


def _decoded(text: str) -> bytes:
    return bytes.fromhex(text.replace("\\x", ""))


def _text(text: str) -> str:
    return _decoded(text).decode(errors="replace") if "\\x" in text else text


def _strings(arguments: str) -> bytes:
    """What was written: the one buffer, or all of a vector."""
    return b"".join(_decoded(text) for text in re.findall(r'"((?:\\x..)*)"', arguments))
