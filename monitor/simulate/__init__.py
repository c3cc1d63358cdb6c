"""A port season with known truth."""
