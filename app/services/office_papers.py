"""Papers of the office that belong to no case, as data: printing/office_papers.py makes the sheets."""

from dataclasses import dataclass

from app.services import thaid_campaign
from app.services.counter import Counter
from app.services.lhr import StaffReadiness
from app.services.model import OfficeView
from app.services.readiness import Readiness
from app.services.thaid_campaign import WeekReport
from app.services.thaid_settings import Campaign


@dataclass(frozen=True, slots=True)
class Leaflet:
    """The leaflet of the ThaiD campaign."""

    office: OfficeView
    campaign: Campaign


OfficePaper = WeekReport | Leaflet | Readiness | StaffReadiness


def leaflet(counter: Counter) -> Leaflet:
    """The leaflet with the addresses of now."""
    return Leaflet(counter.office, thaid_campaign.campaign(counter))
