"""A fleet of three counters and their server, driven by a seed through everything that can go wrong."""
