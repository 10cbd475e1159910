"""demo: the main job with no screen, on real parts, into a folder that anybody can look at."""

import os
import shutil
import time
from argparse import Namespace
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import segno

from app import bootstrap
from app.catalog.documents import to_document
from app.catalog.samples import sample
from app.cli import demo_office
from app.cli.output import print_json, say
from app.domain.clock import SystemClock
from app.domain.errors import Unavailable
from app.domain.ids import uuid7, uuid_text
from app.intake import codes
from app.services import cases, print_jobs, registration_json, setup
from app.services.counter import Counter
from app.services.model import Actor, RegisterCase
from app.version import VERSION
from sync import link
from sync.server import admin
from sync.server import app as server

PRINT_SECONDS = 20.0


def demo(arguments: Namespace) -> int:
    """Scan, register in the real window, print, sync to a central server of its own; tell where everything lies."""
    out: Path = arguments.out.resolve()
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    try:
        out.mkdir(parents=True, exist_ok=True)
        shutil.rmtree(out / demo_office.PRINTED, ignore_errors=True)
    except OSError:
        raise Unavailable("output_folder", "สร้างโฟลเดอร์ผลลัพธ์ไม่ได้", "ตรวจพื้นที่และสิทธิ์เขียน หรือเลือกโฟลเดอร์อื่น") from None
    with TemporaryDirectory(prefix="lao-counter-demo-", ignore_cleanup_errors=True) as folder:
        answer = _run(out, Path(folder))
    if arguments.json:
        print_json(answer)
    else:
        for key, value in answer.items():
            print(f"{key}: {value}")
    return 0


def _run(out: Path, folder: Path) -> dict[str, Any]:
    database = f"sqlite:///{(folder / 'server.db').as_posix()}"
    document = demo_office.office_document()
    admin.add_office(database, document, [to_document(service) for service in bootstrap.built_in_services()])
    code, _expires_at = admin.enrol_code(database, document["code"])
    with server.background(database) as url:
        home = folder / "home"
        _enrol(home, url, code)
        counter = bootstrap.open_counter(home, demo_office.PASSPHRASE)
        try:
            answer = _at_the_counter(counter, out)
            answer["synced"] = _sync(counter, database)
        finally:
            counter.close()
    return answer


def _enrol(home: Path, url: str, code: str) -> None:
    store_id = uuid_text(uuid7())
    joined = link.ask(url, code, store_id, "เคาน์เตอร์สาธิต", VERSION)
    setup.set_up(
        home,
        link.office_document(joined.settings.office),
        bootstrap.built_in_services(),
        demo_office.administrator(),
        SystemClock(),
        demo_office.PASSPHRASE,
        counter_name="เคาน์เตอร์สาธิต",
        store_id=store_id,
        join=lambda work: link.enter(work, url, joined),
    )


def _at_the_counter(counter: Counter, out: Path) -> dict[str, Any]:
    from ui import screenshots

    actor = demo_office.sign_in(counter)
    printed = out / demo_office.PRINTED
    demo_office.add_printers(counter, actor, printed)
    command = _scanned(counter, out / "scanned.png")
    workers = bootstrap.Workers(counter)
    workers.start()
    try:
        pictures = screenshots.take(counter, actor, bootstrap.Paper(), out / "screenshots", command)
        number = cases.recent(counter, 1)[0].number
        _print_petition(counter, actor, number)
        _wait_for_paper(counter)
    finally:
        workers.stop()
    return {
        "number": number,
        "slip_png": _paper(printed, number, "slip", ".png"),
        "slip_bin": _paper(printed, number, "slip", ".bin"),
        "petition_pdf": _paper(printed, number, "petition", ".pdf"),
        "screenshots": pictures,
        "synced": False,
    }


def _scanned(counter: Counter, picture: Path) -> RegisterCase:
    """The sample petition, its citizen number read from the QR of a picture."""
    data = sample(counter.catalog["petition"])
    segno.make(data["applicant"]["cid"], micro=False).save(str(picture), scale=8)
    read = codes.classify(codes.decode_image(picture)[0].text)
    say(f"อ่าน QR จากภาพ: {read.kind}")
    command = registration_json.from_json("petition", data)
    return replace(command, applicant=replace(command.applicant, citizen_id=read.value))


def _print_petition(counter: Counter, actor: Actor, number: str) -> None:
    printed = {job.document for job in print_jobs.list_jobs(counter) if job.number == number}
    for document in {"slip", "petition"} - printed:
        print_jobs.plan(counter, actor, number, document)


def _wait_for_paper(counter: Counter) -> None:
    deadline = time.monotonic() + PRINT_SECONDS
    while waiting := print_jobs.list_jobs(counter, 10, ("planned", "sending", "failed")):
        if time.monotonic() > deadline:
            raise Unavailable("print_failed", waiting[0].error or "พิมพ์ไม่เสร็จในเวลาที่กำหนด", "ตรวจโฟลเดอร์ผลลัพธ์แล้วลองใหม่")
        time.sleep(0.05)


def _paper(folder: Path, number: str, document: str, suffix: str) -> Path:
    return next(folder.glob(f"{number}-{document}-*{suffix}"))


def _sync(counter: Counter, database: str) -> bool:
    """Whether the server now holds exactly this one petition, and nothing is left here to send."""
    result = bootstrap.sync_now(counter)
    offices = admin.list_offices(database)
    return result.pending == 0 and [office["cases"] for office in offices] == [1]
