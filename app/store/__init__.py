"""The only SQL: engine, tables, unit of work, queries, search, backup, migrations."""
