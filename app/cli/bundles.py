"""bundle export, bundle import: sync by USB stick."""

import os
from argparse import Namespace
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from app import bootstrap
from app.cli.context import open_counter
from app.cli.network import DATABASE, FILES, database_url
from app.cli.output import print_json, say
from app.domain.errors import Refused, Unavailable
from app.services import replication
from app.version import VERSION

if TYPE_CHECKING:
    from sync.bundles import Carried


def export(arguments: Namespace) -> int:
    """Write everything that waits into one sealed file."""
    from sync import bundles

    with open_counter(arguments) as counter:
        bootstrap.meet_server(counter)  # without a line the keys of an earlier day do
        found = bundles.export(counter.store, counter.blobs, arguments.file, VERSION)
    _tell(arguments, found, "ส่งออก")
    say("นำไฟล์ไปนำเข้าที่เครื่องแม่ข่ายหรือเคาน์เตอร์ที่ต่อเครือข่ายได้ แล้วนำไฟล์ตอบรับกลับมานำเข้าที่เครื่องนี้")
    return 0


def take_in(arguments: Namespace) -> int:
    """Take in a bundle: on the server (with --database), or at a counter, where it is an answer or is sent on."""
    if arguments.database or os.environ.get(DATABASE):
        return _at_server(arguments)
    from sync import bundles

    with open_counter(arguments) as counter:
        apply = partial(replication.apply, counter)
        found, answer = bundles.take_in(counter.store, counter.blobs, arguments.file, apply, VERSION)
    _tell(arguments, found, "นำเข้า")
    if answer is not None:
        say(f"ไฟล์ตอบรับอยู่ที่ {answer.name} ในโฟลเดอร์เดียวกัน นำกลับไปนำเข้าที่เคาน์เตอร์ที่ส่งออก")
    return 0


def _at_server(arguments: Namespace) -> int:
    from sync import bundle_file
    from sync.bundles import Carried
    from sync.server import bundles
    from sync.server.database import Database
    from sync.server.files.store import open_store

    database = Database(database_url(arguments))
    try:
        store = open_store(database, arguments.files or os.environ.get(FILES, ""))
        source: Path = arguments.file
        target = source.with_name(f"{source.stem}.ack.lao")
        taken = bundles.Taken()

        def fill(file: BinaryIO) -> None:
            nonlocal taken
            with _opened(source) as bundle:
                taken = bundles.take(database, store, bundle, file)

        try:
            bundle_file.to_file(target, fill)
        except OSError:
            raise Unavailable(
                "bundle_unwritable", f"เขียนไฟล์ตอบรับ {target.name} ไม่ได้", "ใช้แฟลชไดรฟ์ที่ว่างพอ แล้วนำเข้าใหม่"
            ) from None
    finally:
        database.close()
    _tell(arguments, Carried(taken.events, taken.files, source.stat().st_size), "นำเข้า")
    say(f"ไฟล์ตอบรับอยู่ที่ {target.name} ในโฟลเดอร์เดียวกัน นำกลับไปนำเข้าที่เคาน์เตอร์ที่ส่งออก")
    return 0


def _opened(path: Path) -> BinaryIO:
    try:
        return path.open("rb")
    except OSError:
        raise Refused("bundle_unreadable", f"อ่านไฟล์ {path.name} ไม่ได้", "ตรวจชื่อไฟล์และแฟลชไดรฟ์", "file") from None


def _tell(arguments: Namespace, found: "Carried", done: str) -> None:
    if arguments.json:
        print_json(asdict(found))
    else:
        print(f"{done} {found.events:,} รายการ {found.files:,} ไฟล์ ({found.bytes / 1024:,.0f} KB)")
