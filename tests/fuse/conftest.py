"""A bay with a few ships, known to the metre."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely.geometry import Point, box

from monitor.core.geo.geodesy import KNOT_MS, destination
from monitor.core.scenes.scene import Acquisition

AT = datetime(2023, 10, 5, 2, 16, 9, tzinfo=UTC)
BAY = box(130.2, 42.1, 130.4, 42.3)

Track = Callable[..., pd.DataFrame]
Found = Callable[..., gpd.GeoDataFrame]


@pytest.fixture
def optical() -> Acquisition:
    return Acquisition("S2_1", "rajin", "s2", "Sentinel-2A", AT, AT, BAY)


@pytest.fixture
def radar() -> Acquisition:
    return Acquisition("S1_1", "rajin", "s1", "Sentinel-1A", AT, AT, BAY, orbit_state="ascending")


@pytest.fixture
def track() -> Track:
    """Fixes of one ship on a straight course that is at a place at `AT`."""

    def make(
        mmsi: int,
        lon: float,
        lat: float,
        sog: float = 0.0,
        cog: float = 0.0,
        *,
        length: float = np.nan,
        every_s: int = 300,
        hours: tuple[float, float] = (-3.0, 3.0),
    ) -> pd.DataFrame:
        seconds = np.arange(hours[0] * 3600 + 37, hours[1] * 3600, every_s)
        lons, lats = destination(lon, lat, np.full(len(seconds), cog), sog * KNOT_MS * seconds)
        return pd.DataFrame(
            {
                "mmsi": mmsi,
                "t": pd.to_datetime([AT + timedelta(seconds=float(s)) for s in seconds], utc=True),
                "lon": lons,
                "lat": lats,
                "sog_kn": sog,
                "cog_deg": cog,
                "heading_deg": np.nan,
                "length_m": length,
            }
        )

    return make


@pytest.fixture
def found() -> Found:
    """Detections at places, with the columns that are asked for."""

    def make(*places: tuple[float, float], **columns: object) -> gpd.GeoDataFrame:
        names = [f"d{number}" for number in range(len(places))]
        table = gpd.GeoDataFrame(
            {"detection_id": names, "geometry": [Point(*p).buffer(4e-4) for p in places]}, crs="EPSG:4326"
        )
        table["acquired_at"] = pd.Timestamp(AT)
        for name, value in columns.items():
            table[name] = value
        return table

    return make
