"""Fields of a case are corrected after registration; two counters that did so unseen leave a conflict."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    op.add_column("cases", sa.Column("corrected", sa.Text(), nullable=False, server_default=""))
    op.create_table(
        "field_conflict",
        sa.Column("case_row", sa.Integer(), nullable=False),
        sa.Column("field", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("case_row", "field", name="pk_field_conflict"),
        sa.ForeignKeyConstraint(["case_row"], ["cases.row"], name="fk_field_conflict_case_row_cases"),
    )
