"""Quiet ground in real scenes: the same pixels under another sun, haze and noise show no change."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
import rasterio
from shapely import box

from monitor.core.aoi import Aoi, Zone
from monitor.core.geo.grid import Grid
from monitor.core.scenes.scene import Acquisition, Raster
from monitor.detect.land.profiles import LAND_PROFILES, land_profiles
from monitor.fuse.land.changes import land_changes

DATA = Path(__file__).parents[4] / "shared" / "data"
SCENES = [*sorted(DATA.glob("s2_ports/*/*.tif")), *sorted(DATA.glob("s2_ais/*/*.tif"))]
BANDS = ("B02", "B03", "B04", "B08", "B11")
HAZE = np.array([0.04, 0.033, 0.025, 0.017, 0.006])
MOST_PX = 500


def read(path: Path) -> Raster:
    with rasterio.open(path) as file:
        window = rasterio.windows.Window(0, 0, min(MOST_PX, file.width), min(MOST_PX, file.height))
        names = [file.descriptions.index(band) + 1 for band in BANDS]
        data = file.read(names, window=window)
        grid = Grid(file.crs.to_epsg(), file.transform, data.shape[1:])
    return Raster(data, BANDS, data.min(axis=0) > 0, grid, None, 1e-4)


def rendered(raster: Raster, number: int) -> Raster:
    """The scene on another day: gain of each band, haze, and noise of pixels."""
    rng = np.random.default_rng(number)
    gain = rng.normal(1.0, 0.04) * rng.normal(1.0, 0.01, 5)
    seen = raster.data * gain[:, None, None] + 1e4 * abs(rng.normal(0.0, 0.25)) * HAZE[:, None, None]
    seen += rng.normal(0.0, 1.0, seen.shape) * (10.0 + 0.008 * seen)
    data = np.where(raster.valid, np.clip(np.rint(seen), 1, 16000), 0).astype(np.uint16)
    return Raster(data, BANDS, raster.valid, raster.grid, None, 1e-4)


@pytest.mark.skipif(not SCENES, reason="the real scenes are not here")
@pytest.mark.parametrize("path", SCENES, ids=lambda path: path.parent.name)
def test_the_same_ground_in_another_light_has_not_changed(path: Path) -> None:
    raster = read(path)
    outline = raster.grid.footprint()
    west, south, east, north = outline.bounds
    wide, high = (east - west) / 8, (north - south) / 8
    site = Zone("site", "site", "Site", box(west + wide, south + high, east - wide, north - high))
    place = Aoi("real", "Real", outline, (Zone("real", "aoi", "Real", outline), site), raster.grid.epsg)
    tables = []
    for number in range(8):
        at = datetime(2023, 5, 1, 10, tzinfo=UTC) + timedelta(days=10 * number)
        taken = Acquisition(f"day {number}", "real", "s2", "Sentinel-2A", at, at, outline)
        tables.append(land_profiles(taken, rendered(raster, number), place))
    assert len(land_changes(place, LAND_PROFILES.join(tables))) == 0
