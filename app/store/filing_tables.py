"""Tables of filings by the month: payers, filings, waivers. A part of app/store/tables.py, whose notes hold here."""

from sqlalchemy import Column, ForeignKey, Index, Integer, LargeBinary, Table, Text

from app.store.table_names import metadata

# Who files for a month: hotels, stations, traders, by the code of the office's register. The entry as it stands;
# document is what is known of the payer (app/services/payers.py). active_from, active_to: ISO dates or empty.
payer = Table(
    "payer",
    metadata,
    Column("kind", Text, primary_key=True),
    Column("code", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("document", Text, nullable=False),
    Column("active_from", Text, nullable=False, server_default=""),
    Column("active_to", Text, nullable=False, server_default=""),
    Column("changed_at", Integer, nullable=False),
)

# Every entry that a payer ever had. Only added to; id: of the case it came with, or its own.
payer_change = Table(
    "payer_change",
    metadata,
    Column("row", Integer, primary_key=True),
    Column("id", LargeBinary, nullable=False, unique=True),
    Column("kind", Text, nullable=False),
    Column("code", Text, nullable=False),
    Column("document", Text, nullable=False),
    Column("at", Integer, nullable=False),
    Column("by", Text, nullable=False),
    Index("ix_payer_change_payer", "kind", "code"),
)

# A filing for a month (period: its first day). opening, closing: balances by name as decimal text, JSON. Which of them
# stand follows from the case's status.
filing = Table(
    "filing",
    metadata,
    Column("case_row", Integer, ForeignKey("cases.row"), primary_key=True),
    Column("service", Text, nullable=False),
    Column("payer", Text, nullable=False),
    Column("period", Text, nullable=False),
    Column("kind", Text, nullable=False),  # normal, supplementary
    Column("supplementary_no", Integer, nullable=False),
    Column("opening", Text, nullable=False),
    Column("closing", Text, nullable=False),
    Index("ix_filing_payer", "service", "payer", "period"),
)

# An order to waive what being late has added. what: surcharge, interest, penalty. Only added to.
waiver = Table(
    "waiver",
    metadata,
    Column("row", Integer, primary_key=True),
    Column("id", LargeBinary, nullable=False, unique=True),
    Column("case_row", Integer, ForeignKey("cases.row"), nullable=False),
    Column("what", Text, nullable=False),
    Column("satang", Integer, nullable=False),
    Column("order_number", Text, nullable=False),
    Column("ordered_on", Text, nullable=False),
    Column("approver", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("at", Integer, nullable=False),
    Index("ix_waiver_case_row", "case_row"),
)
