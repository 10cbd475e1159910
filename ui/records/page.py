"""The page of records: the audit chain, and later parts of keeping; built when it is first shown."""

from app.services import rights
from ui.parts import PartsPage

AUDIT = 0
NEEDED = (rights.READ_AUDIT,)
"""The right that each part needs."""


class RecordsPage(PartsPage):
    """One part in view at a time."""

    PARTS = (("บันทึกการใช้งาน", "ui.records.audit", "AuditPanel"),)

    def offered(self, place: int) -> bool:
        """By the right of the part."""
        return rights.may(self.session.actor, NEEDED[place])
