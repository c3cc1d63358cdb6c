"""Berths: occupied, empty or not observed."""
