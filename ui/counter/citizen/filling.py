"""What a card, ThaiD or the register may put into the form, and when the clerk has to be asked first. No Qt here.

Typed text is never overwritten silently: where what was typed says something else, the clerk is offered the other.
"""

from dataclasses import dataclass, fields, replace

from app.domain import citizen_id, names
from app.domain.errors import Refused
from app.intake.card.holder import CardHolder
from app.services import addresses
from app.services.applicants import UNSURE_NUMBERS
from app.services.card_applicant import applicant_of
from app.services.model import Address, Applicant, Knowing

BLANK = Applicant("", "", "")
NAMES = ("title", "first_name", "last_name")
MASK = "X"


@dataclass(frozen=True, slots=True, repr=False)
class Proof:
    """Who proved to be whom, and how. source: in Thai, for the line beside the number ("จากชิปบัตร")."""

    applicant: Applicant
    knowing: Knowing
    source: str


def of_card(holder: CardHolder) -> Applicant:
    """The holder of a card as an applicant, the address put right by the list of areas. 60 ms when first called."""
    found = applicant_of(holder)
    confirmed = bool(found.citizen_id) and not citizen_id.is_valid(found.citizen_id)
    return with_area(replace(found, number_confirmed=confirmed and found.citizen_id[0] in UNSURE_NUMBERS))


def with_area(applicant: Applicant) -> Applicant:
    """The same with names of subdistrict, district and province as in the list, and the postcode."""
    return replace(applicant, address=addresses.match(applicant.address).address)


def for_kind(found: Applicant, kind: str) -> Applicant:
    """The person found as the form of a kind wants it: for a juristic person it is the representative, whose home is
    not the seat; a person without a number who shows one has a number after all."""
    if kind == "juristic":
        return Applicant(
            found.title, found.first_name, found.last_name, representative_id=found.citizen_id, kind="juristic"
        )
    return replace(found, kind="foreigner" if kind == "foreigner" else "thai")


def contradicts(typed: Applicant, found: Applicant) -> bool:
    """Whether something typed says otherwise than what was found; a missing part contradicts nothing."""
    pairs = [(getattr(typed, key), getattr(found, key)) for key in (*NAMES, "citizen_id", "representative_id")]
    pairs += [(getattr(typed.address, field.name), getattr(found.address, field.name)) for field in fields(Address)]
    return any(one and other and not _same(one, other) for one, other in pairs)


def _same(one: str, other: str) -> bool:
    if is_masked(one) and other.isdigit():
        return one == shown_number(other)
    return one.split() == other.split() or _plain(one) == _plain(other)


def _plain(text: str) -> str:
    key = names.name_key(text)
    try:
        return citizen_id.normalise(text) if key.isdigit() else text.strip()
    except Refused:
        return text.strip()


def completed(typed: Applicant, found: Applicant) -> Applicant:
    """What was found, and beside it what was typed and the source does not know (telephone, e-mail, …)."""
    parts = {
        field.name: getattr(found, field.name) or getattr(typed, field.name)
        for field in fields(Applicant)
        if field.name not in ("address", "kind")
    }
    home = found.address if found.address != Address() else typed.address
    return replace(typed, **parts, address=home, kind=found.kind)


def is_masked(number: str) -> bool:
    """Whether this is a number of the register as screens show it, to be completed when the case is saved."""
    return number.startswith(MASK)


def shown_number(number: str) -> str:
    """The masked form of a whole or already masked number."""
    return number if is_masked(number) else citizen_id.masked(number)


def number_state(number: str, kind: str) -> str:
    """Of 13 digits: "right"; "unsure" (a foreigner's whose check digit does not fit: a warning); "confirm" (of a series
    for which the clerk may confirm that); "wrong"; "" where these are not 13 digits."""
    try:
        digits = citizen_id.normalise(number)
    except Refused:
        return "right" if is_masked(number) else ""
    if citizen_id.is_valid(digits):
        return "right"
    if digits[0] not in UNSURE_NUMBERS:
        return "wrong"
    return "unsure" if kind == "foreigner" else "confirm"
