"""Pixels to detections.

Importing this package turns ONNX Runtime's telemetry off: its builds since 2026 send usage and store an identifier of
the machine unless the environment forbids it before they are loaded. If ``ORT_DISABLE_TELEMETRY`` is set, it stays.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import lazy_loader

os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")

if TYPE_CHECKING:
    from monitor.detect.base import Boxes as Boxes
    from monitor.detect.base import Detector as Detector
    from monitor.detect.berths.occupancy import berth_states as berth_states
    from monitor.detect.evaluation.evaluate import Evaluation as Evaluation
    from monitor.detect.evaluation.evaluate import evaluate as evaluate
    from monitor.detect.run import detect as detect

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "base": ["Boxes", "Detector"],
        "berths.occupancy": ["berth_states"],
        "evaluation.evaluate": ["Evaluation", "evaluate"],
        "run": ["detect"],
    },
)
