"""cameras: which cameras the window will find, for whoever sets up a counter."""

import importlib
from argparse import Namespace
from typing import Any

from app.cli.output import print_json, say
from app.domain.errors import Unavailable


def cameras(arguments: Namespace) -> int:
    """Name the cameras of this machine, the system's choice first. Unavailable "no_multimedia" or "camera_right"."""
    try:
        source: Any = importlib.import_module("ui.camera.source")
    except (ImportError, OSError) as error:
        hint = "ติดตั้งโปรแกรมใหม่ ใน Debian ติดตั้ง libpulse0 ด้วย"
        raise Unavailable("no_multimedia", "เครื่องนี้ไม่มีส่วนประกอบสำหรับกล้อง", hint) from error
    found = source.cameras_of_this_machine()
    if not found and source.is_hidden_by_rights():
        raise Unavailable("camera_right", "ผู้ใช้นี้ยังไม่มีสิทธิ์ใช้กล้อง", "เพิ่มผู้ใช้เข้ากลุ่ม video แล้วเข้าเครื่องใหม่")
    if arguments.json:
        print_json([device._asdict() for device in found])
        return 0
    for device in found:
        print(f"{device.name}  {device.id}")
    if not found:
        say("ไม่พบกล้อง เสียบกล้อง USB แล้วลองอีกครั้ง โปรแกรมใช้งานได้โดยไม่มีกล้อง")
    return 0
