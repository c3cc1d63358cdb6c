"""Scenes written to disk for the folder source."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import rasterio
from affine import Affine
from shapely.geometry import box, mapping

from monitor.core.aoi import Aoi, parse_aoi
from monitor.core.geodesy import reproject

BANDS = ("B02", "B03", "B04", "B08", "B11")
WriteScene = Callable[..., Path]


@pytest.fixture
def aoi() -> Aoi:
    """60 × 50 px of 10 m near Rajin, its corner on a multiple of 10 m."""
    return aoi_over(500_000, 4_670_000, 500_600, 4_670_500)


def aoi_over(west: float, south: float, east: float, north: float, *, epsg: int = 32652, name: str = "port") -> Aoi:
    inner = box(west + 0.5, south + 0.5, east - 0.5, north - 0.5)
    return parse_aoi({"type": "Polygon", **mapping(reproject(inner, epsg, 4326))}, id=name)


@pytest.fixture
def write_scene(tmp_path: Path) -> WriteScene:
    """Writes a GeoTIFF of 100 × 100 px around the AOI; returns its path."""

    def write(
        name="port_S2_20230905T021609.tif", *, bands=BANDS, epsg=32652, west=499_800, north=4_670_700, gsd=10.0,
        shape=(100, 100), data=None, dtype="uint16", nodata=0, crs=True, item=None, tags=None,
    ) -> Path:  # fmt: skip
        path = tmp_path / "scenes" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if data is None:
            data = np.random.default_rng(3).integers(1, 9000, (len(bands), *shape)).astype(dtype)
        with rasterio.open(
            path, "w", driver="GTiff", width=data.shape[2], height=data.shape[1], count=len(data), dtype=data.dtype,
            crs=f"EPSG:{epsg}" if crs else None, transform=Affine(gsd, 0, west, 0, -gsd, north), nodata=nodata,
        ) as target:  # fmt: skip
            target.write(data)
            target.descriptions = bands
            target.update_tags(**(tags or {}))
        if item is not None:
            document = {"type": "Feature", "stac_version": "1.0.0", "id": path.stem, "geometry": None}
            document |= {"properties": item, "assets": {"data": {"href": f"./{path.name}"}}, "links": []}
            path.with_suffix(".json").write_text(json.dumps(document))
        return path

    return write
