"""Aircraft files, lists and published flights."""
