"""Pixels to detections."""

from monitor.detect.apply import detect
from monitor.detect.base import Boxes, Detector
from monitor.detect.evaluate import Evaluation, evaluate

__all__ = ["Boxes", "Detector", "Evaluation", "detect", "evaluate"]
