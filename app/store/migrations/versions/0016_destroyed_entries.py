"""Destroying a case asks who was merged into its person and which lines of a bank paid it: both by an index now."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    op.create_index("ix_person_merged_into", "person", ["merged_into"], sqlite_where=sa.text("merged_into IS NOT NULL"))
    op.create_index(
        "ix_bank_line_receipt_row", "bank_line", ["receipt_row"], sqlite_where=sa.text("receipt_row IS NOT NULL")
    )
    # an older program kept what other counters destroyed of the registers as events only
    op.execute(
        "INSERT INTO meta (key, value) SELECT 'destructions_to_find', '1'"
        " WHERE EXISTS (SELECT 1 FROM event WHERE kind = 'record_destroyed') ON CONFLICT DO NOTHING"
    )
