"""The steps for aircraft."""
