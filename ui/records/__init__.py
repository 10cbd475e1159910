"""What everybody did, personal data and how long it is kept, backups."""
