"""Running the server: several processes on one database, a good end, limits of a counter, health, figures, log."""

import contextlib
import json
import logging
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from prometheus_client.parser import text_string_to_metric_families
from sync_support import OFFICE_CODE, Desk, Province, new_office, server_rows

from app.domain.errors import Refused, Unavailable
from sync.server import admin, app, logs, offices
from sync.server.database import Database
from sync.server.device_limits import DeviceLimits
from tests.support.postgresql import Cluster
from tests.support.sms_gateway import receiver


class Served:
    """`lao-counter serve` as an administrator starts it."""

    def __init__(self, database: str, *options: str | Path) -> None:
        words = [sys.executable, "-m", "app", "serve", "--port", "0", "--database", database, "--json", *options]
        self.process = subprocess.Popen(
            [str(word) for word in words],
            cwd=Path(__file__).parents[2],
            env={**os.environ, "PYTHONUTF8": "1"},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line, self.process.communicate()
        self.url = str(json.loads(line)["url"])

    def stop(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(60)

    def said(self) -> list[dict[str, Any]]:
        """Its log, once it has ended."""
        _, err = self.process.communicate(timeout=60)
        return [json.loads(line) for line in err.splitlines()]


@contextlib.contextmanager
def served(database: str, *options: str | Path) -> Iterator[Served]:
    server = Served(database, *options)
    try:
        yield server
    finally:
        server.process.kill()
        server.process.communicate()


def figures(url: str) -> dict[str, float]:
    """Name, with its labels but the route's, -> value."""
    text = requests.get(f"{url}/metrics", timeout=20).text
    found: dict[str, float] = {}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            labels = ",".join(f"{key}={value}" for key, value in sorted(sample.labels.items()))
            found[f"{sample.name}{{{labels}}}" if labels else sample.name] = sample.value
    return found


def waits_until(wanted: Callable[[], object], seconds: float = 30) -> None:
    until = time.monotonic() + seconds
    while not wanted():
        assert time.monotonic() < until
        time.sleep(0.02)


def test_several_processes_serve_one_office_and_their_figures_are_one(tmp_path: Path, postgresql_url: str) -> None:
    new_office(postgresql_url)
    desks = [Desk(tmp_path / f"home{n}", f"เคาน์เตอร์ {n}") for n in range(4)]
    with served(postgresql_url, "--processes", "3") as server:
        for desk in desks:
            desk.enrol(server.url, postgresql_url)
        faults: list[BaseException] = []

        def work(desk: Desk) -> None:
            try:
                for _ in range(4):
                    desk.register(3)
                    desk.sync()
            except BaseException as error:
                faults.append(error)

        threads = [threading.Thread(target=work, args=(desk,)) for desk in desks]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert not faults
        for desk in desks:
            desk.sync()
        assert len({tuple(sorted(desk.states())) for desk in desks}) == 1
        numbers = [row[0] for row in server_rows(postgresql_url, "SELECT number FROM case_file")]
        assert len(numbers) == len(set(numbers)) == 48
        sequence = [row[0] for row in server_rows(postgresql_url, "SELECT office_seq FROM log ORDER BY 1")]
        assert sequence == list(range(1, 49))
        told = figures(server.url)
        assert told["lao_events_taken_total"] == 48, "whichever process is asked"
        assert (told["lao_offices"], told["lao_counters"], told["lao_database_up"]) == (1, 4, 1)
        assert server.stop() == 0
    for desk in desks:
        desk.close()


def test_several_processes_need_postgresql(tmp_path: Path) -> None:
    url = f"sqlite:///{(tmp_path / 'server.db').as_posix()}"
    with pytest.raises(Refused) as caught:
        app.serve("127.0.0.1", 0, url, processes=2)
    assert caught.value.code == "server_processes"


def test_what_was_taken_is_finished_before_the_end(tmp_path: Path, postgresql_url: str) -> None:
    """SIGTERM while a request waits for its office's lock: it is answered, and committed, and then the server ends."""
    new_office(postgresql_url)
    desk = Desk(tmp_path / "home", "1")
    with served(postgresql_url) as server, contextlib.closing(Database(postgresql_url)) as database:
        desk.enrol(server.url, postgresql_url)
        desk.sync()
        [number] = desk.register(1)
        results: list[Any] = []
        with database.write() as holder:
            offices.lock(holder, OFFICE_CODE)
            thread = threading.Thread(target=lambda: results.append(desk.sync()))
            thread.start()
            waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
            waits_until(lambda: server_rows(postgresql_url, waiting)[0][0] == 1)
            server.process.send_signal(signal.SIGTERM)
            waits_until(lambda: _refused(server.url))
            assert server.process.poll() is None and not results
        thread.join()
        assert results[0].pushed == 1
        assert server.process.wait(60) == 0
    assert server_rows(postgresql_url, "SELECT number FROM case_file") == [(number,)]
    desk.close()


def _refused(url: str) -> bool:
    try:
        requests.get(f"{url}/health/live", timeout=5)
    except requests.ConnectionError:
        return True
    return False


def test_a_stop_under_load_loses_nothing_that_was_acknowledged(tmp_path: Path, postgresql_url: str) -> None:
    new_office(postgresql_url)
    desks = [Desk(tmp_path / f"home{n}", str(n)) for n in range(3)]
    acknowledged: list[int] = []
    with served(postgresql_url, "--processes", "2") as server:
        for desk in desks:
            desk.enrol(server.url, postgresql_url)

        def work(desk: Desk) -> None:
            with contextlib.suppress(Unavailable):
                while True:
                    desk.register(2)
                    acknowledged.append(desk.sync().pushed)

        threads = [threading.Thread(target=work, args=(desk,)) for desk in desks]
        for thread in threads:
            thread.start()
        waits_until(lambda: len(acknowledged) > 6)
        assert server.stop() == 0
        for thread in threads:
            thread.join()
    [(held,)] = server_rows(postgresql_url, "SELECT count(*) FROM case_file")
    assert held >= sum(acknowledged)
    with served(postgresql_url) as again:
        for desk in desks:
            desk.move_to(again.url)
            desk.sync()
        made = sorted(number for desk in desks for number in desk.states())
        numbers = [row[0] for row in server_rows(postgresql_url, "SELECT number FROM case_file ORDER BY 1")]
        assert numbers == sorted(set(made))
        assert again.stop() == 0
    for desk in desks:
        desk.close()


def test_a_message_is_sent_once_by_several_couriers(tmp_path: Path, server_database: str) -> None:
    from sync.server.sms.courier import Courier
    from sync.server.sms.gateway import check

    with receiver() as gate:
        gateway = check({"url": gate.url, "fields": {"to": "{phone}", "text": "{text}", "id": "{key}"}})
        with Province(tmp_path, server_database) as province:
            new_office(
                province.database, public_address="https://oss.example.go.th", sms={"enabled": True, "registered": True}
            )
            desk = province.desk()
            desk.sync()
            desk.register(12)
            desk.sync()
            databases = [Database(server_database) for _ in range(3)]
            couriers = [Courier(database, gateway) for database in databases]
            for courier in couriers:
                courier.start()
            due = f"status = 'sending' OR (status = 'pending' AND not_before <= {offices.now_ms()})"
            waits_until(lambda: not province.rows(f"SELECT 1 FROM sms WHERE {due}"))
            for courier in couriers:
                courier.stop()
            for database in databases:
                database.close()
            sent = [row[0] for row in province.rows("SELECT key FROM sms WHERE status = 'sent'")]
        keys = [message["id"] for message in gate.got]
        assert len(keys) == len(set(keys)) == len(sent) == 3, "one telephone gets three a day"


def test_one_counter_that_asks_too_often_waits_and_the_others_do_not(tmp_path: Path, server_database: str) -> None:
    new_office(server_database)
    with app.background(server_database, limits=DeviceLimits(requests_per_minute=30)) as url:
        fast, calm = Desk(tmp_path / "fast", "1"), Desk(tmp_path / "calm", "2")
        for desk in (fast, calm):
            desk.enrol(url, server_database)
        [number] = fast.register(1)
        with pytest.raises(Unavailable) as caught:
            for _ in range(60):
                fast.sync()
        assert caught.value.code == "too_many_requests"
        calm.sync()
        assert server_rows(server_database, "SELECT number FROM case_file") == [(number,)]
        assert figures(url)["lao_limited_total{limit=requests}"] == 1
        fast.close()
        calm.close()


def test_a_batch_beyond_the_limit_goes_in_smaller_ones(tmp_path: Path) -> None:
    database = f"sqlite:///{(tmp_path / 'server.db').as_posix()}"
    new_office(database)
    with app.background(database, limits=DeviceLimits(batch_bytes=20_000)) as url:
        desk = Desk(tmp_path / "home", "1")
        desk.enrol(url, database)
        desk.register(40)
        result = desk.sync()
        assert (result.pushed, result.rejected, result.pending) == (40, 0, 0)
        assert result.requests > 2
        desk.close()


def test_health_tells_life_from_readiness(cluster: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LAO_SERVER_KEY", "5a" * 32)
    monkeypatch.setenv("LAO_SERVER_FILES", str(tmp_path / "files"))
    own = Cluster()
    try:
        own.start()
        with app.background(own.create("short")) as url:
            for path in ("/health", "/health/live", "/health/ready"):
                assert requests.get(url + path, timeout=20).json() == {"status": "ok"}
            own.stop("immediate")
            assert requests.get(f"{url}/health/live", timeout=20).status_code == 200
            answer = requests.get(f"{url}/health/ready", timeout=20)
            assert (answer.status_code, answer.json()) == (503, {"status": "server_database"})
            assert figures(url)["lao_database_up"] == 0
            own.start()
            waits_until(lambda: requests.get(f"{url}/health/ready", timeout=20).status_code == 200)
            assert figures(url)["lao_database_up"] == 1
            own.stop("immediate")
    finally:
        own.remove()


def test_figures_are_for_the_house_and_tell_nothing_personal(tmp_path: Path) -> None:
    with Province(tmp_path) as province:
        desk = province.desk()
        [number] = desk.register(1, first_name="กตัญญู")
        desk.sync()
        requests.get(f"{province.url}/t/{number}/ABCDEF", timeout=20)
        outside = requests.get(f"{province.url}/metrics", headers={"X-Forwarded-For": "8.8.8.8"}, timeout=20)
        assert outside.status_code == 404
        text = requests.get(f"{province.url}/metrics", timeout=20).text
        assert 'route="/v1/sync"' in text and 'route="/t/{number}/{code}"' in text
        for secret in (number, "กตัญญู", OFFICE_CODE, "127.0.0.1", desk.meta("device_id")):
            assert secret not in text
        assert figures(province.url)["lao_events_taken_total"] == 1


def test_the_log_is_lines_of_json_without_anything_personal(tmp_path: Path) -> None:
    database = f"sqlite:///{(tmp_path / 'server.db').as_posix()}"
    new_office(database)
    desk = Desk(tmp_path / "home", "1")
    with served(database, "--log", "info") as server:
        desk.enrol(server.url, database)
        [number] = desk.register(1, first_name="กตัญญู")
        desk.sync()
        requests.post(f"{server.url}/track", data={"number": number, "last4": "1234"}, timeout=20)
        requests.get(f"{server.url}/nowhere/{number}", timeout=20)
        assert server.stop() == 0
        lines = server.said()
    desk.close()
    told = {(line["route"], line["status"]) for line in lines if line["event"] == "request"}
    assert {("/v1/enrol", 200), ("/v1/sync", 200), ("/track", 404)} <= told
    assert not re.search(f"{number}|กตัญญู|127.0.0.1|1234", json.dumps(lines, ensure_ascii=False))


def test_an_exception_is_logged_by_its_type_and_place() -> None:
    try:
        raise ValueError("0812345678")
    except ValueError:
        record = logging.LogRecord("uvicorn.error", logging.ERROR, __file__, 1, "0812345678", (), sys.exc_info())
    line = json.loads(logs.Lines().format(record))
    assert (line["error"], line["event"], line["level"]) == ("ValueError", "fault", "error")
    assert "test_server_running.py" in line["where"][-1] and "0812345678" not in json.dumps(line)


def test_wrong_codes_count_together_whichever_process_took_them(tmp_path: Path, server_database: str) -> None:
    new_office(server_database)
    code, _ = admin.enrol_code(server_database, OFFICE_CODE)
    with app.background(server_database) as first, app.background(server_database) as second:
        body = {"protocol": 1, "code": "WRONG234", "store_id": "s", "counter_name": "x", "blocks": [], "replaces": []}
        answers = [requests.post(f"{url}/v1/enrol", json=body, timeout=20).status_code for url in (first, second) * 11]
        assert answers == [403] * 20 + [429] * 2
        desk = Desk(tmp_path / "home", "1")
        with pytest.raises(Unavailable):
            desk.enrol_with(second, code)
        desk.close()
