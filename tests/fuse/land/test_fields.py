"""Works in a field that is cut at the same time are stated; the field is not."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest
from shapely.geometry import box

from monitor.core.aoi import Zone
from monitor.fuse.land.changes import stated, usual_of
from monitor.fuse.land.ground import Cells
from monitor.fuse.land.kinds import FLOOD, Ground, kind_of
from monitor.fuse.land.patches import find_patches
from monitor.fuse.land.rules import LandRule
from monitor.fuse.land.segments import Events
from monitor.fuse.land.series import LandSeries

BANDS = ("B02", "B03", "B04", "B08", "B11")
CROP, STUBBLE, PLOUGHED, BARE = (
    np.array(values) / 1e4
    for values in (
        (380, 700, 420, 4300, 1900),
        (1000, 1300, 1750, 2550, 3300),
        (700, 880, 1080, 1500, 2200),
        (1150, 1450, 1850, 2500, 3200),
    )
)
SIDE, OBSERVATIONS, REAPED, PLOUGH = 30, 44, 14, 18
WORKS = (slice(10, 17), slice(11, 18))
RULE = LandRule()


def field_of(*, works: bool, ahead: int = 0, seed: int = 1) -> Cells:
    """A field of 30 by 30 cells in a zone, and others around; its left half may be cut and ploughed earlier."""
    rng = np.random.default_rng(seed)
    number = SIDE * SIDE
    reaped = np.full((SIDE, SIDE), REAPED)
    reaped[:, : SIDE // 2] -= ahead
    values = np.empty((OBSERVATIONS, len(BANDS), number + 400))
    outside = np.repeat((REAPED - 3, REAPED, REAPED + 2, REAPED + 4), 100)
    for now in range(OBSERVATIONS):
        since = now - np.concatenate([reaped.ravel(), outside])
        look = np.where(
            since < 0, CROP[:, None], np.where(since < PLOUGH - REAPED, STUBBLE[:, None], PLOUGHED[:, None])
        )
        if works and now >= REAPED:
            inside = look[:, :number].reshape(len(BANDS), SIDE, SIDE)
            inside[:, WORKS[0], WORKS[1]] = BARE[:, None, None]
        values[now] = look * (1.0 + rng.normal(0.0, 0.02))
    values *= 1.0 + rng.normal(0.0, 0.02, values.shape)
    return cells_with(values, pd.date_range("2023-05-01", periods=OBSERVATIONS, freq="5D", tz="UTC"))


def cells_with(values: npt.NDArray[np.float64], times: pd.DatetimeIndex) -> Cells:
    """SIDE by SIDE cells of a zone and 400 around, wholly clear, from (time, band, cell) reflectance."""
    number = SIDE * SIDE
    row, col = np.divmod(np.arange(number), SIDE)
    away = np.divmod(np.arange(400), 20)
    xy = 20.0 * np.concatenate([np.column_stack([col, -row]), np.column_stack([away[1] + 100, -away[0]])]) + 10.0
    flags = np.zeros((len(times), number + 400), dtype=np.uint8)
    series = LandSeries("s2", tuple(f"s{n}" for n in range(len(times))), times, BANDS, values.astype("f4"), flags)
    around = np.arange(number + 400) >= number
    zone = Zone("site", "site", "Site", box(0, 0, 1, 1))
    return Cells(series, series.values, series.clear, xy, 20.0, np.where(around, -1, 0), (zone,), around, epsg=32652)


def test_bare_ground_made_as_its_field_is_cut_is_stated_with_the_interval_in_which_it_began() -> None:
    cells = field_of(works=True)
    (found,) = stated(cells, usual_of(cells, RULE), RULE)
    mine = np.zeros((SIDE, SIDE), dtype=bool)
    mine[WORKS] = True
    both = mine.ravel()[found.patch.cells].sum()
    assert both / (mine.sum() + len(found.patch.cells) - both) > 0.8
    assert found.kind == "bare ground"
    assert found.patch.last_before < REAPED <= found.patch.first_with


@pytest.mark.parametrize("ahead", [0, 3])
def test_a_field_that_is_cut_and_ploughed_is_no_change_nor_is_half_of_one_before_the_other(ahead: int) -> None:
    cells = field_of(works=False, ahead=ahead)
    assert stated(cells, usual_of(cells, RULE), RULE) == []


def wood_of(*, felled: bool) -> Cells:
    """A stand of 8 by 8 cells in a meadow of a zone, and woods, meadows and fields around, from autumn to late summer.

    The woods lose their leaves and grow them again; the stand is felled while they do, the fields are cut later.
    """
    rng = np.random.default_rng(5)
    number, when, half = SIDE * SIDE, 44, 100
    wood_bare, wood_green, felled_look, meadow_dry, meadow_green = (
        np.array(values) / 1e4
        for values in (
            (480, 600, 720, 1500, 1800),
            (300, 500, 270, 3900, 1800),
            (700, 930, 1100, 2150, 2650),
            (750, 1000, 1250, 2200, 2900),
            (450, 760, 560, 3400, 2100),
        )
    )
    stand = np.zeros((SIDE, SIDE), dtype=bool)
    stand[STAND] = True
    values = np.empty((65, len(BANDS), number + 4 * half))
    for now in range(65):
        leaves = float(np.interp(now, (4, 10, 40, 47), (1.0, 0.0, 0.0, 1.0)))
        wood = leaves * wood_green + (1.0 - leaves) * wood_bare
        meadow = leaves * meadow_green + (1.0 - leaves) * meadow_dry
        crop = CROP if now < 58 else STUBBLE
        looks = [np.where(stand.ravel(), wood[:, None], meadow[:, None])]
        looks += [np.repeat(look[:, None], half, axis=1) for look in (wood, meadow, crop, crop)]
        values[now] = np.concatenate(looks, axis=1) * (1.0 + rng.normal(0.0, 0.02))
        if felled and now >= when:
            values[now][:, :number][:, stand.ravel()] = felled_look[:, None]
    values *= 1.0 + rng.normal(0.0, 0.02, values.shape)
    return cells_with(values, pd.date_range("2022-10-01", periods=65, freq="5D", tz="UTC"))


STAND = (slice(10, 18), slice(11, 19))


def test_a_stand_felled_while_leaves_grow_is_stated_and_woods_that_lose_and_grow_them_are_not() -> None:
    cells = wood_of(felled=True)
    (found,) = stated(cells, usual_of(cells, RULE), RULE)
    mine = np.zeros((SIDE, SIDE), dtype=bool)
    mine[STAND] = True
    both = mine.ravel()[found.patch.cells].sum()
    assert both / (mine.sum() + len(found.patch.cells) - both) > 0.8
    assert found.patch.last_before < 44 <= found.patch.first_with
    whole = wood_of(felled=False)
    assert stated(whole, usual_of(whole, RULE), RULE) == []


def events_of(last_before: npt.NDArray[np.int64], first_with: npt.NDArray[np.int64]) -> Events:
    """Events of cells in a row that all look alike."""
    count = len(last_before)
    flat = np.ones((count, 5), dtype=np.float32)
    whole = np.arange(count)
    return Events(
        whole,
        last_before,
        first_with,
        first_with,
        whole * 0 + 3,
        whole > count,
        whole.astype(np.float64),
        0.1 * flat,
        0.3 * flat,
    )


def test_cells_seen_late_do_not_join_two_changes_that_no_one_instant_explains() -> None:
    last_before = np.array([10] * 6 + [9] + [20] * 6)
    first_with = np.array([12] * 6 + [24] + [24] * 6)
    ij = np.column_stack([np.zeros(13, dtype=np.int64), np.arange(13)])
    patches = find_patches(events_of(last_before, first_with), ij, 5)
    assert [(patch.last_before, patch.first_with) for patch in patches] == [(10, 12), (20, 24)]
    assert sum(len(patch.cells) for patch in patches) == 13


def test_turbid_water_is_a_flood_and_no_burnt_ground() -> None:
    meadow = Ground.of(np.array([0.06, 0.086, 0.09, 0.25, 0.235]), BANDS)
    assert kind_of(meadow, Ground.of(np.array([0.0585, 0.0717, 0.0565, 0.0677, 0.0828]), BANDS)) == FLOOD
    assert kind_of(meadow, Ground.of(np.array([0.042, 0.045, 0.05, 0.075, 0.15]), BANDS)) == "burnt"
