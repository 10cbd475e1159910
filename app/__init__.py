"""The counter's core: no Qt, no HTTP, no printer."""
