"""The talk with the chip, with cards of every manner and no reader in between."""

import pytest

from app.domain.errors import Refused, Unavailable
from app.intake.card import apdu, faults, reader
from app.intake.card.apdu import CardRefusal
from tests.support.virtual_card import ATR_OLDEST, JPEG, LASER, CardImage, Chip

SPANS_OF_THE_FIELD = ((0x04, 13), (0x11, 100), (0x75, 100), (0xD9, 8), (0xE1, 1), (0xF6, 100), (0x167, 8), (0x16F, 8),
                      (0x1579, 160))  # fmt: skip
PHOTO = (*((0x17B + 255 * part, 255) for part in range(20)), (0x1567, 18))
LONG = "1234/567#หมู่ที่ 11#ตรอกศาลเจ้าพ่อ#ซอยรามคำแหง 39#ถนนประดิษฐ์มนูธรรมสายเก่า#แขวงพลับพลา#เขตวังทองหลาง#จังหวัดกรุงเทพมหานคร"


class InHand:
    """A chip without a reader."""

    def __init__(self, chip):
        self.chip = chip
        self.atr = chip.atr

    def transmit(self, command):
        answer = self.chip.answer(command)
        return answer[:-2], answer[-2], answer[-1]


def read(chip, **wishes):
    connection = InHand(chip)
    reader.select_id_applet(connection)
    return reader.read_holder(connection, **wishes)


@pytest.mark.parametrize(
    "chip",
    [
        Chip(),
        Chip(manner="direct"),
        Chip(manner="6C"),
        Chip(atr=ATR_OLDEST),
        Chip(answers=60),
        Chip(pieces=SPANS_OF_THE_FIELD + PHOTO),
        Chip(pieces=SPANS_OF_THE_FIELD + PHOTO, manner="6C"),
        Chip(atr=b""),
    ],
    ids=["61", "direct", "6C", "oldest", "in small answers", "field by field", "field by field, 6C", "no ATR"],
)
def test_cards_of_every_manner_read_alike(chip):
    holder = read(chip)
    assert (holder.citizen_id, holder.last_name, holder.born.iso) == ("3100400123456", "พุ่มพวง", "1972-02-29")
    assert (holder.gender, holder.expires.iso, holder.issuer[:10]) == ("female", "2032-02-28", "ท้องถิ่นเข")
    assert holder.address.province == "กรุงเทพมหานคร"
    assert holder.photo == JPEG


def test_a_long_address_is_read_whole():
    assert len(LONG) > 100
    holder = read(Chip(CardImage(address=LONG)), photo=False)
    assert holder.address_raw == LONG
    assert (holder.address.district, holder.address.province) == ("วังทองหลาง", "กรุงเทพมหานคร")
    assert not holder.address_cut


def test_a_card_that_gives_only_a_hundred_bytes():
    holder = read(Chip(CardImage(address=LONG), longest=100), photo=False)
    assert holder.address_raw == LONG[:100]
    assert holder.address_cut
    assert holder.address.road == "ประดิษฐ์มนูธรรมสายเก่า"
    assert not read(Chip(longest=100), photo=False).address_cut


def test_few_commands_are_needed():
    chip = Chip()
    read(chip, photo=False)
    assert len(chip.log) == 1 + 2 * 5


def test_the_photo_comes_last_and_only_when_wanted():
    chip, seen = Chip(), []
    holder = read(chip, on_text=lambda found: seen.append((found.photo, len(chip.log))))
    assert seen == [(None, 11)]
    assert len(chip.log) == 11 + 2 * 21
    assert holder.photo == JPEG
    without = Chip()
    assert read(without, photo=False).photo is None
    assert not [
        command for command in without.log if command[1] == 0xB0 and 0x17B <= command[2] << 8 | command[3] < 0x1579
    ]


@pytest.mark.parametrize("offset", [0x17B, 0x1567, 0x17B + 2550])
def test_a_photo_that_cannot_be_had_is_no_error(offset):
    holder = read(Chip(refuse={offset: b"\x69\x86"}))
    assert holder.last_name == "พุ่มพวง"
    assert holder.photo == (JPEG if offset == 0x1567 or offset > 0x17B + len(JPEG) else None)


def test_the_laser_code_is_not_read_unless_asked_for():
    chip = Chip()
    assert read(chip).laser_code is None
    assert not [command for command in chip.log if apdu.LASER_APPLET in command or command == apdu.READ_LASER]
    assert read(Chip(), laser=True).laser_code == LASER.decode()
    assert read(Chip(laser=None), laser=True).laser_code is None


def test_no_pin_is_ever_sent():
    chip = Chip()
    read(chip, laser=True)
    assert {command[1] for command in chip.log} <= {0xA4, 0xB0, 0xC0, 0x00}


def test_a_card_of_another_kind_is_refused():
    with pytest.raises(Refused) as caught:
        read(Chip(thai=False))
    assert caught.value.code == "not_thai_card"


def test_side_fields_may_be_missing():
    holder = read(Chip(refuse=dict.fromkeys((0x75, 0xD9, 0xE1, 0xF6, 0x167, 0x16F, 0x1579), b"\x6a\x86"), longest=100))
    assert (holder.last_name, holder.first_name_en, holder.born.iso, holder.address_raw) == ("พุ่มพวง", "", None, "")


@pytest.mark.parametrize("offset", [0x04, 0x11])
def test_number_and_name_may_not_be_missing(offset):
    with pytest.raises(Unavailable) as caught:
        read(Chip(refuse={offset: b"\x6f\x00"}))
    assert caught.value.code == "card_unreadable"


def test_a_number_that_is_none_is_not_taken():
    with pytest.raises(Unavailable, match="card_unreadable"):
        read(Chip(CardImage(citizen_id=" " * 13)))


def test_a_card_that_never_comes_to_an_end():
    class Endless(InHand):
        def transmit(self, command):
            self.chip.log.append(command)
            return b"x", 0x61, 0x01

    chip = Chip()
    with pytest.raises(CardRefusal):
        apdu.exchange(Endless(chip), apdu.read_binary(0x04, 13))
    assert len(chip.log) < 30


def test_the_length_that_is_asked_for_again_may_stand_behind_select():
    asked = []

    class Picky(InHand):
        def transmit(self, command):
            asked.append(command)
            return (b"", 0x6C, 0x0A) if len(asked) == 1 else (b"", 0x90, 0x00)

    apdu.select(Picky(Chip()), apdu.ID_APPLET)
    assert asked[1] == asked[0] + b"\x0a"


def test_refusals_carry_no_data():
    assert str(CardRefusal(0x6A82)) == "status 6A82"


def test_every_fault_says_what_to_do_in_thai():
    codes = [value for name, value in vars(faults).items() if name.isupper() and isinstance(value, int)]
    assert len(codes) > 15
    for code in [*codes, 0x80100001, -2146435043, 0]:
        error = faults.fault_of(code)
        assert error.exit_code == 4
        assert "ก" <= error.title[0] <= "๙"
        assert len(error.hint) > 20
    assert faults.fault_of(-2146435043).code == "card_service", "some platforms hand over signed numbers"
    assert "0x80100001" in faults.fault_of(0x80100001).hint
