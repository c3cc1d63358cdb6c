"""Detections that AIS does not explain."""
