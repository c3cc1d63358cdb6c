from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pytest
from shapely.geometry import box, mapping

from monitor.core.aoi import parse_aoi
from monitor.core.geodesy import reproject
from monitor.core.grid import Grid
from monitor.core.scene import Acquisition, Raster
from monitor.detect.coverage import coverage


@pytest.mark.parametrize("share, state, reason", [(0.0, "observed", ""), (0.3, "partly", "sea ice"),
                                                  (0.8, "not observed", "sea ice")])  # fmt: skip
def test_water_under_ice_is_not_seen(share, state, reason):
    area = reproject(box(500_000, 4_670_000, 500_500, 4_670_500), 32652, 4326)
    features = [
        {"type": "Feature", "properties": {"kind": kind, "id": kind}, "geometry": mapping(area)}
        for kind in ("aoi", "water", "yard")
    ]
    aoi = parse_aoi({"type": "FeatureCollection", "features": features}, id="port")
    grid = Grid.covering(area, epsg=32652)
    tags = {"ice_fraction": f'{{"port": {share}, "yard": {share}}}'}
    seen = np.ones(grid.shape, bool)
    raster = Raster(np.ones((1, *grid.shape), np.uint16), ("B08",), seen, grid, None, 1e-4, 0.0, tags)
    at = datetime(2024, 1, 5, 2, tzinfo=UTC)
    rows = coverage(Acquisition("s", "port", "s2", "sentinel-2a", at, at, area), raster, aoi).set_index("kind")
    assert (rows.loc["water", "state"], rows.loc["water", "reason"]) == (state, reason)
    assert rows.loc["yard", "state"] == "observed"
