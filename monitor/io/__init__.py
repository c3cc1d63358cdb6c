"""Bytes and nothing else: files, rasters, tables, items. A module is imported when it is first named."""

from __future__ import annotations

from typing import TYPE_CHECKING

import lazy_loader

if TYPE_CHECKING:
    from monitor.io import atomic as atomic
    from monitor.io import cog as cog
    from monitor.io import geojson as geojson
    from monitor.io import parquet as parquet
    from monitor.io import stac as stac
    from monitor.io import stac_item as stac_item

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__, submodules=["atomic", "cog", "geojson", "parquet", "stac", "stac_item"]
)
