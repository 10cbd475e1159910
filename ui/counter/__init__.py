"""The Counter page: from the scan to the number in large type."""
