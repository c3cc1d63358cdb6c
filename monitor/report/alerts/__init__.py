"""Alerts as messages, and their sending."""
