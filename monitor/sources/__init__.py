"""Where pixels and positions come from."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from monitor.sources.ais.reader import PositionReader, read_positions
    from monitor.sources.ais.report import ReadReport

__all__ = ["PositionReader", "ReadReport", "read_positions"]

_HOMES = {
    "PositionReader": "monitor.sources.ais.reader",
    "ReadReport": "monitor.sources.ais.report",
    "read_positions": "monitor.sources.ais.reader",
}


def __getattr__(name: str) -> object:
    """Names are imported at their first use, so that reading AIS imports no imagery package and the other way round."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(_HOMES[name]), name)
