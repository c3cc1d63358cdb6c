"""The steps for aircraft."""

from __future__ import annotations

from typing import TYPE_CHECKING

import lazy_loader

if TYPE_CHECKING:
    from monitor.pipeline.aviation import derive as derive
    from monitor.pipeline.aviation import ingest as ingest
    from monitor.pipeline.aviation import rates as rates
    from monitor.pipeline.aviation import section as section

__getattr__, __dir__, __all__ = lazy_loader.attach(__name__, submodules=["derive", "ingest", "rates", "section"])
