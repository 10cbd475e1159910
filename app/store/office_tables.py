"""Tables of what the office keeps beside its cases. A part of app/store/tables.py, whose notes hold here."""

from sqlalchemy import Column, ForeignKey, Index, Integer, LargeBinary, Table, Text

from app.store.table_names import metadata

# A thing of a kind as it stands (app/services/office_records.py); how it came to is told by its events. revision: how
# often it was changed; change: the id of the newest change. Of two changes of one revision the later one counts.
office_record = Table(
    "office_record",
    metadata,
    Column("kind", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("document", Text, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("change", LargeBinary, nullable=False),
    Column("changed_at", Integer, nullable=False),
    Column("changed_by", Text, nullable=False),
)

# A file of such a thing; its content lies encrypted on the disk, as those of cases do.
office_file = Table(
    "office_file",
    metadata,
    Column("row", Integer, primary_key=True),
    Column("id", LargeBinary, nullable=False, unique=True),
    Column("kind", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("format", Text, nullable=False),
    Column("sha256", LargeBinary, nullable=False),
    Column("size", Integer, nullable=False),
    Column("at", Integer, nullable=False),
    Column("by", Text, nullable=False),
    Column("origin", Text, nullable=False),
    Index("ix_office_file_record", "kind", "key"),
    Index("ix_office_file_sha256", "sha256"),
)

# Cases whose data were destroyed by an approved list (app/services/destruction.py); destruction: the key of the list.
destroyed = Table(
    "destroyed",
    metadata,
    Column("case_row", Integer, ForeignKey("cases.row"), primary_key=True),
    Column("destruction", Text, nullable=False),
    Column("at", Integer, nullable=False),
    Column("by", Text, nullable=False),
)
