"""Pixels to detections."""

from monitor.detect.apply import detect
from monitor.detect.base import Boxes, Detector

__all__ = ["Boxes", "Detector", "detect"]
