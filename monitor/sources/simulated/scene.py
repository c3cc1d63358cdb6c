"""One scene with made-up pixels as a folder: GeoTIFF, STAC item and labels, each marked SIMULATED."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import rasterio
from shapely.geometry import mapping

from monitor.core.scenes.scene import Acquisition, Raster
from monitor.core.scenes.sensors import SENSORS
from monitor.core.timerange import isoformat


def write_scene(home: Path, acquisition: Acquisition, raster: Raster, labels: Mapping[str, object]) -> None:
    """Write ``<id>.tif``, ``item.json`` and ``labels.geojson`` into a folder, which is made.

    Parameters
    ----------
    home : Path
    acquisition : Acquisition
    raster : Raster
    labels : mapping of str to object
        A FeatureCollection.
    """
    home.mkdir(parents=True, exist_ok=True)
    _write_tif(home / f"{acquisition.id}.tif", raster)
    (home / "item.json").write_text(json.dumps(_item(acquisition, raster), indent=1) + "\n", encoding="utf-8")
    (home / "labels.geojson").write_text(json.dumps(labels) + "\n", encoding="utf-8")


def _write_tif(path: Path, raster: Raster) -> None:
    count, rows, cols = raster.data.shape
    masks = [] if raster.cloud is None else [raster.cloud]
    bands = (*raster.bands, *(["CLM"] if masks else []))
    data = np.concatenate([raster.data, *(m[None].astype(raster.data.dtype) for m in masks)])
    with rasterio.open(
        path,
        "w",
        driver="GTiff",
        width=cols,
        height=rows,
        count=count + len(masks),
        dtype=str(data.dtype),
        crs=f"EPSG:{raster.grid.epsg}",
        transform=raster.grid.transform,
        compress="DEFLATE",
        tiled=True,
        nodata=None,
    ) as target:
        target.write(data)
        target.descriptions = bands
        target.update_tags(**raster.tags)


def _item(acquisition: Acquisition, raster: Raster) -> dict[str, object]:
    sensor = SENSORS[acquisition.sensor]
    bands = [{"name": band, "scale": sensor.scale, "offset": 0, "unit": sensor.unit} for band in raster.bands]
    properties: dict[str, object] = {
        "datetime": isoformat(acquisition.start),
        "platform": acquisition.platform,
        "gsd": raster.grid.gsd_m,
        "processing:level": acquisition.level,
        "proj:epsg": raster.grid.epsg,
        "monitor:simulated": True,
        "description": "SIMULATED pixels: no satellite saw this",
    }
    if acquisition.orbit_state is not None:
        properties["sat:orbit_state"] = acquisition.orbit_state
    if acquisition.relative_orbit is not None:
        properties["sat:relative_orbit"] = acquisition.relative_orbit
    if acquisition.cloud_cover is not None:
        properties["eo:cloud_cover"] = round(acquisition.cloud_cover * 100.0, 1)
    footprint = acquisition.footprint
    asset = {"href": f"./{acquisition.id}.tif", "type": "image/tiff", "roles": ["data"], "bands": bands}
    return {
        "type": "Feature",
        "stac_version": "1.0.0",
        "id": acquisition.id,
        "geometry": mapping(footprint),
        "bbox": list(footprint.bounds),
        "properties": properties,
        "assets": {"data": asset},
        "links": [],
    }
