"""One file a migration; none imports project code but the making of partitions."""
