"""LAND_PROFILES: the same cells in every scene, whatever its grid."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
from affine import Affine

from monitor.core.geo.grid import Grid
from monitor.core.scenes.scene import Acquisition, Raster
from monitor.detect.land.layout import GROUND, layout
from monitor.detect.land.profiles import CLEAR, CLOUD, NO_DATA, SNOW, land_profiles, unpacked
from tests.fuse.land.places import EPSG, NORTH, WEST, aoi

AT = datetime(2023, 6, 1, 8, tzinfo=UTC)
BANDS = ("B02", "B03", "B04", "B08", "B11")


def scene(west: float = WEST, north: float = NORTH, px: int = 260) -> tuple[Acquisition, Raster]:
    """Reflectance rises to the east in B02, so that a value says where it was taken."""
    grid = Grid(EPSG, Affine(10.0, 0.0, west, 0.0, -10.0, north), (px, px))
    data = np.full((5, px, px), 2000, np.uint16)
    data[0] = (np.floor((west - WEST) / 20.0 + np.arange(px) / 2) + 500)[None]
    taken = Acquisition("one", "depot", "s2", "Sentinel-2A", AT, AT, aoi().geometry)
    return taken, Raster(data, BANDS, np.ones((px, px), bool), grid, np.zeros((px, px), bool), 1e-4)


def ground(acquisition: Acquisition, raster: Raster) -> tuple[np.ndarray, np.ndarray]:
    table = land_profiles(acquisition, raster, aoi())
    row = table[table["part"] == GROUND].iloc[0]
    return unpacked(row["values"], len(BANDS)), np.frombuffer(row["flags"], np.uint8)


def test_cells_are_the_same_in_a_scene_on_another_grid() -> None:
    values, flags = ground(*scene())
    moved, seen = ground(*scene(WEST - 200.0, NORTH + 100.0, 300))
    assert (flags == CLEAR).all()
    both = (flags == CLEAR) & (seen == CLEAR)
    assert both.mean() > 0.9
    assert np.allclose(values[0, both], moved[0, both])


def test_what_hides_a_cell_is_told_apart() -> None:
    acquisition, raster = scene()
    assert raster.cloud is not None
    raster.cloud[100, 100] = True
    raster.valid[110:112, 100:102] = False
    raster.data[:, 120:122, 100:102] = np.array([7000, 7000, 7000, 6000, 900])[:, None, None]
    _, flags = ground(acquisition, raster)
    xy = next(places for places in layout(aoi()) if places.part == GROUND).xy
    wanted = {(100, 100): CLOUD, (110, 100): NO_DATA, (120, 100): SNOW}
    for (row, col), flag in wanted.items():
        at = np.flatnonzero((xy[:, 0] == WEST + 10 * col + 10) & (xy[:, 1] == NORTH - 10 * row - 10))
        assert flags[at].tolist() == [flag]
    assert (flags != CLEAR).sum() == 3


def test_a_place_without_land_zones_has_no_rows() -> None:
    acquisition, raster = scene()
    port = replace(aoi(), zones=tuple(zone for zone in aoi().zones if zone.kind == "aoi"))
    assert len(land_profiles(acquisition, raster, port)) == 0


def test_a_picture_for_the_eye_has_no_past() -> None:
    acquisition, raster = scene()
    picture = replace(raster, data=(raster.data // 100).astype(np.uint8))
    assert len(land_profiles(acquisition, picture, aoi())) == 0
