"""What a counter says of itself at each sync, and numbers of lost counters that were given up."""

import sqlalchemy as sa
from alembic import op

from sync.server.partitions import BY_OFFICE, split

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    for name in ("waiting", "resting"):
        op.add_column("device", sa.Column(name, sa.BigInteger(), nullable=False, server_default="0"))
    op.create_table(
        "number_return",
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("office", "series")),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in ("first", "last")),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("device", "reason", "by")),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("office", "series", "first", name="pk_number_return"),
        postgresql_partition_by=BY_OFFICE,
    )
    split(op.get_bind(), "number_return")
