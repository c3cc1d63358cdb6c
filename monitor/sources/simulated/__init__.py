"""The embedded season as a source."""
