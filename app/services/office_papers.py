"""Papers of the office that belong to no case, as data: printing/office_papers.py makes the sheets."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from app.services import thaid_campaign
from app.services.appointments import OrderList
from app.services.breaches import BreachForm
from app.services.counter import Counter
from app.services.destruction import Certificate
from app.services.late_payers import LatePayer
from app.services.lhr import StaffReadiness
from app.services.model import OfficeView
from app.services.own_record import OwnRecordPaper
from app.services.person_export import PersonData
from app.services.processing import ProcessingRecord
from app.services.readiness import Readiness
from app.services.thaid_campaign import WeekReport
from app.services.thaid_settings import Campaign

if TYPE_CHECKING:  # the registers are not needed before the first of them is asked for
    from app.services.money_reports import Report


@dataclass(frozen=True, slots=True)
class Leaflet:
    """The leaflet of the ThaiD campaign."""

    office: OfficeView
    campaign: Campaign


@dataclass(frozen=True, slots=True)
class Reminders:
    """Reminders to payers who have not filed for a month, a sheet each."""

    late: tuple[LatePayer, ...]
    office: OfficeView
    on: date


@dataclass(frozen=True, slots=True)
class MoneyPapers:
    """Papers of the treasury, in this order: remittance slips, the day's vouchers, registers."""

    office: str
    slips: tuple[Mapping[str, Any], ...] = ()
    vouchers: tuple[Mapping[str, Any], ...] = ()
    reports: "tuple[Report, ...]" = ()


OfficePaper = (
    WeekReport
    | Leaflet
    | Readiness
    | StaffReadiness
    | Reminders
    | OrderList
    | MoneyPapers
    | ProcessingRecord
    | PersonData
    | Certificate
    | OwnRecordPaper
    | BreachForm
)


def leaflet(counter: Counter) -> Leaflet:
    """The leaflet with the addresses of now."""
    return Leaflet(counter.office, thaid_campaign.campaign(counter))
