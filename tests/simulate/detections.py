"""Detections as a good detector would make them, drawn from a season's truth: to score all that comes after."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
from shapely.affinity import translate

from monitor.core.geo.geodesy import destination
from monitor.core.tables import DETECTIONS
from monitor.simulate.rng import generator

LEAST_M = 45.0
PLACE_M, LENGTH_SHARE, AXIS_DEG = 8.0, 0.08, 3.0
"""Standard deviations of place, length and axis."""
ZONES = {"berthed": "berth", "anchored": "inshore", "open": "inshore"}


def detections_from(truth: Mapping[str, pd.DataFrame], *, seed: int = 0) -> gpd.GeoDataFrame:
    """DETECTIONS of every visible vessel of 45 m and more, with errors of place, length and axis."""
    vessels = truth["vessels"]
    seen = vessels[vessels["visible"] & (vessels["length_m"] >= LEAST_M)]
    rows = [_row(seed, row, number) for number, row in enumerate(seen.to_dict("records"))]
    return DETECTIONS.conform(gpd.GeoDataFrame(pd.DataFrame(rows), geometry="geometry", crs="EPSG:4326"))


def _row(seed: int, vessel: dict[Any, Any], number: int) -> dict[str, object]:
    rng = generator(seed, "seen", vessel["scene_id"], vessel["mmsi"])
    length = vessel["length_m"] * float(np.exp(rng.normal(0.0, LENGTH_SHARE)))
    lon, lat = destination(vessel["lon"], vessel["lat"], rng.uniform(0, 360), abs(rng.normal(0, PLACE_M)))
    return {
        **{column: vessel[column] for column in ("scene_id", "aoi_id", "acquired_at", "sensor", "zone_id")},
        "detection_id": f"{vessel['scene_id']}-{number}",
        "class_name": "vessel",
        "score": float(rng.uniform(0.5, 0.95)),
        "length_m": length,
        "length_low_m": length * 0.86,
        "length_high_m": length * 1.16,
        "area_m2": np.nan,
        "axis_deg": (vessel["axis_deg"] + rng.normal(0, AXIS_DEG)) % 180.0,
        "zone": ZONES[vessel["situation"]],
        "detector": "from truth",
        "geometry": translate(vessel["geometry"], float(lon) - vessel["lon"], float(lat) - vessel["lat"]),
    }
