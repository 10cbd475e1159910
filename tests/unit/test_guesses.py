"""Guessing four digits: the guesser is slowed down for ever longer, others are not."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from sync.server.limits import Guesses, Level, Levels, Limiter, Wait, network

DAY = 24 * 3600.0


class Hand:
    def __init__(self):
        self.now = 1000.0

    def __call__(self):
        return self.now


class Shelf:
    """A shelf in memory; tests/integration/test_server_database.py has the one in the database."""

    def __init__(self):
        self.levels: dict[str, Level] = {}
        self.opened = 0

    @contextmanager
    def open(self, names: Sequence[str]) -> Iterator[Levels]:
        self.opened += 1
        levels = {name: self.levels.pop(name) for name in names if name in self.levels}
        yield levels
        self.levels |= levels


def new(clock: Hand) -> Guesses:
    return Guesses(Shelf(), "digits", clock)


def test_ten_thousand_guesses_from_one_address_get_nowhere_and_others_pass():
    hand = Hand()
    guesses = new(hand)
    looked_at = 0
    for _ in range(10_000):
        wait = guesses.admit("KT1", "198.51.100.1")
        looked_at += wait is None
        hand.now += 1
    assert looked_at <= 15, "in nearly three hours"
    assert isinstance(guesses.admit("KT1", "198.51.100.1"), Wait)
    assert guesses.admit("KT1", "203.0.113.9") is None
    guesses.right("KT1", "203.0.113.9")
    assert guesses.admit("KT1", "203.0.113.9") is None


def test_waits_double_up_to_six_hours_and_are_forgotten_after_a_quiet_day():
    hand = Hand()
    guesses = new(hand)
    waits = []
    for _ in range(20):
        while (wait := guesses.admit("KT1", "198.51.100.1")) is not None:
            waits.append(wait.seconds)
            hand.now += wait.seconds
    assert waits[:4] == [30, 60, 120, 240]
    assert max(waits) == 6 * 3600
    hand.now += DAY + 1
    assert guesses.admit("KT1", "198.51.100.1") is None
    assert guesses.admit("KT1", "198.51.100.1") is None


def test_ten_thousand_addresses_have_48_guesses_a_day_between_them():
    hand = Hand()
    guesses = new(hand)
    looked_at = 0
    for house in range(10_000):
        wait = guesses.admit("KT1", f"198.{house // 65536}.{house // 256 % 256}.{house % 256}")
        looked_at += wait is None
        if wait is not None:
            assert wait.everywhere
        hand.now += DAY / 10_000
    assert looked_at <= 50 + 48
    assert guesses.admit("KT2", "198.51.100.1") is None, "other numbers are open"


def test_an_address_cannot_go_through_all_numbers():
    guesses = new(Hand())
    assert sum(guesses.admit(f"KT{n}", "198.51.100.1") is None for n in range(1000)) == 60


def test_right_answers_cost_nothing():
    guesses = new(Hand())
    for number in range(500):
        assert guesses.admit(f"KT{number}", "198.51.100.1") is None
        guesses.right(f"KT{number}", "198.51.100.1")


def test_an_ipv6_household_is_one_address():
    assert network("2001:db8:1:2:aaaa::1") == network("2001:db8:1:2:bbbb::2")
    assert network("2001:db8:1:3::1") != network("2001:db8:1:2::1")
    assert network("198.51.100.1") == "198.51.100.1"
    assert network("") == ""


def test_what_is_kept_says_when_it_means_nothing_any_more():
    hand, shelf = Hand(), Shelf()
    guesses = Guesses(shelf, "digits", hand)
    for _ in range(3):
        assert guesses.admit("KT1", "198.51.100.1") is None
    kept = {name.split()[1]: level.forget_at - hand.now for name, level in shelf.levels.items()}
    assert kept == {"KT1": DAY, "from": 3 * 60.0, "of": 3 * 1800.0}


def test_digits_and_codes_are_counted_apart():
    hand, shelf = Hand(), Shelf()
    digits, codes = Guesses(shelf, "digits", hand), Guesses(shelf, "codes", hand)
    for _ in range(Guesses.FREE + 1):
        digits.admit("KT1", "198.51.100.1")
    assert digits.admit("KT1", "198.51.100.1") is not None
    assert codes.admit("KT1", "198.51.100.1") is None


def test_a_limit_holds_and_comes_back():
    hand = Hand()
    limiter = Limiter(Shelf(), "enrol", 20, 900, clock=hand)
    assert [limiter.allow("198.51.100.1") for _ in range(25)] == [True] * 20 + [False] * 5
    assert limiter.allow("203.0.113.9"), "others are not held up"
    hand.now += 900 / 20
    assert [limiter.allow("198.51.100.1") for _ in range(2)] == [True, False]


def test_two_processes_count_together_and_who_asks_seldom_costs_nothing():
    hand, shelf = Hand(), Shelf()
    first, second = (Limiter(shelf, "sync", 60, 60, unshared=10, clock=hand) for _ in range(2))
    assert all(first.allow("device") for _ in range(10))
    assert shelf.opened == 0
    allowed = sum(limiter.allow("device") for _ in range(100) for limiter in (first, second))
    assert allowed == 10 + 60, "what the second process lets pass unasked, and the limit"


def test_a_clock_that_goes_back_forgives_and_forbids_nothing():
    hand = Hand()
    limiter = Limiter(Shelf(), "enrol", 2, 60, clock=hand)
    assert limiter.allow("a") and limiter.allow("a")
    hand.now -= 3600
    assert not limiter.allow("a")
