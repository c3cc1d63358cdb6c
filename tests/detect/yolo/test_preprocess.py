"""What the network sees."""

import numpy as np
import pytest

from monitor.detect.yolo.preprocess import CHANNELS, DARK_LEVEL, cover, dark_levels, network_input, subtract_dark


@pytest.mark.parametrize("shape", [(1, 1), (100, 300), (1053, 1308), (2000, 513)])
def test_cores_partition_the_raster_and_lie_inside_their_tiles(shape: tuple[int, int]) -> None:
    seen = np.zeros(shape, dtype=int)
    for tile in cover(shape):
        seen[tile.core_rows, tile.core_cols] += 1
        assert tile.rows.start <= tile.core_rows.start
        assert tile.rows.stop >= tile.core_rows.stop
    assert (seen == 1).all()


@pytest.mark.parametrize("shape", [(1053, 1308), (2000, 513)])
def test_the_coarsest_cells_lie_the_same_in_every_window(shape: tuple[int, int]) -> None:
    tiles = list(cover(shape, core=(200, 300)))
    assert len(tiles) > 4
    assert all(tile.rows.start % 16 == 0 and tile.cols.start % 16 == 0 for tile in tiles)


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
