"""The camera at the counter: a live picture, codes read out of it, and photographs for a case."""
