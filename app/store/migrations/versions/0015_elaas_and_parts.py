"""What differs between the register and e-LAAS, and payments by several methods on one receipt."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    op.create_table(
        "payment_part",
        sa.Column("receipt_row", sa.Integer(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("satang", sa.Integer(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False, server_default=""),
        sa.Column("bank", sa.Text(), nullable=False, server_default=""),
        sa.ForeignKeyConstraint(["receipt_row"], ["receipt.row"], name=op.f("fk_payment_part_receipt_row_receipt")),
        sa.PrimaryKeyConstraint("receipt_row", "place", name=op.f("pk_payment_part")),
    )
    op.create_table(
        "elaas_difference",
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("business_on", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("ours_satang", sa.Integer(), nullable=False),
        sa.Column("ours_count", sa.Integer(), nullable=False),
        sa.Column("theirs_satang", sa.Integer(), nullable=False),
        sa.Column("theirs_count", sa.Integer(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False, server_default=""),
        sa.Column("at", sa.Integer(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("row", name=op.f("pk_elaas_difference")),
        sa.UniqueConstraint("business_on", "key", name=op.f("uq_elaas_difference_business_on_key")),
    )
