"""What is handed to readers besides the brief: single figures, comparisons and bundles."""

from __future__ import annotations

from typing import TYPE_CHECKING

import lazy_loader

if TYPE_CHECKING:
    from monitor.pipeline.publish import bundle as bundle
    from monitor.pipeline.publish import figure as figure

__getattr__, __dir__, __all__ = lazy_loader.attach(__name__, submodules=["bundle", "figure"])
