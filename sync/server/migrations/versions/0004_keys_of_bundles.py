"""Public keys of the counters, for what goes by USB stick."""

import sqlalchemy as sa
from alembic import op

from sync.server.partitions import BY_OFFICE, split

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.create_table(
        "device_key",
        sa.Column("office", sa.Text(), nullable=False),
        sa.Column("device", sa.Text(), nullable=False),
        sa.Column("sign", sa.LargeBinary(), nullable=False),
        sa.Column("box", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("office", "device", name="pk_device_key"),
        postgresql_partition_by=BY_OFFICE,
    )
    split(op.get_bind(), "device_key")
