"""The page of records: what everybody did, personal data, what is kept how long, backups; built when first shown."""

from app.services import rights
from ui.parts import PartsPage

AUDIT, PRIVACY, RETENTION, BACKUPS = range(4)
NEEDED = (
    (rights.READ_AUDIT,),
    (rights.KEEP_PRIVACY,),
    (rights.KEEP_PRIVACY, rights.APPROVE_DESTRUCTION),
    (rights.OFFICE_SETTINGS,),
)
"""The rights of which each part needs one."""


class RecordsPage(PartsPage):
    """One part in view at a time."""

    PARTS = (
        ("บันทึกการใช้งาน", "ui.records.audit", "AuditPanel"),
        ("ข้อมูลส่วนบุคคล", "ui.records.privacy", "PrivacyPanel"),
        ("อายุการเก็บและทำลาย", "ui.records.retention", "RetentionPanel"),
        ("ข้อมูลสำรอง", "ui.records.backups", "BackupsPanel"),
    )

    def offered(self, place: int) -> bool:
        """By the rights of the part."""
        return any(rights.may(self.session.actor, right) for right in NEEDED[place])
