"""The demo office: made up, ready to try, its printers write files. Its passwords protect nothing."""

from pathlib import Path

import resources
from app import bootstrap
from app.domain.clock import SystemClock
from app.services import offices, printers, setup, staff
from app.services.counter import Counter
from app.services.model import Actor, Printer

PASSPHRASE = "demo"
USERNAME = "05990101admin01"
FULL_NAME = "นางสาวดวงใจ ตัวอย่าง"
POSITION = "เจ้าพนักงานธุรการ"
PASSWORD = "demo1234"
GREETING = f"สำนักงานสาธิต: รหัสผ่าน {PASSWORD}"
PRINTED = "printed"


def office_document() -> offices.OfficeDocument:
    """The demo office's settings."""
    return offices.read_office_file(resources.path("demo", "office.toml"))


def administrator() -> setup.Administrator:
    """The one person of the demo office."""
    return setup.Administrator(USERNAME, PASSWORD, FULL_NAME, POSITION)


def make(home: Path) -> None:
    """Set up the demo office that stands alone, unless it is there already."""
    if setup.is_set_up(home):
        return
    setup.set_up(home, office_document(), bootstrap.built_in_services(), administrator(), SystemClock(), PASSPHRASE)
    counter = bootstrap.open_counter(home, PASSPHRASE)
    try:
        add_printers(counter, sign_in(counter), home / PRINTED)
    finally:
        counter.close()


def sign_in(counter: Counter) -> Actor:
    """The one person, signed in."""
    return staff.sign_in(counter, USERNAME, PASSWORD)


def add_printers(counter: Counter, actor: Actor, folder: Path) -> None:
    """A slip printer and an A4 printer that write into `folder`."""
    printers.add(counter, actor, Printer("เครื่องพิมพ์สลิปสาธิต", "file", str(folder), 576))
    printers.add(counter, actor, Printer("เครื่องพิมพ์ A4 สาธิต", "file", str(folder), 0))
