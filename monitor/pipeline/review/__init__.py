"""What people decide of detections and findings."""

from __future__ import annotations

from typing import TYPE_CHECKING

import lazy_loader

if TYPE_CHECKING:
    from monitor.pipeline.review import labels as labels
    from monitor.pipeline.review import queue as queue

__getattr__, __dir__, __all__ = lazy_loader.attach(__name__, submodules=["labels", "queue"])
