"""Guessing four digits: the guesser is slowed down for ever longer, others are not."""

from sync.server.limits import Guesses, Wait, network

DAY = 24 * 3600.0


class Hand:
    def __init__(self):
        self.now = 1000.0

    def __call__(self):
        return self.now


def test_ten_thousand_guesses_from_one_address_get_nowhere_and_others_pass():
    hand = Hand()
    guesses = Guesses(hand)
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
    guesses = Guesses(hand)
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
    guesses = Guesses(hand)
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
    guesses = Guesses(Hand())
    assert sum(guesses.admit(f"KT{n}", "198.51.100.1") is None for n in range(1000)) == 60


def test_right_answers_cost_nothing():
    guesses = Guesses(Hand())
    for number in range(500):
        assert guesses.admit(f"KT{number}", "198.51.100.1") is None
        guesses.right(f"KT{number}", "198.51.100.1")


def test_an_ipv6_household_is_one_address():
    assert network("2001:db8:1:2:aaaa::1") == network("2001:db8:1:2:bbbb::2")
    assert network("2001:db8:1:3::1") != network("2001:db8:1:2::1")
    assert network("198.51.100.1") == "198.51.100.1"
    assert network("") == ""


def test_what_is_kept_does_not_grow_without_end():
    guesses = Guesses(Hand())
    guesses.KEYS = 100
    for house in range(1000):
        guesses.admit(f"KT{house}", f"10.0.{house // 256}.{house % 256}")
    assert len(guesses._pairs) == len(guesses._addresses) == len(guesses._numbers) == 100
