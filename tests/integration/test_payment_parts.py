"""One receipt paid by several methods: each share counted where it lies, on paper, cancelled, at another counter."""

import json

import pytest

from app.domain.errors import Refused
from app.services import money_reports, receipt_replication, receipt_voids, receipts, remittances, shifts
from app.services.money_model import MIXED, Part, Pay
from printing.receipt import payment_lines
from tests.integration.support import homes, money

BOTH = (Part("cash", 5_000), Part("transfer", 15_000, "T-9"))


@pytest.fixture(scope="module")
def template(tmp_path_factory):
    clock = homes.HandClock()
    return homes.make(tmp_path_factory.mktemp("office") / "home", clock), clock


@pytest.fixture
def counter(template, tmp_path):
    home, clock = template
    with homes.opened(homes.copied(home, tmp_path / "home"), clock) as counter:
        yield counter


@pytest.fixture
def actor(counter):
    return homes.signed_in(counter)


def pay(counter, actor, parts=BOTH, **more):
    number = more.pop("number", None) or money.approved_permit(counter, actor)
    return receipts.issue(counter, actor, Pay(number, MIXED, 20_000, parts=tuple(parts), **more))


def test_each_share_counts_where_it_lies(counter, actor):
    plain = receipts.issue(counter, actor, Pay(money.approved_permit(counter, actor), "cash", 20_000))
    assert "parts" not in plain.document, "the paper of a single method stays what it was"
    receipt = pay(counter, actor, received_satang=10_000)
    assert (receipt.method, receipt.total_satang, receipt.change_satang) == (MIXED, 20_000, 5_000)
    assert receipt.shares == (("cash", 5_000), ("transfer", 15_000))
    assert payment_lines(receipt.document) == [
        "ชำระโดย เงินสด  50.00 บาท",
        "ชำระโดย เงินโอน  150.00 บาท  เลขที่/อ้างอิง T-9",
        "รับเงินสด 100.00 บาท  เงินทอน 50.00 บาท",
    ]
    shift = shifts.current(counter, actor)
    assert (shift.receipts, shift.expected_satang) == (2, 25_000)
    assert {method: satang for method, satang in shift.by_method.items() if satang} == {
        "cash": 25_000, "transfer": 15_000,
    }  # fmt: skip
    voucher = remittances.summary(counter, shift.business_on)
    assert voucher["by_method"] == {"cash": 25_000, "transfer": 15_000}
    register = money_reports.receipt_register(counter, shift.business_on, shift.business_on)
    assert register.rows[1][4] == "เงินสด + เงินโอน"
    head = money.person(counter, money.APPROVER, "admin")
    receipt_voids.void(counter, actor, receipt.text, "ผิด", head)
    after = shifts.current(counter, actor)
    assert (after.voided, after.expected_satang, after.by_method["transfer"]) == (1, 20_000, 0)
    voided = money_reports.voided_receipts(counter, shift.business_on, shift.business_on)
    assert voided.rows[0][6:10] == ("50.00", "-", "150.00", "-")


@pytest.mark.parametrize(
    ("parts", "received", "field"),
    [
        ((Part("cash", 20_000),), None, "parts"),
        ((Part("cash", 5_000), Part("cash", 15_000)), None, "parts"),
        ((Part("cash", 5_000), Part("transfer", 14_999, "T")), None, "parts"),
        ((Part("cash", 25_000), Part("transfer", -5_000, "T")), None, "parts"),
        ((Part("cash", 5_000), Part("transfer", 15_000)), None, "parts"),
        ((Part("cash", 5_000), Part("cheque", 15_000, "1")), None, "parts"),
        ((Part("cash", 5_000), Part("gold", 15_000, "1")), None, "parts"),
        (BOTH, 4_000, "received"),
        ((Part("card", 5_000, "1"), Part("transfer", 15_000, "T")), 20_000, "received"),
    ],
)
def test_shares_that_do_not_fit_are_refused(counter, actor, parts, received, field):
    number = money.approved_permit(counter, actor)
    with pytest.raises(Refused) as refused:
        pay(counter, actor, parts, number=number, received_satang=received)
    assert refused.value.field == field
    assert shifts.current(counter, actor) is None, "nothing was begun"


def test_a_cheque_among_them_waits_and_another_counter_learns_the_shares(counter, actor, template, tmp_path):
    receipt = pay(counter, actor, (Part("cash", 5_000), Part("cheque", 15_000, "123", "กรุงไทย")))
    assert receipt.payment_state == "cheque_waiting"
    assert receipt.document["cheque_note"]
    with counter.store.read() as connection:
        event = connection.exec_driver_sql("SELECT * FROM event WHERE kind = 'receipt_issued'").mappings().one()
    payload = json.loads(event["payload"])
    assert payload["method"] == MIXED
    assert [part["method"] for part in payload["document"]["parts"]] == ["cash", "cheque"]
    home, clock = template
    with homes.opened(homes.copied(home, tmp_path / "other"), clock) as other:
        number = money.approved_permit(other, homes.signed_in(other))
        with other.store.write("test") as work:
            here = work.run("SELECT id FROM cases WHERE number = ?", (number,)).scalar_one()
            told = {"kind": "receipt_issued", "record": here, "at": event["at"], "by": "x", "origin": "o"}
            receipt_replication.apply(work, {**told, "payload": payload})
            receipt_replication.apply(work, {**told, "payload": payload})
            parts = work.run("SELECT method, satang FROM payment_part ORDER BY place").fetchall()
            state = work.run("SELECT state, change_satang FROM payment").one()
    assert [tuple(part) for part in parts] == [("cash", 5_000), ("cheque", 15_000)]
    assert tuple(state) == ("cheque_waiting", 0)
