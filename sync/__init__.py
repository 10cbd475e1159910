"""Between the counters of an office and the central server: the wire, both ends of it, and the loop that drives it."""
