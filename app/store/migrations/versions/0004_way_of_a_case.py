"""The way of a case: who works on it, since when its clock stands, the office's order of events, and attachments."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

FINISHED = (
    "done", "rated", "closed_external", "rejected", "cancelled", "discarded", "permit_issued", "expired",
    "removed_confirmed", "receipted",
)  # fmt: skip


def upgrade() -> None:
    op.add_column("staff", sa.Column("division", sa.Text(), nullable=False, server_default=""))
    op.add_column("cases", sa.Column("agency", sa.Text(), nullable=False, server_default=""))
    op.add_column("cases", sa.Column("assignee", sa.Text(), nullable=False, server_default=""))
    op.add_column("cases", sa.Column("stopped_on", sa.Text(), nullable=True))
    op.add_column("cases", sa.Column("open", sa.Integer(), nullable=False, server_default="1"))
    op.add_column("cases", sa.Column("restricted", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("event", sa.Column("placed", sa.Integer(), nullable=True))
    marks = ", ".join(f"'{state}'" for state in FINISHED)
    op.execute(f"UPDATE cases SET open = 0 WHERE status IN ({marks})")
    op.create_index("ix_cases_open", "cases", ["due_on"], sqlite_where=sa.text("open = 1"))
    _place()
    op.create_table(
        "attachment",
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("id", sa.LargeBinary(), nullable=False),
        sa.Column("case_row", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("format", sa.Text(), nullable=False),
        sa.Column("sha256", sa.LargeBinary(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("at", sa.Integer(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["case_row"], ["cases.row"], name=op.f("fk_attachment_case_row_cases")),
        sa.PrimaryKeyConstraint("row", name=op.f("pk_attachment")),
    )
    op.create_index("ix_attachment_case_row", "attachment", ["case_row"])
    op.create_index("ix_attachment_sha256", "attachment", ["sha256"])


def _place() -> None:
    """What the server had already placed keeps the order in which it came here."""
    op.execute(
        "UPDATE event SET placed = seq WHERE origin <> (SELECT value FROM meta WHERE key = 'store_id')"
        " OR (seq <= coalesce((SELECT CAST(value AS INTEGER) FROM meta WHERE key = 'accepted_through'), 0)"
        " AND seq NOT IN (SELECT seq FROM quarantine))"
    )
    op.execute(
        "INSERT OR REPLACE INTO meta (key, value)"
        " SELECT 'placed', max(placed) FROM event HAVING max(placed) IS NOT NULL"
    )
