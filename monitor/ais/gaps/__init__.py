"""Silences in AIS: found, judged, and what they left time for."""
