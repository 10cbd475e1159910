"""The holder of an ID card as the applicant of a case. The photo and the laser code are left behind."""

from app.intake.card.holder import CardAddress, CardHolder
from app.services.model import Address, Applicant


def applicant_of(holder: CardHolder) -> Applicant:
    """The applicant to fill the form with. A middle name follows the first name; phone and postcode are not on the
    card."""
    return Applicant(
        title=holder.title,
        first_name=" ".join(name for name in (holder.first_name, holder.middle_name) if name),
        last_name=holder.last_name,
        citizen_id=holder.citizen_id,
        address=address_of(holder.address),
    )


def address_of(address: CardAddress) -> Address:
    """The register has one place for ตรอก and ซอย: the lane goes before the soi and keeps its word."""
    lane = f"ตรอก{address.lane}" if address.lane else ""
    return Address(
        house_no=address.house_no,
        moo=address.moo,
        soi=" ".join(part for part in (lane, address.soi) if part),
        road=address.road,
        subdistrict=address.subdistrict,
        district=address.district,
        province=address.province,
    )
