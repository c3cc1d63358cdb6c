"""A made-up labelled harbour: water, a quay, hulls alongside and on the roads, a stack."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import rasterio
from affine import Affine
from rasterio.warp import transform as warp_points

from monitor.core.geo.grid import Grid
from monitor.core.scenes.scene import Raster
from monitor.detect.evaluation.dataset import Hull
from monitor.training.augment.targets import corners, fill

BANDS = ("B02", "B03", "B04", "B08", "B11")
EPSG = 32652
TRANSFORM = Affine(10, 0, 500_000, 0, -10, 3_900_000)
WATER = (0.05, 0.05, 0.03, 0.02, 0.015)
LAND = (0.10, 0.12, 0.15, 0.22, 0.25)
DECK = (0.22, 0.22, 0.24, 0.26, 0.24)
HULLS = (
    Hull(60, 62, 16, 3, 0.0, True),
    Hull(130, 62, 22, 3.4, 0.0, True),
    Hull(90, 120, 14, 2.6, 0.7, True),
    Hull(150, 150, 20, 3.0, 2.2, True),
)


def pixels(size: int = 192, seed: int = 0) -> np.ndarray:
    """(5, size, size) uint16 numbers, reflectance x 10000."""
    rng = np.random.default_rng(seed)
    scene = np.empty((5, size, size), dtype=np.float32)
    scene[:] = np.array(WATER, dtype=np.float32)[:, None, None]
    scene[:, :60] = np.array(LAND, dtype=np.float32)[:, None, None]
    drawn = fill((size, size), [corners(hull) for hull in HULLS]) > 0
    scene[:, drawn] = np.array(DECK, dtype=np.float32)[:, None]
    scene[:, 20:40, 30:70] = 0.3
    scene += rng.normal(0, 0.004, scene.shape).astype(np.float32)
    return np.clip(scene * 10_000, 1, 10_000).astype(np.uint16)


def raster(size: int = 192) -> Raster:
    """The harbour in memory."""
    data = pixels(size)
    return Raster(data, BANDS, (data > 0).any(axis=0), Grid(EPSG, TRANSFORM, data.shape[1:]), None, 1e-4)


def _lonlat(ring: np.ndarray) -> list[list[float]]:
    xs, ys = TRANSFORM @ (ring[:, 0].astype(float), ring[:, 1].astype(float))
    lon, lat = warp_points(f"EPSG:{EPSG}", "EPSG:4326", list(xs), list(ys))
    points = [[float(a), float(b)] for a, b in zip(lon, lat, strict=True)]
    return [*points, points[0]]


def write_port(folder: Path, *, descriptions: tuple[str | None, ...] = BANDS) -> Path:
    """The same as a labelled scene folder."""
    folder.mkdir(parents=True, exist_ok=True)
    data = pixels()
    with rasterio.open(
        folder / f"{folder.name}_S2_20230905.tif",
        "w",
        driver="GTiff",
        width=data.shape[2],
        height=data.shape[1],
        count=5,
        dtype="uint16",
        crs=f"EPSG:{EPSG}",
        transform=TRANSFORM,
        nodata=0,
    ) as out:
        out.write(data)
        for index, name in enumerate(descriptions, start=1):
            if name:
                out.set_band_description(index, name)
    features = []
    for hull in HULLS:
        axis = math.degrees(math.atan2(math.cos(hull.angle), -math.sin(hull.angle))) % 180
        properties = {
            "kind": "vessel",
            "situation": "berthed" if hull.y < 70 else "anchored",
            "sure": "high",
            "length_m": hull.length_px * 10,
            "axis_deg": axis,
        }
        features.append((corners(hull), properties))
    stack = np.array([[30, 20], [70, 20], [70, 40], [30, 40]], dtype=np.float32)
    quay = np.array([[80, 60], [110, 60], [110, 64], [80, 64]], dtype=np.float32)
    features += [(stack, {"kind": "container_stack", "stack": "yard", "sure": "high"}), (quay, {"kind": "berth_empty"})]
    document = {
        "type": "FeatureCollection",
        "features": [
            {"type": "Feature", "geometry": {"type": "Polygon", "coordinates": [_lonlat(ring)]}, "properties": props}
            for ring, props in features
        ],
    }
    (folder / "labels.geojson").write_text(json.dumps(document), encoding="utf-8")
    return folder
