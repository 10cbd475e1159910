"""Tables of the ThaiD campaign. A part of app/store/tables.py, whose notes hold here."""

from sqlalchemy import Column, Index, Integer, LargeBinary, Table, Text

from app.store.table_names import metadata

# How many registered, nobody's name. Only added to: a mistake is undone by a row with the opposite count, whose
# `undoes` is the other's id. unit: a row of the form, "" for the whole office. audience: citizens, staff. way: self,
# officer. on_day: ISO date in whose week it counts.
thaid_count = Table(
    "thaid_count",
    metadata,
    Column("row", Integer, primary_key=True),
    Column("id", LargeBinary, nullable=False, unique=True),
    Column("on_day", Text, nullable=False),
    Column("unit", Text, nullable=False),
    Column("audience", Text, nullable=False),
    Column("way", Text, nullable=False),
    Column("count", Integer, nullable=False),
    Column("undoes", LargeBinary, unique=True),
    Column("at", Integer, nullable=False),
    Column("by", Text, nullable=False),
    Column("origin", Text, nullable=False),
    Index("ix_thaid_count_on_day", "on_day"),
)

# A weekly report as it was sent; week: its Friday. Only added to; the newest of a week counts.
thaid_report = Table(
    "thaid_report",
    metadata,
    Column("row", Integer, primary_key=True),
    Column("id", LargeBinary, nullable=False, unique=True),
    Column("week", Text, nullable=False),
    Column("document", Text, nullable=False),
    Column("at", Integer, nullable=False),
    Column("by", Text, nullable=False),
    Index("ix_thaid_report_week", "week"),
)
