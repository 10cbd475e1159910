"""sms: the short messages of a central server."""

from argparse import Namespace

from app.cli.network import database_url
from app.cli.output import print_json, say


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
