"""Every table of a counter's database, once.

Core tables, not mapped classes: registration must cost little more than the rows themselves (docs/adr/0002).
Instants are integer milliseconds UTC since 1970, dates ISO text, money integer satang, documents canonical JSON.
A change here needs a migration; tests/integration/test_migrations.py compares the two.
"""

from sqlalchemy import (
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from app.store.campaign_tables import thaid_count as thaid_count
from app.store.campaign_tables import thaid_report as thaid_report
from app.store.filing_tables import filing as filing
from app.store.filing_tables import payer as payer
from app.store.filing_tables import payer_change as payer_change
from app.store.filing_tables import waiver as waiver
from app.store.money_tables import bank_file as bank_file
from app.store.money_tables import bank_line as bank_line
from app.store.money_tables import bill as bill
from app.store.money_tables import elaas_difference as elaas_difference
from app.store.money_tables import payment as payment
from app.store.money_tables import payment_part as payment_part
from app.store.money_tables import payment_slip as payment_slip
from app.store.money_tables import receipt as receipt
from app.store.money_tables import receipt_book as receipt_book
from app.store.money_tables import receipt_void as receipt_void
from app.store.money_tables import shift as shift
from app.store.office_tables import destroyed as destroyed
from app.store.office_tables import office_file as office_file
from app.store.office_tables import office_record as office_record
from app.store.table_names import metadata

# Facts about this store: store_id, office_code, accepted_through, cursor, indexed_through, server_url, device_id,
# last_acknowledged_at, last_sync_error, last_backup_at …
meta = Table("meta", metadata, Column("key", Text, primary_key=True), Column("value", Text, nullable=False))

# The office's settings as OFFICE.toml says them (design/commands.md), as one canonical JSON document per revision.
office = Table(
    "office",
    metadata,
    Column("revision", Integer, primary_key=True),
    Column("document", Text, nullable=False),
    Column("received_at", Integer, nullable=False),
)

# Every version of every service that was ever in use here: a reprint after years is the same paper.
service_definition = Table(
    "service_definition",
    metadata,
    Column("code", Text, primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("document", Text, nullable=False),
)

# thaid_hash is keyed BLAKE2b (16 bytes) of the number that ThaiD vouched for, under a key of its own: the number itself
# is not kept, and the hash finds nobody in the register of persons.
staff = Table(
    "staff",
    metadata,
    Column("id", Text, primary_key=True),
    Column("username", Text, nullable=False, unique=True),
    Column("full_name", Text, nullable=False),
    Column("position", Text, nullable=False, server_default=""),
    Column("role", Text, nullable=False),
    Column("password_hash", Text, nullable=False),
    Column("must_change_password", Integer, nullable=False, server_default="0"),
    Column("active", Integer, nullable=False, server_default="1"),
    Column("failed_attempts", Integer, nullable=False, server_default="0"),
    Column("locked_until", Integer, nullable=False, server_default="0"),
    Column("thaid_hash", LargeBinary),
    Column("division", Text, nullable=False, server_default=""),
    Index("ix_staff_thaid_hash", "thaid_hash", unique=True),
)

# citizen_id_hash is keyed BLAKE2b (16 bytes) under a key kept apart: the number is searched only by it.
# name_key is the name without tone marks and spacing (app.domain.names), one line a name. A person who turned out to be
# another one as well is merged_into that row, and keeps own row, number and past (docs/adr/0008).
person = Table(
    "person",
    metadata,
    Column("row", Integer, primary_key=True),
    Column("id", LargeBinary, nullable=False),
    Column("citizen_id_hash", LargeBinary),
    Column("document", Text, nullable=False),
    Column("kind", Text, nullable=False, server_default="thai"),  # thai, foreigner, juristic, unnumbered
    Column("name_key", Text, nullable=False, server_default=""),
    Column("phone_last4", Text, nullable=False, server_default=""),
    Column("merged_into", Integer, ForeignKey("person.row")),
    Index("ix_person_citizen_id_hash", "citizen_id_hash", unique=True),
    Index("ix_person_merged_into", "merged_into", sqlite_where=text("merged_into IS NOT NULL")),
)

# What was decided about two persons: same, different, later, undone. Only added to; the newest row of a pair counts.
# moved: the ids (hex) of the cases that a merge gave to the person kept, so that it can be undone.
person_decision = Table(
    "person_decision",
    metadata,
    Column("row", Integer, primary_key=True),
    Column("kept", Integer, ForeignKey("person.row"), nullable=False),
    Column("other", Integer, ForeignKey("person.row"), nullable=False),
    Column("decision", Text, nullable=False),
    Column("moved", Text, nullable=False, server_default="[]"),
    Column("note", Text, nullable=False, server_default=""),
    Column("by", Text, nullable=False),
    Column("at", Integer, nullable=False),
    Index("ix_person_decision_pair", "kept", "other"),
)

# A petition, filing or application. `document` is the case as registered; columns beside it are what lists need.
# status, division, agency (outside the office), assignee (a username), due_on, stopped_on (since when the time limit
# pauses) and open follow from the events (app/domain/case_way.py). restricted: only who has the right may read it.
# corrected: fields as they stand after corrections, as JSON (app/domain/field_merge.py), or "".
cases = Table(
    "cases",
    metadata,
    Column("row", Integer, primary_key=True),
    Column("id", LargeBinary, nullable=False),
    Column("series", Text, nullable=False),
    Column("run", Integer, nullable=False),
    Column("number", Text, nullable=False),
    Column("service", Text, nullable=False),
    Column("service_version", Integer, nullable=False),
    Column("status", Text, nullable=False),
    Column("registered_at", Integer, nullable=False),
    Column("due_on", Text),
    Column("division", Text, nullable=False),
    Column("person", Integer, ForeignKey("person.row"), nullable=False),
    Column("name", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("total_satang", Integer),
    Column("origin", Text, nullable=False),
    Column("external_number", Text, nullable=False, server_default=""),
    Column("document", Text, nullable=False),
    Column("search_text", Text, nullable=False),
    Column("agency", Text, nullable=False, server_default=""),
    Column("assignee", Text, nullable=False, server_default=""),
    Column("stopped_on", Text),
    Column("open", Integer, nullable=False, server_default="1"),
    Column("restricted", Integer, nullable=False, server_default="0"),
    Column("corrected", Text, nullable=False, server_default=""),
    UniqueConstraint("series", "run"),
    Index("ix_cases_id", "id", unique=True),
    Index("ix_cases_person", "person"),
    Index("ix_cases_open", "due_on", sqlite_where=text("open = 1")),
    Index(
        "ix_cases_granted",
        "row",
        sqlite_where=text("status IN ('permit_issued', 'expired', 'removal_overdue')"),
    ),
)

# The office's yearly registers: incoming matters (ทะเบียนรับ, app/services/receiving.py) and permits
# (app/services/permit_numbers.py). A run of a year's series, given once.
receiving = Table(
    "receiving",
    metadata,
    Column("series", Text, primary_key=True),
    Column("run", Integer, primary_key=True),
    Column("case_row", Integer, ForeignKey("cases.row"), nullable=False),
    Column("at", Integer, nullable=False),
    Column("by", Text, nullable=False),
    Column("origin", Text, nullable=False),
    Index("ix_receiving_case_row", "case_row"),
)

# Fields of cases that two counters corrected without knowing of each other; both values stand in the events.
field_conflict = Table(
    "field_conflict",
    metadata,
    Column("case_row", Integer, ForeignKey("cases.row"), primary_key=True),
    Column("field", Text, primary_key=True),
)

# A file that came with a case or was added to it. Its bytes lie encrypted beside the database under their SHA-256
# (app/store/blobs.py); one that was added at another counter may not be here.
attachment = Table(
    "attachment",
    metadata,
    Column("row", Integer, primary_key=True),
    Column("id", LargeBinary, nullable=False),
    Column("case_row", Integer, ForeignKey("cases.row"), nullable=False),
    Column("name", Text, nullable=False),
    Column("format", Text, nullable=False),
    Column("sha256", LargeBinary, nullable=False),
    Column("size", Integer, nullable=False),
    Column("at", Integer, nullable=False),
    Column("by", Text, nullable=False),
    Column("origin", Text, nullable=False),
    Index("ix_attachment_case_row", "case_row"),
    Index("ix_attachment_sha256", "sha256"),
)

# Contents of our own files that the server has not said to have; its events tell it that they exist. A content that is
# taken leaves. reason: why the server did not take it so far, or "".
file_outbox = Table(
    "file_outbox",
    metadata,
    Column("sha256", LargeBinary, primary_key=True),
    Column("size", Integer, nullable=False),
    Column("at", Integer, nullable=False),
    Column("reason", Text, nullable=False, server_default=""),
)

# Consent to something beyond the matter itself: given, withdrawn, with the case at which it was. Only added to; the
# newest row of a person and purpose counts.
consent = Table(
    "consent",
    metadata,
    Column("row", Integer, primary_key=True),
    Column("case_row", Integer, ForeignKey("cases.row"), nullable=False),
    Column("purpose", Text, nullable=False),
    Column("text_version", Text, nullable=False),
    Column("decision", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("at", Integer, nullable=False),
    Index("ix_consent_case_row", "case_row"),
)

# The timeline of every case and, at once, the outbox: an event with seq above meta.accepted_through still has to be
# sent, unless it lies in quarantine. `origin` is the store that made it; only our own are sent. `placed` rises in the
# office's order as the server tells it; without one (not sent yet, or no server) an event comes after those that have.
event = Table(
    "event",
    metadata,
    Column("seq", Integer, primary_key=True),
    Column("id", LargeBinary, nullable=False),
    Column("record", LargeBinary, nullable=False),
    Column("kind", Text, nullable=False),
    Column("at", Integer, nullable=False),
    Column("by", Text, nullable=False),
    Column("origin", Text, nullable=False),
    Column("payload", Text, nullable=False),
    Column("placed", Integer),
    Index("ix_event_record", "record"),
)

quarantine = Table(
    "quarantine",
    metadata,
    Column("seq", Integer, ForeignKey("event.seq"), primary_key=True),
    Column("code", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("at", Integer, nullable=False),
)

# hash = SHA-256(previous hash, canonical row): one byte changed anywhere breaks every later link.
audit = Table(
    "audit",
    metadata,
    Column("seq", Integer, primary_key=True),
    Column("at", Integer, nullable=False),
    Column("by", Text, nullable=False),
    Column("action", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("detail", Text, nullable=False),
    Column("hash", LargeBinary, nullable=False),
)

# A block of runs leased to this counter: first..last, `next` is the next to be given. A receipt book is one, too.
number_block = Table(
    "number_block",
    metadata,
    Column("id", Text, primary_key=True),
    Column("series", Text, nullable=False),
    Column("first", Integer, nullable=False),
    Column("last", Integer, nullable=False),
    Column("next", Integer, nullable=False),
    Column("state", Text, nullable=False),  # active, used_up, returned
    Column("leased_at", Integer, nullable=False),
    UniqueConstraint("series", "first"),
)

number_void = Table(
    "number_void",
    metadata,
    Column("series", Text, primary_key=True),
    Column("run", Integer, primary_key=True),
    Column("reason", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("at", Integer, nullable=False),
)

# options: what else is known of the printer as JSON (app/services/printers.py): model, cut, drawer, trays, two_sided.
printer = Table(
    "printer",
    metadata,
    Column("name", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("address", Text, nullable=False),
    Column("dots", Integer, nullable=False),
    Column("is_default", Integer, nullable=False, server_default="0"),
    Column("options", Text, nullable=False, server_default="{}"),
)

print_job = Table(
    "print_job",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("case_row", Integer, ForeignKey("cases.row"), nullable=False),
    Column("document", Text, nullable=False),
    Column("printer", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("copy_number", Integer, nullable=False, server_default="0"),
    Column("copy_reason", Text, nullable=False, server_default=""),
    Column("created_at", Integer, nullable=False),
    Column("by", Text, nullable=False),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("error", Text, nullable=False, server_default=""),
    Column("changed_at", Integer, nullable=False),
    Column("receipt_row", Integer, ForeignKey("receipt.row")),
    Index("ix_print_job_case_row", "case_row"),
    Index("ix_print_job_waiting", "printer", "id", sqlite_where=text("state = 'planned'")),
)

# A half-filled form: survives a crash, belongs to one person and one page.
draft = Table(
    "draft",
    metadata,
    Column("staff", Text, primary_key=True),
    Column("page", Text, primary_key=True),
    Column("content", Text, nullable=False),
    Column("saved_at", Integer, nullable=False),
)
