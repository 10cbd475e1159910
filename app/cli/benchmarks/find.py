"""find: names and short Thai terms over a large register, and the proof that the index finds what LIKE finds."""

import random
import statistics
import time
from typing import Any

from sqlcipher3 import dbapi2 as sqlcipher

from app.cli.benchmarks import office, people
from app.services import cases
from app.services.counter import Counter
from app.services.model import Actor

SIZES = (100_000, 1_000_000)
QUERIES = 400
ORACLE_CASES = 1_000
LIMIT = 50


def measure(sizes: tuple[int, ...] = SIZES) -> dict[str, Any]:
    """p95 in ms by kind of term at each size; `limit` is LIKE over the same texts in memory, unencrypted."""
    result: dict[str, Any] = {}
    with office.office() as (counter, actor):
        filled = 0
        for size in sizes:
            office.fill(counter, actor, size - filled, seed=size)
            filled = size
            result[str(size)] = _at_size(counter, actor)
    last = result[str(sizes[-1])]
    return {**last["name"], "n": QUERIES, "unit": "ms p95", "by_size": result}


def _at_size(counter: Counter, actor: Actor) -> dict[str, Any]:
    source = random.Random(5)
    with counter.store.read() as connection:
        sample = [
            row[0] for row in connection.exec_driver_sql(
                "SELECT search_text FROM cases WHERE row % ? = 0", (max(1, _count(counter) // 2_000),)
            )
        ]  # fmt: skip
    memory = _in_memory(counter)
    kinds = {
        "name": [_name(source) for _ in range(QUERIES)],
        "full_name": [source.choice(sample).split("\n")[1] for _ in range(QUERIES)],
        "number": [source.choice(sample).split("\n")[0] for _ in range(QUERIES)],
        "last_four": [source.choice(sample).split("\n")[2] for _ in range(QUERIES)],
        "two_letters": [_term(source, sample, 2) for _ in range(QUERIES)],
        "one_letter": [_term(source, sample, 1) for _ in range(QUERIES)],
    }
    result: dict[str, Any] = {kind: _p95(counter, actor, memory, terms) for kind, terms in kinds.items()}
    result["like"] = {
        "n": ORACLE_CASES,
        "equal": sum(_equal(counter, actor, memory, _term(source, sample, 1 + n % 2)) for n in range(ORACLE_CASES)),
    }
    memory.close()
    return result


def _count(counter: Counter) -> int:
    with counter.store.read() as connection:
        return int(connection.exec_driver_sql("SELECT count(*) FROM cases").scalar_one())


def _in_memory(counter: Counter) -> Any:
    memory = sqlcipher.connect(":memory:", isolation_level=None)
    memory.execute("CREATE TABLE cases (row INTEGER PRIMARY KEY, number TEXT, search_text TEXT)")
    with counter.store.read() as connection:
        rows = connection.exec_driver_sql("SELECT row, number, search_text FROM cases")
        memory.execute("BEGIN")
        memory.executemany("INSERT INTO cases VALUES (?, ?, ?)", (tuple(row) for row in rows))
        memory.execute("COMMIT")
    return memory


def _like(memory: Any, text: str) -> list[str]:
    terms = text.split()
    where = " AND ".join("search_text LIKE '%' || ? || '%'" for _ in terms)
    rows = memory.execute(f"SELECT number FROM cases WHERE {where} ORDER BY row DESC LIMIT {LIMIT}", terms)
    return [row[0] for row in rows.fetchall()]


def _equal(counter: Counter, actor: Actor, memory: Any, text: str) -> bool:
    return [row.number for row in cases.find(counter, text, LIMIT, actor)] == _like(memory, text)


def _name(source: random.Random) -> str:
    if source.random() < 0.5:
        return source.choice(people.GIVEN)
    return source.choice(people.FAMILY_FIRST) + source.choice(people.FAMILY_LAST)


def _term(source: random.Random, sample: list[str], length: int) -> str:
    while True:
        text = source.choice(sample)
        at = source.randrange(len(text) - length)
        term = text[at : at + length]
        if not any(letter.isspace() or letter in "%_" for letter in term) and not term.isascii():
            return term


def _p95(counter: Counter, actor: Actor, memory: Any, terms: list[str]) -> dict[str, float]:
    ours, limit = [], []
    for number, term in enumerate(terms):
        started = time.perf_counter()
        cases.find(counter, term, LIMIT, actor)
        ours.append((time.perf_counter() - started) * 1000)
        if number % 8 == 0:
            started = time.perf_counter()
            _like(memory, term)
            limit.append((time.perf_counter() - started) * 1000)
    values = (statistics.quantiles(times, n=20)[-1] for times in (ours, limit))
    p95, like = values
    return {
        "ours": round(p95, 3),
        "limit": round(like, 3),
        "ratio": round(p95 / like, 4),
        "p50": round(statistics.median(ours), 3),
    }
