"""devices: the counters of a central server; and the one-time code as a QR to carry to the counter."""

import getpass
from argparse import Namespace
from datetime import datetime
from pathlib import Path
from typing import Any

import segno

from app.cli.network import database_url
from app.cli.output import print_json, say
from app.domain import thai_date
from app.domain.errors import Refused, Unavailable


def listing(arguments: Namespace) -> int:
    """The counters, when each was last heard of, and what it said of itself."""
    from sync.server import device_admin

    rows = device_admin.listing(database_url(arguments), arguments.lao_code, silent_days=arguments.silent_days)
    if arguments.json:
        print_json(rows)
        return 0
    for row in rows:
        print(f"{row['office']}  {row['id']}  {row['name']}  {row['app_version']}  {state_words(row)}")
        for one in row["behind"]:
            seen = thai_date.local(datetime.fromisoformat(one["seen_at"])) if one["seen_at"] else None
            when = f"{thai_date.short(seen.date())} {seen:%H:%M} น." if seen else "ยังไม่เคย"
            print(f"    {one['name'] or one['store_id']}  ถึงเครื่องในสำนักงานล่าสุด {when}")
    if not rows:
        say("ไม่มีเครื่องที่ตรงกับที่ถาม")
    return 0


def state_words(row: dict[str, Any]) -> str:
    """What an administrator wants to know of a counter first."""
    if row["revoked"]:
        return f"ยกเลิกสิทธิ์แล้ว: {row['reason']}  เลขที่ยังไม่ทราบผล {row['numbers_unused']:,}"
    days = int(row["silent_days"])
    told = [f"ไม่ได้ซิงก์ {days} วัน" if days else "ซิงก์ภายใน 24 ชั่วโมง"]
    if row["waiting"]:
        told.append(f"เครื่องแจ้งว่าค้างส่ง {row['waiting']:,}")
    if row["resting"]:
        told.append(f"ถูกกักไว้ {row['resting']:,}")
    return "  ".join([*told, f"คำร้อง {row['cases']:,}"])


def revoke(arguments: Namespace) -> int:
    """Shut a counter out."""
    from sync.server import device_admin

    done = device_admin.revoke(database_url(arguments), arguments.lao_code, arguments.device, arguments.reason)
    if arguments.json:
        print_json(done)
        return 0
    print(f"ยกเลิกสิทธิ์ {done['name']} แล้ว เครื่องจะได้รับแจ้งเหตุผลเมื่อซิงก์ครั้งถัดไป ข้อมูลในเครื่องยังอยู่")
    if done["numbers_unused"]:
        say(f"เลข {done['numbers_unused']:,} เลขของเครื่องนี้ยังไม่ทราบผล")
        say("เมื่อแน่ใจว่าไม่มีบนกระดาษใด คืนเลขด้วยคำสั่ง devices return-numbers")
    return 0


def replace(arguments: Namespace) -> int:
    """Another PC takes the place of a broken one."""
    from sync.server import device_admin

    done = device_admin.replace(
        database_url(arguments), arguments.lao_code, arguments.device, arguments.reason, _who(arguments),
        give_up=arguments.numbers == "returned",
    )  # fmt: skip
    _draw(arguments, done["code"])
    if arguments.json:
        print_json(done)
        return 0
    print(done["code"])
    until = thai_date.local(done["expires_at"])
    say(f"รหัสของเครื่องใหม่ ใช้ได้ครั้งเดียว ถึง {thai_date.short(until.date())} {until:%H:%M} น.")
    if done["waiting"]:
        say(f"เครื่องเดิมเคยแจ้งว่าค้างส่ง {done['waiting']:,} รายการ กู้คืนจากไฟล์สำรองของเครื่องเดิมก่อน ถ้ามี")
    if arguments.numbers == "returned":
        books = f" และเลขใบเสร็จ {done['books_returned']:,} เลข" if done["books_returned"] else ""
        say(f"คืนเลขที่ไม่ทราบผลแล้ว {done['returned']:,} เลข{books} จะไม่ถูกใช้อีก")
    else:
        say(f"เลขที่ยังไม่ทราบผล {done['numbers_unused']:,} เลข รอตัดสินใจด้วยคำสั่ง devices return-numbers")
    return 0


def return_numbers(arguments: Namespace) -> int:
    """Account for the numbers of a counter that is gone as returned."""
    from sync.server import device_admin

    done = device_admin.give_up_numbers(
        database_url(arguments), arguments.lao_code, arguments.device, arguments.reason, _who(arguments)
    )
    if arguments.json:
        print_json(done)
        return 0
    for series, spans in done["spans"].items():
        for first, last in spans:
            print(f"{series}  {first:06}–{last:06}")
    for book, spans in done["books"].items():
        for first, last in spans:
            print(f"ใบเสร็จเล่ม {book}  {first}–{last}")
    say(f"คืนแล้ว {done['returned']:,} เลข และเลขใบเสร็จ {done['books_returned']:,} เลข จะไม่ถูกใช้อีก")
    return 0


def numbers(arguments: Namespace) -> int:
    """Every number of an office accounted for, on the server."""
    from sync.server import admin

    database = database_url(arguments)
    rows = admin.numbers_report(database, arguments.lao_code) + admin.books_report(database, arguments.lao_code)
    if arguments.json:
        print_json(rows)
        return 0
    for row in rows:
        print(
            f"{row['series']}  จัดสรร {row['leased']:,}  ออกแล้ว {row['issued']:,}  ยกเลิก {row['voided']:,}"
            f"  ยังไม่ทราบผล {row['unused']:,}  คืน {row['returned']:,}"
            f"  อธิบายไม่ได้ {row['unexplained']}  ซ้ำ {row['duplicates']}"
        )
    if not rows:
        say("ยังไม่เคยจัดสรรเลขให้ อปท. นี้")
    return 0


def draw_code(path: Path, code: str, url: str = "") -> None:
    """The code as a QR: .png or .svg, else text for a terminal. With the server's address a counter needs nothing
    else; the code stands behind a #, which no browser sends anywhere. Unavailable when the file cannot be written."""
    picture = segno.make(f"{url.rstrip('/')}/#{code}" if url else code, micro=False, error="m")
    try:
        if path.suffix.lower() in (".png", ".svg"):
            picture.save(str(path), scale=8, border=4)
        else:
            with path.open("w", encoding="utf-8") as out:
                picture.terminal(out, border=2)
    except OSError:
        hint = f"ตรวจโฟลเดอร์และสิทธิ์ แล้วสั่งใหม่ หรือใช้รหัส {code} ที่ออกแล้วได้เลย"
        raise Unavailable("qr_file", f"เขียนไฟล์ {path.name} ไม่ได้", hint) from None


def read_code(text: str, code: str) -> tuple[str, str]:
    """(server, code) of what was given to `enrol`: an address and a code, or what the QR says. Refused "enrol_code"."""
    url, _, behind = text.partition("#")
    code = code or behind
    if not code:
        raise Refused("enrol_code", "ไม่มีรหัสเข้าร่วม", "ใส่รหัส 8 ตัวหลังที่อยู่เครื่องแม่ข่าย หรือข้อความทั้งหมดของ QR", "code")
    return url.rstrip("/"), code


def _draw(arguments: Namespace, code: str) -> None:
    if arguments.qr is not None:
        draw_code(arguments.qr, code, arguments.url)


def _who(arguments: Namespace) -> str:
    """Who decided: the name given, or the account on this machine."""
    return str(arguments.person or getpass.getuser())
