"""A small scene made in memory."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from affine import Affine

from monitor.core.geo.grid import Grid
from monitor.core.scenes.scene import Acquisition, Raster

GRID = Grid(32652, Affine(10.0, 0.0, 500000.0, 0.0, -10.0, 4670000.0), (40, 50))
T0 = datetime(2023, 10, 5, 2, 16, 9, 123456, tzinfo=UTC)

MakeAcquisition = Callable[..., Acquisition]


@pytest.fixture
def make_acquisition() -> MakeAcquisition:
    def make(scene_id="S2B_20231005T021609_R003_rajin", *, day=0, exact=True, **more) -> Acquisition:
        start = T0 + timedelta(days=day)
        end = start + (timedelta(seconds=16) if exact else timedelta(hours=20))
        values = {"relative_orbit": 3, "orbit_state": "descending", "cloud_cover": 0.25, "level": "L2A"}
        values |= {"product_ids": ("S2B_MSIL2A_N0509_T52TEM",), "source": "folder"} | more
        return Acquisition(scene_id, "rajin", "s2", "sentinel-2b", start, end, GRID.footprint(), **values)

    return make


@pytest.fixture
def raster() -> Raster:
    rng = np.random.default_rng(7)
    data = rng.integers(1, 9000, (5, *GRID.shape)).astype(np.uint16)
    valid = np.ones(GRID.shape, bool)
    valid[:5] = False
    data[:, ~valid] = 0
    cloud = rng.random(GRID.shape) < 0.1
    return Raster(data, ("B02", "B03", "B04", "B08", "B11"), valid, GRID, cloud, 1e-4, 0.0, {"processor": "N0509"})
