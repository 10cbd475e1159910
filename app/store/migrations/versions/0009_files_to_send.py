"""Files of cases go to the server: what it has not got yet, all own files to begin with."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.create_table(
        "file_outbox",
        sa.Column("sha256", sa.LargeBinary(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("at", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False, server_default=""),
        sa.PrimaryKeyConstraint("sha256", name="pk_file_outbox"),
    )
    op.execute(
        "INSERT INTO file_outbox (sha256, size, at) SELECT sha256, max(size), min(at) FROM attachment"
        " WHERE origin = (SELECT value FROM meta WHERE key = 'store_id') GROUP BY sha256"
    )
