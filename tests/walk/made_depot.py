"""A small made-up depot on disk: no port, two tracks, a store, and a river and flooded rice beside them."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import numpy as np
from shapely.geometry import LineString, MultiLineString, mapping
from shapely.geometry.base import BaseGeometry

from monitor.core.scenes.sensors import S2_BANDS
from tests.walk import made

RIVER, PADDY = (slice(20, 40), slice(0, 180)), (slice(100, 150), slice(100, 170))
BOAT = (slice(28, 32), slice(60, 72))
"""A bright thing in the river: what a detector of ships would mark."""
SCENES = tuple(made.FIRST + timedelta(days=5 * number) for number in range(3))


def _line(row: int) -> LineString:
    lon, lat = made.GRID.lonlat(np.array([row, row]), np.array([20.0, 160.0]))
    return LineString(list(zip(lon, lat, strict=True)))


def depot() -> dict[str, object]:
    """The depot's GeoJSON: tracks as lines of one yard, a store, ground for open storage and a gate."""
    zones: dict[str, BaseGeometry] = {
        "aoi": made.polygon((2, 158), (2, 178)),
        "rail": MultiLineString([_line(70), _line(73)]),
        "storage": made.polygon((80, 95), (30, 80)),
        "open_storage": made.polygon((80, 95), (90, 120)),
    }
    features = [
        {"type": "Feature", "geometry": mapping(shape), "properties": {"id": f"depot_{kind}", "kind": kind}}
        for kind, shape in zones.items()
    ]
    return {"type": "FeatureCollection", "title": "Depot", "features": features}


def write_workspace(root: Path) -> Path:
    """A workspace over the depot alone: three scenes in which water and a boat-like thing are seen; no AIS."""
    (root / "aoi").mkdir(parents=True)
    (root / "aoi/depot.geojson").write_text(json.dumps(depot()))
    (root / "monitor.toml").write_text('[source]\nname = "folder"\nsensors = ["s2"]\n')
    for number, at in enumerate(SCENES):
        made.write_pixels(root / "scenes", at, _pixels(number))
    return root


def _pixels(number: int) -> np.ndarray:
    data = np.empty((len(S2_BANDS), *made.GRID.shape), np.float64)
    for band in range(len(S2_BANDS)):
        data[band] = made.LAND[band]
        for rows, cols in (RIVER, PADDY):
            data[band, rows, cols] = made.WATER[band]
        data[band, BOAT[0], BOAT[1]] = made.HULL[band]
        if number:
            data[band, 69:71, 40:120] = made.HULL[band]
    noise = np.random.default_rng(number).normal(1.0, 0.04, data.shape)
    return np.clip(data * noise, 1, 10_000).astype(np.uint16)
