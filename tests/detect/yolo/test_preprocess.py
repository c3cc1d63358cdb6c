"""The input of the network."""

import numpy as np
import pytest
from affine import Affine

from monitor.core.geo.grid import Grid
from monitor.detect.yolo.preprocess import (
    CHANNELS,
    DARK_LEVEL,
    cut_windows,
    dark_levels,
    first_pixel,
    network_input,
    subtract_dark,
)


@pytest.mark.parametrize("shape", [(1, 1), (100, 300), (1053, 1308), (2000, 513)])
def test_cores_partition_the_raster_and_lie_inside_their_tiles(shape: tuple[int, int]) -> None:
    seen = np.zeros(shape, dtype=int)
    for window in cut_windows(shape):
        seen[window.core_rows, window.core_cols] += 1
        assert window.rows.start <= window.core_rows.start
        assert window.rows.stop >= window.core_rows.stop
    assert (seen == 1).all()


@pytest.mark.parametrize("shape", [(1053, 1308), (2000, 513)])
def test_the_coarsest_cells_lie_the_same_in_every_window(shape: tuple[int, int]) -> None:
    windows = list(cut_windows(shape, core=(200, 300)))
    assert len(windows) > 4
    assert all(window.rows.start % 16 == 0 and window.cols.start % 16 == 0 for window in windows)


def test_windows_of_two_cuts_meet_at_the_same_places() -> None:
    whole = {window.core_cols.stop for window in cut_windows((700, 1308), core=(512, 400), first=(5, 9))}
    cut = {window.core_cols.stop + 3 for window in cut_windows((700, 1305), core=(512, 400), first=(5, 12))}
    assert len(whole) == 3
    assert whole == cut


def test_a_pixel_keeps_its_place_on_the_grid_however_a_scene_is_cut() -> None:
    grid = Grid(32652, Affine(10, 0, 500_070, 0, -10, 3_900_020), (50, 60))
    assert first_pixel(grid) == (-390_002, 50_007)
    assert first_pixel(grid.window(slice(3, 50), slice(7, 60))) == (-389_999, 50_014)


def test_haze_that_is_the_same_everywhere_changes_nothing() -> None:
    rng = np.random.default_rng(0)
    scene = rng.uniform(0.02, 0.3, (5, 50, 50)).astype(np.float32)
    valid = np.ones((50, 50), dtype=bool)
    hazy = scene + np.float32(0.06)
    one = subtract_dark(scene, dark_levels(scene, valid))
    other = subtract_dark(hazy, dark_levels(hazy, valid))
    np.testing.assert_allclose(one, other, atol=1e-5)


def test_the_dark_end_lands_on_its_level() -> None:
    scene = np.linspace(0.05, 0.4, 10_000, dtype=np.float32).reshape(1, 100, 100)
    out = subtract_dark(scene, dark_levels(scene, np.ones((100, 100), dtype=bool)))
    assert np.percentile(out, 1) == pytest.approx(DARK_LEVEL, abs=1e-3)


def test_missing_bands_and_invalid_pixels_are_zero_and_all_lies_in_0_1() -> None:
    scene = np.full((5, 8, 8), 0.2, dtype=np.float32)
    valid = np.ones((8, 8), dtype=bool)
    valid[0] = False
    image = network_input(scene, (True, True, True, True, False), valid)
    assert image.shape == (CHANNELS, 8, 8)
    assert (image[4] == 0).all()
    assert (image[6] == 0).all()
    assert (image[:, 0] == 0).all()
    assert image.min() >= 0
    assert image.max() <= 1
    assert (image[5, 1:] == 0.5).all()
