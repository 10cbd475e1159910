"""Registering many cases, a line of JSON each: the lines that have arrived are checked together, then each case is
committed on its own.

Checking some dozens before the first is written keeps the processor's caches warm for either work. Only what has
arrived is waited for, so that a peer which wants each answer before its next line gets it.
"""

import io
from collections.abc import Iterator, Sequence

from app.domain.errors import Refused
from app.services import registration, registration_json
from app.services.counter import Counter
from app.services.model import Actor, RegisterCase
from app.services.registration import Prepared, Registered

TOGETHER = 50
A_READ = 1 << 16
"""Bytes asked for at once: as much as a pipe holds on Linux and more than one holds on Windows."""

Checked = Refused | RegisterCase | tuple[RegisterCase, Prepared]


def arrived(stream: io.BufferedIOBase) -> Iterator[list[bytes]]:
    """Lines without their ends, as many at a time as have come; waits only while no whole line is there.

    One that is longer than a registration may be comes out cut (and is refused as such) instead of filling the memory.
    """
    begun = bytearray()
    while read := stream.read1(A_READ):
        *ended, rest = read.split(b"\n")
        if ended:
            _extend(begun, ended[0])
            yield [bytes(begun), *ended[1:]]
            begun.clear()
        _extend(begun, rest)
    if begun:
        yield [bytes(begun)]


def _extend(begun: bytearray, more: bytes) -> None:
    begun += more[: registration_json.LONGEST + 1 - len(begun)]


def enter_each(
    counter: Counter, actor: Actor, service: str, texts: Sequence[bytes], documents: tuple[str, ...] = ()
) -> Iterator[Registered | Refused]:
    """What became of each text, in order: a case that is on the disk, or why it was refused and changed nothing.

    Raises Unavailable where the store cannot be written; what came out before stays registered.
    """
    ready: list[Checked] = []
    for text in texts:
        ready.append(_check(counter, actor, service, text, documents))
        if len(ready) == TOGETHER or isinstance(ready[-1], RegisterCase):
            yield from _enter_all(counter, actor, ready)
            ready = []
    yield from _enter_all(counter, actor, ready)


def _check(counter: Counter, actor: Actor, service: str, text: bytes, documents: tuple[str, ...]) -> Checked:
    """The command with what follows from it; the command alone where that depends on the cases before it, or where
    its files would fill the memory."""
    try:
        command = registration_json.parse(service, text, documents)
        known = counter.catalog.get(command.service)
        if command.attachments or (known and known.filing.rule != "none"):
            return command
        return command, registration.prepare(counter, actor, command)
    except Refused as error:
        return error


def _enter_all(counter: Counter, actor: Actor, ready: Sequence[Checked]) -> Iterator[Registered | Refused]:
    for checked in ready:
        if isinstance(checked, Refused):
            yield checked
            continue
        command, prepared = (checked, None) if isinstance(checked, RegisterCase) else checked
        try:
            registered = registration.enter(counter, actor, command, prepared)
        except Refused as error:
            yield error
            continue
        yield registered
