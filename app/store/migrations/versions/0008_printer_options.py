"""What else is known of a printer: its model, whether it cuts, its drawer, trays and two-sided documents."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.add_column("printer", sa.Column("options", sa.Text(), nullable=False, server_default="{}"))
