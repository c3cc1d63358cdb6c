"""Stays to voyages and shuttles."""
