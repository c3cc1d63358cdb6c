"""What makes a season hard, and the truth that says so."""

from __future__ import annotations

import numpy as np
import pytest

from monitor.core.geodesy import WGS84, reproject
from monitor.core.instants import TimeRange
from monitor.simulate import Season

PERIOD = TimeRange.parse("2023-08-27/2023-09-12")


@pytest.fixture(scope="module")
def crowded(aois):
    return Season.make(aois=aois, scenario="crowded", period=PERIOD, sensors=("s2", "s1"))


@pytest.fixture(scope="module")
def told(crowded):
    return crowded.truth()


def test_fixed_objects_of_every_kind_lie_in_the_water_of_both_ports(told, aois):
    fixtures = told["fixtures"]
    assert set(fixtures["kind"]) == {"islet", "breakwater end", "floating dock"}
    assert set(fixtures["aoi_id"]) == {"rajin", "dunai"}
    for row in fixtures.itertuples():
        aoi = next(a for a in aois if a.id == row.aoi_id)
        assert aoi.water.contains(row.geometry)
        outline = reproject(row.geometry, WGS84, aoi.epsg)
        assert 0.5 < outline.area / (row.length_m * row.width_m) < 1.01
        for zone in (*aoi.of_kind("berth"), *aoi.of_kind("anchorage")):
            assert outline.distance(reproject(zone.geometry, WGS84, aoi.epsg)) > 100.0


def test_fixed_objects_shine_in_both_sensors_and_are_not_in_the_plain_season(crowded, told, season, aois):
    aoi = next(a for a in aois if a.id == "rajin")
    fixtures = told["fixtures"].query("aoi_id == 'rajin'")
    for sensor, band in (("s2", "B08"), ("s1", "VV")):
        looks = [i for i in crowded.passes(aoi) if i.track.sensor == sensor]
        item = min(looks, key=lambda i: (crowded.cloud_share(i) if sensor == "s2" else 0.0, i.edge_lon or 0.0))
        acquisition = next(a for a in crowded.acquisitions(aoi) if a.id == item.id)
        with_them, without = crowded.render(acquisition, aoi), season.render(acquisition, aoi)
        for row in fixtures.itertuples():
            inside = with_them.grid.mask(row.geometry)
            here, sea = np.median(with_them.band(band)[inside]), np.median(without.band(band)[inside])
            assert here > 1.5 * sea, (sensor, row.fixture_id)


def test_the_plain_season_has_no_fixed_objects(truth):
    assert len(truth["fixtures"]) == 0
