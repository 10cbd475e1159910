"""The print ledger: no paper is forgotten, none comes out twice as an original, and every copy is counted."""

from pathlib import Path

import pytest

from app import bootstrap
from app.domain.errors import Refused, Unavailable
from app.services import cases, print_jobs, printers, registration_json, setup, status
from app.services.counter import Counter
from app.services.model import Actor, Printer, PrintJob
from printing.spooler import Spooler
from tests.integration.support import homes
from tests.integration.support.petitions import petition

FAULT = Unavailable("printer_paper", "กระดาษหมด", "ใส่กระดาษม้วนใหม่")


@pytest.fixture
def number(counter: Counter, actor: Actor, tmp_path: Path) -> str:
    """A petition in an office with a slip printer and an A4 printer; nothing is printed yet."""
    printers.add(counter, actor, Printer("slip", "file", str(tmp_path / "slips"), 576))
    printers.add(counter, actor, Printer("a4", "file", str(tmp_path / "sheets"), 0))
    data = registration_json.from_json("petition", petition())
    return cases.enter(counter, actor, data).number


def planned(counter: Counter, actor: Actor, number: str) -> PrintJob:
    return print_jobs.plan(counter, actor, number, "slip")


def printed(counter: Counter, number: str) -> list[int]:
    """The copy numbers that the timeline knows of."""
    return [entry.detail["copy"] for entry in cases.events(counter, number) if entry.kind == "document_printed"]


def test_registering_plans_the_paper_in_the_same_transaction(counter: Counter, actor: Actor, number: str) -> None:
    data = registration_json.from_json("petition", petition(), ("slip", "petition"))
    second = cases.enter(counter, actor, data).number
    jobs = print_jobs.list_jobs(counter)
    assert [(job.number, job.document, job.printer, job.state) for job in jobs] == [
        (second, "petition", "a4", "planned"),
        (second, "slip", "slip", "planned"),
    ]
    assert print_jobs.claim(counter, "a4") == print_jobs.get_job(counter, jobs[0].id)
    assert print_jobs.claim(counter, "a4") is None


def test_the_good_way(counter: Counter, actor: Actor, number: str) -> None:
    job = planned(counter, actor, number)
    assert (job.state, job.copy.number, job.attempts, job.by) == ("planned", 0, 0, actor.username)
    claimed = print_jobs.claim(counter, "slip")
    assert claimed is not None
    assert (claimed.id, claimed.state, claimed.attempts) == (job.id, "sending", 1)
    assert print_jobs.claim(counter, "slip") is None, "nobody else gets it"
    assert print_jobs.view(counter, claimed).number == number
    print_jobs.sent(counter, claimed)
    assert print_jobs.confirm(counter, actor, job.id).state == "confirmed"
    assert printed(counter, number) == [0]


def test_a_job_that_failed_is_sent_again_on_demand(counter: Counter, actor: Actor, number: str) -> None:
    job = planned(counter, actor, number)
    for attempt in (1, 2):
        claimed = print_jobs.claim(counter, "slip")
        assert claimed is not None
        assert claimed.attempts == attempt
        print_jobs.failed(counter, claimed, FAULT)
        assert print_jobs.get_job(counter, job.id).error == "กระดาษหมด ใส่กระดาษม้วนใหม่"
        assert not status.counter_status(counter).printer_ok
        assert print_jobs.claim(counter, "slip") is None, "not by itself"
        assert print_jobs.retry(counter, actor, job.id).error == ""
    claimed = print_jobs.claim(counter, "slip")
    assert claimed is not None
    print_jobs.sent(counter, claimed)
    assert status.counter_status(counter).printer_text == "เครื่องพิมพ์พร้อม"
    assert printed(counter, number) == [0]


def test_a_job_that_failed_goes_to_another_printer(counter: Counter, actor: Actor, number: str) -> None:
    printers.add(counter, actor, Printer("beside", "file", "papers"))
    job = planned(counter, actor, number)
    claimed = print_jobs.claim(counter, "slip")
    assert claimed is not None
    with pytest.raises(Refused) as caught:
        print_jobs.move(counter, actor, job.id, "beside")
    assert caught.value.code == "job_state", "it may be coming out just now"
    print_jobs.failed(counter, claimed, FAULT)
    with pytest.raises(Refused) as caught:
        print_jobs.move(counter, actor, job.id, "a4")
    assert caught.value.code == "printer_medium"
    with pytest.raises(Refused) as caught:
        print_jobs.move(counter, actor, job.id, "nowhere")
    assert caught.value.code == "unknown_printer"
    moved = print_jobs.move(counter, actor, job.id, "beside")
    assert (moved.printer, moved.state, moved.error, moved.copy.number) == ("beside", "planned", "", 0)
    with pytest.raises(Refused) as caught:
        printers.remove(counter, actor, "beside")
    assert caught.value.code == "printer_busy"
    assert print_jobs.claim(counter, "slip") is None
    again = print_jobs.claim(counter, "beside")
    assert again is not None and again.id == job.id
    print_jobs.sent(counter, again)
    assert printed(counter, number) == [0]


def test_copies_are_counted_and_spoiled_ones_are_not(counter: Counter, actor: Actor, number: str) -> None:
    first = planned(counter, actor, number)
    with pytest.raises(Refused) as caught:
        planned(counter, actor, number)
    assert (caught.value.code, caught.value.field) == ("required", "copy_reason")
    assert print_jobs.spoiled(counter, actor, first.id, "กระดาษติด").error == "กระดาษติด"
    assert planned(counter, actor, number).copy.number == 0, "the spoiled one never counted"
    copies = [print_jobs.plan(counter, actor, number, "slip", copy_reason=f"หาย {n}").copy for n in (1, 2)]
    assert [(copy.number, copy.reason) for copy in copies] == [(1, "หาย 1"), (2, "หาย 2")]
    assert print_jobs.plan(counter, actor, number, "petition").copy.number == 0, "each document has its own count"
    assert print_jobs.plan(counter, actor, number, "petition", copy_reason="x").copy.reason == "x"


def test_an_original_needs_no_reason_and_keeps_none(counter: Counter, actor: Actor, number: str) -> None:
    job = print_jobs.plan(counter, actor, number, "slip", copy_reason="เผื่อไว้")
    assert (job.copy.number, job.copy.reason) == (0, "")


STEPS = {
    "planned": {"spoiled"},
    "sending": {"confirmed", "spoiled", "retried"},
    "failed": {"confirmed", "spoiled", "retried"},
    "sent": {"confirmed", "spoiled"},
    "confirmed": set(),
    "spoiled": set(),
}


@pytest.mark.parametrize("state", STEPS)
@pytest.mark.parametrize("act", ["confirmed", "spoiled", "retried"])
def test_which_step_a_state_allows(counter: Counter, actor: Actor, number: str, state: str, act: str) -> None:
    job = planned(counter, actor, number)
    with counter.store.write("test") as work:
        work.run("UPDATE print_job SET state = ? WHERE id = ?", (state, job.id))
    acts = {
        "confirmed": lambda: print_jobs.confirm(counter, actor, job.id),
        "spoiled": lambda: print_jobs.spoiled(counter, actor, job.id, "x"),
        "retried": lambda: print_jobs.retry(counter, actor, job.id),
    }
    if act in STEPS[state]:
        assert acts[act]().state == {"retried": "planned"}.get(act, act)
        return
    with pytest.raises(Refused) as caught:
        acts[act]()
    assert caught.value.code == "job_state"
    assert print_jobs.get_job(counter, job.id).state == state


def test_a_paper_that_a_person_saw_is_in_the_timeline_once(counter: Counter, actor: Actor, number: str) -> None:
    """The power went while it was printed; the clerk says that it came out."""
    job = planned(counter, actor, number)
    print_jobs.claim(counter, "slip")
    assert [left.id for left in print_jobs.release_interrupted(counter, "slip")] == [job.id]
    assert print_jobs.release_interrupted(counter, "slip") == []
    failed = print_jobs.get_job(counter, job.id)
    assert (failed.state, "โปรแกรมหยุดขณะพิมพ์" in failed.error) == ("failed", True)
    assert printed(counter, number) == []
    print_jobs.confirm(counter, actor, job.id)
    assert printed(counter, number) == [0]


def test_an_interrupted_job_is_not_printed_by_itself_again(
    counter: Counter, actor: Actor, number: str, home: Path, tmp_path: Path
) -> None:
    job = planned(counter, actor, number)
    print_jobs.claim(counter, "slip")
    counter.close()  # the program died here
    with homes.opened(home) as again:
        spooler = Spooler(bootstrap.Jobs(again), lambda: again.printers, bootstrap.press.print_job, idle=0.05)
        spooler.start()
        assert spooler.stop()
        bootstrap.print_waiting(again)
        assert print_jobs.get_job(again, job.id).state in ("failed", "sending")
    assert not (tmp_path / "slips").exists()


def test_a_paper_that_goes_into_a_file(counter: Counter, actor: Actor, number: str) -> None:
    """It is nobody else's to claim, even when an earlier one was left behind."""
    left = print_jobs.plan_file(counter, actor, number, "slip")
    job = print_jobs.plan_file(counter, actor, number, "petition")
    assert [(one.document, one.state, one.attempts) for one in (left, job)] == [
        ("slip", "sending", 1), ("petition", "sending", 1),
    ]  # fmt: skip
    assert print_jobs.claim(counter, print_jobs.TO_FILE) is None
    with pytest.raises(Refused, match="job_to_file"):
        print_jobs.retry(counter, actor, left.id)
    print_jobs.sent(counter, job)
    assert printed(counter, number) == [0]


def test_refused_plans_leave_no_job(counter: Counter, actor: Actor, number: str) -> None:
    for code, arguments in {
        "unknown_number": ("KT1201169999999", "slip", None),
        "document": (number, "permit", "a4"),
        "unknown_printer": (number, "slip", "fax"),
        "printer_medium": (number, "slip", "a4"),
    }.items():
        with pytest.raises(Refused) as caught:
            print_jobs.plan(counter, actor, arguments[0], arguments[1], printer=arguments[2])
        assert caught.value.code == code
    with pytest.raises(Refused, match="printer_medium"):
        print_jobs.plan(counter, actor, number, "petition", printer="slip")
    assert print_jobs.list_jobs(counter) == []


def test_print_waiting_goes_on_with_the_other_printer(
    counter: Counter, actor: Actor, number: str, tmp_path: Path
) -> None:
    (tmp_path / "slips").write_text("a file in the way")
    for _ in range(2):
        cases.enter(counter, actor, registration_json.from_json("petition", petition(), ("slip", "petition")))
    bootstrap.print_waiting(counter)
    states = {(job.printer, job.state) for job in print_jobs.list_jobs(counter)}
    assert states == {("slip", "failed"), ("slip", "planned"), ("a4", "sent")}
    assert len(print_jobs.list_jobs(counter, states=("failed",))) == 1, "the printer is asked once, not for each"
    assert len(print_jobs.list_jobs(counter, 1)) == 1


def test_one_impossible_job_does_not_hold_up_those_behind_it(
    counter: Counter, actor: Actor, number: str, tmp_path: Path
) -> None:
    jobs = [planned(counter, actor, number)]
    jobs.append(print_jobs.plan(counter, actor, number, "slip", copy_reason="หาย"))
    with counter.store.write("test") as work:
        work.run("UPDATE print_job SET document = 'petition' WHERE id = ?", (jobs[0].id,))
    bootstrap.print_waiting(counter)
    assert [print_jobs.get_job(counter, job.id).state for job in jobs] == ["failed", "sent"]
    assert len(list((tmp_path / "slips").glob("*.png"))) == 1


# --- printers


def test_the_first_printer_of_a_medium_is_the_default_until_another_is_named(
    counter: Counter, actor: Actor, tmp_path: Path
) -> None:
    assert printers.default(counter, "slip") is None
    assert status.counter_status(counter).printer_text == "ยังไม่ได้ตั้งเครื่องพิมพ์"
    for name, dots, wanted in (("b", 576, False), ("a", 384, False), ("c", 512, True), ("sheet", 0, False)):
        printers.add(counter, actor, Printer(name, "file", str(tmp_path), dots, wanted))
    assert [(p.name, p.is_default) for p in printers.list_printers(counter)] == [
        ("a", False), ("b", False), ("c", True), ("sheet", True),
    ]  # fmt: skip
    chosen = printers.default(counter, "slip"), printers.default(counter, "a4")
    assert [printer and printer.name for printer in chosen] == ["c", "sheet"]
    again = printers.add(counter, actor, Printer("c", "network", "127.0.0.1:9100", 576))
    assert (again.is_default, len(printers.list_printers(counter))) == (True, 4)


@pytest.mark.parametrize(
    ("printer", "code", "field"),
    [
        (Printer("", "file", "x"), "required", "name"),
        (Printer("x", "file", " "), "required", "address"),
        (Printer("x\n", "file\n", "x"), "printer_kind", "kind"),
        (Printer("x", "fax", "x"), "printer_kind", "kind"),
        (Printer("x", "file", "x", 80), "printer_dots", "dots"),
        (Printer("x", "network", "printer"), "printer_address", "address"),
        (Printer("x", "network", ":9100"), "printer_address", "address"),
        (Printer("x", "network", "a:99999"), "printer_address", "address"),
        (Printer("x", "network", "a:๙๑๐๐"), "printer_address", "address"),
        (Printer("ก" * 61, "file", "x"), "too_long", "name"),
    ],
)
def test_printers_that_cannot_be(counter: Counter, actor: Actor, printer: Printer, code: str, field: str) -> None:
    with pytest.raises(Refused) as caught:
        printers.add(counter, actor, printer)
    assert (caught.value.code, caught.value.field) == (code, field)
    assert printers.list_printers(counter) == []


def test_set_up_is_told_apart_from_a_folder(tmp_path: Path) -> None:
    assert not setup.is_set_up(tmp_path)
