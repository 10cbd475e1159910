"""Receipt books leased to counters, and every receipt that was issued from them."""

import sqlalchemy as sa
from alembic import op

from sync.server.partitions import split

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.create_table(
        "receipt_book",
        sa.Column("office", sa.Text(), nullable=False),
        sa.Column("fiscal_year", sa.Integer(), nullable=False),
        sa.Column("book", sa.Text(), nullable=False),
        sa.Column("first", sa.Integer(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("device", sa.Text(), nullable=False),
        sa.Column("request", sa.Text(), nullable=False),
        sa.Column("leased_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("office", "fiscal_year", "book", name=op.f("pk_receipt_book")),
        sa.UniqueConstraint("office", "device", "request", name=op.f("uq_receipt_book_office_device_request")),
        postgresql_partition_by="HASH (office)",
    )
    op.create_table(
        "receipt",
        sa.Column("office", sa.Text(), nullable=False),
        sa.Column("fiscal_year", sa.Integer(), nullable=False),
        sa.Column("book", sa.Text(), nullable=False),
        sa.Column("no", sa.Integer(), nullable=False),
        sa.Column("id", sa.LargeBinary(), nullable=False),
        sa.Column("record", sa.LargeBinary(), nullable=False),
        sa.Column("device", sa.Text(), nullable=False),
        sa.Column("satang", sa.BigInteger(), nullable=False),
        sa.Column("business_on", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("voided_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("office", "fiscal_year", "book", "no", name=op.f("pk_receipt")),
        sa.UniqueConstraint("office", "id", name=op.f("uq_receipt_office_id")),
        postgresql_partition_by="HASH (office)",
    )
    for name in ("receipt_book", "receipt"):
        split(op.get_bind(), name)
