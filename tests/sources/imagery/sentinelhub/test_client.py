"""The pure parts of asking: prices, waits, pieces, scripts, overpasses."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
import quickjs
from affine import Affine
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry import box

from monitor.core.geo.grid import Grid
from monitor.sources.errors import BadResponse
from monitor.sources.imagery.grouping import group_acquisitions, read_item
from monitor.sources.imagery.sentinelhub.evalscripts import optical_script, radar_script
from monitor.sources.imagery.sentinelhub.pricing import processing_units
from monitor.sources.imagery.sentinelhub.tiling import merge, split
from tests.sources.places import aoi_over
from tests.standin.worlds import s1_product, s2_product

NOW = datetime(2023, 10, 5, 2, 23, 10, tzinfo=UTC)
AROUND = box(128, 41, 131, 43)


@pytest.mark.parametrize(
    "side, bands, radar, units",
    [(1000, 6, False, 7.6), (2500, 6, False, 47.7), (1000, 2, True, 10.2), (2500, 2, True, 63.6)],
)
def test_units_are_those_of_the_price_list(side, bands, radar, units):
    assert processing_units(side, side, bands=bands, float32=radar, orthorectified=radar) == pytest.approx(
        units, abs=0.05
    )


def test_a_tiny_request_costs_the_least():
    assert processing_units(1, 1, bands=1) == 0.005


@given(rows=st.integers(1, 60), cols=st.integers(1, 60), side=st.integers(1, 30))
def test_pieces_cover_the_grid_once_and_fit(rows, cols, side):
    grid = Grid(32652, Affine(10, 0, 0, 0, -10, 0), (rows, cols))
    windows = split(grid, side)
    assert len(windows) == -(-rows // side) * -(-cols // side)
    whole = np.arange(rows * cols).reshape(1, rows, cols)
    pieces = [whole[:, r, c] for r, c in windows]
    assert all(max(piece.shape[1:]) <= side and min(piece.shape[1:]) >= 1 for piece in pieces)
    assert np.array_equal(merge(grid, windows, pieces), whole)


@pytest.mark.parametrize(
    "script, bands",
    [(optical_script(("SCL", "CLM", "dataMask")), 5), (radar_script(), 2), (radar_script(incidence=True), 3)],
)
def test_scripts_run_and_give_zero_where_nothing_was_seen(script, bands):
    context = quickjs.Context()
    context.eval(script)
    assert context.eval("setup().output[0].bands") == bands
    assert context.eval("setup().mosaicking") == "ORBIT"
    assert context.eval("evaluatePixel([]).default.join()") == ",".join("0" * bands)
    assert context.eval("evaluatePixel([{dataMask: 0}]).mask.every((v) => v === 0)")


def test_radar_slices_of_one_pass_are_one_acquisition():
    port = aoi_over(500_100, 4_670_000, 500_340, 4_670_200, name="rajin")
    slices = [s1_product(NOW + timedelta(seconds=25 * n), AROUND) for n in range(2)]
    items = [read_item(product.feature(), sensor="s1") for product in slices]
    [found] = group_acquisitions(items, port, sensor="s1", source="x")
    assert found.end - found.start == timedelta(seconds=50)
    assert found.is_exact
    assert len(found.product_ids) == 2


def test_a_late_tile_does_not_change_the_name_of_a_pass():
    port = aoi_over(500_100, 4_670_000, 500_340, 4_670_200, name="rajin")
    first = read_item(s2_product(NOW, AROUND, tile="52TFM").feature(), sensor="s2")
    late = read_item(s2_product(NOW - timedelta(seconds=14), AROUND, tile="52TEN").feature(), sensor="s2")
    late = type(late)(**{name: getattr(late, name) for name in late.__slots__} | {"take": first.take})
    [one] = group_acquisitions([first], port, sensor="s2", source="x")
    [two] = group_acquisitions([first, late], port, sensor="s2", source="x")
    assert one.id == two.id
    assert two.start < one.start


@pytest.mark.parametrize(
    "feature",
    [
        {},
        {"id": "x", "properties": {}, "geometry": None},
        {"id": "x", "properties": {"datetime": "yesterday"}},
        {"id": "x", "properties": {"datetime": "2023-10-05T00:00:00Z"}, "geometry": {"type": "Polygon"}},
    ],
)
def test_an_item_that_is_none_is_a_bad_answer(feature):
    with pytest.raises(BadResponse, match="not a STAC item"):
        read_item(feature, sensor="s2")
