"""An office's own server between its counters and the central one, and what the central one does for it."""
