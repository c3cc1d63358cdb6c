"""Pixels to detections."""
