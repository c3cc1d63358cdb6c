"""What makes a season hard, and the truth that says so."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from scipy import ndimage

from monitor.core.geo.geodesy import WGS84, distance_m, reproject
from monitor.core.timerange import TimeRange
from monitor.simulate import Season
from monitor.simulate.truth import truth_tables

PERIOD = TimeRange.parse("2023-08-27/2023-09-12")


@pytest.fixture(scope="module")
def crowded(aois):
    return Season.make(aois=aois, scenario="crowded", period=PERIOD, sensors=("s2", "s1"))


@pytest.fixture(scope="module")
def known(crowded):
    return truth_tables(crowded)


def test_fixed_objects_of_every_kind_lie_in_the_water_of_both_ports(known, aois):
    fixtures = known["fixtures"]
    assert set(fixtures["kind"]) == {"islet", "breakwater end", "floating dock"}
    assert set(fixtures["aoi_id"]) == {"rajin", "dunai"}
    for row in fixtures.itertuples():
        aoi = next(a for a in aois if a.id == row.aoi_id)
        assert aoi.water.contains(row.geometry)
        outline = reproject(row.geometry, WGS84, aoi.epsg)
        assert 0.5 < outline.area / (row.length_m * row.width_m) < 1.01
        for zone in (*aoi.of_kind("berth"), *aoi.of_kind("anchorage")):
            assert outline.distance(reproject(zone.geometry, WGS84, aoi.epsg)) > 100.0


def test_fixed_objects_shine_in_both_sensors_and_are_not_in_the_plain_season(crowded, known, season, aois):
    aoi = next(a for a in aois if a.id == "rajin")
    fixtures = known["fixtures"].query("aoi_id == 'rajin'")
    for sensor, band in (("s2", "B08"), ("s1", "VV")):
        observations = [i for i in crowded.passes(aoi) if i.track.sensor == sensor]
        item = min(observations, key=lambda i: (crowded.cloud_share(i) if sensor == "s2" else 0.0, i.edge_lon or 0.0))
        acquisition = next(a for a in crowded.acquisitions(aoi) if a.id == item.id)
        with_them, without = crowded.render(acquisition, aoi), season.render(acquisition, aoi)
        for row in fixtures.itertuples():
            inside = with_them.grid.mask(row.geometry)
            here, sea = np.median(with_them.band(band)[inside]), np.median(without.band(band)[inside])
            assert here > 1.5 * sea, (sensor, row.fixture_id)


def test_the_plain_season_has_no_fixed_objects(truth):
    assert len(truth["fixtures"]) == 0


def test_ships_lie_abreast_two_and_three_at_a_berth_without_touching(known, aois):
    raft = known["vessels"].query("role == 'rafted' and situation == 'berthed'")
    counts = raft.groupby(["scene_id", "berth_id"]).size()
    assert counts.max() == 3
    assert (counts >= 2).sum() >= 3
    for (scene, berth), ships in raft.groupby(["scene_id", "berth_id"]):
        aoi = next(a for a in aois if a.id == ships["aoi_id"].iloc[0])
        hulls = sorted((reproject(g, WGS84, aoi.epsg) for g in ships.geometry), key=lambda h: -h.area)
        water = reproject(aoi.water, WGS84, aoi.epsg)
        for inner, outer in pairwise(hulls):
            assert 0.5 < inner.distance(outer) < 4.0, (scene, berth)
        assert all(hull.intersection(water).area > 0.9 * hull.area for hull in hulls)
        row = known["berths"].query("scene_id == @scene and berth_id == @berth").iloc[0]
        assert set(ships["mmsi"]) <= {int(m) for m in row["mmsis"].split()}


def test_the_outermost_of_three_is_silent_and_counts_as_dark(known):
    outer = known["vessels"].query("name == 'SIM ABREAST 3'")
    assert not outer["on_ais"].any()
    assert not outer["heard"].any()
    assert known["visits"].query("role == 'rafted' and dark")["mmsi"].nunique() == 1


def test_two_ships_send_one_number_from_two_ports_at_the_same_time(crowded, known):
    sharer = next(s for s in crowded.world.ships if s.role == "number sharer")
    true = next(s for s in crowded.world.ships if s.mmsi == sharer.sent_mmsi)
    positions = crowded.positions().query("mmsi == @true.mmsi")
    assert (crowded.positions()["mmsi"] != sharer.mmsi).all()
    seconds = positions["t"].astype("int64").to_numpy() / 1e6
    away = [
        distance_m(positions["lon"], positions["lat"], way.lon, way.lat)
        for way in (s.itinerary.at(seconds) for s in (true, sharer))
    ]
    assert ((away[0] < 100.0) | (away[1] < 100.0)).all()
    hours = [set(positions["t"][d < 100.0].dt.floor("h")) for d in away]
    assert len(hours[0] & hours[1]) > 24
    rows = known["vessels"].query("mmsi == @sharer.mmsi")
    assert len(rows) > 0
    assert set(rows["sent_mmsi"]) == {true.mmsi}


def test_nobody_shares_a_number_in_the_plain_season(truth):
    vessels = truth["vessels"]
    assert (vessels["sent_mmsi"].isin([0]) | (vessels["sent_mmsi"] == vessels["mmsi"])).all()


@pytest.fixture(scope="module")
def untidy(aois):
    return Season.make(aois=aois, scenario="untidy", period=PERIOD, sensors=("s2", "s1"))


def test_a_third_of_the_scenes_lie_off_the_map_and_none_by_more_than_a_pixel_and_a_half(aois, truth):
    season = Season.make(aois=aois, scenario="untidy", sensors=("s2", "s1"))
    shifts = np.array([season.shift_px(item) for aoi in aois for item in season.passes(aoi)])
    off = np.hypot(*shifts.T)
    assert 0.2 < (off > 0).mean() < 0.5
    assert 1.2 < off.max() <= 1.51
    assert (truth["registration"][["shift_rows_px", "shift_cols_px"]] == 0.0).all(axis=None)


def test_the_pixels_lie_off_by_what_the_truth_says(untidy, season, aois):
    aoi = next(a for a in aois if a.id == "rajin")
    known = {row.scene_id: row for row in truth_tables(untidy)["registration"].itertuples()}
    acquisitions = {a.id: a for a in untidy.acquisitions(aoi)}
    shifted = [i for i in untidy.passes(aoi) if untidy.shift_px(i) != (0.0, 0.0)]
    assert shifted
    for item in shifted[:3]:
        moved, plain = (
            s.render(acquisitions[item.id], aoi).band(b).astype(float)
            for s, b in ((x, "B08" if item.track.sensor == "s2" else "VV") for x in (untidy, season))
        )
        inner = (slice(20, -20), slice(120, -20))
        row = known[item.id]
        back = ndimage.shift(plain, (row.shift_rows_px, row.shift_cols_px), order=1, mode="nearest")
        assert np.abs(back - moved)[inner].mean() < 0.2 * np.abs(plain - moved)[inner].mean()
    same = next(i for i in untidy.passes(aoi) if untidy.shift_px(i) == (0.0, 0.0))
    pair = [s.render(acquisitions[same.id], aoi).data for s in (untidy, season)]
    assert np.array_equal(*pair)


def test_a_part_of_the_ais_arrives_late_and_nothing_is_lost_or_doubled(untidy):
    late, prompt, whole = untidy.late_positions(), untidy.prompt_positions(), untidy.positions()
    assert sum(len(part) for part in late) + len(prompt) == len(whole)
    assert 0.02 < sum(len(part) for part in late) / len(whole) < 0.3
    for known, part in zip(truth_tables(untidy)["deliveries"].itertuples(), late, strict=True):
        assert known.positions == len(part) > 0
        assert part["t"].between(known.start, known.end).all()
        assert known.arrives_at > known.end
        mine = prompt[prompt["t"].between(known.start, known.end)]
        assert len(mine) > 0
        assert not set(mine["mmsi"]) & {int(m) for m in known.mmsis.split()}


def test_nothing_arrives_late_in_the_plain_season(season, truth):
    assert len(truth["deliveries"]) == 0
    pd.testing.assert_frame_equal(season.prompt_positions(), season.positions())
