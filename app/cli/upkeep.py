"""backup, restore, verify."""

import os
from argparse import Namespace
from dataclasses import asdict

from app import bootstrap
from app.cli import keeping
from app.cli.context import open_counter, passphrase
from app.cli.home import home_folder
from app.cli.output import print_json, say
from app.domain.clock import SystemClock
from app.domain.errors import CounterError
from app.services import backups, verification


def backup(arguments: Namespace) -> int:
    """Copy the database, encrypted under the same key, while it is in use."""
    with open_counter(arguments) as counter:
        size = backups.back_up(counter, arguments.file)
    if arguments.json:
        print_json({"file": arguments.file, "bytes": size})
    else:
        say(f"สำรองข้อมูลแล้ว {size:,} ไบต์")
    return 0


def restore(arguments: Namespace) -> int:
    """Bring a backup back into this home; it becomes a new store, whose unused numbers are given up."""
    home = home_folder(arguments)
    if arguments.recovery:
        keeping.use(home, arguments.file)
    given = os.environ.get(keeping.NEW_PASSPHRASE) if arguments.recovery else None
    store_id = backups.restore(home, arguments.file, given or passphrase(home), SystemClock())
    if arguments.json:
        print_json({"store_id": store_id})
    else:
        say("กู้คืนแล้ว เครื่องนี้เป็นที่เก็บข้อมูลใหม่และจะใช้เลขชุดใหม่")
    return 0


def verify(arguments: Namespace) -> int:
    """Check database, audit chain, numbers and files; exit 4 where anything is wrong."""
    with open_counter(arguments) as counter:
        checkpoint = None
        if not counter.stand_alone:
            try:
                checkpoint = bootstrap.server_checkpoint(counter)
            except CounterError as error:
                say(f"ยังไม่ได้เทียบกับเครื่องแม่ข่ายกลาง: {error.title}")
        checks = verification.verify(counter, checkpoint)
    ok = all(check.ok for check in checks)
    if arguments.json:
        print_json({"ok": ok, "checks": [asdict(check) for check in checks]})
    else:
        for check in checks:
            print(f"{'ผ่าน' if check.ok else 'ไม่ผ่าน'}  {check.name}  {check.detail}")
    return 0 if ok else 4
