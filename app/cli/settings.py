"""settings: what the office has set, and changing it from a file of some keys of OFFICE.toml."""

import tomllib
from argparse import Namespace
from typing import Any

from app.cli.context import acting_person, open_counter
from app.cli.output import print_json, say
from app.domain import office_changes
from app.domain.errors import Refused
from app.services import office_settings


def show(arguments: Namespace) -> int:
    """The settings that are changed at a counter, or one of them, as they will be when everything is in force."""
    with open_counter(arguments) as counter:
        document = office_settings.document(counter)
        waiting = office_settings.waiting(counter)
    key = getattr(arguments, "key", None)
    if key is not None and key not in office_settings.NAMES:
        raise _unknown(key)
    found = {name: document[name] for name in office_settings.NAMES if key in (None, name)}
    if arguments.json:
        print_json({"settings": found, "waiting": waiting})
        return 0
    for name, value in found.items():
        print(f"{name} ({office_settings.NAMES[name]}): {_told(value)}")
    if waiting:
        say(f"รอเครื่องแม่ข่ายกลางรับ {waiting} รายการ")
    return 0


def change(arguments: Namespace) -> int:
    """Bring the settings of a file into force; its other settings stay. Nothing is changed where one is wrong."""
    wanted = _read(arguments)
    with open_counter(arguments) as counter:
        done = office_settings.change(counter, acting_person(arguments, counter), wanted)
    answer = {"changed": [item_name(one) for one in done.changes], "waits": done.waits}
    if arguments.json:
        print_json(answer)
    else:
        told = "จะมีผลเมื่อเครื่องแม่ข่ายกลางรับแล้ว" if done.waits else "มีผลแล้ว"
        print(f"บันทึกการตั้งค่า {len(done.changes)} รายการ {told}")
    return 0


def _read(arguments: Namespace) -> dict[str, Any]:
    name = arguments.file.name
    try:
        found = tomllib.loads(arguments.file.read_text("utf-8"))
    except OSError:
        raise Refused("office_file", f"อ่านไฟล์ {name} ไม่ได้", "ตรวจชื่อและที่อยู่ของไฟล์", "file") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise Refused("office_file", f"ไฟล์ {name} ไม่ใช่ TOML ที่ถูกต้อง: {error}", "แก้บรรทัดที่แจ้งแล้วลองใหม่", "file") from None
    for key in found:
        if key not in office_settings.NAMES:
            raise _unknown(key)
    if "holidays" in found:
        found["holidays"] = [str(day) for day in found["holidays"]] if isinstance(found["holidays"], list) else 0
    return found


def _unknown(key: str) -> Refused:
    return Refused("settings_fixed", f"ค่า {key} ไม่ได้ตั้งที่เคาน์เตอร์", f"ค่าที่ตั้งได้: {', '.join(office_settings.NAMES)}", key)


def item_name(change: office_changes.Change) -> str:
    """What a change is of: "phone", or "landmarks/วัด"."""
    return f"{change['key']}/{change['item']}" if change.get("item") else str(change["key"])


def _told(value: Any) -> str:
    return f"{len(value)} รายการ" if isinstance(value, list) else str(value)
