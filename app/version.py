"""The version of this program; pyproject.toml reads it from here, so that the start looks up no metadata."""

VERSION = "0.1.0"
