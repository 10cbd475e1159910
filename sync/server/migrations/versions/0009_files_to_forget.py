"""Contents of what an office has destroyed, until they are gone from the store of files; also of what it destroyed
before there was this table."""

import json

import sqlalchemy as sa
from alembic import op

from sync.server.partitions import BY_OFFICE, split

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    table = op.create_table(
        "file_to_forget",
        sa.Column("office", sa.Text(), nullable=False),
        sa.Column("sha256", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("office", "sha256", name="pk_file_to_forget"),
        postgresql_partition_by=BY_OFFICE,
    )
    split(op.get_bind(), "file_to_forget")
    named = op.get_bind().execute(
        sa.text(
            "SELECT a.office, a.payload FROM log a JOIN log d ON d.office = a.office AND d.record = a.record"
            " WHERE d.kind = 'case_destroyed' AND a.kind = 'attachment_added'"
        )
    )
    found = {(row.office, bytes.fromhex(json.loads(row.payload)["sha256"])) for row in named}
    if found:
        op.bulk_insert(table, [{"office": office, "sha256": sha256} for office, sha256 in sorted(found)])
