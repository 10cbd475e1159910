"""Signed checkpoints of counters' audit chains; rows are only ever added."""

import sqlalchemy as sa
from alembic import op

from sync.server.partitions import BY_OFFICE, split

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.create_table(
        "audit_checkpoint",
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("office", "device")),
        sa.Column("id", sa.LargeBinary(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        *(sa.Column(name, sa.LargeBinary(), nullable=False) for name in ("hash", "public")),
        *(sa.Column(name, sa.BigInteger(), nullable=False) for name in ("at", "received_at")),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("signature", "alarm")),
        sa.PrimaryKeyConstraint("office", "device", "id", name="pk_audit_checkpoint"),
        postgresql_partition_by=BY_OFFICE,
    )
    split(op.get_bind(), "audit_checkpoint")
