"""Staff may sign in by ThaiD: the keyed hash of the number that vouched for them, once they have linked it."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.add_column("staff", sa.Column("thaid_hash", sa.LargeBinary(), nullable=True))
    op.create_index("ix_staff_thaid_hash", "staff", ["thaid_hash"], unique=True)
