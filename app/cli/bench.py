"""bench: what this machine does, each figure beside the limit measured in the same run."""

import importlib
from argparse import Namespace
from collections.abc import Callable
from typing import Any

from app.cli.output import print_json, say
from app.domain.errors import Refused

# name -> module with `measure`, or the function itself
BENCHMARKS = {
    "register": "app.cli.benchmarks.register:measure",
    "find": "app.cli.benchmarks.find:measure",
    "people": "app.cli.benchmarks.persons:measure",
    "sync": "app.cli.benchmarks.sync:measure",
    "bank": "app.cli.benchmarks.bank:measure",
    "server": "app.cli.benchmarks.server:measure",
    "slip": "app.cli.benchmarks.paper:measure_slip",
    "pdf": "app.cli.benchmarks.paper:measure_pdf",
    "scan": "app.cli.benchmarks.scan:measure",
    "card": "app.cli.benchmarks.card:measure",
    "start": "app.cli.benchmarks.start:measure",
}


def bench(arguments: Namespace) -> int:
    """Measure what is named, or everything."""
    for name in arguments.names:
        if name not in BENCHMARKS:
            raise Refused("unknown_benchmark", f"ไม่รู้จักการวัด {name[:40]}", f"ใช้ได้: {', '.join(BENCHMARKS)}", "name")
    results: dict[str, Any] = {}
    for name in arguments.names or BENCHMARKS:
        say(f"กำลังวัด {name} …")
        results[name] = _measure(name, arguments)
        if not arguments.json:
            result = results[name]
            print(f"{name}: {result['ours']} / {result['limit']} = {result['ratio']} (n {result['n']})", flush=True)
            say(str({key: value for key, value in result.items() if key not in ("ours", "limit", "ratio", "n")}))
    if arguments.json:
        print_json(results)
    return 0


def _measure(name: str, given: Namespace) -> dict[str, Any]:
    module, function = BENCHMARKS[name].split(":")
    size: int = given.size
    if name == "sync" and given.thin:
        from app.cli.benchmarks import thin

        if not 1 <= given.scale <= 1_000:
            raise Refused("bench_scale", "ใช้ --scale ตั้งแต่ 1 ถึง 1000", "1 คือสายจริง มากกว่านั้นคือเร็วกี่เท่า", "scale")
        told = {"petitions": given.petitions, "files": given.files, "file_bytes": given.file_bytes}
        return thin.measure(scale=given.scale, **{key: value for key, value in told.items() if value is not None})
    measure: Callable[..., dict[str, Any]] = getattr(importlib.import_module(module), function)
    if name == "server":
        return measure(**({"petitions": size} if size else {}), database=given.database)
    if name == "sync" and given.database:
        # the same promise seen from the other end: what a server takes from many at once
        server = BENCHMARKS["server"].split(":")[0]
        return {**measure(), "server": importlib.import_module(server).measure(database=given.database)}
    if size and name == "find":
        return measure((size,))
    if size and name in ("register", "people", "scan", "start", "bank"):
        return measure(size)
    return measure()
