"""people: finding persons while a name is typed, over a register of persons that has grown over years."""

import random
import statistics
import time
from collections.abc import Callable
from typing import Any

from app.cli.benchmarks import office, people
from app.domain import names
from app.services import people as persons
from app.services import person_rows, registration_json, search_index
from app.services.applicants import clean_applicant
from app.services.counter import Counter

SIZE = 200_000
QUERIES = 400
LIMIT_MS = 50.0
"""What a person still takes for "at once" while typing: 95 % of the searches have to end within it."""
SCANS = 20


def measure(size: int = SIZE) -> dict[str, Any]:
    """p95 in ms by kind of typing; `limit` is the promise, `scan` what reading every name in the store would take."""
    with office.office() as (counter, _actor):
        started = time.perf_counter()
        fill(counter, size, seed=1)
        filled = time.perf_counter() - started
        source = random.Random(7)
        sample = _sample(counter, source)
        kinds = {kind: _p95(counter, [type_(source, sample) for _ in range(QUERIES)]) for kind, type_ in TYPED.items()}
        scan = _scan(counter, source, sample)
    every = [time for figures in kinds.values() for time in figures.pop("times")]
    p95 = round(statistics.quantiles(every, n=20)[-1], 3)
    return {
        "ours": p95,
        "limit": LIMIT_MS,
        "ratio": round(p95 / LIMIT_MS, 4),
        "n": len(every),
        "unit": "ms p95",
        "persons": size,
        "within_limit": round(sum(time <= LIMIT_MS for time in every) / len(every), 4),
        "scan": scan,
        "by_kind": kinds,
        "filled_seconds": round(filled, 1),
    }


def fill(counter: Counter, count: int, seed: int) -> None:
    """Enter `count` made-up persons, and index them."""
    source, types = random.Random(seed), office.petition_types(counter)
    done = 0
    while done < count:
        with counter.store.write(office.USERNAME) as work:
            for _ in range(min(office.A_TRANSACTION, count - done)):
                command = registration_json.from_json("petition", people.line(source, types))
                person_rows.person_row(work, person_rows.describe(counter, clean_applicant(command.applicant)))
        done += office.A_TRANSACTION
    search_index.catch_up(counter)


def _sample(counter: Counter, source: random.Random) -> list[dict[str, str]]:
    with counter.store.read() as connection:
        rows = connection.exec_driver_sql(
            "SELECT json_extract(document, '$.first_name'), json_extract(document, '$.last_name'),"
            " json_extract(document, '$.phone'), json_extract(document, '$.citizen_id') FROM person"
        ).fetchall()
    keys = ("first", "last", "phone", "cid")
    return [dict(zip(keys, row, strict=True)) for row in source.sample(list(rows), min(2_000, len(rows)))]


def _beginning(source: random.Random, sample: list[dict[str, str]]) -> str:
    """The first letters of a name, as they come while typing."""
    name = source.choice(sample)["first"]
    return name[: source.randrange(1, len(name) + 1)]


def _without_marks(source: random.Random, sample: list[dict[str, str]]) -> str:
    person = source.choice(sample)
    return names.name_key(person["first"]) + " " + names.name_key(person["last"])[: source.randrange(1, 5)]


def _middle(source: random.Random, sample: list[dict[str, str]]) -> str:
    name = source.choice(sample)["last"]
    at = source.randrange(len(name) - 1)
    return name[at : at + source.randrange(2, 6)]


TYPED: dict[str, Callable[[random.Random, list[dict[str, str]]], str]] = {
    "beginning": _beginning,
    "without_marks": _without_marks,
    "middle": _middle,
    "full_name": lambda source, sample: "{first} {last}".format(**source.choice(sample)),
    "with_title": lambda source, sample: "นาย{first}".format(**source.choice(sample)),
    "last_four": lambda source, sample: source.choice(sample)["phone"][-4:],
    "phone": lambda source, sample: source.choice(sample)["phone"],
    "thirteen_digits": lambda source, sample: source.choice(sample)["cid"],
}


def _p95(counter: Counter, texts: list[str]) -> dict[str, Any]:
    times = []
    for text in texts:
        started = time.perf_counter()
        persons.find(counter, text)
        times.append((time.perf_counter() - started) * 1000)
    p95 = statistics.quantiles(times, n=20)[-1]
    return {"p95": round(p95, 3), "p50": round(statistics.median(times), 3), "times": times}


def _scan(counter: Counter, source: random.Random, sample: list[dict[str, str]]) -> float:
    times = []
    for _ in range(SCANS):
        key = names.name_key(_middle(source, sample))
        started = time.perf_counter()
        with counter.store.read() as connection:
            connection.exec_driver_sql(
                "SELECT row FROM person WHERE instr(name_key, ?) ORDER BY row DESC LIMIT 20", (key + "ฺ",)
            ).fetchall()
        times.append((time.perf_counter() - started) * 1000)
    return round(statistics.median(times), 3)
