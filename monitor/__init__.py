"""Watch ports that go dark: satellite passes, berths, container stacks and AIS, with evidence and error bars.

>>> import monitor
>>> ws = monitor.open("watch")  # doctest: +SKIP
>>> ws.counts("rajin")  # doctest: +SKIP

Every name here is imported when it is first asked for, so that ``import monitor`` is quick and loads no model runtime.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

from monitor.core.version import VERSION

if TYPE_CHECKING:
    from pathlib import Path

    from monitor.core.aoi import Aoi, read_aoi
    from monitor.core.errors import MonitorError
    from monitor.core.scenes.scene import Acquisition, Raster, Scene
    from monitor.core.timerange import TimeRange
    from monitor.workspace.workspace import Workspace

__version__ = VERSION

__all__ = ["Acquisition", "Aoi", "MonitorError", "Raster", "Scene", "TimeRange", "Workspace", "open", "read_aoi"]

_HOMES = {
    "Acquisition": "core.scenes.scene",
    "Aoi": "core.aoi",
    "MonitorError": "core.errors",
    "Raster": "core.scenes.scene",
    "Scene": "core.scenes.scene",
    "TimeRange": "core.timerange",
    "Workspace": "workspace",
    "read_aoi": "core.aoi",
}


def open(folder: str | Path = ".") -> Workspace:  # noqa: A001
    """The workspace in a folder; `monitor init` makes one.

    Raises
    ------
    SettingsError
        The folder holds no monitor.toml, or a setting is wrong.
    """
    return importlib.import_module("monitor.workspace.workspace").Workspace.open(folder)  # type: ignore[no-any-return]


def __getattr__(name: str) -> object:
    """A public name, imported now."""
    if name in _HOMES:
        return getattr(importlib.import_module(f"monitor.{_HOMES[name]}"), name)
    raise AttributeError(f"module 'monitor' has no attribute {name!r}")
