"""One person once: what persons are found by, decisions about possible doubles, consents, and their search index."""

import json
import re
import unicodedata

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

BATCH = 5_000


def upgrade() -> None:
    op.add_column("person", sa.Column("kind", sa.Text(), server_default="thai", nullable=False))
    op.add_column("person", sa.Column("name_key", sa.Text(), server_default="", nullable=False))
    op.add_column("person", sa.Column("phone_last4", sa.Text(), server_default="", nullable=False))
    op.execute(
        "ALTER TABLE person ADD COLUMN merged_into INTEGER"
        " CONSTRAINT fk_person_merged_into_person REFERENCES person (row)"
    )
    op.create_table(
        "person_decision",
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("kept", sa.Integer(), nullable=False),
        sa.Column("other", sa.Integer(), nullable=False),
        sa.Column("decision", sa.Text(), nullable=False),
        sa.Column("moved", sa.Text(), server_default="[]", nullable=False),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["kept"], ["person.row"], name=op.f("fk_person_decision_kept_person")),
        sa.ForeignKeyConstraint(["other"], ["person.row"], name=op.f("fk_person_decision_other_person")),
        sa.PrimaryKeyConstraint("row", name=op.f("pk_person_decision")),
    )
    op.create_index("ix_person_decision_pair", "person_decision", ["kept", "other"], unique=False)
    op.create_table(
        "consent",
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("case_row", sa.Integer(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("text_version", sa.Text(), nullable=False),
        sa.Column("decision", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["case_row"], ["cases.row"], name=op.f("fk_consent_case_row_cases")),
        sa.PrimaryKeyConstraint("row", name=op.f("pk_consent")),
    )
    op.create_index("ix_consent_case_row", "consent", ["case_row"], unique=False)
    op.execute(
        "CREATE VIRTUAL TABLE person_search USING fts5("
        "tokens, content='', tokenize='ascii', detail=none, columnsize=0, prefix='1 2')"
    )
    _fill()


def _fill() -> None:
    """Give the persons who are here already what they are found by."""
    connection = op.get_bind()
    last = 0
    while True:
        rows = connection.exec_driver_sql(
            "SELECT row, document FROM person WHERE row > ? ORDER BY row LIMIT ?", (last, BATCH)
        ).fetchall()
        if not rows:
            return
        last = rows[-1][0]
        connection.exec_driver_sql(
            "UPDATE person SET kind = ?, name_key = ?, phone_last4 = ? WHERE row = ?",
            [(*_found_by(json.loads(document)), row) for row, document in rows],
        )


def _found_by(document: dict[str, str]) -> tuple[str, str, str]:
    kind = "thai" if document.get("citizen_id") else "unnumbered"
    name = _name_key(f"{document.get('first_name', '')} {document.get('last_name', '')}")
    return kind, name, document.get("phone", "")[-4:]


# As app.domain.names.name_key stood when this migration was written: a migration never changes with the program.
_DROPPED = re.compile("[\u0e47-\u0e4c\u0e4e \t\n\u00a0\u200b\u200c\u200d\ufeff.,\\-‐–—'\"’()\\[\\]/·ฯ]")
_ARABIC = str.maketrans("๐๑๒๓๔๕๖๗๘๙", "0123456789")


def _name_key(text: str) -> str:
    key = _DROPPED.sub("", unicodedata.normalize("NFC", text)).translate(_ARABIC).lower()
    return key.replace("\u0e4dา", "\u0e33").replace("\u0e4d", "")
