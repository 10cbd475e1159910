"""relay: an office's own server on its way to the central one."""

from argparse import Namespace

from app.cli.network import database_url
from app.cli.output import print_json, say
from app.services import timeline

STATES = {
    "on": "ส่งต่ออยู่",
    "stopped": "ถูกส่วนกลางยกเลิกสิทธิ์",
    "restored": "เป็นสำเนาเก่า ต้องเข้าร่วมใหม่",
    "catching_up": "กำลังรับข้อมูลคืนจากส่วนกลาง",
}


def status(arguments: Namespace) -> int:
    """What waits for the central server, numbers in stock, counters."""
    from sync.server.relay import admin

    told = admin.status(database_url(arguments))
    if arguments.json:
        print_json(told)
        return 0
    state = STATES[told["state"]]
    print(f"{told['office']}  {told['upstream']}  {state}  ติดต่อล่าสุด {told['contacted_at'] or 'ยังไม่เคย'}")
    print(f"รอส่งส่วนกลาง {told['waiting']:,} รายการ  ส่วนกลางไม่รับ {told['resting']:,}  ไฟล์ {told['files']:,}")
    stock = "  ".join(f"{series} {count:,}" for series, count in told["numbers"].items())
    print(f"เลขสำรอง {stock or 'ไม่มี'}  เคาน์เตอร์ {told['counters']}")
    if told["error"]:
        say(told["error"])
    return 0


def listing(arguments: Namespace) -> int:
    """The events that wait or that the central server refused."""
    from sync.server.relay import admin

    rows = admin.listing(database_url(arguments))
    if arguments.json:
        print_json(rows)
        return 0
    for row in rows:
        state = "กักไว้" if row["code"] else "รอส่ง"
        kind = timeline.KIND_TEXTS.get(row["kind"], row["kind"])
        print(f"{row['counter'] or row['store_id']}  {row['seq']}  {state}  {kind}  {row['reason']}".rstrip())
    if not rows:
        say("ส่งถึงส่วนกลางครบแล้ว")
    return 0


def retry(arguments: Namespace) -> int:
    """Send on again what the central server refused."""
    from sync.server.relay import admin

    count = admin.retry(database_url(arguments))
    if arguments.json:
        print_json({"retried": count})
    else:
        print(f"จะส่งต่อใหม่ {count} รายการ")
    return 0


def restored(arguments: Namespace) -> int:
    """Say that the database was put back from a backup, before it is used again."""
    from sync.server.relay import admin

    admin.put_back(database_url(arguments))
    if arguments.json:
        print_json({"state": "restored"})
    else:
        print("หยุดจ่ายเลขและหยุดส่งต่อแล้ว")
        say("ขอรหัสด้วย offices enrol-code --relay ที่ส่วนกลาง เริ่ม serve ใหม่ด้วย --upstream-code แล้วให้ทุกเคาน์เตอร์เข้าร่วมใหม่")
    return 0
