"""Services described as data: schema, loader, validation."""
