"""Several processes of the server on one port and one PostgreSQL database; none knows what the others must know.

Whoever starts them names everything in the environment, because a process takes nothing else along.
"""

import os
import signal
import socket
import tempfile
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import requests
import uvicorn
from fastapi import FastAPI
from uvicorn.supervisors import Multiprocess

from app.domain.errors import Refused, Unavailable
from sync.server import logs, metrics
from sync.server.device_limits import DeviceLimits
from sync.server.listener import AT_ONE_WAKING, shared
from sync.server.sms.gateway import read as read_gateway
from sync.server.thaid.lhr import read as read_description

PREFIX = "LAO_SERVE_"
LOOK_SECONDS = 0.1
START_SECONDS = 60.0


def application() -> FastAPI:
    """The application of a started process, from the environment."""
    from sync.server.app import create_app

    told = {key.removeprefix(PREFIX): value for key, value in os.environ.items() if key.startswith(PREFIX)}
    logs.configure(told["LOG"])
    gateway = read_gateway(Path(told["SMS"])) if told["SMS"] else None
    limits = DeviceLimits(int(told["REQUESTS"]), int(told["BATCH"]))
    records = read_description(Path(told["LHR"])) if told["LHR"] else None
    return create_app(told["DATABASE"], gateway, told["FILES"], limits, lhr=records)


def environment(
    database: str, sms: Path | None, files: str, limits: DeviceLimits, log: str, lhr: Path | None = None
) -> dict[str, str]:
    """What `application` reads."""
    told = {
        "DATABASE": database,
        "SMS": str(sms) if sms is not None else "",
        "FILES": files,
        "REQUESTS": str(limits.requests_per_minute),
        "BATCH": str(limits.batch_bytes),
        "LOG": log,
        "LHR": str(lhr) if lhr is not None else "",
    }
    return {PREFIX + key: value for key, value in told.items()}


def run(
    count: int,
    listener: socket.socket,
    told: Mapping[str, str],
    url: str,
    announce: Callable[[str], None],
    **options: Any,
) -> None:
    """Run until interrupted; a process that dies is started anew. Refused "server_processes" without PostgreSQL."""
    if not told[PREFIX + "DATABASE"].startswith("postgres"):
        hint = "ระบุ --database postgresql+psycopg://… หรือไม่ใช้ --processes"
        raise Refused("server_processes", "หลายโปรเซสใช้ได้กับ PostgreSQL เท่านั้น", hint)
    with tempfile.TemporaryDirectory(prefix="lao-counter-metrics-", ignore_cleanup_errors=True) as folder:
        os.environ.update({**told, metrics.FOLDER: folder})
        config = uvicorn.Config(
            "sync.server.processes:application", factory=True, workers=count, backlog=AT_ONE_WAKING, **options
        )
        supervisor = Multiprocess(config, sockets=[shared(listener)])
        threading.Thread(target=_announce_when_up, args=(url, announce, supervisor.should_exit), daemon=True).start()
        supervisor.run()


def _announce_when_up(url: str, announce: Callable[[str], None], stopped: threading.Event) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not stopped.wait(LOOK_SECONDS) and time.monotonic() < deadline:
        try:
            # the address is this machine's own, and a certificate is for the name that the outside knows
            if requests.get(f"{url}/health/ready", timeout=5, verify=False).ok:
                announce(url)
                return
        except requests.RequestException:
            continue
    if not stopped.is_set():
        error = Unavailable("server_start", "เครื่องแม่ข่ายไม่เริ่มทำงาน", "ดูข้อความผิดพลาดบนหน้าจอ แล้วลองใหม่")
        print(error.title, error.hint, flush=True)
        signal.raise_signal(signal.SIGTERM)
