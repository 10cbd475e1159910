"""The page of the government's campaigns; built when it is first shown, for most days it is not."""

from PySide6.QtWidgets import QWidget

from ui.parts import PartsPage

THAID, READINESS, LHR = range(3)


class CampaignPage(PartsPage):
    """One part in view at a time; Alt+1, 2, 3 change it, Ctrl+N asks for a correction where requests are in view."""

    PARTS = (
        ("ThaiD", "ui.campaign.thaid", "ThaidPanel"),
        ("ความพร้อม", "ui.campaign.readiness", "ReadinessPanel"),
        ("ทะเบียนประวัติ", "ui.campaign.lhr", "LhrPanel"),
    )

    @property
    def thaid(self) -> QWidget | None:
        """The ThaiD campaign, once it was shown."""
        return self.panels.get(THAID)
