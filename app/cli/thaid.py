"""thaid: the settings of the central server, and a session of this counter."""

import getpass
import os
import sys
from argparse import Namespace
from dataclasses import asdict

from app import bootstrap
from app.cli.context import acting_person, open_counter
from app.cli.network import database_url
from app.cli.output import print_json, say
from app.domain.errors import Refused
from app.services import staff
from app.services.counter import Counter
from app.services.thaid import STAFF, ThaiDPerson

SECRET = "LAO_THAID_CLIENT_SECRET"
LABELS = {
    "username": "ชื่อผู้ใช้",
    "full_name": "ชื่อ",
    "role": "สิทธิ์",
    "linked": "ผูก ThaiD แล้ว",
    "removed": "ลบการตั้งค่าแล้ว",
    "scopes": "ข้อมูลที่ขอ",
    "same_browser": "ต้องกลับมาในเบราว์เซอร์เดิม",
    "nonce_required": "ต้องมี nonce",
}


def configure(arguments: Namespace) -> int:
    """Keep what the identity provider gave, on the server; the secret comes from the environment or is asked for."""
    from sync.server.thaid import admin
    from sync.server.thaid.settings import DEFAULT_SCOPES, Settings

    settings = Settings(
        issuer=arguments.issuer,
        client_id=arguments.client_id,
        client_secret=_secret(),
        redirect_base=arguments.redirect_base,
        scopes=tuple(arguments.scopes.split()) or DEFAULT_SCOPES,
        same_browser=not arguments.any_browser,
        nonce_required=not arguments.nonce_optional,
    )
    return _tell(arguments, admin.configure(database_url(arguments), settings, arguments.office))


def _secret() -> str:
    given = os.environ.get(SECRET)
    if given:
        return given
    if not sys.stdin.isatty():
        raise Refused("thaid_client_secret", "ต้องใส่ client secret ของ ThaiD", f"ตั้งไว้ใน {SECRET} หรือสั่งจากหน้าจอที่พิมพ์ได้")
    return getpass.getpass("client secret: ")


def show(arguments: Namespace) -> int:
    """The settings that hold, without the secret."""
    from sync.server.thaid import admin

    return _tell(arguments, admin.show(database_url(arguments), arguments.office))


def check(arguments: Namespace) -> int:
    """Ask the provider for its description and keys."""
    from sync.server.thaid import admin

    return _tell(arguments, admin.check(database_url(arguments), arguments.office))


def forget(arguments: Namespace) -> int:
    """Remove the settings."""
    from sync.server.thaid import admin

    return _tell(arguments, {"removed": admin.forget(database_url(arguments), arguments.office)})


def _tell(arguments: Namespace, found: dict[str, object]) -> int:
    if arguments.json:
        print_json(found)
        return 0
    for key, value in found.items():
        print(f"{LABELS.get(key, key)}: {_words(value)}")
    return 0


def _words(value: object) -> str:
    if isinstance(value, bool):
        return "ใช่" if value else "ไม่ใช่"
    return " ".join(map(str, value)) if isinstance(value, list) else str(value)


def start(arguments: Namespace) -> int:
    """Begin a session: the address to open, and the session that `thaid wait` takes on its standard input."""
    with open_counter(arguments) as counter:
        session = bootstrap.thaid_begin(counter, arguments.purpose)
    if arguments.json:
        print_json(
            {
                "session": session.id,
                "url": session.url,
                "reference": session.reference,
                "expires_at": session.expires_at,
                "seconds": session.seconds,
            }
        )
        return 0
    print(session.url)
    say(f"รหัสอ้างอิง {session.reference} ให้ประชาชนเปิดที่อยู่นี้ภายใน {session.seconds // 60} นาที")
    return 0


def wait(arguments: Namespace) -> int:
    """Wait for the person of a session, whose id is read from standard input: it is no word for a process list."""
    from sync import thaid

    session_id = sys.stdin.readline().strip()
    if not session_id:
        raise Refused("thaid_session_needed", "ไม่มีรหัสรายการ ThaiD", "ส่งค่า session จาก thaid start เข้าทาง stdin")
    with open_counter(arguments) as counter:
        session = thaid.resumed(counter.store, session_id, arguments.purpose, arguments.seconds)
        person = thaid.wait(session, seconds=arguments.seconds)
    if arguments.json:
        print_json({**asdict(person), "full_name": person.full_name})
    else:
        print(person.full_name)
    return 0


def link(arguments: Namespace) -> int:
    """Let the acting person sign in by ThaiD from now on: prints the address to open, and waits."""
    with open_counter(arguments) as counter:
        actor = acting_person(arguments, counter)
        staff.link_thaid(counter, actor, _at_the_screen(counter))
    return _tell(arguments, {"username": actor.username, "linked": True})


def sign_in(arguments: Namespace) -> int:
    """Whom ThaiD lets in here; with --as nobody but that one."""
    with open_counter(arguments) as counter:
        actor = staff.sign_in_thaid(counter, _at_the_screen(counter), arguments.person or "")
    return _tell(arguments, {"username": actor.username, "full_name": actor.full_name, "role": actor.role})


def _at_the_screen(counter: Counter) -> ThaiDPerson:
    from sync import thaid

    session = bootstrap.thaid_begin(counter, STAFF)
    say(f"{session.url}\nรหัสอ้างอิง {session.reference} เปิดที่อยู่นี้ในโทรศัพท์ของท่านเองภายใน {session.seconds // 60} นาที")
    return thaid.wait(session)


def unlink(arguments: Namespace) -> int:
    """Take the ThaiD link of a member of the staff away."""
    with open_counter(arguments) as counter:
        actor = acting_person(arguments, counter)
        staff.unlink_thaid(counter, actor, arguments.username or actor.username)
    return _tell(arguments, {"username": arguments.username or actor.username, "linked": False})
