"""The window: everything that uses Qt widgets. It asks app.services, never the database, the network or a printer."""

from ui.pyside_imports import read_no_sources

read_no_sources()
