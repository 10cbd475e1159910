"""A province's counter: its filings by the month, its rates, and a hotel in the register of payers."""

from pathlib import Path

from app import bootstrap
from app.services import offices, setup
from tests.integration.support import filings
from tests.ui.conftest import OFFICE, PASSPHRASE, PASSWORD, SetClock


def make(home: Path) -> Path:
    """Set the counter up with its first clerk."""
    document = offices.check_office({**OFFICE, **filings.PROVINCE, "name": "องค์การบริหารส่วนจังหวัดภูเก็ต"})
    administrator = setup.Administrator("duangjai", PASSWORD, "นางสาวดวงใจ รักษ์ถิ่น", "นักวิชาการเงินและบัญชี")
    setup.set_up(home, document, bootstrap.built_in_services(), administrator, SetClock(), PASSPHRASE)
    return home
