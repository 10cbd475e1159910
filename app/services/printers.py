"""The printers of this counter."""

import re
from dataclasses import replace

from app.domain.errors import Refused
from app.domain.text_rules import clean_text
from app.services import rights
from app.services.counter import Counter
from app.services.model import Actor, Printer
from app.services.money_model import CASH, Receipt
from app.store.canonical import canonical_json
from app.store.unit_of_work import UnitOfWork

KINDS = ("file", "network", "serial", "usb", "raw_queue", "system")
DOTS = (0, 384, 512, 576)
TRAYS = ("upper", "middle", "lower", "manual", "envelope")
_DOCUMENT = re.compile(r"[a-z][a-z0-9_]{0,39}")
_SERIAL = re.compile(r"[^@\s]+(@\d{4,6})?")
_USB = re.compile(r"[0-9a-f]{4}:[0-9a-f]{4}", re.IGNORECASE)


def list_printers(counter: Counter) -> list[Printer]:
    """Every printer, by name."""
    return list(counter.printers)


def default(counter: Counter, medium: str) -> Printer | None:
    """The printer that takes a medium ("slip" or "a4") unless another is named."""
    return counter.printer_for(medium)


def add(counter: Counter, actor: Actor, printer: Printer) -> Printer:
    """Add a printer, or give the one of this name a new address. The first of its medium becomes the default.

    Refused "right_needed", or naming the field.
    """
    rights.require(actor, rights.OFFICE_SETTINGS)
    printer = _checked(counter, printer)
    thermal = int(printer.dots > 0)
    with counter.store.write(actor.username) as work:
        others = work.run(
            "SELECT count(*) FROM printer WHERE (dots > 0) = ? AND is_default = 1 AND name != ?",
            (thermal, printer.name),
        ).scalar_one()
        is_default = printer.is_default or not others
        if is_default:
            work.run("UPDATE printer SET is_default = 0 WHERE (dots > 0) = ?", (thermal,))
        work.run(
            "INSERT INTO printer (name, kind, address, dots, is_default, options) VALUES (?, ?, ?, ?, ?, ?)"
            " ON CONFLICT (name) DO UPDATE SET kind = excluded.kind, address = excluded.address, dots = excluded.dots,"
            " is_default = excluded.is_default, options = excluded.options",
            (printer.name, printer.kind, printer.address, printer.dots, int(is_default), _options(printer)),
        )
        for document in printer.documents:
            _only_here(work, printer.name, document)
        work.audit("printer_set", printer.name, f"{printer.kind} {printer.dots}")
        work.changed("printer", printer.name)
    counter.reload()
    return replace(printer, is_default=is_default)


def _only_here(work: UnitOfWork, name: str, document: str) -> None:
    """A document goes to one printer: the last one that was set for it."""
    work.run(
        "UPDATE printer SET options = json_set(options, '$.documents', json((SELECT json_group_array(value)"
        " FROM json_each(options, '$.documents') WHERE value != ?))) WHERE name != ?"
        " AND EXISTS (SELECT 1 FROM json_each(options, '$.documents') WHERE value = ?)",
        (document, name, document),
    )


def remove(counter: Counter, actor: Actor, name: str) -> None:
    """Forget a printer; its jobs stay in the ledger. Refused "right_needed", "unknown_printer",
    or while papers wait for it."""
    rights.require(actor, rights.OFFICE_SETTINGS)
    if name not in {printer.name for printer in counter.printers}:
        raise Refused("unknown_printer", "ไม่รู้จักเครื่องพิมพ์ชื่อนี้", "ดูชื่อด้วยคำสั่ง printers list", "name")
    with counter.store.write(actor.username) as work:
        waiting = work.run(
            "SELECT count(*) FROM print_job WHERE printer = ? AND state IN ('planned', 'sending')", (name,)
        ).scalar_one()
        if waiting:
            raise Refused(
                "printer_busy",
                f"ยังมีงานพิมพ์รอเครื่องนี้ {waiting:,} งาน",
                "รอให้พิมพ์เสร็จ หรือย้ายงานไปเครื่องอื่นก่อน",
                "name",
            )
        work.run("DELETE FROM printer WHERE name = ?", (name,))
        work.audit("printer_removed", name)
        work.changed("printer", name)
    counter.reload()


def drawer_opened(counter: Counter, actor: Actor, printer: Printer, reason: str = "") -> None:
    """Write down that somebody opens the cash drawer, before it opens. Refused "right_needed" for who takes no money,
    "no_drawer" where none hangs there."""
    rights.require(actor, rights.RECEIVE_MONEY)
    if not printer.drawer:
        raise Refused(
            "no_drawer", f"เครื่องพิมพ์ “{printer.name}” ไม่ได้ต่อลิ้นชักเงินสด", "เพิ่มเครื่องพิมพ์ใหม่พร้อมตัวเลือก --drawer", "name"
        )
    with counter.store.write(actor.username) as work:
        work.audit("drawer_opened", printer.name, reason)


def drawer_for(counter: Counter, actor: Actor, receipt: Receipt) -> Printer | None:
    """The printer whose cash drawer is to open for a receipt that this person has just issued, written down; None where
    none of the money is cash, or no drawer hangs here."""
    cash = any(method == CASH and satang for method, satang in receipt.shares)
    printer = next((one for one in counter.printers if one.drawer), None)
    if not cash or printer is None or receipt.cashier != actor.username:
        return None
    drawer_opened(counter, actor, printer, receipt.text)
    return printer


def _options(printer: Printer) -> str:
    usual = Printer("", "", "")
    known = {
        key: getattr(printer, key) for key in ("model", "cut", "drawer", "trays", "two_sided", "documents", "fallback")
    }
    return canonical_json(
        {key: dict(value) if key == "trays" else value for key, value in known.items() if value != getattr(usual, key)}
    )


def _checked(counter: Counter, printer: Printer) -> Printer:
    name = clean_text(printer.name, "name", label="ชื่อเครื่องพิมพ์", max_length=60, required=True)
    address = clean_text(printer.address, "address", label="ที่อยู่เครื่องพิมพ์", max_length=500, required=True)
    model = clean_text(printer.model, "model", label="รุ่นเครื่องพิมพ์", max_length=60, required=False)
    if printer.fallback and printer.fallback not in {one.name for one in counter.printers if one.name != name}:
        raise Refused("printer_fallback", "ไม่รู้จักเครื่องพิมพ์สำรองนี้", "เลือกเครื่องพิมพ์อื่นที่ตั้งไว้แล้ว", "fallback")
    if printer.kind not in KINDS:
        raise Refused("printer_kind", "ไม่รู้จักเครื่องพิมพ์ชนิดนี้", f"ใช้ชนิดใดชนิดหนึ่งใน {', '.join(KINDS)}", "kind")
    if printer.dots not in DOTS:
        raise Refused("printer_dots", "ความกว้างหัวพิมพ์ไม่ถูกต้อง", "ใช้ 576, 512 หรือ 384 จุด หรือ 0 สำหรับกระดาษ A4", "dots")
    if printer.kind == "system" and printer.dots:
        raise Refused(
            "printer_dots", "คิวชนิด system พิมพ์กระดาษ A4/A5 เท่านั้น", "ใช้ 0 จุด หรือเลือกชนิด raw_queue สำหรับสลิป", "dots"
        )
    _check_address(printer.kind, address)
    for document, tray in printer.trays.items():
        if not _DOCUMENT.fullmatch(document) or tray not in TRAYS:
            raise Refused("printer_tray", "ถาดกระดาษไม่ถูกต้อง", f"ระบุเป็น เอกสาร=ถาด โดยถาดเป็น {', '.join(TRAYS)}", "tray")
    for document in (*printer.two_sided, *printer.documents):
        if not _DOCUMENT.fullmatch(document):
            raise Refused("printer_two_sided", "ชื่อเอกสารไม่ถูกต้อง", "ใช้รหัสเอกสาร เช่น petition", "two_sided")
    return replace(printer, name=name, address=address, model=model)


def _check_address(kind: str, address: str) -> None:
    if kind == "network":
        _check_host_port(address)
    elif kind == "serial" and not _SERIAL.fullmatch(address):
        raise Refused("printer_address", "ที่อยู่พอร์ตอนุกรมไม่ถูกต้อง", "พิมพ์ในรูป COM3 หรือ COM3@19200", "address")
    elif kind == "usb" and not _USB.fullmatch(address):
        raise Refused(
            "printer_address", "ที่อยู่เครื่องพิมพ์ USB ไม่ถูกต้อง", "ดูรหัสด้วยคำสั่ง printers find เช่น 04b8:0e15", "address"
        )


def _check_host_port(address: str) -> None:
    host, colon, port = address.rpartition(":")
    if not (host and colon and port.isascii() and port.isdigit() and 0 < int(port) < 65_536):
        raise Refused(
            "printer_address", "ที่อยู่เครื่องพิมพ์เครือข่ายไม่ถูกต้อง", "พิมพ์ในรูป ชื่อหรือ IP:พอร์ต เช่น 192.0.2.10:9100", "address"
        )
