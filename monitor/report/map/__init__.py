"""The map of a port."""
