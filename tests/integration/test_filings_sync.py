"""Filings of a province over a real central server: two counters, one register of payers, one row of months."""

from pathlib import Path

import pytest

from app.domain.errors import Refused
from app.services import assessments, cases, payers
from tests.integration import sync_support
from tests.integration.support import filings
from tests.integration.sync_support import ACTOR, Province


def test_a_month_filed_at_one_counter_goes_on_at_the_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sync_support, "OFFICE", {**sync_support.OFFICE, **filings.PROVINCE})
    with Province(tmp_path) as province:
        first, second = province.desk("หนึ่ง"), province.desk("สอง")
        may = filings.file(first.counter, ACTOR, "hotel_fee", period_month=5)
        payers.add(first.counter, ACTOR, "trader", "7", {"name": "ร้านตัวอย่าง"})
        first.sync()
        second.sync()
        assert payers.find(second.counter, "trader", "ตัวอย่าง")[0].code == "7"
        assert assessments.of_number(second.counter, may.number).lines[0].satang == 260_000
        june = filings.hotel(second.counter, ACTOR, 6, "1000")
        assert cases.get(second.counter, june.number).answers["ar_in"] == "50000.00"
        second.sync()
        first.sync()
        with pytest.raises(Refused, match="second_normal"):
            filings.hotel(first.counter, ACTOR, 6, "1000")
        assert province.numbers() == sorted([may.number, june.number])
