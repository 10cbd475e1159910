"""What is the same each time, made once in a process of tests: the parser, the services, the tables of new stores."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any
from unittest.mock import patch

import alembic.command
import orjson
from alembic.config import Config
from sqlalchemy import Connection, event

import app.cli.main
from app.catalog import loader
from app.catalog.documents import from_document
from app.catalog.schema import Service
from app.cli.parser import build_parser
from app.services import counter

_load, _upgrade = loader._load, alembic.command.upgrade
_LOOKS = ("SELECT", "PRAGMA")
_SERVICES: dict[bytes, Service] = {}
"""Stored document -> the service that it describes."""
_STATEMENTS: dict[str, list[tuple[str, Any]]] = {}
"""Folder of migrations -> what they say to an empty SQLite database."""


@cache
def _once(path: Path, _changed_ns: int) -> tuple[Any, Any]:
    return _load(path)


def _service(path: Path) -> tuple[Any, Any]:
    if path not in loader.builtin_paths():
        return _load(path)
    service, problems = _once(path, path.stat().st_mtime_ns)
    return service, list(problems)


def _stored(document: Any) -> Service:
    told = orjson.dumps(document)
    if told not in _SERVICES:
        _SERVICES[told] = from_document(document)
    return _SERVICES[told]


@contextmanager
def readings() -> Iterator[None]:
    """Command line and services, built-in and stored, are read once; all are only looked at afterwards."""
    with (
        patch.object(app.cli.main, "build_parser", cache(build_parser)),
        patch.object(loader, "_load", _service),
        patch.object(counter, "from_document", _stored),
    ):
        yield


@contextmanager
def tables() -> Iterator[None]:
    """A new SQLite database is told what the migrations told the first one, without asking them again.

    Only for offices that a test begins with: whoever tests setting up or migrating goes the whole way.
    """
    with patch.object(alembic.command, "upgrade", _told):
        yield


def _told(config: Config, revision: str) -> None:
    connection: Connection = config.attributes["connection"]
    if connection.dialect.name != "sqlite" or connection.exec_driver_sql("SELECT 1 FROM sqlite_master").first():
        _upgrade(config, revision)
        return
    migrations = f"{config.get_main_option('script_location')} {revision}"
    if migrations not in _STATEMENTS:
        _STATEMENTS[migrations] = _asked(connection, config, revision)
        return
    for statement, parameters in _STATEMENTS[migrations]:
        connection.exec_driver_sql(statement, parameters)


def _asked(connection: Connection, config: Config, revision: str) -> list[tuple[str, Any]]:
    said: list[tuple[str, Any]] = []

    def heard(_connection: Any, _cursor: Any, statement: str, parameters: Any, _context: Any, _many: bool) -> None:
        if not statement.lstrip().upper().startswith(_LOOKS):
            said.append((statement, parameters))

    event.listen(connection, "before_cursor_execute", heard)
    try:
        _upgrade(config, revision)
    finally:
        event.remove(connection, "before_cursor_execute", heard)
    return said
