"""Permits that are out are found without reading the whole register."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    standing = sa.text("status IN ('permit_issued', 'expired', 'removal_overdue')")
    op.create_index("ix_cases_granted", "cases", ["row"], sqlite_where=standing)
