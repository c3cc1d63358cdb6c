"""Pixels to detections.

Importing this package tells ONNX Runtime to send nothing and to keep no identifier of the machine: its builds since
2026 do both unless told before they are loaded. Who set ``ORT_DISABLE_TELEMETRY`` already is not overruled.
"""

from __future__ import annotations

import importlib
import os
from typing import TYPE_CHECKING

os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")

from monitor.detect.base import Boxes, Detector

if TYPE_CHECKING:
    from monitor.detect.evaluation.evaluate import Evaluation, evaluate
    from monitor.detect.run import detect

_LATER = {
    "detect": "monitor.detect.run",
    "Evaluation": "monitor.detect.evaluation.evaluate",
    "evaluate": "monitor.detect.evaluation.evaluate",
}

__all__ = ["Boxes", "Detector", "Evaluation", "detect", "evaluate"]


def __getattr__(name: str) -> object:
    """What makes tables, and what scores a detector, imported when it is first asked for."""
    if name in _LATER:
        return getattr(importlib.import_module(_LATER[name]), name)
    raise AttributeError(f"module 'monitor.detect' has no attribute {name!r}")
