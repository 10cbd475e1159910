"""The register of incoming matters: a number of the year for a case."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.create_table(
        "receiving",
        sa.Column("series", sa.Text(), nullable=False),
        sa.Column("run", sa.Integer(), nullable=False),
        sa.Column("case_row", sa.Integer(), nullable=False),
        sa.Column("at", sa.Integer(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["case_row"], ["cases.row"], name=op.f("fk_receiving_case_row_cases")),
        sa.PrimaryKeyConstraint("series", "run", name=op.f("pk_receiving")),
    )
    op.create_index("ix_receiving_case_row", "receiving", ["case_row"])
