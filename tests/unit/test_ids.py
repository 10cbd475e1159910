"""Keys and the clock."""

import threading
import uuid
from datetime import UTC, datetime, timedelta

import pytest

from app.domain.clock import Clock, SystemClock
from app.domain.ids import _Sequence, uuid7, uuid_bytes, uuid_text


def test_keys_are_version_seven_of_now():
    key = uuid.UUID(bytes=uuid7())
    made = datetime.fromtimestamp((key.int >> 80) / 1000, UTC)
    assert key.version == 7
    assert key.variant == uuid.RFC_4122
    assert abs(datetime.now(UTC) - made) < timedelta(seconds=5)


def test_keys_of_many_threads_are_unique_and_rise_in_each():
    made: list[list[bytes]] = []

    def make():
        made.append([uuid7() for _ in range(5_000)])

    threads = [threading.Thread(target=make) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(keys == sorted(keys) for keys in made)
    assert len({key for keys in made for key in keys}) == 20_000


def test_keys_rise_while_the_clock_stands_or_runs_backwards():
    sequence = _Sequence()
    pairs = [sequence.next(milliseconds) for milliseconds in (1000, 1000, 999, 1, 1000, 1001)]
    assert pairs == sorted(set(pairs))
    assert pairs[-1][0] == 1001


def test_a_full_tail_borrows_the_next_millisecond():
    sequence = _Sequence()
    sequence.next(1000)
    sequence._tail = (1 << 74) - 1
    assert sequence.next(1000)[0] == 1001


def test_text_of_a_key_and_back():
    key = uuid7()
    assert uuid_text(key) == str(uuid.UUID(bytes=key))
    assert uuid_bytes(uuid_text(key)) == key
    with pytest.raises(ValueError, match="32"):
        uuid_bytes("0102")


def test_the_system_clock_is_aware_and_in_utc():
    clock: Clock = SystemClock()
    assert clock.now().utcoffset() == timedelta(0)
