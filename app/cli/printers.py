"""printers: list, find, add, remove, test, drawer."""

from argparse import Namespace
from dataclasses import asdict
from pathlib import Path

from app.cli.context import acting_person, open_counter
from app.cli.output import print_json, say
from app.domain.errors import Refused
from app.services import print_jobs, printers
from app.services.model import Printer
from printing import press


def show(arguments: Namespace) -> int:
    """The printers of this counter."""
    with open_counter(arguments) as counter:
        known = printers.list_printers(counter)
    if arguments.json:
        print_json([asdict(printer) for printer in known])
        return 0
    for printer in known:
        width = f"{printer.dots} จุด" if printer.dots else "A4"
        print(f"{'*' if printer.is_default else ' '} {printer.name}  {printer.kind}  {printer.address}  {width}")
    if not known:
        say("ยังไม่มีเครื่องพิมพ์ เพิ่มด้วยคำสั่ง printers add")
    return 0


def find(arguments: Namespace) -> int:
    """What this machine offers: kind and address as `printers add` takes them."""
    found = press.printers_found()
    if arguments.json:
        print_json([asdict(one) for one in found])
        return 0
    for one in found:
        print(f"{one.kind:<9}  {one.address}  {one.name}".rstrip())
    if not found:
        say("ไม่พบเครื่องพิมพ์ที่ต่ออยู่ ตรวจสายและสวิตช์ หรือเพิ่มเครื่องพิมพ์เครือข่ายด้วยที่อยู่ของเครื่อง")
    return 0


def add(arguments: Namespace) -> int:
    """Add a printer, or give the one of this name a new address."""
    dots = arguments.dots if arguments.dots is not None else 0 if arguments.kind == "system" else press.DEFAULT_DOTS
    address = str(Path(arguments.address).resolve()) if arguments.kind == "file" else arguments.address
    if arguments.model and arguments.model not in press.printer_models():
        known = ", ".join(press.printer_models())
        raise Refused("printer_model", "ไม่รู้จักรุ่นเครื่องพิมพ์นี้", f"รุ่นที่รู้จัก: {known}", "model")
    printer = Printer(
        arguments.name, arguments.kind, address, dots, arguments.is_default,
        model=arguments.model, cut=arguments.cut, drawer=arguments.drawer,
        trays=dict(_pair(text) for text in arguments.tray), two_sided=tuple(arguments.two_sided),
        documents=tuple(arguments.document), fallback=arguments.fallback,
    )  # fmt: skip
    with open_counter(arguments) as counter:
        added = printers.add(counter, acting_person(arguments, counter), printer)
    if arguments.json:
        print_json(asdict(added))
    else:
        print(f"ตั้งเครื่องพิมพ์ {added.name} แล้ว")
    return 0


def _pair(text: str) -> tuple[str, str]:
    document, _, tray = text.partition("=")
    return document, tray


def remove(arguments: Namespace) -> int:
    """Forget a printer."""
    with open_counter(arguments) as counter:
        printers.remove(counter, acting_person(arguments, counter), arguments.name)
    if arguments.json:
        print_json({"printer": arguments.name, "removed": True})
    else:
        print(f"เอาเครื่องพิมพ์ {arguments.name} ออกแล้ว")
    return 0


def test(arguments: Namespace) -> int:
    """Send a test page to a printer."""
    with open_counter(arguments) as counter:
        printer = print_jobs.printer_named(counter, arguments.name)
        press.print_test_page(printer, counter.office.name)
    if arguments.json:
        print_json({"printer": printer.name, "sent": True})
    else:
        print(f"ส่งหน้าทดสอบไปที่ {printer.name} แล้ว")
    return 0


def drawer(arguments: Namespace) -> int:
    """Open the cash drawer that hangs on a printer; who did it is written down."""
    with open_counter(arguments) as counter:
        actor = acting_person(arguments, counter)
        printer = print_jobs.printer_named(counter, arguments.name)
        printers.drawer_opened(counter, actor, printer)
        press.open_drawer(printer)
    if arguments.json:
        print_json({"printer": printer.name, "opened": True})
    else:
        print(f"สั่งเปิดลิ้นชักที่ {printer.name} แล้ว")
    return 0
