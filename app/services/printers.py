"""The printers of this counter."""

from app.domain.errors import Refused
from app.domain.text_rules import clean_text
from app.services.counter import Counter
from app.services.model import Actor, Printer

KINDS = ("file", "network")
DOTS = (0, 384, 512, 576)


def list_printers(counter: Counter) -> list[Printer]:
    """Every printer, by name."""
    return list(counter.printers)


def default(counter: Counter, medium: str) -> Printer | None:
    """The printer that takes a medium ("slip" or "a4") unless another is named."""
    return counter.printer_for(medium)


def add(counter: Counter, actor: Actor, printer: Printer) -> Printer:
    """Add a printer, or give the one of this name a new address. The first of its medium becomes the default."""
    name = clean_text(printer.name, "name", label="ชื่อเครื่องพิมพ์", max_length=60, required=True)
    address = clean_text(printer.address, "address", label="ที่อยู่เครื่องพิมพ์", max_length=500, required=True)
    if printer.kind not in KINDS:
        raise Refused("printer_kind", "ไม่รู้จักชนิดเครื่องพิมพ์นี้", f"ใช้ชนิดใดชนิดหนึ่งใน {', '.join(KINDS)}", "kind")
    if printer.dots not in DOTS:
        raise Refused("printer_dots", "ความกว้างหัวพิมพ์ไม่ถูกต้อง", "ใช้ 576, 512 หรือ 384 จุด หรือ 0 สำหรับกระดาษ A4", "dots")
    if printer.kind == "network":
        _check_host_port(address)
    thermal = int(printer.dots > 0)
    with counter.store.write(actor.username) as work:
        others = work.run(
            "SELECT count(*) FROM printer WHERE (dots > 0) = ? AND is_default = 1 AND name != ?", (thermal, name)
        ).scalar_one()
        is_default = printer.is_default or not others
        if is_default:
            work.run("UPDATE printer SET is_default = 0 WHERE (dots > 0) = ?", (thermal,))
        work.run(
            "INSERT INTO printer (name, kind, address, dots, is_default) VALUES (?, ?, ?, ?, ?) ON CONFLICT (name) DO"
            " UPDATE SET kind = excluded.kind, address = excluded.address, dots = excluded.dots,"
            " is_default = excluded.is_default",
            (name, printer.kind, address, printer.dots, int(is_default)),
        )
        work.audit("printer_set", name, f"{printer.kind} {printer.dots}")
        work.changed("printer", name)
    counter.reload()
    return Printer(name, printer.kind, address, printer.dots, bool(is_default))


def _check_host_port(address: str) -> None:
    host, colon, port = address.rpartition(":")
    if not (host and colon and port.isascii() and port.isdigit() and 0 < int(port) < 65_536):
        raise Refused(
            "printer_address", "ที่อยู่เครื่องพิมพ์เครือข่ายไม่ถูกต้อง", "พิมพ์ในรูป ชื่อหรือ IP:พอร์ต เช่น 192.0.2.10:9100", "address"
        )
