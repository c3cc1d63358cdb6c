from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pytest
from shapely.geometry import box, mapping

from monitor.core.aoi import parse_aoi
from monitor.core.geo.geodesy import reproject
from monitor.core.geo.grid import Grid
from monitor.core.scenes.scene import Acquisition, Raster
from monitor.detect.context.coverage import coverage
from monitor.detect.context.water import ice_mask


@pytest.mark.parametrize(
    "share, state, reason", [(0.0, "observed", ""), (0.3, "partly", "sea ice"), (0.8, "not observed", "sea ice")]
)
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


def _winter(ice: float, deck: bool = False) -> Raster:
    """Water of which a share is ice as a made-up scene shows it, or under a white deck."""
    grid = Grid.covering(reproject(box(500_000, 4_670_000, 500_500, 4_670_500), 32652, 4326), epsg=32652)
    sea, frozen, white = (0.06, 0.02, 0.012), (0.5, 0.35, 0.04), (0.45, 0.45, 0.35)
    pixels = np.tile(np.array(sea, dtype=np.float32)[:, None, None], (1, *grid.shape))
    pixels[:, : round(ice * grid.shape[0])] = np.array(white if deck else frozen, dtype=np.float32)[:, None, None]
    return Raster(pixels, ("B03", "B08", "B11"), np.ones(grid.shape, bool), grid)


def test_ice_in_the_pixels_is_ice_and_a_white_deck_is_not():
    assert ice_mask(_winter(0.5)).mean() == pytest.approx(0.5, abs=0.03)
    assert not ice_mask(_winter(0.5, deck=True)).any()
    assert not ice_mask(_winter(0.0)).any()


def test_a_harbour_that_the_pixels_show_frozen_is_not_observed():
    raster = _winter(0.9)
    area = raster.grid.footprint()
    features = [
        {"type": "Feature", "properties": {"kind": kind, "id": kind}, "geometry": mapping(area)}
        for kind in ("aoi", "water", "berth")
    ]
    aoi = parse_aoi({"type": "FeatureCollection", "features": features}, id="port")
    at = datetime(2024, 1, 5, 2, tzinfo=UTC)
    rows = coverage(Acquisition("s", "port", "s2", "sentinel-2a", at, at, area), raster, aoi)
    assert set(rows["state"]) == {"not observed"}
    assert set(rows["reason"]) == {"sea ice"}


def test_snow_on_tracks_and_tanks_is_no_sea_ice_and_a_place_without_water_has_a_row_of_its_area():
    raster = _winter(0.9)
    ground = raster.grid.footprint()
    west, south, east, north = ground.bounds
    line = {"type": "LineString", "coordinates": [[west, (south + north) / 2], [east, (south + north) / 2]]}
    shapes = {"aoi": mapping(ground), "rail": line, "tank": mapping(ground), "road": line}
    features = [
        {"type": "Feature", "properties": {"kind": kind, "id": kind}, "geometry": shape}
        for kind, shape in shapes.items()
    ]
    features[0]["properties"]["id"] = "depot_aoi"
    aoi = parse_aoi({"type": "FeatureCollection", "features": features}, id="depot")
    at = datetime(2024, 1, 5, 2, tzinfo=UTC)
    rows = coverage(Acquisition("s", "depot", "s2", "sentinel-2a", at, at, ground), raster, aoi).set_index("zone_id")
    assert rows["kind"].to_dict() == {"depot": "aoi", "rail": "rail", "tank": "tank"}
    assert (rows["state"] == "observed").all()
