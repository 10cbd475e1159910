"""The way of the server's tables from one version to the next: a chain of its own, run whole or not at all."""
