"""Movement between the bands of one look."""

from __future__ import annotations

import numpy as np
import pytest
from affine import Affine
from scipy import ndimage
from shapely.geometry import Polygon

from monitor.core.geodesy import KNOT_MS, WGS84, reproject
from monitor.core.grid import Grid
from monitor.core.scene import Raster
from monitor.core.sensors import S2_BANDS
from monitor.detect.motion import band_motion

SIDE = 60
GRID = Grid(32652, Affine(10, 0, 600_000, 0, -10, 4_670_000), (SIDE, SIDE))
LAGS = {"B02": 0.0, "B08": 0.264, "B03": 0.527, "B04": 1.005, "B11": 0.9}
OUTLINE = reproject(
    Polygon([(600_240, 4_669_720), (600_360, 4_669_720), (600_360, 4_669_690), (600_240, 4_669_690)]), 32652, WGS84
)


def scene(speed_kn: float, bands: tuple[str, ...] = S2_BANDS, seed: int = 0) -> Raster:
    """A hull of 120 m heading east at some speed."""
    rng = np.random.default_rng(seed)
    layers = []
    for band in bands:
        fine = np.full((SIDE * 10, SIDE * 10), 0.03)
        ahead = round(speed_kn * KNOT_MS * LAGS[band])
        fine[281:299, 241 + ahead : 359 + ahead] = 0.2
        blurred = ndimage.gaussian_filter(fine, 5).reshape(SIDE, 10, SIDE, 10).mean(axis=(1, 3))
        layers.append(blurred + rng.normal(0, 0.002, blurred.shape))
    return Raster(np.stack(layers).astype(np.float32), bands, np.ones(GRID.shape, bool), GRID)


def test_a_fast_ship_moves_and_its_course_is_known() -> None:
    motion = band_motion(scene(18.0), OUTLINE)
    assert motion.is_moving is True
    assert motion.speed_kn == pytest.approx(18.0, abs=4.0)
    assert motion.course_deg == pytest.approx(90.0, abs=25.0)


@pytest.mark.parametrize("seed", range(5))
def test_a_ship_at_anchor_does_not_move(seed: int) -> None:
    motion = band_motion(scene(0.0, seed=seed), OUTLINE)
    assert motion.is_moving is False
    assert np.isnan(motion.course_deg)


def test_a_slow_ship_is_not_said_to_move() -> None:
    assert band_motion(scene(4.0), OUTLINE).is_moving is False


def test_without_two_visible_bands_nothing_is_said() -> None:
    assert band_motion(scene(18.0, ("B08", "B11")), OUTLINE).is_moving is None


def test_empty_water_and_the_edge_of_the_data_say_nothing() -> None:
    raster = scene(18.0)
    calm = Raster(np.full_like(raster.data, 0.03), raster.bands, raster.valid, GRID)
    assert band_motion(calm, OUTLINE).is_moving is None
    valid = raster.valid.copy()
    valid[:, 30:] = False
    assert band_motion(Raster(raster.data, raster.bands, valid, GRID), OUTLINE).is_moving is None
