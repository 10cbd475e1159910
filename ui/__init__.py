"""The window: everything that uses Qt widgets. It asks app.services, never the database, the network or a printer."""
