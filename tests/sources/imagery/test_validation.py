from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from affine import Affine

from monitor.core.errors import DataError
from monitor.core.geo.grid import Grid
from monitor.core.scenes.scene import Raster
from monitor.sources.errors import BadResponse, NoData
from monitor.sources.imagery.quality import cloud, ice
from monitor.sources.imagery.validation import check_archivable, check_bands, check_grid

GRID = Grid(32652, Affine(10, 0, 500_000, 0, -10, 4_670_000), (4, 5))


@pytest.fixture
def raster() -> Raster:
    return Raster(np.ones((2, 4, 5), np.uint16), ("B02", "B03"), np.ones((4, 5), bool), GRID)


def test_a_good_raster_passes(raster):
    check_archivable(raster, "s2", where="x")
    check_grid(GRID, GRID, where="x")
    check_bands(("B02", "B03"), ("B03",), where="x")


def test_other_bands_than_the_sensors_are_refused(raster):
    with pytest.raises(DataError, match="not Sentinel-1's VV, VH"):
        check_archivable(raster, "s1", where="x")


def test_another_number_format_is_refused(raster):
    with pytest.raises(DataError, match="numbers are float32"):
        check_archivable(replace(raster, data=raster.data.astype(np.float32)), "s2", where="x")


def test_nothing_valid_is_not_a_observation(raster):
    with pytest.raises(NoData, match="no valid pixel"):
        check_archivable(replace(raster, valid=np.zeros((4, 5), bool)), "s2", where="x")


def test_nothing_but_zeros_is_not_a_observation(raster):
    with pytest.raises(NoData, match="every pixel over the AOI is zero"):
        check_archivable(replace(raster, data=np.zeros_like(raster.data)), "s2", where="x")


@pytest.mark.parametrize(
    "other, text",
    [
        (replace(GRID, epsg=32653), "EPSG:32653"),
        (replace(GRID, shape=(4, 6)), "6 × 4 px"),
        (replace(GRID, transform=Affine(10, 0, 500_005, 0, -10, 4_670_000)), "5.000 m off"),
    ],
)
def test_pixels_on_another_grid_are_a_bad_answer(other, text):
    with pytest.raises(BadResponse, match=text):
        check_grid(other, GRID, where="x")


def test_missing_and_repeated_bands_are_named():
    with pytest.raises(DataError, match="band B11 missing"):
        check_bands(("B02",), ("B02", "B11"), where="x")
    with pytest.raises(DataError, match="band B02 is there twice"):
        check_bands(("B02", "B02"), ("B02",), where="x")


def test_masks_say_cloud_and_ice():
    scl = np.arange(12).reshape(1, 12)
    assert np.flatnonzero(cloud({"SCL": scl})).tolist() == [3, 8, 9, 10]
    assert np.flatnonzero(ice({"SCL": scl})).tolist() == [11]
    assert cloud({"CLM": np.array([[0, 1, 255]])}).tolist() == [[False, True, False]]
    assert cloud({"CLM": np.full((1, 3), 255)}) is None
    assert cloud({}) is ice({}) is None
