"""Messages to positions, tracks, gaps and port calls; no pixels here.

A name is imported when it is first used: coastlines and trees are slow to load, and few commands need them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import lazy_loader

if TYPE_CHECKING:
    from monitor.ais.gaps.disabling import gap_rules as gap_rules
    from monitor.ais.gaps.find import find_gaps as find_gaps
    from monitor.ais.gaps.find import gaps_by_batch as gaps_by_batch
    from monitor.ais.ports.port_calls import port_calls as port_calls
    from monitor.ais.ports.voyages import voyages as voyages
    from monitor.ais.tracks import track_at as track_at

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "gaps.disabling": ["gap_rules"],
        "gaps.find": ["find_gaps", "gaps_by_batch"],
        "ports.port_calls": ["port_calls"],
        "ports.voyages": ["voyages"],
        "tracks": ["track_at"],
    },
)
