"""What every command needs: the home, the open counter, the acting person, and where output goes."""

import getpass
import os
import sys
from argparse import Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from app import bootstrap
from app.cli.home import PASSPHRASE, PASSWORD, home_folder
from app.domain.errors import Refused
from app.services import staff
from app.services.counter import Counter
from app.services.model import Actor


def passphrase(home: Path, creating: bool = False) -> str | None:
    """The passphrase of the key file: from the environment, asked for where one is needed, else None."""
    given = os.environ.get(PASSPHRASE)
    if given:
        return given
    if bootstrap.needs_passphrase(home, creating) and sys.stdin.isatty():
        return getpass.getpass("รหัสผ่านกุญแจ: ")
    return None


@contextmanager
def open_counter(arguments: Namespace) -> Iterator[Counter]:
    """This home's counter, closed at the end."""
    home = home_folder(arguments)
    counter = bootstrap.open_counter(home, passphrase(home))
    try:
        yield counter
    finally:
        counter.close()


def acting_person(arguments: Namespace, counter: Counter) -> Actor:
    """The person named by --as, else the only one there is; always with the password."""
    username = arguments.person
    if username is None:
        everybody = staff.names(counter)
        if len(everybody) != 1:
            raise Refused("person_needed", "มีผู้ใช้หลายคน ต้องระบุว่าใครเป็นผู้ทำรายการ", "เพิ่ม --as ชื่อผู้ใช้ ในคำสั่ง", "as")
        username = everybody[0][0]
    return staff.sign_in(counter, username, password())


def password() -> str:
    """The acting person's password: from the environment, else asked for."""
    given = os.environ.get(PASSWORD)
    if given is not None:
        return given
    if not sys.stdin.isatty():
        raise Refused("password_needed", "ต้องใส่รหัสผ่านของผู้ใช้", f"ตั้งรหัสผ่านใน {PASSWORD} หรือสั่งจากหน้าจอที่พิมพ์ได้", "password")
    return getpass.getpass("รหัสผ่าน: ")
