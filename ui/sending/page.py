"""The page of sending (การส่งข้อมูล); built when it is first shown, where the counter has a server."""

from PySide6.QtCore import Signal

from app.services import rights
from ui.parts import PartsPage

STATE, DEVICES = range(2)


class SendingPage(PartsPage):
    """What waits and why, and for administrators the counters of the office; Alt+1, 2 change the part."""

    case_wanted = Signal(str)

    PARTS = (
        ("การส่งข้อมูล", "ui.sending.state", "StatePanel"),
        ("เครื่อง", "ui.sending.devices", "DevicesPanel"),
    )

    def offered(self, place: int) -> bool:
        """The counters are for administrators."""
        return place == STATE or rights.may(self.session.actor, rights.OFFICE_SETTINGS)

    def show_part(self, place: int) -> None:
        """Bring a part to the front."""
        new = place not in self.panels
        super().show_part(place)
        if new and place == STATE and place in self.panels:
            self.panels[place].case_wanted.connect(self.case_wanted)  # type: ignore[attr-defined]
