"""Service definitions from TOML files: the built-in ones, and those an office or a developer writes."""

import re
import tomllib
from collections import Counter
from collections.abc import Iterable
from datetime import date
from pathlib import Path

import resources
from app.catalog.answers import validate
from app.catalog.builder import build_service
from app.catalog.documents import refused
from app.catalog.reader import Problem, Problems
from app.catalog.samples import sample
from app.catalog.schema import Service
from app.domain.errors import Refused

_TOML_PLACE = re.compile(r"\(at line (\d+), column (\d+)\)")
_MAX_BYTES = 1_000_000


def load_file(path: Path | str) -> Service:
    """The service of one file. Refused "service_definition" naming file and key of what is wrong."""
    service, problems = _load(Path(path))
    if service is None or problems:
        raise refused(problems)
    return service


def builtin_paths() -> list[Path]:
    """The definitions that come with the program."""
    return sorted(resources.path("services").glob("*.toml"))


def load_builtin() -> dict[str, Service]:
    """The definitions that come with the program, by code."""
    services = [load_file(path) for path in builtin_paths()]
    return {service.code: service for service in services}


def check(paths: Iterable[Path | str]) -> list[Problem]:
    """Every problem of every file: not readable, no TOML (with its line), wrong keys or values, a code used twice,
    examples that would not be registered."""
    found: list[Problem] = []
    codes: Counter[str] = Counter()
    for path in map(Path, paths):
        service, problems = _load(path)
        found += problems
        if service is not None and not problems:
            found += _sample_problems(service, path.name)
            codes[service.code] += 1
            if codes[service.code] > 1:
                found.append(Problem(path.name, "code", f"รหัส “{service.code}” ซ้ำกับอีกไฟล์หนึ่ง"))
    return found


def _sample_problems(service: Service, file: str) -> list[Problem]:
    """What the sample of the service would be refused for: an example that is wrong, or is missing."""
    on = date.today()
    try:
        validate(service, sample(service, on=on)["answers"], on=on)
    except Refused as error:
        key = (error.field or "").removeprefix("answers.")
        place = next((place for place, item in enumerate(service.fields) if key in item.answer_keys), 0)
        return [Problem(file, f"fields[{place}].example", f"ตัวอย่างใช้ลงรับไม่ได้: {error.title}")]
    return []


def _load(path: Path) -> tuple[Service | None, list[Problem]]:
    problems = Problems(path.name, [])
    text = _text(path, problems)
    if text is None:
        return None, problems.found
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        problems.add(*_syntax_problem(error, text))
        return None, problems.found
    return build_service(document, problems), problems.found


def _text(path: Path, problems: Problems) -> str | None:
    try:
        if path.stat().st_size > _MAX_BYTES:
            problems.add("", "ไฟล์ใหญ่เกิน 1 MB ไม่ใช่นิยามบริการ")
            return None
        return path.read_bytes().decode("utf-8-sig")
    except OSError:
        problems.add("", "เปิดไฟล์ไม่ได้ โปรดตรวจว่ามีไฟล์นี้และมีสิทธิ์อ่าน")
    except UnicodeDecodeError:
        problems.add("", "ไฟล์ไม่ใช่ข้อความ UTF-8")
    return None


def _syntax_problem(error: tomllib.TOMLDecodeError, text: str) -> tuple[str, str]:
    """Where and why the file is no TOML; a text that ends too early is at fault in its last line."""
    place = _TOML_PLACE.search(str(error))
    line = int(place[1]) if place else text.count("\n") + 1
    return f"line {line}", f"รูปแบบ TOML ไม่ถูกต้อง ({str(error).split(' (at ')[0]})"
