"""Payers with their history, filings by the month, and orders that waive what being late has added."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.create_table(
        "payer",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("active_from", sa.Text(), nullable=False, server_default=""),
        sa.Column("active_to", sa.Text(), nullable=False, server_default=""),
        sa.Column("changed_at", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "code", name=op.f("pk_payer")),
    )
    op.create_table(
        "payer_change",
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("id", sa.LargeBinary(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("at", sa.Integer(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("row", name=op.f("pk_payer_change")),
        sa.UniqueConstraint("id", name=op.f("uq_payer_change_id")),
    )
    op.create_index("ix_payer_change_payer", "payer_change", ["kind", "code"])
    op.create_table(
        "filing",
        sa.Column("case_row", sa.Integer(), nullable=False),
        sa.Column("service", sa.Text(), nullable=False),
        sa.Column("payer", sa.Text(), nullable=False),
        sa.Column("period", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("supplementary_no", sa.Integer(), nullable=False),
        sa.Column("opening", sa.Text(), nullable=False),
        sa.Column("closing", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["case_row"], ["cases.row"], name=op.f("fk_filing_case_row_cases")),
        sa.PrimaryKeyConstraint("case_row", name=op.f("pk_filing")),
    )
    op.create_index("ix_filing_payer", "filing", ["service", "payer", "period"])
    op.create_table(
        "waiver",
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("id", sa.LargeBinary(), nullable=False),
        sa.Column("case_row", sa.Integer(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("satang", sa.Integer(), nullable=False),
        sa.Column("order_number", sa.Text(), nullable=False),
        sa.Column("ordered_on", sa.Text(), nullable=False),
        sa.Column("approver", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["case_row"], ["cases.row"], name=op.f("fk_waiver_case_row_cases")),
        sa.PrimaryKeyConstraint("row", name=op.f("pk_waiver")),
        sa.UniqueConstraint("id", name=op.f("uq_waiver_id")),
    )
    op.create_index("ix_waiver_case_row", "waiver", ["case_row"])
