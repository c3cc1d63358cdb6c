"""Values and rules that hold before any satellite.

A name is imported when it is first used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import lazy_loader

if TYPE_CHECKING:
    from monitor.core.aoi import Aoi as Aoi
    from monitor.core.aoi import read_aoi as read_aoi
    from monitor.core.errors import MonitorError as MonitorError
    from monitor.core.findings import Finding as Finding
    from monitor.core.findings import likelihood_word as likelihood_word
    from monitor.core.scenes.scene import Acquisition as Acquisition
    from monitor.core.scenes.scene import Raster as Raster
    from monitor.core.scenes.scene import Scene as Scene
    from monitor.core.schema import Schema as Schema
    from monitor.core.tableset import TableSet as TableSet
    from monitor.core.timerange import TimeRange as TimeRange

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "aoi": ["Aoi", "read_aoi"],
        "errors": ["MonitorError"],
        "findings": ["Finding", "likelihood_word"],
        "scenes.scene": ["Acquisition", "Raster", "Scene"],
        "schema": ["Schema"],
        "tableset": ["TableSet"],
        "timerange": ["TimeRange"],
    },
)
