"""Checkpoints of audit chains that an office's own server has to send on to the central one."""

import sqlalchemy as sa
from alembic import op

from sync.server.partitions import BY_OFFICE, split

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    op.create_table(
        "relay_checkpoint",
        sa.Column("office", sa.Text(), nullable=False),
        *(sa.Column(name, sa.LargeBinary(), nullable=False) for name in ("id", "previous")),
        *(sa.Column(name, sa.BigInteger(), nullable=False) for name in ("previous_seq", "at")),
        sa.PrimaryKeyConstraint("office", "id", name="pk_relay_checkpoint"),
        postgresql_partition_by=BY_OFFICE,
    )
    split(op.get_bind(), "relay_checkpoint")
