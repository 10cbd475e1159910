"""recovery, key, backups: the paper that opens the store, a new key for it, and copies made by a plan."""

import getpass
import os
import sys
from argparse import Namespace
from dataclasses import asdict, replace
from pathlib import Path

from app import bootstrap
from app.cli.context import acting_person, open_counter, passphrase, password
from app.cli.home import home_folder
from app.cli.output import print_json, say
from app.domain.errors import Refused
from app.services import backup_plan, key_rotation, recovery, rehearsal
from app.services.counter import Counter
from app.services.model import Actor

CODE = "LAO_COUNTER_RECOVERY"
PIN = "LAO_COUNTER_PIN"
NEW_PASSPHRASE = "LAO_COUNTER_NEW_PASSPHRASE"


def recovery_status(arguments: Namespace) -> int:
    """When the paper was made."""
    with open_counter(arguments) as counter:
        made = recovery.made_at(counter)
    if arguments.json:
        print_json({"made_at": made})
    elif made is None:
        say("ยังไม่มีกุญแจกู้คืนบนกระดาษ ถ้าลืมรหัสผ่านกุญแจหรือเครื่องเสีย จะเปิดข้อมูลไม่ได้ ทำด้วย recovery new --out ไฟล์.pdf")
    else:
        print(f"ทำกุญแจกู้คืนเมื่อ {made:%Y-%m-%d %H:%M} UTC")
    return 0


def recovery_new(arguments: Namespace) -> int:
    """Make the paper; the one before opens nothing any more."""
    with open_counter(arguments) as counter:
        write_sheet(counter, acting_person(arguments, counter), arguments.out, arguments.printer)
        made = recovery.made_at(counter)
    if arguments.json:
        print_json({"made_at": made, "file": arguments.out, "printer": arguments.printer})
    return 0


def write_sheet(counter: Counter, actor: Actor, out: Path | None, printer: str | None) -> None:
    """The paper to a file or a printer; where it can go to neither, nothing is made."""
    send = bootstrap.recovery_target(counter, out, printer)
    send(recovery.make(counter, actor, passphrase(counter.home)))
    if out is not None:
        say(f"เขียนกุญแจกู้คืนลง {out.name} แล้ว พิมพ์ลงกระดาษ เก็บในตู้นิรภัย แล้วลบไฟล์นี้ทิ้ง")
    else:
        say("ส่งกุญแจกู้คืนไปเครื่องพิมพ์แล้ว ตรวจว่าพิมพ์ครบ แล้วเก็บในตู้นิรภัย")


def recovery_use(arguments: Namespace) -> int:
    """Open this home with the paper; its key is kept anew."""
    use(home_folder(arguments), None)
    if arguments.json:
        print_json({"opened": True})
    else:
        say("เปิดข้อมูลด้วยกุญแจกู้คืนแล้ว ตั้งแต่นี้ใช้รหัสผ่านกุญแจใหม่ หรือที่เก็บกุญแจของเครื่องนี้")
    return 0


def use(home: Path, backup: Path | None) -> None:
    """The same for a home, or for a backup that is about to be restored into it."""
    code = os.environ.get(CODE) or _asked("รหัสกู้คืน: ", "recovery_code", f"ตั้งรหัสกู้คืนใน {CODE} หรือสั่งจากหน้าจอที่พิมพ์ได้")
    recovery.use(home, code, _new_passphrase(), backup)


def key_rotate(arguments: Namespace) -> int:
    """A new key for database and files."""
    with open_counter(arguments) as counter:
        actor = acting_person(arguments, counter)
        if actor.role != "admin":
            raise Refused("right_needed", "เปลี่ยนกุญแจไม่ได้", "ขอให้ผู้ดูแลระบบเป็นผู้ทำรายการ", "as")
        say("กำลังเข้ารหัสข้อมูลใหม่ทั้งหมด ไฟดับระหว่างนี้ข้อมูลไม่หาย")
        key_rotation.rotate(counter, passphrase(counter.home), actor.username)
    with open_counter(arguments) as counter:
        made = recovery.made_at(counter)
    if arguments.json:
        print_json({"rotated": True, "recovery_made_at": made})
    else:
        say(
            "เปลี่ยนกุญแจแล้ว กุญแจกู้คืนบนกระดาษแผ่นเดิมยังใช้ได้"
            if made
            else "เปลี่ยนกุญแจแล้ว ยังไม่มีกุญแจกู้คืนบนกระดาษ ทำด้วย recovery new"
        )
    return 0


def backups_list(arguments: Namespace) -> int:
    """The backups within reach, newest first, and the plan."""
    with open_counter(arguments) as counter:
        state, found = backup_plan.state(counter), backup_plan.listing(counter)
    if arguments.json:
        print_json({**asdict(state), "backups": [asdict(one) for one in found]})
        return 0
    for one in found:
        print(f"{one.made_at:%Y-%m-%d %H:%M} UTC  {one.size:>12,}  {one.place}  {one.file.name}")
    if not found:
        say("ยังไม่มีไฟล์สำรองตามแผน สั่ง backups now")
    if state.plan.second and not state.second_here:
        say("ที่สำรองที่สองไม่อยู่ในขณะนี้ เสียบดิสก์สำรองแล้วจะสำรองให้เอง")
    if state.error:
        say(state.error)
    return 0


def backups_plan(arguments: Namespace) -> int:
    """Change the plan by what was given; without anything it is only told."""
    names = {"every": "every_hours", "second": "second", "daily": "daily", "weekly": "weekly", "monthly": "monthly"}
    given = {to: getattr(arguments, name) for name, to in names.items() if getattr(arguments, name) is not None}
    with open_counter(arguments) as counter:
        plan = backup_plan.read(counter)
        if given:
            plan = backup_plan.change(counter, acting_person(arguments, counter), replace(plan, **given))
    if arguments.json:
        print_json(asdict(plan))
    else:
        often = f"ทุก {plan.every_hours} ชั่วโมง" if plan.every_hours else "เมื่อสั่งเท่านั้น"
        print(f"สำรอง{often} เก็บรายวัน {plan.daily} รายสัปดาห์ {plan.weekly} รายเดือน {plan.monthly}"
              f" ที่ที่สอง {plan.second or 'ไม่มี'}")  # fmt: skip
    return 0


def backups_now(arguments: Namespace) -> int:
    """Back up at once to every place that is here."""
    with open_counter(arguments) as counter:
        made = backup_plan.run(counter)
        away = bool(backup_plan.read(counter).second) and len(made) < 2
    if arguments.json:
        print_json([asdict(one) for one in made])
    else:
        for one in made:
            print(f"{one.place}  {one.size:,} ไบต์  {one.file}")
    if away:
        say("ที่สำรองที่สองไม่อยู่ในขณะนี้ เสียบดิสก์สำรองแล้วจะสำรองให้เอง")
    return 0


def backups_rehearse(arguments: Namespace) -> int:
    """Open a backup elsewhere and run every check on it; exit 4 where one fails."""
    with open_counter(arguments) as counter:
        done = rehearsal.rehearse(counter, arguments.person or "backup", arguments.file)
    if arguments.json:
        print_json({**asdict(done), "checks": [asdict(check) for check in done.checks]})
    else:
        for check in done.checks:
            print(f"{'ผ่าน' if check.ok else 'ไม่ผ่าน'}  {check.name}  {check.detail}")
        say(f"ซ้อมกู้คืนจาก {done.file.name}: {done.cases:,} เรื่อง ใช้ {done.seconds:.1f} วินาที")
    return 0 if done.ok else 4


def diagnostics(arguments: Namespace) -> int:
    """One file for whoever helps from afar."""
    from app.services import diagnostics as bundle

    with open_counter(arguments) as counter:
        size = bundle.write(counter, arguments.file)
    if arguments.json:
        print_json({"file": arguments.file, "bytes": size})
    else:
        say(f"เขียนข้อมูลช่วยแก้ปัญหาแล้ว {size:,} ไบต์ ไม่มีข้อมูลส่วนบุคคล ส่งให้ผู้ดูแลระบบได้")
    return 0


def pin(arguments: Namespace) -> int:
    """Set or take away one's own PIN."""
    from app.services import pins

    with open_counter(arguments) as counter:
        actor = acting_person(arguments, counter)
        chosen = ""
        if arguments.what == "set":
            chosen = os.environ.get(PIN) or _asked("PIN 6 หลัก: ", "pin", f"ตั้ง PIN ใน {PIN} หรือสั่งจากหน้าจอที่พิมพ์ได้")
        pins.choose(counter, actor, password(), chosen)
    if arguments.json:
        print_json({"username": actor.username, "pin": bool(chosen)})
    else:
        say("ตั้ง PIN แล้ว ใช้ที่เครื่องนี้ได้ 12 ชั่วโมงหลังใส่รหัสผ่าน" if chosen else "ยกเลิก PIN แล้ว")
    return 0


def _new_passphrase() -> str | None:
    """The passphrase that wraps the key from now on; None keeps it in the platform's key store."""
    given = os.environ.get(NEW_PASSPHRASE)
    if given:
        return given
    if not bootstrap.keeps_keys():
        return _asked(
            "ตั้งรหัสผ่านกุญแจใหม่: ", "passphrase_needed", f"ตั้งรหัสผ่านกุญแจใหม่ใน {NEW_PASSPHRASE} หรือสั่งจากหน้าจอที่พิมพ์ได้"
        )
    return None


def _asked(prompt: str, code: str, hint: str) -> str:
    if not sys.stdin.isatty():
        raise Refused(code, "ต้องพิมพ์รหัสก่อน", hint)
    return getpass.getpass(prompt)
