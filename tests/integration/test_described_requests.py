"""Requests made of the server's own description (/openapi.json) by schemathesis, right and wrong ones.

None breaks the server, none that is refused changes anything, by nobody and by a device that has joined. Messages that
are nearly right are in test_bad_messages.py.
"""

from collections.abc import Iterator
from typing import Any

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode

from sync.server.database import Database
from tests.integration.sync_support import Province

KEPT = (
    "office", "settings", "enrol_code", "log", "case_file", "number_lease", "number_void", "number_return",
    "receipt_book", "receipt", "relay_store", "case_content", "audit_checkpoint",
)  # fmt: skip
DEVICES = "SELECT id, store_id, name, token_hash, settled_through, revoked_at, waiting, resting, relay FROM device"
EXAMPLES = 6


@pytest.fixture(scope="module")
def province(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Province]:
    with Province(tmp_path_factory.mktemp("described")) as place:
        yield place


def forget_allowances(database: Database) -> None:
    """All requests come from one address, which may try only so often."""
    with database.write() as connection:
        connection.exec_driver_sql("DELETE FROM allowance")


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
def test_no_described_request_breaks_the_server_or_changes_it_when_refused(
    province: Province, mode: GenerationMode
) -> None:
    desk = province.desk(mode.value)
    desk.register(1)
    desk.sync()
    as_device = {"Authorization": f"Bearer {desk.meta('device_token')}", "Tus-Resumable": "1.0.0"}
    description = requests.get(province.url + "/openapi.json", timeout=20).json()
    schema = schemathesis.openapi.from_dict(description)
    database = Database(province.database)
    answers: dict[str, set[int]] = {}

    def state() -> list[Any]:
        with database.read() as connection:
            asked = [f"SELECT * FROM {name}" for name in KEPT] + [DEVICES]
            return [connection.exec_driver_sql(one).fetchall() for one in asked]

    def send(case: Any, headers: dict[str, str]) -> None:
        before = state()
        answer = case.call(base_url=province.url, headers=headers)
        said = f"{case.method} {case.formatted_path} {answer.status_code}"
        answers.setdefault(case.operation.label, set()).add(answer.status_code)
        assert answer.status_code < 500, said
        if answer.status_code >= 400:
            assert state() == before, said

    try:
        for found in schema.get_all_operations():
            operation = found.ok()
            if mode is GenerationMode.NEGATIVE and not operation.body:
                continue
            forget_allowances(database)

            @settings(max_examples=EXAMPLES, derandomize=True, database=None, deadline=None, phases=[Phase.generate],
                      suppress_health_check=list(HealthCheck))  # fmt: skip
            @given(case=operation.as_strategy(generation_mode=mode))
            def ask(case: Any) -> None:
                send(case, {})
                if isinstance(case.body, dict):  # past the first refusals
                    own = {"protocol": 1, "store_id": desk.store.store_id}
                    case.body = {**case.body, **{key: own[key] for key in own if key in case.body}}
                send(case, as_device)

            ask()
    finally:
        database.close()
    assert {400, 401} <= answers["POST /v1/sync"]
    assert mode is GenerationMode.NEGATIVE or 200 in answers["POST /v1/sync"]
    number = desk.register(1)[0]
    assert desk.sync().pending == 0
    assert number in province.numbers()
