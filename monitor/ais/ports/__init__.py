"""Stays in ports and voyages between them."""
