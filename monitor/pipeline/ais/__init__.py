"""Steps on AIS alone: files into the store, gaps, port calls, and what must be matched again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import lazy_loader

if TYPE_CHECKING:
    from monitor.pipeline.ais import gaps as gaps
    from monitor.pipeline.ais import ingest as ingest
    from monitor.pipeline.ais import rematch as rematch
    from monitor.pipeline.ais import tables as tables

__getattr__, __dir__, __all__ = lazy_loader.attach(__name__, submodules=["gaps", "ingest", "rematch", "tables"])
