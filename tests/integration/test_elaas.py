"""What e-LAAS says beside what the register says: by sums, by numbers; what differs waits until it is settled."""

from datetime import date

import pytest
from sync_support import ACTOR, Province

from app.domain.errors import Refused
from app.services import elaas, elaas_rows, receipts, shifts
from app.services.money_model import Pay
from tests.integration.support import homes, money


@pytest.fixture(scope="module")
def template(tmp_path_factory):
    clock = homes.HandClock()
    return homes.make(tmp_path_factory.mktemp("office") / "home", clock, receipt_mode="elaas_reference"), clock


@pytest.fixture
def counter(template, tmp_path):
    home, clock = template
    with homes.opened(homes.copied(home, tmp_path / "home"), clock) as counter:
        yield counter


@pytest.fixture
def actor(counter):
    return homes.signed_in(counter)


def paid(counter, actor, *numbers: str) -> date:
    """Fees of 200 baht, each with its number in e-LAAS."""
    for number in numbers:
        case = money.approved_permit(counter, actor)
        receipts.issue(counter, actor, Pay(case, "cash", 20_000, external_no=number))
    return shifts.today(counter)


def test_sums_are_compared_and_settled_and_come_right(counter, actor, tmp_path):
    day = paid(counter, actor, "R-1", "R-2")
    theirs = tmp_path / "theirs.csv"
    theirs.write_text(f"d,t,a,n\n{day},ad_permit,200.00,1\n{day},other,5.00,1\n", "utf-8")
    done = elaas.compare_file(counter, actor, day, day, theirs)
    assert (done.compared, done.differing, done.gone) == (2, 2, 0)
    first, second = elaas.listing(counter)
    assert (first.key, first.ours_satang, first.theirs_satang) == ("ad_permit", 40_000, 20_000)
    assert "เรา 400.00 บาท 2 ฉบับ" in first.words
    assert elaas.note(counter, actor, second.row, "ของหน่วยงานอื่น", settled=False).state == elaas.OPEN
    assert elaas.note(counter, actor, second.row, "ของหน่วยงานอื่น", settled=True).state == elaas.SETTLED
    with pytest.raises(Refused):
        elaas.note(counter, actor, second.row, "อีกครั้ง", settled=True)
    assert elaas.compare_file(counter, actor, day, day, theirs).differing == 2
    assert [one.key for one in elaas.listing(counter)] == ["ad_permit"], "what is settled stays settled"
    theirs.write_text(f"d,t,a,n\n{day},ad_permit,400.00,2\n{day},other,7.00,1\n", "utf-8")
    assert elaas.compare_file(counter, actor, day, day, theirs).gone == 1
    assert [(one.key, one.theirs_satang, one.note) for one in elaas.listing(counter)] == [
        ("other", 700, "ของหน่วยงานอื่น")
    ], "other figures are open again, the note is kept"
    assert len(elaas.report(counter).rows) == 2
    with pytest.raises(Refused) as refused:
        elaas.compare_file(counter, actor, date(2020, 1, 1), date(2020, 1, 2), theirs)
    assert refused.value.code == "elaas_days"


def test_numbers_that_only_one_of_the_two_has(counter, actor):
    day = paid(counter, actor, "R-1", "R-2")
    done = elaas.compare_numbers(counter, actor, day, "R-1,\nR-9")
    assert (done.compared, done.differing) == (3, 2)
    assert [(one.name, one.words) for one in elaas.listing(counter)] == [
        ("เลขที่ e-LAAS R-2", "มีในเครื่องนี้ ไม่มีใน e-LAAS"),
        ("เลขที่ e-LAAS R-9", "มีใน e-LAAS ไม่มีในเครื่องนี้"),
    ]
    assert elaas.compare_numbers(counter, actor, day, "R-1 R-2").gone == 2
    assert elaas.listing(counter) == []


def test_what_differs_and_how_it_was_settled_reaches_the_other_counter(tmp_path):
    with Province(tmp_path) as province:
        first, second = province.desk("1"), province.desk("2")
        day = shifts.today(first.counter)
        elaas.compare_numbers(first.counter, ACTOR, day, "R-1 R-2")
        assert elaas.listing(second.counter) == []
        first.sync()
        second.sync()
        told = [(one.key, one.words, one.state) for one in elaas.listing(first.counter)]
        assert [(one.key, one.words, one.state) for one in elaas.listing(second.counter)] == told
        assert [key for key, _words, _state in told] == ["no/R-1", "no/R-2"]
        elaas.note(second.counter, ACTOR, elaas.listing(second.counter)[0].row, "ออกที่อำเภอ", settled=True)
        elaas.compare_numbers(second.counter, ACTOR, day, "R-1")
        second.sync()
        first.sync()
        for desk in (first, second):
            found = {one.key: (one.state, one.note) for one in elaas.listing(desk.counter, every=True)}
            assert found == {"no/R-1": ("settled", "ออกที่อำเภอ"), "no/R-2": ("gone", "")}
        waiting = first.counter.store
        with waiting.read() as connection:
            before = connection.exec_driver_sql("SELECT count(*) FROM event").scalar()
        elaas.compare_numbers(first.counter, ACTOR, day, "R-1")
        with waiting.read() as connection:
            assert connection.exec_driver_sql("SELECT count(*) FROM event").scalar() == before, (
                "nothing new, nothing sent"
            )
        with second.store.write("test") as work:
            change = {"change": "ff" * 16, "kind": elaas_rows.DIFFERENCE, "revision": 99, "document": {"state": "odd"}}
            for key in (f"{day}/no/R-1", "someday/no/R-1", "x"):
                elaas_rows.settle(work, {**change, "key": key}, "04830203x", 1)
        assert [one.state for one in elaas.listing(second.counter, every=True)] == ["settled", "gone"]
