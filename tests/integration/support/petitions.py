"""Petitions of made-up people, as values and as lines for `register --lines`."""

import json
import random
from collections.abc import Mapping
from functools import cache
from typing import Any

from app.catalog.loader import load_builtin
from app.catalog.samples import sample
from app.catalog.schema import Service
from app.cli.benchmarks import people


@cache
def _services() -> Mapping[str, Service]:
    """Read once: a run of the fleet asks for hundreds of petitions."""
    return load_builtin()


@cache
def _types() -> tuple[tuple[str, str], ...]:
    petition = _services()["petition"]
    return tuple((main.code, sub.code) for main in petition.categories for sub in main.subcategories)


def petition(**answers: Any) -> dict[str, Any]:
    """The sample petition; named answers are changed, those set to None left out."""
    data = sample(_services()["petition"])
    changed = {**data["answers"], **answers}
    data["answers"] = {key: value for key, value in changed.items() if value is not None}
    return data


def permit(**answers: Any) -> dict[str, Any]:
    """The sample advertising permit; named answers are changed, those set to None left out."""
    data = sample(_services()["ad_permit"])
    changed = {**data["answers"], **answers}
    data["answers"] = {key: value for key, value in changed.items() if value is not None}
    return data


def by_person(**applicant: Any) -> dict[str, Any]:
    """The sample petition of another person."""
    data = petition()
    data["applicant"] = {**data["applicant"], **applicant}
    return data


def many(seed: int, count: int) -> list[dict[str, Any]]:
    """Petitions that all differ; each tells its place in the row in its detail."""
    source = random.Random(seed)
    found = [people.line(source, _types()) for _ in range(count)]
    for place, data in enumerate(found):
        data["answers"]["detail"] += f" เรื่องที่ {seed}-{place}"
    return found


def text(data: Any) -> str:
    """One line of JSON."""
    return json.dumps(data, ensure_ascii=False)


def lines(data: list[dict[str, Any]]) -> bytes:
    """What `register --lines` reads."""
    return "".join(f"{text(one)}\n" for one in data).encode()


def same(data: Mapping[str, Any], document: Mapping[str, Any]) -> bool:
    """Whether a stored document holds what a line of `many` said."""
    applicant = dict(document["applicant"])
    return (
        document["answers"] == data["answers"]
        and applicant.pop("citizen_id") == data["applicant"]["cid"]
        and all(applicant[key] == data["applicant"][key] for key in applicant)
    )
