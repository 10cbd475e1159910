"""What the commands say to people and to scripts when all goes well, and how they ask for secrets."""

import json
import os
import pty
import re
import select
import subprocess
import time
from pathlib import Path

import pytest

from app.cli.benchmarks import find as find_bench
from app.cli.benchmarks import register as register_bench
from app.services import backups, cases, registration_json, staff, status
from app.services.counter import Counter
from app.services.model import Actor
from app.version import VERSION
from tests.integration.support import command, homes
from tests.integration.support.petitions import lines, many, permit, petition, text

NUMBER = re.compile(r"KT1\d{12}")


@pytest.fixture
def number(home: Path) -> str:
    answer = command.run(home, "register", "petition", "-", "--no-print", stdin=text(petition()))
    assert answer.code == 0
    assert NUMBER.fullmatch(answer.out.strip())
    return answer.out.strip()


def said(home: Path, *words: str | Path, code: int = 0) -> str:
    answer = command.run(home, *words)
    assert answer.code == code, answer.err
    return answer.out


def test_show_and_find_and_events(home: Path, number: str) -> None:
    shown = said(home, "show", number.lower())
    for line in (f"เลขที่: {number}", "บริการ: ระบบสาธารณูปโภค : ไฟฟ้าสาธารณะ", "สถานะ: คำร้องใหม่",
                 "ผู้ร้อง: นายตัวอย่าง ทดสอบระบบ", "หน่วยงาน: กองช่าง"):  # fmt: skip
        assert line in shown
    assert f"{number}  " in said(home, "find", "ตัวอย่าง")
    assert "[คำร้องใหม่]" in said(home, "find", "ตัวอย่าง")
    assert said(home, "status", number, "received") == f"{number}: รับเรื่องแล้ว\n"
    assert [line.rsplit("  ", 2)[1] for line in said(home, "events", number).splitlines()] == ["รับคำร้อง", "รับเรื่องแล้ว"]


def test_json_of_a_case_has_the_keys_of_its_input(home: Path, number: str) -> None:
    given, shown = petition(), command.run(home, "show", number, "--json").json
    assert set(given) <= set(shown)
    assert set(given["applicant"]) <= set(shown["applicant"])
    assert shown["answers"] == given["answers"]
    assert shown["place"]["latitude"] == given["place"]["latitude"]
    assert shown["qr_text"].startswith(number)
    found = command.run(home, "find", "ตัวอย่าง", "--json").json
    assert {"number", "name", "service", "status", "registered_at"} <= set(found[0])
    rows = command.run(home, "events", number, "--json").rows
    assert "document" not in rows[0]["detail"]
    done = command.run(home, "status", number, "rejected", "--note", "นอกเขต", "--json").json
    assert (done["status"], done["number"]) == ("rejected", number)


def test_the_command_is_understood_before_and_behind(home: Path, number: str) -> None:
    for words in (("--json", "show", number), ("show", "--json", number), ("show", number, "--json")):
        assert command.run(home, *words).json["number"] == number
    from_environment = command.process(Path("unused"), "numbers", "--home", home, "--json")
    assert from_environment.json["issued"] == 1


def test_home_from_the_environment_or_the_platform(home: Path, number: str, tmp_path: Path) -> None:
    words = command.command_line(home, "numbers", "--json")
    del words[words.index("--home") : words.index("--home") + 2]
    for place, issued in ((str(home), 1), (None, None)):
        environment = command.environment({"LAO_COUNTER_HOME": place, "XDG_DATA_HOME": str(tmp_path / "data")})
        done = subprocess.run(words, env=environment, cwd=command.ROOT, capture_output=True, check=False)
        if issued is None:
            assert json.loads(done.stderr)["code"] == "not_set_up"
        else:
            assert json.loads(done.stdout)["issued"] == issued


def test_services(home: Path, tmp_path: Path) -> None:
    assert {row["code"]: row["enabled"] for row in command.run(home, "services", "list", "--json").json} == {
        "petition": True, "ad_permit": True, "hotel_fee": False, "hotel_registration": False, "oil_tax": False,
        "tobacco_tax": False,
    }  # fmt: skip
    assert "เปิดใช้" in said(home, "services")
    assert "ปิด" in said(tmp_path / "nowhere", "services", "list")
    assert said(home, "services", "check", "--json") == "[]\n"
    assert said(home, "services", "check") == ""
    wrong = tmp_path / "wrong.toml"
    wrong.write_text('code = "x"\ncolour = "red"\n')
    answer = command.run(home, "services", "check", wrong, "--json")
    assert answer.code == 3
    assert {problem["file"] for problem in answer.json} == {"wrong.toml"}
    assert "wrong.toml: " in command.run(home, "services", "check", wrong).out
    for service in ("petition", "ad_permit"):
        sample = said(home, "services", "sample", service)
        assert command.run(home, "register", service, "-", "--no-print", stdin=sample).code == 0
    given = tmp_path / "given.json"
    given.write_text(text(permit()), "utf-8")
    assert command.run(home, "register", "ad_permit", given, "--no-print", "--json").json["total_satang"] == 20_000


def test_numbers_and_verify(home: Path, number: str) -> None:
    assert said(home, "numbers") == "KT1: ออกแล้ว 1 ยกเลิก 0 คงเหลือ 999 คืน 0 อธิบายไม่ได้ 0 ซ้ำ 0\n"
    assert [line.split()[:2] for line in said(home, "verify").splitlines()] == [
        ["ผ่าน", name] for name in ("database", "audit", "cases", "numbers", "receipts", "search", "files")
    ]


def test_printers_and_jobs(home: Path, number: str, tmp_path: Path) -> None:
    assert "ยังไม่มีเครื่องพิมพ์" in command.run(home, "printers").err
    assert said(home, "printers", "add", "สลิป", "file", tmp_path / "p") == "ตั้งเครื่องพิมพ์ สลิป แล้ว\n"
    assert said(home, "printers", "add", "a4", "file", tmp_path / "p", "--dots", "0", "--default").startswith("ตั้ง")
    listed = said(home, "printers", "list")
    assert "* สลิป  file" in listed
    assert "576 จุด" in listed
    assert "A4" in listed
    added = command.run(home, "printers", "list", "--json").json
    assert [(printer["name"], printer["is_default"]) for printer in added] == [("a4", True), ("สลิป", True)]
    for name in ("สลิป", "a4"):
        assert said(home, "printers", "test", name) == f"ส่งหน้าทดสอบไปที่ {name} แล้ว\n"
    assert command.run(home, "printers", "test", "a4", "--json").json == {"printer": "a4", "sent": True}
    assert "พิมพ์ slip ของ" in said(home, "print", number, "slip")
    assert said(home, "print", number, "slip", "--copy-reason", "หาย").startswith("พิมพ์ slip")
    listed = said(home, "jobs", "list").splitlines()
    assert len(listed) == 2
    assert "สำเนา 1" in listed[0]
    assert len(command.run(home, "jobs", "list", "--limit", "1", "--json").json) == 1
    assert said(home, "jobs", "confirm", "1") == "งานพิมพ์ 1: confirmed\n"
    assert said(home, "jobs", "spoiled", "2", "--reason", "หมึกจาง") == "งานพิมพ์ 2: spoiled หมึกจาง\n"
    spoiled = command.run(home, "jobs", "list", "--json").json[0]
    assert (spoiled["copies"], spoiled["copy_reason"], spoiled["state"]) == (1, "หาย", "spoiled")
    for suffix, start in ((".png", b"\x89PNG"), (".bin", b"\x1b@")):
        target = tmp_path / f"slip{suffix}"
        assert command.run(home, "print", number, "slip", "--out", target, "--copy-reason", "หาย").code == 0
        assert target.read_bytes()[: len(start)] == start


def test_registering_prints_the_slip(home: Path, tmp_path: Path) -> None:
    unprinted = command.run(home, "register", "petition", "-", stdin=text(petition()))
    assert (unprinted.code, "ไม่ได้พิมพ์ใบรับ" in unprinted.err) == (0, True)
    command.run(home, "printers", "add", "slip", "file", tmp_path / "printed")
    answer = command.run(home, "register", "petition", "-", "--lines", stdin=lines(many(61, 2)))
    assert len(answer.out.splitlines()) == 2
    assert len(list((tmp_path / "printed").glob("*.png"))) == 2
    assert said(home, "jobs", "retry", "1", code=3) == ""


def test_progress_of_many_lines(home: Path) -> None:
    answer = command.run(home, "register", "petition", "-", "--lines", "--no-print", stdin=lines(many(62, 501)))
    assert "บันทึกแล้ว 500 รายการ" in answer.err
    assert answer.err.splitlines()[-1] == "บันทึกแล้ว 501 รายการ ไม่รับ 0 รายการ"
    assert len(set(answer.out.splitlines())) == 501


def test_several_people_must_say_who_acts(home: Path, number: str) -> None:
    with homes.opened(home) as counter, counter.store.write("admin") as work:
        staff.add(work, "somying", "สมหญิง ทดสอบ", homes.PASSWORD, "user")
    answer = command.run(home, "status", number, "received", "--json")
    assert (answer.code, answer.error["code"], answer.error["field"]) == (3, "person_needed", "as")
    assert command.run(home, "--as", "somying", "status", number, "received").code == 0
    assert command.run(home, "events", number, "--json").rows[-1]["by"] == "somying"


def test_lists_say_when_they_are_empty(home: Path, tmp_path: Path) -> None:
    server = ("--database", tmp_path / "server.db")
    for words in (("jobs",), ("printers",), ("outbox", "list"), ("people", "doubles"), ("offices", *server)):
        answer = command.run(home, *words)
        assert (answer.code, answer.out) == (0, ""), words
        assert re.search("[ก-๙]", answer.err), words
        assert command.run(home, *words, "--json").json == [], words


def test_the_queue_in_words(home: Path, number: str) -> None:
    assert said(home, "outbox", "list") == "1  รอส่ง  รับคำร้อง\n"
    with homes.opened(home) as counter, counter.store.write("test") as work:
        work.run("INSERT INTO quarantine (seq, code, reason, at) VALUES (1, 'x', 'เลขซ้ำ', 1)")
    assert said(home, "outbox") == "1  กักไว้  รับคำร้อง  เลขซ้ำ\n"
    assert said(home, "outbox", "retry", "1", "77") == "จะส่งใหม่ 1 รายการ\n"
    assert command.run(home, "outbox", "retry", "--json").json == {"retried": 1}


def test_offices_of_a_server_in_words(home: Path, tmp_path: Path) -> None:
    server = ("--database", tmp_path / "server.db")
    office = tmp_path / "office.toml"
    office.write_text("".join(f"{key} = {json.dumps(value)}\n" for key, value in homes.OFFICE.items()), "utf-8")
    name = homes.OFFICE["name"]
    assert said(home, "offices", "add", office, *server).startswith(f"เพิ่ม {name} แล้ว (ชุดที่ ")
    assert f"{name}  เคาน์เตอร์ 0  คำร้อง 0" in said(home, "offices", "list", *server)
    answer = command.run(home, "offices", "enrol-code", homes.OFFICE["code"], *server)
    assert re.fullmatch(r"[0-9A-Z]{8}\n", answer.out)
    assert re.search(r"ใช้ได้ครั้งเดียว ถึง \d+ .+ 25\d\d \d\d:\d\d น\.", answer.err)


def test_thaid_settings_in_words(home: Path, tmp_path: Path) -> None:
    server = ("--database", tmp_path / "server.db")
    given = ("--issuer", "https://127.0.0.1:9/", "--client-id", "c1", "--redirect-base", "https://oss.example.go.th")
    answer = command.run(home, "thaid", "configure", *given, *server, LAO_THAID_CLIENT_SECRET="a secret")
    assert answer.code == 0, answer.err
    assert "ต้องมี nonce: ใช่" in answer.out
    assert "client_id: c1" in said(home, "thaid", "show", *server)
    assert "a secret" not in answer.out + answer.err + said(home, "thaid", *server)
    unreachable = command.run(home, "thaid", "check", *server)
    assert (unreachable.code, unreachable.out, len(unreachable.err.splitlines())) == (4, "", 2)
    assert said(home, "thaid", "forget", *server) == "ลบการตั้งค่าแล้ว: ใช่\n"
    assert said(home, "thaid", "forget", *server) == "ลบการตั้งค่าแล้ว: ไม่ใช่\n"
    assert said(home, "thaid", "unlink").splitlines()[1] == "ผูก ThaiD แล้ว: ไม่ใช่"


def test_people_in_words(home: Path, number: str) -> None:
    twice = petition()
    twice["applicant"]["cid"] = ""
    assert command.run(home, "register", "petition", "-", "--no-print", stdin=text(twice)).code == 0
    pair = said(home, "people", "doubles").splitlines()
    assert pair[0].startswith("1  ") and pair[1].startswith("2  ")
    assert pair[2].strip() == "เบอร์โทรศัพท์เดียวกัน ที่อยู่เดียวกัน รายหนึ่งไม่มีเลขประจำตัว"
    assert said(home, "people", "merge", "1", "2").rstrip().endswith("2 เรื่อง")


def test_backing_up_and_restoring_in_words(home: Path, number: str, tmp_path: Path) -> None:
    for words, told in ((("backup", tmp_path / "b.db"), "สำรองข้อมูลแล้ว"), (("restore", tmp_path / "b.db"), "กู้คืนแล้ว")):
        answer = command.run(home, *words)
        assert (answer.code, answer.out) == (0, "")
        assert told in answer.err
    assert all(re.search("[ก-๙]", line.split(None, 2)[2]) for line in said(home, "verify").splitlines())


def test_version_and_help(home: Path) -> None:
    assert said(home, "--version").strip() == VERSION
    assert "register" in said(home, "--help")


def test_bench_measures_each_figure_beside_its_limit(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The benchmarks themselves, on a register of fifty and with few rounds: their figures mean nothing here."""
    for name, value in {"ROUNDS": 3, "A_ROUND": 5, "FSYNC_CASES": 10}.items():
        monkeypatch.setattr(register_bench, name, value)
    for name, value in {"QUERIES": 20, "ORACLE_CASES": 20}.items():
        monkeypatch.setattr(find_bench, name, value)
    answer = command.run(home, "bench", "register", "find", "--size", "50", "--json")
    assert answer.code == 0, answer.err
    registering, finding = answer.json["register"], answer.json["find"]
    assert {"ours", "limit", "ratio", "n"} <= set(registering) & set(finding)
    assert registering["n"] == 15
    assert registering["fsyncs_each"] is None or registering["fsyncs_each"] < 2
    assert finding["by_size"]["50"]["like"] == {"n": 20, "equal": 20}
    assert command.run(home, "bench", "find", "--size", "10").out.startswith("find: ")


# --- secrets, asked for on a terminal


def typed(
    home: Path, words: tuple[str, ...], answers: tuple[str, ...], changes: dict[str, str | None]
) -> tuple[int, str]:
    """The command on a terminal of its own, where somebody types an answer to each question: (exit code, screen)."""
    process, terminal = pty.fork()
    if process == 0:
        os.chdir(command.ROOT)
        line = command.command_line(home, *words)
        os.execve(line[0], line, command.environment(changes))
    screen, waiting, deadline = b"", list(answers), time.monotonic() + 60
    while time.monotonic() < deadline:
        if select.select([terminal], [], [], 0.1)[0]:
            try:
                part = os.read(terminal, 4096)
            except OSError:
                break
            if not part:
                break
            screen += part
        if waiting and screen.decode(errors="ignore").rstrip(" ").endswith(":"):
            os.write(terminal, waiting.pop(0).encode() + b"\n")
            screen += b"\n"
            time.sleep(0.2)
    os.close(terminal)
    return os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]), screen.decode()


def test_passphrase_and_password_are_asked_for_and_not_shown(home: Path, number: str) -> None:
    nothing: dict[str, str | None] = {"LAO_COUNTER_PASSPHRASE": None, "LAO_COUNTER_PASSWORD": None}
    words = ("status", number, "received")
    code, screen = typed(home, words, (homes.PASSPHRASE, homes.PASSWORD), nothing)
    assert code == 0, screen
    assert f"{number}: รับเรื่องแล้ว" in screen
    assert homes.PASSPHRASE not in screen
    assert homes.PASSWORD not in screen
    code, screen = typed(home, words, ("wrong",), nothing)
    assert code == 3
    assert "รหัสผ่านกุญแจไม่ถูกต้อง" in screen


# --- the status bar's truth


def test_status_of_an_office_that_stands_alone(counter: Counter, actor: Actor, tmp_path: Path) -> None:
    cases.enter(counter, actor, registration_json.from_json("petition", petition()))
    now = status.counter_status(counter)
    assert (now.stand_alone, now.online, now.waiting, now.waiting_since) == (True, False, 0, None)
    assert (now.numbers_left, now.numbers_low, now.quarantined, now.clock_warning) == (999, False, 0, "")
    assert now.last_backup_at is None
    backups.back_up(counter, tmp_path / "b.db")
    assert status.counter_status(counter).last_backup_at == counter.clock.now()


def test_status_of_an_enrolled_office(counter: Counter, actor: Actor, clock: homes.HandClock) -> None:
    def told(**facts: str) -> None:
        with counter.store.write("test") as work:
            for key, value in facts.items():
                work.run("INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = ?",
                         (key, value, value))  # fmt: skip

    told(server_url="https://oss.example.go.th")
    counter.reload()
    for _ in range(3):
        cases.enter(counter, actor, registration_json.from_json("petition", petition()))
        clock.forward(minutes=1)
    now = status.counter_status(counter)
    assert (now.stand_alone, now.online, now.waiting) == (False, False, 3)
    assert now.waiting_since is not None
    assert (clock.now() - now.waiting_since).total_seconds() == 180
    told(last_acknowledged_at=str(int(clock.now().timestamp() * 1000)), accepted_through="2")
    now = status.counter_status(counter)
    assert (now.online, now.waiting, now.last_acknowledged_at) == (True, 1, clock.now())
    told(last_sync_error="ต่อเซิร์ฟเวอร์ไม่ได้")
    assert (status.counter_status(counter).online, status.counter_status(counter).last_error) == (
        False, "ต่อเซิร์ฟเวอร์ไม่ได้",
    )  # fmt: skip
    told(last_sync_error="", clock_offset_ms="400000")
    assert "เซิร์ฟเวอร์กลาง" in status.counter_status(counter).clock_warning
    clock.forward(minutes=-30)
    assert "ช้ากว่ารายการล่าสุด" in status.counter_status(counter).clock_warning
    clock.forward(minutes=60)
    assert not status.counter_status(counter).online, "what was heard an hour ago is no connection"
