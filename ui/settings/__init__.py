"""What the administrator sets for the office."""
