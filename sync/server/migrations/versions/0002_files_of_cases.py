"""Files of cases: which ones the events name, and what has come of each that is not whole yet."""

import sqlalchemy as sa
from alembic import op

from sync.server.partitions import BY_OFFICE, split

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "case_content",
        sa.Column("office", sa.Text(), nullable=False),
        sa.Column("sha256", sa.LargeBinary(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("received_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("office", "sha256", name="pk_case_content"),
        postgresql_partition_by=BY_OFFICE,
    )
    op.create_table(
        "content_part",
        sa.Column("office", sa.Text(), nullable=False),
        sa.Column("sha256", sa.LargeBinary(), nullable=False),
        sa.Column("start", sa.Integer(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("office", "sha256", "start", name="pk_content_part"),
        postgresql_partition_by=BY_OFFICE,
    )
    for table in ("case_content", "content_part"):
        split(op.get_bind(), table)
