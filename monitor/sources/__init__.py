"""Where pixels and positions come from.

A name is imported when it is first used, so that reading AIS imports no imagery package and the other way round.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import lazy_loader

if TYPE_CHECKING:
    from monitor.sources.ais.reader import PositionReader as PositionReader
    from monitor.sources.ais.reader import read_positions as read_positions
    from monitor.sources.ais.report import ReadReport as ReadReport

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__, submod_attrs={"ais.reader": ["PositionReader", "read_positions"], "ais.report": ["ReadReport"]}
)
