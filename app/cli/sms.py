"""sms: the short messages of a central server, and those of a counter with a modem."""

from argparse import Namespace
from dataclasses import asdict

from app.cli.context import acting_person, open_counter
from app.cli.network import database_url
from app.cli.output import print_json, say
from app.services import messages


def listing(arguments: Namespace) -> int:
    """The queue, newest first; no telephone number and no text."""
    from sync.server.sms import admin

    found = admin.listing(database_url(arguments), arguments.office, arguments.status, arguments.limit)
    if arguments.json:
        print_json(found)
        return 0
    for row in found:
        print(f"{row['office']}  {row['key']}  {row['number']}  {row['what']}  {row['status']}  {row['code']}".rstrip())
    if not found:
        say("ไม่มีข้อความในคิว")
    return 0


def retry(arguments: Namespace) -> int:
    """Queue failed or unknown messages again."""
    from sync.server.sms import admin

    count = admin.retry(database_url(arguments), arguments.office, arguments.keys)
    if arguments.json:
        print_json({"retried": count})
    else:
        print(f"จะส่งใหม่ {count} ข้อความ")
    return 0


def check(arguments: Namespace) -> int:
    """Read a gateway's file; nothing is sent and the secret is not shown."""
    from sync.server.sms import gateway

    found = gateway.read(arguments.file)
    told = {
        "url": found.url,
        "method": found.method,
        "timeout_seconds": found.timeout_seconds,
        "idempotent": found.idempotent,
        "secret": bool(found.secret),
    }
    if arguments.json:
        print_json(told)
        return 0
    for key, value in told.items():
        print(f"{key}: {value}")
    return 0


def modem(arguments: Namespace) -> int:
    """Use a modem from now on, after it has answered; use none; or ask the one in use whether it is ready."""
    from sync.modem import opened

    with open_counter(arguments) as counter:
        port = arguments.use or ("" if arguments.off else messages.port(counter))
        if port:
            with opened(port):
                pass
        if arguments.use or arguments.off:
            messages.use_port(counter, acting_person(arguments, counter).username, port)
    if arguments.json:
        print_json({"port": port, "ready": bool(port)})
    else:
        print(f"โมเด็ม {port} พร้อมส่ง SMS" if port else "ไม่ใช้โมเด็ม SMS")
    return 0


def send(arguments: Namespace) -> int:
    """Send what is due through the modem now."""
    from sync.messages_loop import send_due

    with open_counter(arguments) as counter:
        told = send_due(counter)
    if arguments.json:
        print_json([asdict(one) for one in told])
        return 0
    for one in told:
        print(f"{one.number}  {one.what}  {one.status}  {one.code}".rstrip())
    if not told:
        say("ไม่มีข้อความที่ต้องส่ง")
    return 0
