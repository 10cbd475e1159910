"""Every table of the central server, once. Each is keyed by the office first: no sync ever asks across offices.

Instants are integer milliseconds UTC since 1970, documents canonical JSON text, hashes SHA-256. The same definitions
serve SQLite and PostgreSQL; a change here is a migration as well (sync/server/migrations).
"""

from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    Double,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
)

from sync.server.partitions import BY_OFFICE

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(column_0_N_label)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)
OF_OFFICE: dict[str, Any] = {"postgresql_partition_by": BY_OFFICE}

# last_seq is the office's own sequence: it is raised only while this row is locked, inside the transaction that
# commits the events, so a reader's cursor can never pass a row that is committed later. upstream: "on" where this is
# the office's own server, which sends on to a central one; "stopped" where that one has shut it out; else "".
office = Table(
    "office",
    metadata,
    Column("code", Text, primary_key=True),
    Column("letters", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("revision", BigInteger, nullable=False),
    Column("last_seq", BigInteger, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("upstream", Text, nullable=False, server_default=""),
    Index("ix_office_letters", "letters"),
    postgresql_partition_by="HASH (code)",
)

settings = Table(
    "settings",
    metadata,
    Column("office", Text, nullable=False),
    Column("revision", BigInteger, nullable=False),
    Column("document", Text, nullable=False),
    Column("services", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
    PrimaryKeyConstraint("office", "revision"),
    **OF_OFFICE,
)

enrol_code = Table(
    "enrol_code",
    metadata,
    Column("office", Text, nullable=False),
    Column("hash", LargeBinary, nullable=False),
    Column("expires_at", BigInteger, nullable=False),
    Column("used_by", Text, nullable=False, server_default=""),
    Column("relay", Integer, nullable=False, server_default="0"),
    PrimaryKeyConstraint("office", "hash"),
    Index("ix_enrol_code_hash", "hash"),
    **OF_OFFICE,
)

# settled_through: highest seq of this store that was taken or rejected. waiting, resting: events that the counter
# itself said, at its last sync, it had yet to send, and had in quarantine. relay: 1 for an office's own server.
device = Table(
    "device",
    metadata,
    Column("office", Text, nullable=False),
    Column("id", Text, nullable=False),
    Column("store_id", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("token_hash", LargeBinary, nullable=False),
    Column("app_version", Text, nullable=False),
    Column("enrolled_at", BigInteger, nullable=False),
    Column("seen_at", BigInteger, nullable=False),
    Column("settled_through", BigInteger, nullable=False),
    Column("revoked_at", BigInteger),
    Column("revoked_reason", Text, nullable=False, server_default=""),
    Column("waiting", BigInteger, nullable=False, server_default="0"),
    Column("resting", BigInteger, nullable=False, server_default="0"),
    Column("relay", Integer, nullable=False, server_default="0"),
    PrimaryKeyConstraint("office", "id"),
    UniqueConstraint("office", "store_id"),
    Index("ix_device_token_hash", "token_hash"),
    **OF_OFFICE,
)

log = Table(
    "log",
    metadata,
    Column("office", Text, nullable=False),
    Column("office_seq", BigInteger, nullable=False),
    Column("store_id", Text, nullable=False),
    Column("seq", BigInteger, nullable=False),
    Column("id", LargeBinary, nullable=False),
    Column("record", LargeBinary, nullable=False),
    Column("kind", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("by", Text, nullable=False),
    Column("payload", Text, nullable=False),
    Column("received_at", BigInteger, nullable=False),
    PrimaryKeyConstraint("office", "office_seq"),
    UniqueConstraint("office", "store_id", "seq"),
    UniqueConstraint("office", "id"),
    Index("ix_log_office_record", "office", "record"),
    **OF_OFFICE,
)

# What the log says about each case, for the citizens' pages and for the check of numbers.
case = Table(
    "case_file",
    metadata,
    Column("office", Text, nullable=False),
    Column("series", Text, nullable=False),
    Column("run", Integer, nullable=False),
    Column("number", Text, nullable=False),
    Column("record", LargeBinary, nullable=False),
    Column("device", Text, nullable=False),
    Column("service", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("status_at", BigInteger, nullable=False),
    Column("registered_at", BigInteger, nullable=False),
    Column("due_on", Text, nullable=False),
    Column("division", Text, nullable=False),
    Column("division_name", Text, nullable=False),
    Column("last4", Text, nullable=False),
    PrimaryKeyConstraint("office", "series", "run"),
    UniqueConstraint("office", "record"),
    **OF_OFFICE,
)

# The ledger of numbers: a block is written once and belongs to one device; `request` makes asking again harmless.
number_lease = Table(
    "number_lease",
    metadata,
    Column("office", Text, nullable=False),
    Column("series", Text, nullable=False),
    Column("first", Integer, nullable=False),
    Column("last", Integer, nullable=False),
    Column("id", Text, nullable=False),
    Column("device", Text, nullable=False),
    Column("request", Text, nullable=False),
    Column("leased_at", BigInteger, nullable=False),
    PrimaryKeyConstraint("office", "series", "first"),
    UniqueConstraint("office", "id"),
    UniqueConstraint("office", "device", "request"),
    **OF_OFFICE,
)

number_void = Table(
    "number_void",
    metadata,
    Column("office", Text, nullable=False),
    Column("series", Text, nullable=False),
    Column("run", Integer, nullable=False),
    Column("reason", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
    PrimaryKeyConstraint("office", "series", "run"),
    **OF_OFFICE,
)

# A receipt book is leased to one device and is of one fiscal year (BE).
receipt_book = Table(
    "receipt_book",
    metadata,
    Column("office", Text, nullable=False),
    Column("fiscal_year", Integer, nullable=False),
    Column("book", Text, nullable=False),
    Column("first", Integer, nullable=False),
    Column("last", Integer, nullable=False),
    Column("id", Text, nullable=False),
    Column("device", Text, nullable=False),
    Column("request", Text, nullable=False),
    Column("leased_at", BigInteger, nullable=False),
    PrimaryKeyConstraint("office", "fiscal_year", "book"),
    UniqueConstraint("office", "device", "request"),
    **OF_OFFICE,
)

receipt = Table(
    "receipt",
    metadata,
    Column("office", Text, nullable=False),
    Column("fiscal_year", Integer, nullable=False),
    Column("book", Text, nullable=False),
    Column("no", Integer, nullable=False),
    Column("id", LargeBinary, nullable=False),
    Column("record", LargeBinary, nullable=False),
    Column("device", Text, nullable=False),
    Column("satang", BigInteger, nullable=False),
    Column("business_on", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("voided_at", BigInteger),
    PrimaryKeyConstraint("office", "fiscal_year", "book", "no"),
    UniqueConstraint("office", "id"),
    **OF_OFFICE,
)

# Runs of a counter that is gone, given up by a decision. They are never leased again; one that turns up on a paper
# after all counts as issued.
number_return = Table(
    "number_return",
    metadata,
    Column("office", Text, nullable=False),
    Column("series", Text, nullable=False),
    Column("first", Integer, nullable=False),
    Column("last", Integer, nullable=False),
    Column("device", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
    PrimaryKeyConstraint("office", "series", "first"),
    **OF_OFFICE,
)

# device: of a counter behind an office's own server, its store id. alarm: "" for a checkpoint that goes on from the one
# before, else what was wrong ("shorter", "differs", "unlinked", "key").
audit_checkpoint = Table(
    "audit_checkpoint",
    metadata,
    Column("office", Text, nullable=False),
    Column("device", Text, nullable=False),
    Column("id", LargeBinary, nullable=False),
    Column("seq", BigInteger, nullable=False),
    Column("hash", LargeBinary, nullable=False),
    Column("public", LargeBinary, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("received_at", BigInteger, nullable=False),
    Column("signature", Text, nullable=False),
    Column("alarm", Text, nullable=False),
    PrimaryKeyConstraint("office", "device", "id"),
    **OF_OFFICE,
)

# Sealed beyond the database's own encryption (sync/server/thaid/seal.py); office "" is every office without its own.
thaid_settings = Table(
    "thaid_settings",
    metadata,
    Column("office", Text, primary_key=True),
    Column("document", LargeBinary, nullable=False),
    Column("at", BigInteger, nullable=False),
    **OF_OFFICE,
)

# One sign-in under way. Ids, links and states are kept as hashes; `secrets` (nonce, PKCE verifier) and `person` are
# sealed. `person` goes when the counter has fetched it, and the row with all it holds 15 minutes after it began.
thaid_session = Table(
    "thaid_session",
    metadata,
    Column("office", Text, nullable=False),
    Column("id_hash", LargeBinary, nullable=False),
    Column("device", Text, nullable=False),
    Column("purpose", Text, nullable=False),
    Column("reference", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("code", Text, nullable=False, server_default=""),
    Column("link_hash", LargeBinary, nullable=False),
    Column("browser_hash", LargeBinary),
    Column("state_hash", LargeBinary),
    Column("secrets", LargeBinary),
    Column("person", LargeBinary),
    Column("started_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger, nullable=False),
    PrimaryKeyConstraint("office", "id_hash"),
    Index("ix_thaid_session_link_hash", "link_hash"),
    Index("ix_thaid_session_state_hash", "state_hash"),
    Index("ix_thaid_session_started_at", "started_at"),
    **OF_OFFICE,
)

# Keys that this server makes for itself: "visits" seals the addresses of open result pages.
server_secret = Table(
    "server_secret",
    metadata,
    Column("name", Text, primary_key=True),
    Column("value", LargeBinary, nullable=False),
)

# The six letters that an SMS carries; they ask for four digits before they show anything. Two offices may chance upon
# the same letters: the digits tell their cases apart.
short_link = Table(
    "short_link",
    metadata,
    Column("office", Text, nullable=False),
    Column("code", Text, nullable=False),
    Column("record", LargeBinary, nullable=False),
    PrimaryKeyConstraint("office", "code"),
    UniqueConstraint("office", "record"),
    Index("ix_short_link_code", "code"),
    **OF_OFFICE,
)

# One message each. The telephone number is not here: it stands in the log, and `phone_hash` (keyed) is for limits.
# status: pending, sending, sent, failed, unknown. key: made from the event, so that no event sends twice.
sms = Table(
    "sms",
    metadata,
    Column("office", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("record", LargeBinary, nullable=False),
    Column("number", Text, nullable=False),
    Column("what", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("phone_hash", LargeBinary, nullable=False),
    Column("status", Text, nullable=False),
    Column("code", Text, nullable=False, server_default=""),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("queued_at", BigInteger, nullable=False),
    Column("not_before", BigInteger, nullable=False),
    Column("tried_at", BigInteger),
    PrimaryKeyConstraint("office", "key"),
    Index("ix_sms_status_not_before", "status", "not_before"),
    Index("ix_sms_office_tried_at", "office", "tried_at"),
    **OF_OFFICE,
)

# How much of a limit somebody has used up lately, of guesses and of requests, shared by all processes: `level` at the
# moment `at` (seconds since 1970), sinking from there. The key is a keyed hash of an address or number; no office.
allowance = Table(
    "allowance",
    metadata,
    Column("key", LargeBinary, primary_key=True),
    Column("level", Double, nullable=False),
    Column("at", Double, nullable=False),
    Column("forget_at", Double, nullable=False),
    Index("ix_allowance_forget_at", "forget_at"),
)

# A file that an event of the office names; received_at is NULL until its content lies in the store of files.
case_content = Table(
    "case_content",
    metadata,
    Column("office", Text, nullable=False),
    Column("sha256", LargeBinary, nullable=False),
    Column("size", Integer, nullable=False),
    Column("received_at", BigInteger),
    PrimaryKeyConstraint("office", "sha256"),
    **OF_OFFICE,
)

# What has come of a file so far. In the database, not beside it: what an answer has told is committed, any process of
# the server can go on with it, and it is as encrypted as everything else.
content_part = Table(
    "content_part",
    metadata,
    Column("office", Text, nullable=False),
    Column("sha256", LargeBinary, nullable=False),
    Column("start", Integer, nullable=False),
    Column("size", Integer, nullable=False),
    Column("content", LargeBinary, nullable=False),
    PrimaryKeyConstraint("office", "sha256", "start"),
    **OF_OFFICE,
)

# Contents whose record an office has destroyed: they go from the store of files unless another record names them.
file_to_forget = Table(
    "file_to_forget",
    metadata,
    Column("office", Text, nullable=False),
    Column("sha256", LargeBinary, nullable=False),
    PrimaryKeyConstraint("office", "sha256"),
    **OF_OFFICE,
)

# Public halves of a counter's keys (32 bytes each): it signs its bundles with one, answers are sealed for the other.
device_key = Table(
    "device_key",
    metadata,
    Column("office", Text, nullable=False),
    Column("device", Text, nullable=False),
    Column("sign", LargeBinary, nullable=False),
    Column("box", LargeBinary, nullable=False),
    PrimaryKeyConstraint("office", "device"),
    **OF_OFFICE,
)

# Of an office's own server (relay/): the central server that it sends on to, and how far it is with it.
upstream = Table(
    "upstream",
    metadata,
    Column("office", Text, primary_key=True),
    *(Column(name, Text, nullable=False) for name in ("url", "device", "token", "store_id")),
    *(
        Column(name, BigInteger, nullable=False, server_default="0")
        for name in ("cursor", "revision", "contacted_at", "error_at")
    ),
    *(Column(name, Text, nullable=False, server_default="") for name in ("error", "error_code")),
    **OF_OFFICE,
)

# Events of counters that the central server has not settled, in the order in which they came; with a code, those that
# it refused or that wait behind one it refused.
relay_event = Table(
    "relay_event",
    metadata,
    Column("office", Text, nullable=False),
    Column("position", BigInteger, nullable=False),
    Column("id", LargeBinary, nullable=False),
    Column("store_id", Text, nullable=False),
    Column("record", LargeBinary, nullable=False),
    *(Column(name, Text, nullable=False, server_default="") for name in ("code", "reason")),
    Column("at", BigInteger, nullable=False),
    PrimaryKeyConstraint("office", "position"),
    UniqueConstraint("office", "id"),
    **OF_OFFICE,
)

# Checkpoints of counters' audit chains (`audit_checkpoint.id`) that the central server has not got: what the counter
# said of the link at `previous_seq`, the checkpoint before.
relay_checkpoint = Table(
    "relay_checkpoint",
    metadata,
    Column("office", Text, nullable=False),
    *(Column(name, LargeBinary, nullable=False) for name in ("id", "previous")),
    *(Column(name, BigInteger, nullable=False) for name in ("previous_seq", "at")),
    PrimaryKeyConstraint("office", "id"),
    **OF_OFFICE,
)

# Files that the central server has not got.
relay_file = Table(
    "relay_file",
    metadata,
    Column("office", Text, nullable=False),
    Column("sha256", LargeBinary, nullable=False),
    Column("size", Integer, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("reason", Text, nullable=False, server_default=""),
    PrimaryKeyConstraint("office", "sha256"),
    **OF_OFFICE,
)

# Numbers ("KT1") and receipt books ("R2569", size 0) that the office's own server has asked the central one for.
relay_want = Table(
    "relay_want",
    metadata,
    Column("office", Text, nullable=False),
    *(Column(name, Text, nullable=False) for name in ("request", "series")),
    Column("size", Integer, nullable=False),
    PrimaryKeyConstraint("office", "request"),
    **OF_OFFICE,
)

# On the central server: the counters behind an office's own server (`device`), as that one tells of them.
relay_store = Table(
    "relay_store",
    metadata,
    Column("office", Text, nullable=False),
    *(Column(name, Text, nullable=False) for name in ("store_id", "device", "name")),
    *(Column(name, BigInteger, nullable=False) for name in ("seen_at", "waiting", "resting")),
    PrimaryKeyConstraint("office", "store_id"),
    **OF_OFFICE,
)
