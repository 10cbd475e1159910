"""One file a migration; none imports project code."""
