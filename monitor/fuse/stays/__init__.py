"""Berth states to stays."""
