"""A season's fine pictures show the same fleet, piers and stacks."""

from __future__ import annotations

import pickle
from dataclasses import replace

import numpy as np
import pytest

from monitor.core.errors import DataError
from monitor.core.timerange import TimeRange
from monitor.simulate import Season
from monitor.simulate.truth import truth_tables

PERIOD = TimeRange.parse("2023-08-27/2023-09-12")


@pytest.fixture(scope="module")
def fine(aois):
    return Season.make(aois=aois, seed=7, period=PERIOD, sensors=("s2", "hires"), hires_gsd_m=3.0)


@pytest.fixture(scope="module")
def rajin(aois):
    return next(aoi for aoi in aois if aoi.id == "rajin")


def _pictures(season, aoi):
    return [item for item in season.acquisitions(aoi) if item.sensor == "hires"]


def test_fine_pictures_come_every_few_days_and_have_no_orbit(fine, rajin):
    shown = _pictures(fine, rajin)
    assert len(shown) == 3
    assert all(item.simulated and item.relative_orbit is None and item.platform == "simulated-hires" for item in shown)


def test_sentinel_scenes_of_a_season_stay_as_they_are_without_fine_ones(aois, fine, rajin):
    plain = Season.make(aois=aois, seed=7, period=PERIOD)
    item = plain.acquisitions(rajin)[0]
    assert np.array_equal(plain.render(item, rajin).data, fine.render(item, rajin).data)


def test_pixels_cover_the_quays_in_the_size_asked_for(fine, rajin):
    item = _pictures(fine, rajin)[0]
    raster = fine.render(item, rajin)
    assert raster.tags["SIMULATED"] == "YES"
    assert raster.grid.gsd_m == 3.0
    assert raster.data.dtype == np.uint16
    assert all(raster.grid.footprint().contains(zone.geometry) for zone in rajin.of_kind("pier"))
    assert np.array_equal(raster.data, pickle.loads(pickle.dumps(fine)).render(item, rajin).data)


def test_the_truth_counts_the_containers_that_pictures_show(fine, rajin):
    truth = truth_tables(fine)["containers"]
    assert set(truth["sensor"]) == {"hires"}
    for item in _pictures(fine, rajin):
        boxes = fine.containers(item, rajin)
        for row in truth[truth["scene_id"] == item.id].itertuples():
            mine = [box for box in boxes if box.yard_id == row.yard_id]
            assert row.seen_from_above == len(mine)
            assert row.containers == sum(box.tiers for box in mine)
    assert truth["seen_from_above"].max() >= 50


def test_a_yard_of_one_day_holds_on_the_next_what_has_not_left(fine, rajin):
    """Containers have their place: they do not turn into others between two pictures."""
    first, second = (fine.containers(item, rajin) for item in _pictures(fine, rajin)[:2])
    stay = {(box.outline.wkt, box.colour) for box in first if box.yard_id} & {
        (box.outline.wkt, box.colour) for box in second if box.yard_id
    }
    assert len(stay) > 20


def test_a_sentinel_scene_shows_no_single_container(fine, rajin):
    item = next(a for a in fine.acquisitions(rajin) if a.sensor == "s2")
    assert fine.containers(item, rajin) == ()


@pytest.mark.parametrize("gsd_m", [0.1, 9.0])
def test_pixels_that_are_not_drawn_are_refused(aois, gsd_m):
    with pytest.raises(DataError, match=r"pixels of .* 0\.3 to 5 m"):
        Season.make(aois=aois, hires_gsd_m=gsd_m)


def test_a_ship_outside_the_picture_is_not_visible_in_it(fine, rajin):
    vessels = truth_tables(replace(fine, sensors=("hires",)))["vessels"]
    for row in vessels[vessels["visible"]].itertuples():
        aoi = next(a for a in fine.aois if a.id == row.aoi_id)
        item = next(a for a in fine.acquisitions(aoi) if a.id == row.scene_id)
        assert item.footprint.intersects(row.geometry)
    assert not vessels["visible"].all()


def test_fixed_objects_of_a_crowded_season_stand_in_its_fine_pictures(aois, rajin):
    crowded = Season.make(aois=aois, seed=8, sensors=("hires",), scenario="crowded", hires_gsd_m=3.0)
    item = min(_pictures(crowded, rajin), key=lambda item: item.cloud_cover)
    raster = crowded.render(item, rajin)
    docks = [f.outline for f in crowded.world.fixtures if raster.grid.footprint().contains(f.outline)]
    (inside,) = (raster.grid.mask(outline) for outline in docks)
    water = raster.grid.mask(rajin.water) & ~raster.grid.mask(docks[0].buffer(0.0005))
    red = raster.band("B04")
    assert red[inside].mean() > 1.5 * np.median(red[water])
