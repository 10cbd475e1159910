"""enrol, sync, outbox, serve, offices."""

import os
import threading
from argparse import Namespace
from dataclasses import asdict
from typing import TYPE_CHECKING

from app import bootstrap
from app.catalog.documents import to_document
from app.cli.context import open_counter, passphrase, password
from app.cli.home import home_folder
from app.cli.output import print_json, report, say
from app.domain import thai_date
from app.domain.clock import SystemClock
from app.domain.errors import CounterError, Refused
from app.domain.ids import uuid7, uuid_text
from app.services import offices, ordinances, setup, timeline
from app.services.counter import Counter
from app.version import VERSION

if TYPE_CHECKING:
    from sync.exchange import SyncResult
    from sync.server.relay.link import Upstream

DATABASE = "LAO_SERVER_DATABASE"
FILES = "LAO_SERVER_FILES"
LARGEST_SEQ = 2**63 - 1


def enrol(arguments: Namespace) -> int:
    """Join an office: a counter that is set up keeps what it has, an empty home is set up from the server's answer."""
    from app.cli import devices

    home = home_folder(arguments)
    arguments.url, arguments.code = devices.read_code(arguments.url, arguments.code)
    if not setup.is_set_up(home):
        _set_up_from_server(arguments)
    else:
        from sync import link

        with open_counter(arguments) as counter:
            link.enrol(counter.store, arguments.url, arguments.code, VERSION)
    with open_counter(arguments) as counter:
        bootstrap.meet_server(counter)
        answer = {"office": counter.office.code, "counter": counter.counter_name, "store_id": counter.store_id}
        name = counter.office.name
    if arguments.json:
        print_json(answer)
    else:
        print(f"เข้าร่วมกับ {name} แล้ว: {answer['counter']}")
    return 0


def _set_up_from_server(arguments: Namespace) -> None:
    from sync import link

    home = home_folder(arguments)
    administrator = setup.Administrator(arguments.admin, password())
    secret = passphrase(home, creating=True)
    store_id = uuid_text(uuid7())
    name = arguments.counter_name or "เคาน์เตอร์ 1"
    answer = link.ask(arguments.url, arguments.code, store_id, name, VERSION)
    setup.set_up(
        home,
        link.office_document(answer.settings.office),
        bootstrap.built_in_services(),
        administrator,
        SystemClock(),
        secret,
        counter_name=name,
        store_id=store_id,
        join=lambda work: link.enter(work, arguments.url, answer),
    )


def sync(arguments: Namespace) -> int:
    """Send and fetch now; with --watch go on until stopped."""
    with open_counter(arguments) as counter:
        if arguments.watch:
            return _watch(arguments, counter)
        result = asdict(bootstrap.sync_now(counter))
        bootstrap.meet_server(counter)
        if arguments.json:
            print_json(result)
        else:
            sent = f"ส่ง {result['pushed']:,} รับ {result['pulled']:,}"
            print(f"{sent} กักไว้ {result['rejected']:,} รอส่ง {result['pending']:,}")
        files = bootstrap.file_work(counter).send()
    if files.sent or files.pending:
        say(f"ไฟล์แนบ: ส่ง {files.sent:,} รอส่ง {files.pending:,}")
    return 0


def _watch(arguments: Namespace, counter: Counter) -> int:
    def tell(outcome: "SyncResult | CounterError") -> None:
        if isinstance(outcome, CounterError):
            report(outcome, arguments)
        elif arguments.json:
            print_json(outcome)

    loop = bootstrap.sync_loop(counter, tell)
    loop.start()
    try:
        threading.Event().wait()
    finally:
        loop.stop()
    return 0


def outbox_list(arguments: Namespace) -> int:
    """The queue and the quarantine, in order of sending."""
    from sync import outbox

    with open_counter(arguments) as counter, counter.store.read() as connection:
        waiting = outbox.listing(connection, counter.store_id)
    if arguments.json:
        print_json([{**asdict(row), "record": uuid_text(row.record)} for row in waiting])
        return 0
    for row in waiting:
        kind, state = timeline.KIND_TEXTS.get(row.kind, row.kind), "กักไว้" if row.state == "quarantined" else "รอส่ง"
        print(f"{row.seq}  {state}  {kind}  {row.reason}".rstrip())
    if not waiting:
        say("ส่งครบแล้ว ไม่มีรายการรอส่ง")
    return 0


def outbox_retry(arguments: Namespace) -> int:
    """Let quarantined events be sent again, those named or all."""
    from sync import outbox

    wanted = [seq for seq in arguments.seq if 0 < seq <= LARGEST_SEQ]
    with open_counter(arguments) as counter, counter.store.write("admin") as work:
        count = outbox.retry(work, wanted) if arguments.seq else outbox.retry(work)
        if arguments.seq and not count:
            hint = "ดูเลขของรายการที่กักไว้จากคำสั่ง outbox list"
            raise Refused("unknown_event", "ไม่มีรายการที่กักไว้ตามเลขนี้", hint, "seq")
    if arguments.json:
        print_json({"retried": count})
    else:
        print(f"จะส่งใหม่ {count} รายการ")
    return 0


def serve(arguments: Namespace) -> int:
    """Run the central server until it is stopped; its address goes to stdout once it answers."""
    from sync.protocol import MAX_BODY
    from sync.server import app as server
    from sync.server.device_limits import DeviceLimits

    def announce(url: str) -> None:
        if arguments.json:
            print_json({"url": url})
        else:
            print(url, flush=True)

    server.serve(
        arguments.host,
        arguments.port,
        database_url(arguments),
        announce=announce,
        sms=arguments.sms,
        lhr=arguments.lhr,
        file_place=arguments.files or os.environ.get(FILES, ""),
        limits=DeviceLimits(arguments.requests_per_minute, min(arguments.batch_bytes, MAX_BODY)),
        processes=arguments.processes,
        log=arguments.log,
        upstream=_upstream(arguments),
    )
    return 0


def _upstream(arguments: Namespace) -> "Upstream | None":
    """The central server that an office's own server sends on to, as it was named."""
    from app.cli import devices
    from sync.server.relay.link import Upstream

    if not arguments.upstream:
        return None
    url, _, behind = arguments.upstream.partition("#")
    code = arguments.upstream_code or behind
    if code:
        url, code = devices.read_code(url, code)
    return Upstream(url, code, VERSION)


def database_url(arguments: Namespace) -> str:
    """The server's database: --database, LAO_SERVER_DATABASE, or a file in the home folder."""
    named = arguments.database or os.environ.get(DATABASE)
    if named:
        return str(named) if "://" in named else f"sqlite:///{named}"
    folder = home_folder(arguments)
    folder.mkdir(parents=True, exist_ok=True)
    return f"sqlite:///{(folder / 'server.db').as_posix()}"


def offices_list(arguments: Namespace) -> int:
    """The offices of a server with their counters and cases."""
    from sync.server import admin

    known = admin.list_offices(database_url(arguments))
    if arguments.json:
        print_json(known)
        return 0
    for row in known:
        print(f"{row['office']}  {row['name']}  เคาน์เตอร์ {row['devices']}  คำร้อง {row['cases']:,}")
    if not known:
        say("ยังไม่มี อปท. ในเครื่องแม่ข่ายนี้ เพิ่มด้วยคำสั่ง offices add")
    return 0


def offices_add(arguments: Namespace) -> int:
    """Add an office, or give it new settings that its counters get at their next sync."""
    from sync.server import admin

    document = offices.read_office_file(arguments.office)
    ordinances.check_rates(document, bootstrap.built_in_services())
    services = [to_document(service) for service in bootstrap.built_in_services()]
    added = admin.add_office(database_url(arguments), document, services)
    if arguments.json:
        print_json(added)
    else:
        print(f"เพิ่ม {added['name']} แล้ว (ชุดที่ {added['revision']})")
    return 0


def offices_enrol_code(arguments: Namespace) -> int:
    """A one-time code with which one counter joins."""
    from app.cli import devices
    from sync.server import admin

    code, expires_at = admin.enrol_code(database_url(arguments), arguments.lao_code, relay=arguments.relay)
    if arguments.qr is not None:
        devices.draw_code(arguments.qr, code, arguments.url)
    if arguments.json:
        print_json({"code": code, "expires_at": expires_at})
    else:
        print(code)
        until = thai_date.local(expires_at)
        say(f"ใช้ได้ครั้งเดียว ถึง {thai_date.short(until.date())} {until:%H:%M} น.")
    return 0
