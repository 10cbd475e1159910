"""What has been sent and what has not, bundles on a stick, and the office's counters."""
