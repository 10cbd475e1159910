"""Forms drawn from service definitions: one small editor per field type, no page written by hand."""
