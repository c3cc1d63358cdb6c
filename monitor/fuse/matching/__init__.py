"""Detections paired with AIS."""
