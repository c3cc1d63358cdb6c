"""Detections against AIS: matches, dark events, visits, voyages, counts."""
