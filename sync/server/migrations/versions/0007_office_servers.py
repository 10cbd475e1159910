"""An office's own server: where it sends to, what waits there, and what the central one knows of its counters."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from sync.server.partitions import BY_OFFICE, split

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.add_column("office", sa.Column("upstream", sa.Text(), nullable=False, server_default=""))
    for table in ("enrol_code", "device"):
        op.add_column(table, sa.Column("relay", sa.Integer(), nullable=False, server_default="0"))
    _create(
        "upstream",
        ("office",),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("url", "device", "token", "store_id")),
        *(
            sa.Column(name, sa.BigInteger(), nullable=False, server_default="0")
            for name in ("cursor", "revision", "contacted_at", "error_at")
        ),
        *(sa.Column(name, sa.Text(), nullable=False, server_default="") for name in ("error", "error_code")),
    )
    _create(
        "relay_event",
        ("office", "position"),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.LargeBinary(), nullable=False),
        sa.Column("store_id", sa.Text(), nullable=False),
        sa.Column("record", sa.LargeBinary(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False, server_default="") for name in ("code", "reason")),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.UniqueConstraint("office", "id", name="uq_relay_event_office_id"),
    )
    _create(
        "relay_file",
        ("office", "sha256"),
        sa.Column("sha256", sa.LargeBinary(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False, server_default=""),
    )
    _create(
        "relay_want",
        ("office", "request"),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("request", "series")),
        sa.Column("size", sa.Integer(), nullable=False),
    )
    _create(
        "relay_store",
        ("office", "store_id"),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("store_id", "device", "name")),
        *(sa.Column(name, sa.BigInteger(), nullable=False) for name in ("seen_at", "waiting", "resting")),
    )


def _create(name: str, key: tuple[str, ...], *columns: Any) -> None:
    op.create_table(
        name,
        sa.Column("office", sa.Text(), nullable=False),
        *columns,
        sa.PrimaryKeyConstraint(*key, name=f"pk_{name}"),
        postgresql_partition_by=BY_OFFICE,
    )
    split(op.get_bind(), name)
