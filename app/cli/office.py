"""init, services, numbers."""

from argparse import Namespace
from dataclasses import asdict, astuple
from pathlib import Path

from app import bootstrap
from app.catalog import loader
from app.catalog.samples import sample
from app.catalog.schema import Service
from app.cli import keeping
from app.cli.context import acting_person, open_counter, passphrase, password
from app.cli.home import home_folder
from app.cli.output import print_json, say
from app.domain.clock import SystemClock
from app.domain.errors import Refused
from app.services import number_report, offices, setup


def init(arguments: Namespace) -> int:
    """Set up office, first administrator and this counter."""
    document = offices.read_office_file(arguments.office)
    home = home_folder(arguments)
    setup.set_up(
        home,
        document,
        bootstrap.built_in_services(),
        setup.Administrator(arguments.admin, password(), arguments.admin_name),
        SystemClock(),
        passphrase(home, creating=True),
        counter_name=arguments.counter_name,
    )
    with open_counter(arguments) as counter:
        answer = {"office": counter.office.code, "counter": counter.counter_name, "store_id": counter.store_id}
        name = counter.office.name
        if arguments.recovery:
            keeping.write_sheet(counter, acting_person(arguments, counter), arguments.recovery, None)
        else:
            say("ทำกุญแจกู้คืนบนกระดาษด้วย recovery new ก่อนใช้งานจริง: ลืมรหัสผ่านกุญแจแล้วไม่มีวิธีอื่นเปิดข้อมูล")
    if arguments.json:
        print_json(answer)
    else:
        print(f"ตั้งค่า {name} แล้ว: {answer['counter']}")
    return 0


def services_list(arguments: Namespace) -> int:
    """What can be filed: all built-in services, and whether this counter's office has them switched on."""
    enabled: frozenset[str] = frozenset()
    known: list[Service] = bootstrap.built_in_services()
    if setup.is_set_up(home_folder(arguments)):
        with open_counter(arguments) as counter:
            enabled = frozenset(counter.catalog)
            known = counter.every_definition()
    rows = [
        {"code": s.code, "version": s.version, "name": s.name, "enabled": s.code in enabled}
        for s in sorted(known, key=lambda s: s.code)
    ]
    if arguments.json:
        print_json(rows)
        return 0
    for row in rows:
        print(f"{row['code']:<16} {row['version']:>3}  {'เปิดใช้' if row['enabled'] else 'ปิด'}  {row['name']}")
    return 0


def services_check(arguments: Namespace) -> int:
    """Validate definitions: those named, else those that come with the program."""
    files: list[Path] = arguments.files or loader.builtin_paths()
    problems = loader.check(files)
    if arguments.json:
        print_json([asdict(problem) for problem in problems])
    else:
        for problem in problems:
            print(": ".join(str(part) for part in astuple(problem) if part))
    say(f"ตรวจ {len(files)} ไฟล์ พบข้อผิดพลาด {len(problems)} รายการ")
    return Refused.exit_code if problems else 0


def services_sample(arguments: Namespace) -> int:
    """An input that `register` takes as it is."""
    known = {service.code: service for service in bootstrap.built_in_services()}
    if arguments.code not in known:
        raise Refused("unknown_service", "ไม่รู้จักบริการนี้", f"บริการที่มี: {', '.join(sorted(known))}", "service")
    print_json(sample(known[arguments.code]))
    return 0


def numbers(arguments: Namespace) -> int:
    """Account for every number of every leased block; `verify` is the command that fails where one is not."""
    with open_counter(arguments) as counter:
        answer = number_report.report(counter, arguments.series)
    if arguments.json:
        print_json(answer)
    else:
        for row in answer["by_series"]:
            print(
                f"{row['series']}: ออกแล้ว {row['issued']:,} ยกเลิก {row['voided']:,} คงเหลือ {row['unused']:,}"
                f" คืน {row['returned']:,} อธิบายไม่ได้ {row['unexplained']:,} ซ้ำ {row['duplicates']:,}"
            )
    return 0
