"""A petition of every sub-type goes through the window: filed at the counter, carried to rated at the desk, printed."""

import dataclasses

import pytest
from PySide6.QtCore import Qt

from app import bootstrap
from app.services import cases, print_jobs, printers
from app.services.model import Applicant, Printer
from tests.support.seed_types import SEED_TYPES
from tests.ui.conftest import PASSWORD, PETITION, type_text
from ui.desk import batch

WAY = ("received", "assigned", "in_progress", "done", "rated")


@pytest.mark.slow
def test_every_sub_type_from_the_counter_to_rated(qtbot, window, counter, actor, tmp_path):
    printers.add(counter, actor, Printer("a4", "file", str(tmp_path / "sheets"), 0, is_default=True))
    counter.reload()
    type_text(window.sign_in._secret, PASSWORD)
    qtbot.keyClick(window.sign_in._secret, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: window.main is not None, timeout=10_000)
    main = window.main

    def settle():
        qtbot.waitUntil(lambda: window.tasks.pending == 0, timeout=10_000)

    settle()
    mains = counter.catalog["petition"].categories
    codes = {(one.name, sub.name): (one.code, sub.code) for one in mains for sub in one.subcategories}
    numbers = {}
    for place, (name, sub, _division) in enumerate(SEED_TYPES):
        category, subcategory = codes[name, sub]
        answers = {**PETITION.answers, "category": category, "subcategory": subcategory, "topic": f"{sub} {place}"}
        person = Applicant("นาย", "กตัญญู", "ปิ่นแก้ว", phone=f"08123456{place:02d}")
        main.counter.set_value(dataclasses.replace(PETITION, applicant=person, answers=answers))
        qtbot.keyClick(main.counter, Qt.Key.Key_F9)
        qtbot.waitUntil(main.counter.saved.isVisible, timeout=10_000)
        settle()
        number = numbers[name, sub] = main.counter.saved.number
        main.open_case(number)
        settle()
        for state in WAY:
            qtbot.waitUntil(
                lambda number=number, state=state: (
                    main.desk.case.shown is not None
                    and main.desk.case.shown.view.number == number
                    and state in [one for one, _ in main.desk.case.shown.next_states]
                )
            )
            main.desk.ask_step(state)
            qtbot.keyClick(main.desk.step, Qt.Key.Key_F9)
            qtbot.waitUntil(main.desk.step.isHidden)
            settle()
        main.show_page(0)
        qtbot.keyClick(main.counter.saved, Qt.Key.Key_Return)
        qtbot.waitUntil(lambda: not main.counter.saved.isVisible())
    assert len(set(numbers.values())) == len(SEED_TYPES)
    for (name, sub), number in numbers.items():
        view = cases.get(counter, number, actor)
        division = next(one[2] for one in SEED_TYPES if one[:2] == (name, sub))
        assert (view.status, view.type_text, view.division_name) == ("rated", f"{name} : {sub}", division)
    main.show_page(1)
    main.desk.ask_batch()
    main.desk.batch._scope.setCurrentIndex(main.desk.batch._scope.findData(batch.EVERY))
    main.desk.batch._document.setCurrentIndex(main.desk.batch._document.findData("timeline"))
    main.desk.batch.begin()
    settle()
    qtbot.waitUntil(lambda: not main.desk.batch.running and window.tasks.pending == 0, timeout=20_000)
    bootstrap.print_waiting(counter)
    printed = {job.number for job in print_jobs.list_jobs(counter, 1_000, ("sent",)) if job.document == "timeline"}
    assert printed == set(numbers.values())
    assert len(list((tmp_path / "sheets").glob("*timeline*"))) == len(numbers)
