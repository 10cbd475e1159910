"""The first tables; a SQLite file from before there were migrations is taken over with what it holds."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from sync.server.partitions import split

revision = "0001"
down_revision = None

text, number, blob = sa.Text, sa.BigInteger, sa.LargeBinary
OLD_INDEXES = (
    "ix_enrol_code_hash",
    "ix_device_token_hash",
    "ix_thaid_session_link_hash",
    "ix_thaid_session_state_hash",
)


def upgrade() -> None:
    connection = op.get_bind()
    old = set(sa.inspect(connection).get_table_names())
    if "schema_version" in old:
        for index in OLD_INDEXES:
            op.execute(f"DROP INDEX IF EXISTS {index}")
        if "short_link" in old:
            op.rename_table("short_link", "old_short_link")
            old.remove("short_link")
    create(old)
    if "schema_version" in old:
        if sa.inspect(connection).has_table("old_short_link"):
            op.execute("INSERT INTO short_link (office, code, record) SELECT office, code, record FROM old_short_link")
            op.drop_table("old_short_link")
        op.drop_table("schema_version")


def create(old: set[str]) -> None:
    def table(name: str, *columns: sa.schema.SchemaItem, by: str = "office") -> None:
        if name in old:
            return
        options: dict[str, Any] = {"postgresql_partition_by": f"HASH ({by})"} if by else {}
        op.create_table(name, *columns, **options)
        if by:
            split(op.get_bind(), name)

    table(
        "office", _text("code"), _text("letters"), _text("name"), _number("revision"), _number("last_seq"),
        _number("created_at"), sa.PrimaryKeyConstraint("code", name="pk_office"), by="code",
    )  # fmt: skip
    table(
        "settings", _text("office"), _number("revision"), _text("document"), _text("services"), _number("at"),
        sa.PrimaryKeyConstraint("office", "revision", name="pk_settings"),
    )  # fmt: skip
    table(
        "enrol_code", _text("office"), _blob("hash"), _number("expires_at"), _text("used_by", ""),
        sa.PrimaryKeyConstraint("office", "hash", name="pk_enrol_code"),
    )  # fmt: skip
    table(
        "device", _text("office"), _text("id"), _text("store_id"), _text("name"), _blob("token_hash"),
        _text("app_version"), _number("enrolled_at"), _number("seen_at"), _number("settled_through"),
        sa.Column("revoked_at", number), _text("revoked_reason", ""),
        sa.PrimaryKeyConstraint("office", "id", name="pk_device"),
        sa.UniqueConstraint("office", "store_id", name="uq_device_office_store_id"),
    )  # fmt: skip
    table(
        "log", _text("office"), _number("office_seq"), _text("store_id"), _number("seq"), _blob("id"),
        _blob("record"), _text("kind"), _number("at"), _text("by"), _text("payload"), _number("received_at"),
        sa.PrimaryKeyConstraint("office", "office_seq", name="pk_log"),
        sa.UniqueConstraint("office", "store_id", "seq", name="uq_log_office_store_id_seq"),
        sa.UniqueConstraint("office", "id", name="uq_log_office_id"),
    )  # fmt: skip
    table(
        "case_file", _text("office"), _text("series"), _run("run"), _text("number"), _blob("record"),
        _text("device"), _text("service"), _text("status"), _number("status_at"), _number("registered_at"),
        _text("due_on"), _text("division"), _text("division_name"), _text("last4"),
        sa.PrimaryKeyConstraint("office", "series", "run", name="pk_case_file"),
        sa.UniqueConstraint("office", "record", name="uq_case_file_office_record"),
    )  # fmt: skip
    table(
        "number_lease", _text("office"), _text("series"), _run("first"), _run("last"), _text("id"), _text("device"),
        _text("request"), _number("leased_at"),
        sa.PrimaryKeyConstraint("office", "series", "first", name="pk_number_lease"),
        sa.UniqueConstraint("office", "id", name="uq_number_lease_office_id"),
        sa.UniqueConstraint("office", "device", "request", name="uq_number_lease_office_device_request"),
    )  # fmt: skip
    table(
        "number_void", _text("office"), _text("series"), _run("run"), _text("reason"), _text("by"), _number("at"),
        sa.PrimaryKeyConstraint("office", "series", "run", name="pk_number_void"),
    )  # fmt: skip
    table(
        "thaid_settings", _text("office"), _blob("document"), _number("at"),
        sa.PrimaryKeyConstraint("office", name="pk_thaid_settings"),
    )  # fmt: skip
    table(
        "thaid_session", _text("office"), _blob("id_hash"), _text("device"), _text("purpose"), _text("reference"),
        _text("status"), _text("code", ""), _blob("link_hash"), sa.Column("browser_hash", blob),
        sa.Column("state_hash", blob), sa.Column("secrets", blob), sa.Column("person", blob), _number("started_at"),
        _number("expires_at"), sa.PrimaryKeyConstraint("office", "id_hash", name="pk_thaid_session"),
    )  # fmt: skip
    table(
        "short_link", _text("office"), _text("code"), _blob("record"),
        sa.PrimaryKeyConstraint("office", "code", name="pk_short_link"),
        sa.UniqueConstraint("office", "record", name="uq_short_link_office_record"),
    )  # fmt: skip
    table(
        "sms", _text("office"), _text("key"), _blob("record"), _text("number"), _text("what"), _text("text"),
        _blob("phone_hash"), _text("status"), _text("code", ""), _run("attempts", "0"), _number("queued_at"),
        _number("not_before"), sa.Column("tried_at", number), sa.PrimaryKeyConstraint("office", "key", name="pk_sms"),
    )  # fmt: skip
    table(
        "server_secret", _text("name"), _blob("value"), sa.PrimaryKeyConstraint("name", name="pk_server_secret"), by=""
    )
    table(
        "allowance", _blob("key"), sa.Column("level", sa.Double(), nullable=False),
        sa.Column("at", sa.Double(), nullable=False), sa.Column("forget_at", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_allowance"), by="",
    )  # fmt: skip
    for table_name, *columns in (
        ("office", "letters"),
        ("enrol_code", "hash"),
        ("device", "token_hash"),
        ("log", "office", "record"),
        ("thaid_session", "link_hash"),
        ("thaid_session", "state_hash"),
        ("thaid_session", "started_at"),
        ("short_link", "code"),
        ("sms", "status", "not_before"),
        ("sms", "office", "tried_at"),
        ("allowance", "forget_at"),
    ):
        op.create_index(f"ix_{table_name}_{'_'.join(columns)}", table_name, columns, if_not_exists=True)


def _text(name: str, default: str | None = None) -> sa.Column[str]:
    return sa.Column(name, text, nullable=False, server_default=default)


def _number(name: str) -> sa.Column[int]:
    return sa.Column(name, number, nullable=False)


def _run(name: str, default: str | None = None) -> sa.Column[int]:
    return sa.Column(name, sa.Integer, nullable=False, server_default=default)


def _blob(name: str) -> sa.Column[bytes]:
    return sa.Column(name, blob, nullable=False)
