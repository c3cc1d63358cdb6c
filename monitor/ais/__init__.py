"""Messages to positions, tracks, gaps and port calls; no pixels here."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

from monitor.ais.gaps import find_gaps, gaps_by_batch
from monitor.ais.port_calls import port_calls
from monitor.ais.segments import segments
from monitor.ais.tracks import track_at
from monitor.ais.voyages import voyages

if TYPE_CHECKING:
    from monitor.ais.disabling import gap_rules

__all__ = ["find_gaps", "gap_rules", "gaps_by_batch", "port_calls", "segments", "track_at", "voyages"]


def __getattr__(name: str) -> object:
    """`gap_rules`, imported when it is first used: it loads coastlines and SciPy's trees, which few commands need."""
    if name == "gap_rules":
        return importlib.import_module("monitor.ais.disabling").gap_rules
    raise AttributeError(f"module 'monitor.ais' has no attribute {name!r}")
