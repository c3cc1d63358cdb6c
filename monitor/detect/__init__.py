"""Pixels to detections.

Importing this package turns ONNX Runtime's telemetry off: its builds since 2026 send usage and store an identifier of
the machine unless the environment forbids it before they are loaded. If ``ORT_DISABLE_TELEMETRY`` is set, it stays.
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
    """`detect`, `evaluate` and `Evaluation`, imported at their first use."""
    if name in _LATER:
        return getattr(importlib.import_module(_LATER[name]), name)
    raise AttributeError(f"module 'monitor.detect' has no attribute {name!r}")
