"""A made-up office with permits to be paid: fees, approvals, a second person who approves."""

from app.services import cases, registration_json, staff
from app.services.counter import Counter
from app.services.model import Actor
from tests.integration.support import homes, petitions
from tests.support import hashes

APPROVER = "04830203admin02"
CLERK = "04830203user01"


def person(counter: Counter, username: str, role: str) -> Actor:
    """Somebody else who may sign in with the same password."""
    with hashes.cheap(), counter.store.write("test") as work:
        staff.add(work, username, f"คนที่ชื่อ {username}", homes.PASSWORD, role, "นักวิชาการเงินและบัญชี")
    return staff.sign_in(counter, username, homes.PASSWORD)


def approved_permit(counter: Counter, actor: Actor, **answers: object) -> str:
    """The number of a permit that waits for its fee of 200 baht."""
    data = petitions.permit(**answers)
    command = registration_json.parse("ad_permit", petitions.text(data).encode(), ())
    number = cases.register(counter, actor, command).number
    for state in ("document_check", "officer_opinion", "approved"):
        cases.change_status(counter, actor, number, state)
    return number


def register_permit(counter: Counter, actor: Actor) -> str:
    """The number of a permit as it was registered."""
    command = registration_json.parse("ad_permit", petitions.text(petitions.permit()).encode(), ())
    return cases.register(counter, actor, command).number
