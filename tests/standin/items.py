"""STAC items of Sentinel-2 with their assets as cloud-optimised GeoTIFFs, as an open catalog has them."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import numpy as np
import rasterio
from shapely.geometry import mapping

from monitor.core.geo.grid import Grid

ASSETS = {"blue": "B02", "green": "B03", "red": "B04", "nir": "B08", "swir16": "B11"}


def write_item(folder: Path, name: str, at: datetime, data: np.ndarray, grid: Grid, *, cloud: float) -> dict:
    """The item of (band, row, col) reflectance × 10000 whose assets carry the offset of baseline 04.00."""
    folder.mkdir(parents=True, exist_ok=True)
    clear = np.full(grid.shape, 6, np.uint8)
    stored = {asset: np.where(band, band + 1000, 0).astype(np.uint16) for asset, band in zip(ASSETS, data, strict=True)}
    assets = {}
    for asset, pixels in {**stored, "scl": clear}.items():
        with rasterio.open(
            folder / f"{name}_{asset}.tif",
            "w",
            driver="COG",
            height=grid.shape[0],
            width=grid.shape[1],
            count=1,
            dtype=pixels.dtype,
            crs=f"EPSG:{grid.epsg}",
            transform=grid.transform,
            nodata=0,
        ) as target:
            target.write(pixels, 1)
        assets[asset] = {"href": f"{{url}}/{name}_{asset}.tif", "type": "image/tiff; application=geotiff"}
    rows, cols = grid.shape
    outline = grid.to_lonlat([[0, 0], [0, cols], [rows, cols], [rows, 0]])
    return {
        "type": "Feature",
        "stac_version": "1.0.0",
        "stac_extensions": [],
        "id": name,
        "collection": "sentinel-2-c1-l2a",
        "geometry": mapping(outline),
        "bbox": list(outline.bounds),
        "links": [],
        "assets": assets,
        "properties": {
            "datetime": at.isoformat(),
            "platform": "sentinel-2b",
            "eo:cloud_cover": 100 * cloud,
            "proj:epsg": grid.epsg,
            "s2:processing_baseline": "05.10",
        },
    }
