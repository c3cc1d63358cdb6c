"""Truth agrees with itself, with the pixels and with the AIS."""

from __future__ import annotations

import numpy as np
import pandas as pd

from monitor.core.geo.geodesy import WGS84, reproject
from monitor.simulate.truth import truth_tables


def test_every_observation_has_every_berth_and_yard(season, truth, aois):
    for name, kind in (("berths", "berth"), ("stacks", "yard")):
        for aoi in aois:
            mine = truth[name][truth[name]["aoi_id"] == aoi.id]
            assert len(mine) == len(season.acquisitions(aoi)) * len(aoi.of_kind(kind))


def test_an_occupied_berth_names_ships_that_lie_in_it(truth):
    occupied = truth["berths"][truth["berths"]["occupied"]]
    assert len(occupied) > 0
    vessels = truth["vessels"]
    for row in occupied.itertuples():
        for mmsi in row.mmsis.split():
            lies = vessels[(vessels["scene_id"] == row.scene_id) & (vessels["mmsi"] == int(mmsi))]
            assert list(lies["berth_id"]) == [row.berth_id]


def test_berthed_hulls_float_in_their_berths_and_touch_no_quay(truth, aois):
    moored = truth["vessels"].query("situation == 'berthed' and length_m >= 45")
    assert len(moored) > 5
    for row in moored.itertuples():
        aoi = next(a for a in aois if a.id == row.aoi_id)
        hull = reproject(row.geometry, WGS84, aoi.epsg)
        strip = reproject(aoi.zone(row.berth_id).geometry, WGS84, aoi.epsg)
        assert hull.intersection(strip).area > 0.45 * hull.area
        assert hull.intersection(reproject(aoi.water, WGS84, aoi.epsg)).area > 0.9 * hull.area


def test_visits_hold_the_observations_at_their_ships(truth):
    visits, vessels = truth["visits"], truth["vessels"]
    assert (visits["arrived_at"] < visits["departed_at"]).all()
    for row in visits[visits["observations"] > 0].itertuples():
        seen = vessels[(vessels["mmsi"] == row.mmsi) & vessels["acquired_at"].between(row.arrived_at, row.departed_at)]
        assert set(seen["berth_id"]) == {row.berth_id}


def test_shuttle_visits_are_dark_and_liners_are_not(truth):
    visits = truth["visits"]
    assert visits.loc[visits["role"] == "shuttle", "dark"].all()
    assert not visits.loc[visits["role"] == "liner", "dark"].any()


def test_voyages_take_as_long_as_a_ship_needs(truth):
    legs = truth["voyages"]
    assert len(legs) > 2
    hours = (legs["arrived_at"] - legs["departed_at"]) / pd.Timedelta(hours=1)
    assert hours.between(9.0, 40.0).all()
    assert (legs["from_port"] != legs["to_port"]).all()


def test_what_is_silent_is_not_heard(truth):
    vessels = truth["vessels"]
    assert not vessels.loc[(vessels["role"] == "laid up"), "heard"].any()
    assert not vessels.loc[(vessels["role"] == "shuttle"), "heard"].any()


def test_a_hull_changes_the_pixels_where_truth_says_it_lies(season, truth, aois):
    aoi = next(a for a in aois if a.id == "rajin")
    moored = truth["vessels"].query(
        "aoi_id == 'rajin' and sensor == 's2' and visible and situation != 'open' and length_m > 90"
    )
    assert len(moored) > 0
    scenes = {a.id: a for a in season.acquisitions(aoi)}
    for row in moored.itertuples():
        raster = season.render(scenes[row.scene_id], aoi)
        inside = raster.grid.mask(row.geometry)
        water = raster.grid.mask(aoi.water) & ~raster.grid.mask(row.geometry.buffer(0.0008)) & raster.valid
        near_infrared = raster.band("B08")
        assert np.median(near_infrared[inside]) > 2.0 * np.median(near_infrared[water])


def test_stacks_stand_where_their_yards_are(truth, aois):
    standing = truth["stacks"][truth["stacks"]["area_m2"] > 0]
    assert len(standing) > 0
    for row in standing.itertuples():
        yard = next(a for a in aois if a.id == row.aoi_id).zone(row.yard_id).geometry
        assert yard.buffer(1e-5).contains(row.geometry)


def test_tables_come_out_the_same_twice(season, truth):
    again = truth_tables(season)
    for name, table in truth.items():
        pd.testing.assert_frame_equal(pd.DataFrame(table), pd.DataFrame(again[name]))
