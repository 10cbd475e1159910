"""Makes resources/sync/lao1.dict, the dictionary by which small sync bodies are compressed (sync/codec.py).

It is trained on made-up petitions and permits only. A dictionary that has been released is never changed: both ends
know it by its name. Argument: the file to write.
"""

import random
import sys
from pathlib import Path

import zstandard
from sqlalchemy import Connection

from app.catalog.loader import load_builtin
from app.catalog.samples import sample
from app.cli.benchmarks import office, people
from app.domain import petition_states
from app.domain.ids import uuid7
from app.services import registration, registration_json
from app.services.counter import Counter
from app.services.model import Actor
from sync import outbox
from sync.protocol import Change, Event, Rejection, SyncAnswer, SyncRequest

PETITIONS = 1_500
SIZE = 48 * 1024
CLOCK = 1_800_000_000_000


def main(target: Path) -> None:
    """Register, write the bodies that a sync would send, train."""
    samples: list[bytes | bytearray | memoryview] = [*bodies()]
    dictionary = zstandard.train_dictionary(SIZE, samples, level=19, split_point=1.0)
    target.write_bytes(dictionary.as_bytes())
    print(f"{target}: {target.stat().st_size} bytes from {len(samples)} bodies")


def bodies() -> list[bytes]:
    """One body for each event, as request and as answer."""
    with office.office() as (counter, actor):
        _register(counter, actor)
        with counter.store.read() as connection:
            events = [*_events(connection, counter.store_id), *_steps()]
    random.Random(5).shuffle(events)
    return [*(_request(event) for event in events), *(_answer(event) for event in events[::3]), *_empty()]


def _register(counter: Counter, actor: Actor) -> None:
    source, types = random.Random(1), office.petition_types(counter)
    permit = load_builtin()["ad_permit"]
    nobody = sample(permit)["applicant"]
    for index in range(PETITIONS):
        data = people.line(source, types)
        # numbers that belong to nobody: what is in the dictionary is in every copy of the program
        data["applicant"] |= {key: nobody[key] for key in ("cid", "phone")}
        if index % 10 == 0:
            data = {**sample(permit), "applicant": data["applicant"]}
            command = registration_json.from_json("ad_permit", data)
        else:
            command = registration_json.from_json("petition", data)
        registration.enter(counter, actor, command)


def _events(connection: Connection, store_id: str) -> list[Event]:
    return list(outbox.collect(connection, store_id, 10**9).events)


def _steps() -> list[Event]:
    found = []
    for table in petition_states.TABLES.values():
        for state, (_, following) in table.items():
            for to in following:
                payload = f'{{"from":"{state}","to":"{to}"}}'
                found += [Event(n, uuid7(), uuid7(), "status_changed", CLOCK + n, "user", payload) for n in range(3)]
    return found


def _request(event: Event) -> bytes:
    return SyncRequest(str(event.at), 0, 1_800_000_000, "0.1.0", event.at, events=(event,)).to_bytes()


def _answer(event: Event) -> bytes:
    change = Change("0199", event)
    rejection = Rejection(event.seq, "waits_for_earlier", "รอรายการก่อนหน้าของเรื่องเดียวกัน จะส่งต่อเองเมื่อรายการก่อนหน้าแก้ไขแล้ว")
    return SyncAnswer(
        event.seq, event.seq, event.at, changes=(change,), counters={"0199": "เคาน์เตอร์ 1"}, rejected=(rejection,)
    ).to_bytes()


def _empty() -> list[bytes]:
    requests = [SyncRequest(str(n), n, CLOCK // 1000, "0.1.0", CLOCK + n).to_bytes() for n in range(200)]
    return [*requests, *(SyncAnswer(n, n, CLOCK + n).to_bytes() for n in range(200))]


if __name__ == "__main__":
    main(Path(sys.argv[1]))
