"""One counter of the fleet: the real services on a real store, opened cheaply, and what its clerk does."""

import hashlib
import io
import random
import time
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from PIL import Image

from app.services import attachments, case_steps, cases, corrections, registration, registration_json, replication
from app.services.counter import Counter
from app.services.model import Actor, NewFile
from app.services.setup import DATABASE
from app.store.engine import Store, open_engine
from sync import bundles, exchange
from sync.files import FileWork
from tests.integration.support import petitions

VERSION = "0.1.0"
ACTOR = Actor("1", "somying", "สมหญิง ทดสอบ", "เจ้าหน้าที่", "admin")
FAST = {"connect_seconds": 2.0, "read_seconds": 5.0}
FIELDS = ("applicant.phone", "place.note", "external_number")


class Clock:
    """This machine's clock with an error that a test sets."""

    def __init__(self) -> None:
        self.error = timedelta()

    def now(self) -> datetime:
        return datetime.now(UTC) + self.error

    def running(self) -> float:
        return time.monotonic()


def open_home(home: Path, key: bytes, clock: Clock | None = None) -> Counter:
    """The counter of a home whose raw key is at hand: no passphrase to stretch."""
    clock = clock or Clock()
    return Counter(home, Store(open_engine(home / DATABASE, key), clock, home / DATABASE), clock, key)


def picture(size: int, seed: int) -> NewFile:
    """A real picture of about that many bytes."""
    target = io.BytesIO()
    Image.new("RGB", (8, 8), (seed % 255, 9, 9)).save(target, "PNG")
    return NewFile(f"ภาพ{seed}.png", target.getvalue() + random.Random(seed).randbytes(size))


def register(counter: Counter, seed: int) -> str:
    """A petition of one of a few people; returns its number."""
    data = petitions.petition()
    data["applicant"] |= {"first_name": "ตัวอย่าง", "last_name": f"คนที่{seed % 7}", "phone": f"08{seed % 10**8:08d}"}
    return registration.enter(counter, ACTOR, registration_json.from_json("petition", data)).number


def act(counter: Counter, what: str, number: str, seed: int) -> str:
    """One thing that a clerk does with a case; returns what became of it. Refused where the case does not allow it."""
    choice = random.Random(seed)
    if what == "note":
        case_steps.add_note(counter, ACTOR, number, f"บันทึก {seed}", public=seed % 2 == 0)
    elif what == "step":
        states = [state for state, _ in cases.next_states(counter, number)]
        if not states:
            return "nothing left"
        state = choice.choice(states)
        division = "public_works" if state == "forwarded" else ""
        case_steps.change_status(counter, ACTOR, number, state, f"เหตุผล {seed}", division)
        return state
    elif what == "correct":
        correct(counter, number, choice.choice(FIELDS), seed)
    elif what == "attach":
        attachments.attach(counter, ACTOR, number, [picture(choice.choice((200, 20_000, 120_000)), seed % 12)])
    elif what == "assign":
        case_steps.assign(counter, ACTOR, number, "somying")
    elif what == "choose":
        found = corrections.conflicts(counter, number)
        if not found:
            return "no conflict"
        one = choice.choice(found)
        corrections.choose(counter, ACTOR, number, one.field, choice.randrange(len(one.sides)) + 1)
    return what


def correct(counter: Counter, number: str, key: str, seed: int) -> str:
    """Put a field of a case right; returns its new value."""
    value = f"08{seed % 10**8:08d}" if key == "applicant.phone" else f"ค่า {seed}"
    corrections.correct(counter, ACTOR, number, {key: value})
    return value


def settle_conflicts(counter: Counter, seed: int) -> int:
    """Choose a side of every conflict that stands here; returns how many."""
    choice = random.Random(seed)
    found = corrections.conflicts(counter)
    for one in found:
        corrections.choose(counter, ACTOR, one.number, one.field, choice.randrange(len(one.sides)) + 1)
    return len(found)


def sync(counter: Counter, size: exchange.BatchSize | None = None) -> exchange.SyncResult:
    """One sync of the records."""
    apply = partial(replication.apply, counter)
    return exchange.sync_once(counter.store, apply=apply, app_version=VERSION, size=size, **FAST)


def files(counter: Counter) -> FileWork:
    """What moves its files."""
    return FileWork(counter.store, counter.blobs, **FAST)


def take_answer(counter: Counter, path: Path) -> None:
    """The answer to a bundle."""
    bundles.take_in(counter.store, counter.blobs, path, partial(replication.apply, counter), VERSION)


# what a process does that is killed in the middle


def die_registering(home: str, key: bytes, seed: int) -> None:
    """For the hatchery."""
    register(open_home(Path(home), key), seed)


def die_acting(home: str, key: bytes, what: str, number: str, seed: int) -> None:
    """For the hatchery."""
    act(open_home(Path(home), key), what, number, seed)


def die_syncing(home: str, key: bytes) -> None:
    """For the hatchery."""
    counter = open_home(Path(home), key)
    sync(counter)
    files(counter).send()


def die_fetching(home: str, key: bytes, number: str) -> None:
    """For the hatchery."""
    counter = open_home(Path(home), key)
    counter.fetch_file = files(counter).fetch
    for one in attachments.listing(counter, number):
        attachments.content(counter, number, one)


DEATHS = {"register": die_registering, "act": die_acting, "sync": die_syncing, "fetch": die_fetching}


def digest(content: bytes) -> str:
    """SHA-256 in hexadecimal."""
    return hashlib.sha256(content).hexdigest()
