"""Classes, stretch and axes of a model of one's own."""

import numpy as np
import pytest
from affine import Affine

from monitor.core.errors import DetectorError
from monitor.core.geo.grid import Grid
from monitor.core.scenes.scene import Raster
from monitor.detect.models.axis import mask_box, pixel_box
from monitor.detect.models.classes import class_names, looks_like_dota
from monitor.detect.models.description import ModelKeys
from monitor.detect.models.stretch import stretch_of

DOTA = ("plane", "ship", "storage tank", "large vehicle", "small-vehicle", "harbor", "tennis court")


def raster(data: np.ndarray, *, scale: float = 1.0, valid: np.ndarray | None = None) -> Raster:
    grid = Grid(32652, Affine(1, 0, 500_000, 0, -1, 4_600_000), data.shape[1:])
    there = np.ones(data.shape[1:], dtype=bool) if valid is None else valid
    return Raster(data, ("B04", "B03", "B02")[: len(data)], there, grid, None, scale)


def test_the_names_of_dota_are_mapped_and_the_rest_stay() -> None:
    meant = class_names(DOTA, {})
    assert meant == ("aircraft", "vessel", "storage_tank", "vehicle", "vehicle", "harbor", "tennis_court")
    assert looks_like_dota(DOTA)
    assert not looks_like_dota(("ship",))


def test_what_the_user_says_wins_and_an_empty_text_leaves_a_class_out() -> None:
    assert class_names(("ship", "tennis court"), {"Tennis-Court": "", "ship": "container"}) == ("container", "")


def test_pictures_of_8_bits_stay_as_they_are_and_others_need_a_stretch() -> None:
    numbers = np.random.default_rng(0).integers(1, 255, (3, 8, 9), dtype=np.uint8)
    assert (
        stretch_of(raster(numbers), ModelKeys(), ("B02", "B04"), "m").window(raster(numbers)) == numbers[[2, 0]]
    ).all()
    with pytest.raises(DetectorError, match=r"pixels of uint16: m takes 8-bit pictures as they are; say how"):
        stretch_of(raster(numbers.astype(np.uint16)), ModelKeys(), ("B04",), "m")


def test_a_fixed_stretch_is_of_physical_values_and_cuts_what_is_beyond() -> None:
    numbers = np.array([[[1, 400, 2000, 9000]]], dtype=np.uint16)
    keys = ModelKeys(stretch="fixed", stretch_range=(0.0, 0.2))
    made = stretch_of(raster(numbers, scale=1e-4), keys, ("B04",), "m").window(raster(numbers, scale=1e-4))
    assert made.ravel().tolist() == [0, 51, 255, 255]


def test_percentiles_are_of_the_valid_pixels_of_the_whole_raster() -> None:
    numbers = np.arange(1, 10_001, dtype=np.uint16).reshape(1, 100, 100)
    valid = np.ones((100, 100), dtype=bool)
    valid[:50] = False
    whole = raster(numbers, valid=valid)
    stretch = stretch_of(whole, ModelKeys(stretch="percentile", stretch_range=(0, 100)), ("B04",), "m")
    part = stretch.window(whole.window(slice(50, 60), slice(0, 100)))
    assert part[0, 0, 0] == 0
    assert part.max() < 60
    assert (stretch.window(whole.window(slice(0, 10), slice(0, 100))) == 0).all()


def ship(angle: float, length: float = 40, width: float = 8, size: int = 80) -> tuple[np.ndarray, np.ndarray]:
    """A bright box on noisy water, and its mask."""
    rows, cols = np.mgrid[:size, :size] + 0.5
    x, y = cols - size / 2, rows - size / 2
    along, across = x * np.cos(angle) + y * np.sin(angle), -x * np.sin(angle) + y * np.cos(angle)
    mask = (np.abs(along) <= length / 2) & (np.abs(across) <= width / 2)
    noise = np.random.default_rng(1).normal(0, 3, (size, size))
    return np.clip(np.where(mask, 180, 50) + noise, 0, 255).astype(np.uint8)[None].repeat(3, axis=0), mask


def direction(ring: np.ndarray) -> tuple[float, float]:
    sides = np.diff(ring[:3], axis=0)
    longest = sides[int(np.hypot(*sides.T).argmax())]
    return float(np.hypot(*longest)), float(np.arctan2(longest[1], longest[0]) % np.pi)


@pytest.mark.parametrize("angle", [0.3, 1.0, 2.0, 2.8])
def test_pixels_and_mask_give_the_axis_and_length_of_a_ship(angle: float) -> None:
    window, mask = ship(angle)
    places = np.argwhere(mask)[:, ::-1]
    upright = np.concatenate([places.min(axis=0), places.max(axis=0) + 1]).astype(float)
    for found in (pixel_box(window, upright), mask_box(places)):
        assert found is not None
        length, turned = direction(found)
        assert abs(length - 40) < 3
        assert abs((turned - angle + np.pi / 2) % np.pi - np.pi / 2) < np.radians(4)


def test_where_nothing_stands_out_or_it_is_round_there_is_no_axis() -> None:
    window, _ = ship(0.3)
    assert pixel_box(window[:, :20, :20], np.array([3.0, 3.0, 17.0, 17.0])) is None
    rows, cols = np.mgrid[:60, :60] - 30
    tank = np.where(rows**2 + cols**2 < 200, 200, 40).astype(np.uint8)[None].repeat(3, axis=0)
    assert pixel_box(tank, np.array([15.0, 15.0, 45.0, 45.0])) is None
    assert mask_box(np.zeros((0, 2), dtype=np.int64)) is None
