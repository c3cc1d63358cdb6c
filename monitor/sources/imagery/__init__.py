"""Sources of imagery."""
