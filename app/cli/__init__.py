"""The command line: one contract for clerks' scripts, administrators and tests (docs/commands.md)."""
