"""The network's maps: mirror images put back where they belong."""

import math

import numpy as np
import pytest

from monitor.detect.evaluation.dataset import Hull
from monitor.detect.yolo.decode import decode_hulls
from monitor.detect.yolo.rules import DecodeRule
from monitor.detect.yolo.runtime import maps_of, unpack, views_for
from monitor.training.augment.targets import MAPS, render_targets

SIZE = 64


def packed(maps: np.ndarray) -> np.ndarray:
    count = len(maps)
    cells = maps.reshape(count, SIZE // 2, 2, SIZE // 2, 2).transpose(0, 2, 4, 1, 3)
    return cells.reshape(count * 4, SIZE // 2, SIZE // 2)


def all_seeing(image: np.ndarray) -> np.ndarray:
    """A network that knows the hull drawn in the image's first channel: it finds the image's mirror by trying."""
    for flip_x in (False, True):
        for flip_y in (False, True):
            x, y, angle = 20.0, 25.0, 0.5
            x, angle = (SIZE - x, math.pi - angle) if flip_x else (x, angle)
            y, angle = (SIZE - y, -angle) if flip_y else (y, angle)
            maps = render_targets((SIZE, SIZE), [Hull(x, y, 14, 3, angle % math.pi, sure=True)]).maps
            if (maps[0] == image[0]).all():
                return packed(maps)
    raise AssertionError("an image that was not mirrored but changed")


@pytest.mark.parametrize("views", [1, 2, 4])
def test_every_number_of_views_finds_the_hull_where_it_lies(views: int) -> None:
    image = np.zeros((7, SIZE, SIZE), np.float32)
    image[0] = render_targets((SIZE, SIZE), [Hull(20, 25, 14, 3, 0.5, sure=True)]).maps[0]
    maps = maps_of(all_seeing, image, views=views)
    assert maps.shape == (len(MAPS), SIZE, SIZE)
    found = decode_hulls(maps, DecodeRule())
    assert len(found) == 1
    assert (found.x[0], found.y[0]) == pytest.approx((20, 25), abs=0.6)
    assert found.angle[0] == pytest.approx(0.5, abs=0.02)


@pytest.mark.parametrize("first", [(0, 0), (3, 14), (-390_002, 50_007)])
def test_every_view_has_its_cells_on_the_grid_and_gives_the_maps_of_the_image(first: tuple[int, int]) -> None:
    image = np.random.default_rng(1).random((1, 37, 50), dtype=np.float32)

    def cells(shown: np.ndarray) -> np.ndarray:
        """A map of the mean of each cell of 16 pixels, ten times, packed."""
        assert shown.shape[1] % 16 == shown.shape[2] % 16 == 0
        rows, cols = (size // 16 for size in shown.shape[1:])
        mean = shown[0].reshape(rows, 16, cols, 16).mean(axis=(1, 3)).repeat(8, axis=0).repeat(8, axis=1)
        return np.repeat(mean[None], 40, axis=0)

    one = maps_of(cells, image, views=1, first=first)
    four = maps_of(cells, image, views=4, first=first)
    assert one.shape == (10, 37, 50)
    np.testing.assert_allclose(four[0], one[0], rtol=1e-5)
    row, col = -first[0] % 16, -first[1] % 16
    np.testing.assert_allclose(one[0, row, col], image[0, row : row + 16, col : col + 16].mean(), rtol=1e-5)


def test_small_rasters_are_seen_more_often_than_large_ones() -> None:
    budget = 2_300_000
    assert [views_for(side**2, budget) for side in (400, 750, 1000, 1500, 10980)] == [4, 4, 2, 1, 1]
    assert views_for(100, 0) == 1


def test_unpacking_is_the_reverse_of_packing() -> None:
    maps = np.random.default_rng(0).random((3, SIZE, SIZE)).astype(np.float32)
    assert (unpack(packed(maps)) == maps).all()
