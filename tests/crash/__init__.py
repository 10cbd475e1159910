"""Trials of what a crash may do: kill -9, power cuts, failing writes. Short in the test suite, long by hand."""
