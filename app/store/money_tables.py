"""Tables of money: receipt books, drawers, receipts and their payments, bills, the bank's files. A part of
app/store/tables.py, whose notes hold here."""

from sqlalchemy import Column, ForeignKey, Index, Integer, LargeBinary, Table, Text, UniqueConstraint, text

from app.store.table_names import metadata

# What the control register (ทะเบียนคุมใบเสร็จรับเงิน) knows of a receipt book; its numbers are the number_block of
# the same id and of series "R<fiscal year>/<book>". kind: computer, elaas, preprinted, reserve (a paper book for days
# without the program).
receipt_book = Table(
    "receipt_book",
    metadata,
    Column("id", Text, ForeignKey("number_block.id"), primary_key=True),
    Column("series", Text, nullable=False, unique=True),
    Column("book", Text, nullable=False),
    Column("fiscal_year", Integer, nullable=False),
    Column("kind", Text, nullable=False),
    Column("received_from", Text, nullable=False, server_default=""),
    Column("issued_to", Text, nullable=False, server_default=""),
    Column("entered_at", Integer, nullable=False),
    Column("closed_at", Integer),
    Column("remark", Text, nullable=False, server_default=""),
    UniqueConstraint("fiscal_year", "book"),
)

# One cashier's drawer, from opening to closing or handing over. `document` is the remittance slip as it was closed.
# carried: what the clerk before handed over beside the change money (float). state: open, closed, handed_over.
shift = Table(
    "shift",
    metadata,
    Column("id", Text, primary_key=True),
    Column("cashier", Text, nullable=False),
    Column("drawer", Text, nullable=False),
    Column("business_on", Text, nullable=False),
    Column("opened_at", Integer, nullable=False),
    Column("float_satang", Integer, nullable=False),
    Column("carried_satang", Integer, nullable=False, server_default="0"),
    Column("state", Text, nullable=False),
    Column("closed_at", Integer),
    Column("counted_satang", Integer),
    Column("difference_satang", Integer),
    Column("number", Integer),
    Column("fiscal_year", Integer),
    Column("document", Text),
    Column("origin", Text, nullable=False),
    Index("ix_shift_open", "drawer", unique=True, sqlite_where=text("state = 'open'")),
    Index("ix_shift_business_on", "business_on"),
)

# A receipt is never changed: triggers of the migration forbid it. `document` is everything that its paper says.
# business_on: the day in whose takings it counts; received_on: the day on which the money came. They differ for
# a late match of a bank's file and for what a reserve book tells afterwards.
receipt = Table(
    "receipt",
    metadata,
    Column("row", Integer, primary_key=True),
    Column("id", LargeBinary, nullable=False),
    Column("series", Text, nullable=False),
    Column("book", Text, nullable=False),
    Column("no", Integer, nullable=False),
    Column("fiscal_year", Integer, nullable=False),
    Column("kind", Text, nullable=False),
    Column("case_row", Integer, ForeignKey("cases.row"), nullable=False),
    Column("shift_id", Text),
    Column("total_satang", Integer, nullable=False),
    Column("method", Text, nullable=False),
    Column("reference", Text, nullable=False, server_default=""),
    Column("cashier", Text, nullable=False),
    Column("issued_at", Integer, nullable=False),
    Column("received_on", Text, nullable=False),
    Column("business_on", Text, nullable=False),
    Column("external_no", Text, nullable=False, server_default=""),
    Column("origin", Text, nullable=False),
    Column("document", Text, nullable=False),
    UniqueConstraint("fiscal_year", "book", "no"),
    Index("ix_receipt_id", "id", unique=True),
    Index("ix_receipt_series", "series"),
    Index("ix_receipt_case_row", "case_row"),
    Index("ix_receipt_business_on", "business_on"),
    Index("ix_receipt_shift_id", "shift_id"),
)

# How a receipt was paid. state: final; cheque_waiting, cheque_cleared, cheque_returned.
payment = Table(
    "payment",
    metadata,
    Column("receipt_row", Integer, ForeignKey("receipt.row"), primary_key=True),
    Column("method", Text, nullable=False),
    Column("satang", Integer, nullable=False),
    Column("received_satang", Integer, nullable=False),
    Column("change_satang", Integer, nullable=False),
    Column("reference", Text, nullable=False, server_default=""),
    Column("bank", Text, nullable=False, server_default=""),
    Column("state", Text, nullable=False),
    Column("state_at", Integer, nullable=False),
    Column("state_by", Text, nullable=False),
)

# A receipt paid by several methods (its own method is "mixed"): each share. Cash among them is less the change.
payment_part = Table(
    "payment_part",
    metadata,
    Column("receipt_row", Integer, ForeignKey("receipt.row"), primary_key=True),
    Column("place", Integer, primary_key=True),
    Column("method", Text, nullable=False),
    Column("satang", Integer, nullable=False),
    Column("reference", Text, nullable=False, server_default=""),
    Column("bank", Text, nullable=False, server_default=""),
)

# Where the register and e-LAAS do not say the same: of a day and a kind of revenue, or of its number ("no/…").
# state: open, settled (by hand, the note says how), gone (the two say the same by now).
elaas_difference = Table(
    "elaas_difference",
    metadata,
    Column("row", Integer, primary_key=True),
    Column("business_on", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("ours_satang", Integer, nullable=False),
    Column("ours_count", Integer, nullable=False),
    Column("theirs_satang", Integer, nullable=False),
    Column("theirs_count", Integer, nullable=False),
    Column("source", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("note", Text, nullable=False, server_default=""),
    Column("at", Integer, nullable=False),
    Column("by", Text, nullable=False),
    UniqueConstraint("business_on", "key"),
)

# A receipt that was cancelled; its number stays used. replaced_by: the receipt that stands in its place.
receipt_void = Table(
    "receipt_void",
    metadata,
    Column("receipt_row", Integer, ForeignKey("receipt.row"), primary_key=True),
    Column("reason", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("approved_by", Text, nullable=False),
    Column("at", Integer, nullable=False),
    Column("business_on", Text, nullable=False),
    Column("shift_id", Text),
    Column("original_returned", Integer, nullable=False),
    Column("replaced_by", Integer, ForeignKey("receipt.row")),
    Index("ix_receipt_void_business_on", "business_on"),
)

# The reference in a bank's payment slip; one slip pays once.
payment_slip = Table(
    "payment_slip",
    metadata,
    Column("bank", Text, primary_key=True),
    Column("reference", Text, primary_key=True),
    Column("receipt_row", Integer, ForeignKey("receipt.row"), nullable=False),
    Column("at", Integer, nullable=False),
)

bank_file = Table(
    "bank_file",
    metadata,
    Column("row", Integer, primary_key=True),
    Column("sha256", LargeBinary, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("at", Integer, nullable=False),
    Column("done_at", Integer),
)

# Every line of every bank file. identity: hash of date, references, amount and bank reference; a payment counts once.
# state: matched, duplicate, unmatched, wrong_amount, already_paid, unreadable, not_payable, settled (by hand).
bank_line = Table(
    "bank_line",
    metadata,
    Column("row", Integer, primary_key=True),
    Column("file_row", Integer, ForeignKey("bank_file.row"), nullable=False),
    Column("line", Integer, nullable=False),
    Column("identity", LargeBinary, nullable=False),
    Column("paid_on", Text, nullable=False, server_default=""),
    Column("ref1", Text, nullable=False, server_default=""),
    Column("ref2", Text, nullable=False, server_default=""),
    Column("satang", Integer),
    Column("state", Text, nullable=False),
    Column("reason", Text, nullable=False, server_default=""),
    Column("text", Text, nullable=False),
    Column("receipt_row", Integer, ForeignKey("receipt.row")),
    Column("note", Text, nullable=False, server_default=""),
    UniqueConstraint("file_row", "line"),
    Index("ix_bank_line_identity", "identity"),
    Index("ix_bank_line_receipt_row", "receipt_row", sqlite_where=text("receipt_row IS NOT NULL")),
    Index("ix_bank_line_waiting", "row", sqlite_where=text("state NOT IN ('matched', 'settled')")),
)

# The references of a bill that was made out for a case: by them a payment at the bank finds back.
bill = Table(
    "bill",
    metadata,
    Column("row", Integer, primary_key=True),
    Column("case_row", Integer, ForeignKey("cases.row"), nullable=False),
    Column("ref1", Text, nullable=False),
    Column("ref2", Text, nullable=False),
    Column("satang", Integer, nullable=False),
    Column("document", Text, nullable=False),
    Column("at", Integer, nullable=False),
    Column("by", Text, nullable=False),
    Index("ix_bill_case_row", "case_row"),
    Index("ix_bill_ref", "ref1", "ref2"),
)
