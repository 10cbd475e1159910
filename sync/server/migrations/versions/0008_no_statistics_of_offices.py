"""PostgreSQL keeps no statistics of the column that names the office; see sync/server/partitions.py."""

from alembic import op

from sync.server.partitions import forget_offices

revision = "0008"
down_revision = "0007"
TABLES = (
    "office", "settings", "enrol_code", "device", "log", "case_file", "number_lease", "number_void", "receipt_book",
    "receipt", "number_return", "audit_checkpoint", "thaid_settings", "thaid_session", "short_link", "sms",
    "case_content", "content_part", "device_key", "upstream", "relay_event", "relay_file", "relay_want", "relay_store",
)  # fmt: skip


def upgrade() -> None:
    for table in TABLES:
        forget_offices(op.get_bind(), table)
