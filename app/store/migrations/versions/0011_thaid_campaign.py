"""The ThaiD campaign: counts, and the weekly reports as they were sent."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    op.create_table(
        "thaid_count",
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("id", sa.LargeBinary(), nullable=False),
        sa.Column("on_day", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("audience", sa.Text(), nullable=False),
        sa.Column("way", sa.Text(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("undoes", sa.LargeBinary(), nullable=True),
        sa.Column("at", sa.Integer(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("row", name=op.f("pk_thaid_count")),
        sa.UniqueConstraint("id", name=op.f("uq_thaid_count_id")),
        sa.UniqueConstraint("undoes", name=op.f("uq_thaid_count_undoes")),
    )
    op.create_index("ix_thaid_count_on_day", "thaid_count", ["on_day"])
    op.create_table(
        "thaid_report",
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("id", sa.LargeBinary(), nullable=False),
        sa.Column("week", sa.Text(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("at", sa.Integer(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("row", name=op.f("pk_thaid_report")),
        sa.UniqueConstraint("id", name=op.f("uq_thaid_report_id")),
    )
    op.create_index("ix_thaid_report_week", "thaid_report", ["week"])
