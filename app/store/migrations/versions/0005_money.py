"""Money: receipt books, receipts and their payments, cashiers' shifts, bills, bank files."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

NEVER_CHANGED = ("receipt", "receipt_book")
"""Tables of which no row is ever deleted; a receipt's columns are not changed either, save where it was made."""
FROZEN = (
    "id, series, book, no, fiscal_year, kind, case_row, shift_id, total_satang, method, reference, cashier, issued_at,"
    " received_on, business_on, external_no, document"
)


def upgrade() -> None:
    _books()
    _receipts()
    _bank()
    # a plain ADD COLUMN: rebuilding the table would take as long as ten years of papers
    op.execute(
        "ALTER TABLE print_job ADD COLUMN receipt_row INTEGER"
        " CONSTRAINT fk_print_job_receipt_row_receipt REFERENCES receipt (row)"
    )
    for name in NEVER_CHANGED:
        op.execute(
            f"CREATE TRIGGER {name}_stays BEFORE DELETE ON {name} BEGIN SELECT RAISE(ABORT, '{name} is kept'); END"
        )
    op.execute(
        f"CREATE TRIGGER receipt_frozen BEFORE UPDATE OF {FROZEN} ON receipt"
        " BEGIN SELECT RAISE(ABORT, 'receipt is frozen'); END"
    )
    op.execute(
        "CREATE TRIGGER receipt_void_frozen BEFORE UPDATE OF receipt_row, reason, by, approved_by, at ON receipt_void"
        " BEGIN SELECT RAISE(ABORT, 'void is frozen'); END"
    )


def _books() -> None:
    op.create_table(
        "receipt_book",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("series", sa.Text(), nullable=False),
        sa.Column("book", sa.Text(), nullable=False),
        sa.Column("fiscal_year", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("received_from", sa.Text(), nullable=False, server_default=""),
        sa.Column("issued_to", sa.Text(), nullable=False, server_default=""),
        sa.Column("entered_at", sa.Integer(), nullable=False),
        sa.Column("closed_at", sa.Integer(), nullable=True),
        sa.Column("remark", sa.Text(), nullable=False, server_default=""),
        sa.ForeignKeyConstraint(["id"], ["number_block.id"], name=op.f("fk_receipt_book_id_number_block")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_receipt_book")),
        sa.UniqueConstraint("series", name=op.f("uq_receipt_book_series")),
        sa.UniqueConstraint("fiscal_year", "book", name=op.f("uq_receipt_book_fiscal_year_book")),
    )
    op.create_table(
        "shift",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("cashier", sa.Text(), nullable=False),
        sa.Column("drawer", sa.Text(), nullable=False),
        sa.Column("business_on", sa.Text(), nullable=False),
        sa.Column("opened_at", sa.Integer(), nullable=False),
        sa.Column("float_satang", sa.Integer(), nullable=False),
        sa.Column("carried_satang", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("closed_at", sa.Integer(), nullable=True),
        sa.Column("counted_satang", sa.Integer(), nullable=True),
        sa.Column("difference_satang", sa.Integer(), nullable=True),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.Column("fiscal_year", sa.Integer(), nullable=True),
        sa.Column("document", sa.Text(), nullable=True),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shift")),
    )
    op.create_index("ix_shift_open", "shift", ["drawer"], unique=True, sqlite_where=sa.text("state = 'open'"))
    op.create_index("ix_shift_business_on", "shift", ["business_on"])


def _receipts() -> None:
    op.create_table(
        "receipt",
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("id", sa.LargeBinary(), nullable=False),
        sa.Column("series", sa.Text(), nullable=False),
        sa.Column("book", sa.Text(), nullable=False),
        sa.Column("no", sa.Integer(), nullable=False),
        sa.Column("fiscal_year", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("case_row", sa.Integer(), nullable=False),
        sa.Column("shift_id", sa.Text(), nullable=True),
        sa.Column("total_satang", sa.Integer(), nullable=False),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False, server_default=""),
        sa.Column("cashier", sa.Text(), nullable=False),
        sa.Column("issued_at", sa.Integer(), nullable=False),
        sa.Column("received_on", sa.Text(), nullable=False),
        sa.Column("business_on", sa.Text(), nullable=False),
        sa.Column("external_no", sa.Text(), nullable=False, server_default=""),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["case_row"], ["cases.row"], name=op.f("fk_receipt_case_row_cases")),
        sa.PrimaryKeyConstraint("row", name=op.f("pk_receipt")),
        sa.UniqueConstraint("fiscal_year", "book", "no", name=op.f("uq_receipt_fiscal_year_book_no")),
    )
    op.create_index("ix_receipt_id", "receipt", ["id"], unique=True)
    for column in ("series", "case_row", "business_on", "shift_id"):
        op.create_index(f"ix_receipt_{column}", "receipt", [column])
    op.create_table(
        "payment",
        sa.Column("receipt_row", sa.Integer(), nullable=False),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("satang", sa.Integer(), nullable=False),
        sa.Column("received_satang", sa.Integer(), nullable=False),
        sa.Column("change_satang", sa.Integer(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False, server_default=""),
        sa.Column("bank", sa.Text(), nullable=False, server_default=""),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("state_at", sa.Integer(), nullable=False),
        sa.Column("state_by", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["receipt_row"], ["receipt.row"], name=op.f("fk_payment_receipt_row_receipt")),
        sa.PrimaryKeyConstraint("receipt_row", name=op.f("pk_payment")),
    )
    op.create_table(
        "receipt_void",
        sa.Column("receipt_row", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("approved_by", sa.Text(), nullable=False),
        sa.Column("at", sa.Integer(), nullable=False),
        sa.Column("business_on", sa.Text(), nullable=False),
        sa.Column("shift_id", sa.Text(), nullable=True),
        sa.Column("original_returned", sa.Integer(), nullable=False),
        sa.Column("replaced_by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["receipt_row"], ["receipt.row"], name=op.f("fk_receipt_void_receipt_row_receipt")),
        sa.ForeignKeyConstraint(["replaced_by"], ["receipt.row"], name=op.f("fk_receipt_void_replaced_by_receipt")),
        sa.PrimaryKeyConstraint("receipt_row", name=op.f("pk_receipt_void")),
    )
    op.create_index("ix_receipt_void_business_on", "receipt_void", ["business_on"])
    op.create_table(
        "payment_slip",
        sa.Column("bank", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("receipt_row", sa.Integer(), nullable=False),
        sa.Column("at", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["receipt_row"], ["receipt.row"], name=op.f("fk_payment_slip_receipt_row_receipt")),
        sa.PrimaryKeyConstraint("bank", "reference", name=op.f("pk_payment_slip")),
    )


def _bank() -> None:
    op.create_table(
        "bank_file",
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.LargeBinary(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", sa.Integer(), nullable=False),
        sa.Column("done_at", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("row", name=op.f("pk_bank_file")),
        sa.UniqueConstraint("sha256", name=op.f("uq_bank_file_sha256")),
    )
    op.create_table(
        "bank_line",
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("file_row", sa.Integer(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("identity", sa.LargeBinary(), nullable=False),
        sa.Column("paid_on", sa.Text(), nullable=False, server_default=""),
        sa.Column("ref1", sa.Text(), nullable=False, server_default=""),
        sa.Column("ref2", sa.Text(), nullable=False, server_default=""),
        sa.Column("satang", sa.Integer(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False, server_default=""),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("receipt_row", sa.Integer(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False, server_default=""),
        sa.ForeignKeyConstraint(["file_row"], ["bank_file.row"], name=op.f("fk_bank_line_file_row_bank_file")),
        sa.ForeignKeyConstraint(["receipt_row"], ["receipt.row"], name=op.f("fk_bank_line_receipt_row_receipt")),
        sa.PrimaryKeyConstraint("row", name=op.f("pk_bank_line")),
        sa.UniqueConstraint("file_row", "line", name=op.f("uq_bank_line_file_row_line")),
    )
    op.create_index("ix_bank_line_identity", "bank_line", ["identity"])
    waiting = sa.text("state NOT IN ('matched', 'settled')")
    op.create_index("ix_bank_line_waiting", "bank_line", ["row"], sqlite_where=waiting)
    op.create_table(
        "bill",
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("case_row", sa.Integer(), nullable=False),
        sa.Column("ref1", sa.Text(), nullable=False),
        sa.Column("ref2", sa.Text(), nullable=False),
        sa.Column("satang", sa.Integer(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("at", sa.Integer(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["case_row"], ["cases.row"], name=op.f("fk_bill_case_row_cases")),
        sa.PrimaryKeyConstraint("row", name=op.f("pk_bill")),
    )
    op.create_index("ix_bill_case_row", "bill", ["case_row"])
    op.create_index("ix_bill_ref", "bill", ["ref1", "ref2"])
