"""A made-up office in a temporary folder, and a fast way to fill its register."""

import json
import random
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from app import bootstrap
from app.cli.benchmarks import people
from app.domain.clock import SystemClock
from app.domain.request_number import MAX_RUN
from app.services import offices, printers, registration, registration_json, search_index, setup, staff
from app.services.counter import Counter
from app.services.model import Actor, Printer, RegisterCase

PASSPHRASE = "a passphrase of the benchmark"
PASSWORD = "a password of the benchmark"
USERNAME = "04830203admin01"
OFFICE = {
    "code": "04830203",
    "name": "เทศบาลเมืองทดสอบ",
    "kind": "town_municipality",
    "letters": "KT",
    "phone": "076-000-000",
    "services": ["petition", "ad_permit"],
}
A_TRANSACTION = 2_000


@contextmanager
def office() -> Iterator[tuple[Counter, Actor]]:
    """An open counter with a file printer, gone at the end."""
    with TemporaryDirectory(prefix="lao-counter-bench-", ignore_cleanup_errors=True) as folder:
        home = Path(folder) / "home"
        make(home)
        counter = bootstrap.open_counter(home, PASSPHRASE)
        try:
            yield counter, staff.sign_in(counter, USERNAME, PASSWORD)
        finally:
            counter.close()


def make(home: Path) -> None:
    """Set up the office with a printer that writes files."""
    setup.set_up(
        home,
        offices.check_office(OFFICE),
        bootstrap.built_in_services(),
        setup.Administrator(USERNAME, PASSWORD, "ผู้ดูแล ทดสอบ"),
        SystemClock(),
        PASSPHRASE,
    )
    counter = bootstrap.open_counter(home, PASSPHRASE)
    actor = staff.sign_in(counter, USERNAME, PASSWORD)
    printers.add(counter, actor, Printer("slip", "file", str(home / "printed"), 576))
    counter.close()


def petition_types(counter: Counter) -> tuple[tuple[str, str], ...]:
    """Every (category, subcategory) of the petition."""
    return tuple((main.code, sub.code) for main in counter.catalog["petition"].categories for sub in main.subcategories)


def lines(counter: Counter, seed: int, count: int) -> list[bytes]:
    """`count` registrations as lines of JSON."""
    source, types = random.Random(seed), petition_types(counter)
    return [json.dumps(people.line(source, types), ensure_ascii=False).encode() for _ in range(count)]


def fill(counter: Counter, actor: Actor, count: int, seed: int = 1) -> None:
    """Register `count` petitions many to a transaction, and index them: a register that has grown over years."""
    source, types = random.Random(seed), petition_types(counter)
    done = 0
    while done < count:
        if numbers_left(counter) < 2 * A_TRANSACTION:
            begin_next_series(counter)
        with counter.store.write(actor.username) as work:
            for _ in range(min(A_TRANSACTION, count - done)):
                registration.write(work, counter, actor, _command(people.line(source, types)))
        done += A_TRANSACTION
        search_index.catch_up(counter)


def numbers_left(counter: Counter) -> int:
    """Runs of six digits that the series has left."""
    with counter.store.read() as connection:
        used = connection.exec_driver_sql(
            "SELECT max(run) FROM cases WHERE series = ?", (counter.current.series,)
        ).scalar()
    return MAX_RUN - int(used or 0)


def begin_next_series(counter: Counter) -> None:
    """A million petitions need a second series: the office's letters move on."""
    document = counter.current.document
    letters = document["letters"][:-1] + chr(ord(document["letters"][-1]) + 1)
    with counter.store.write(USERNAME) as work:
        setup.enter_office(work, counter.current.revision + 1, {**document, "letters": letters})
    counter.reload()


def _command(data: object) -> RegisterCase:
    return registration_json.from_json("petition", data)
