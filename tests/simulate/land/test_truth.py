"""The truth of the made-up places agrees with itself and with what happens there."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from monitor.core.geo.geodesy import WGS84, reproject
from monitor.core.geo.grid import Grid
from monitor.core.timerange import TimeRange
from monitor.simulate import Season
from monitor.simulate.land.layout import EPSG
from monitor.simulate.land.places import places
from monitor.simulate.land.truth import land_tables
from monitor.simulate.truth import truth_tables
from monitor.sources.simulated.files import read_truth_tables, write_season

LAND = {"land_states", "land_changes", "land_nuisances", "trains", "chain_links", "zones"}


def _clear(season):
    """The overpasses of a season as if no cloud had been there."""
    shape = {aoi.id: Grid.covering(aoi.geometry, epsg=aoi.epsg).shape for aoi in season.aois}
    return [(aoi, item, np.ones(shape[aoi.id], dtype=bool)) for aoi in season.aois for item in season.passes(aoi)]


def test_every_observation_has_every_rail_and_storage_zone(expanding, land_truth, sites):
    states = land_truth["land_states"]
    for aoi in sites.values():
        zones = [zone for zone in aoi.zones if zone.kind in ("rail", "open_storage")]
        assert len(states[states["aoi_id"] == aoi.id]) == len(expanding.acquisitions(aoi)) * len(zones)
    assert states["share"].between(0.0, 1.0).all()
    spread = states.groupby("zone_id")["share"].agg(lambda share: share.max() - share.min())
    assert (spread > 0.2).mean() > 0.7


def test_shares_of_rail_zones_are_those_of_the_trains_on_them(land_truth, sites):
    trains, states = land_truth["trains"], land_truth["land_states"].query("kind == 'rail'")
    for row in states.iloc[::7].itertuples():
        there = trains[(trains["zone_id"] == row.zone_id) & (trains["came_at"] <= row.acquired_at)]
        there = there[there["left_at"] > row.acquired_at]
        tracks = reproject(sites[row.aoi_id].zone(row.zone_id).geometry, WGS84, EPSG)
        assert row.share == pytest.approx(there["length_m"].sum() / tracks.length, abs=1e-4)
        assert row.wagons == there["wagons"].sum()


def test_trains_on_one_track_never_stand_on_each_other(land_truth):
    for _, mine in land_truth["trains"].groupby(["zone_id", "track"]):
        rows = list(mine.itertuples())
        for n, one in enumerate(rows):
            for other in rows[n + 1 :]:
                apart = one.came_at >= other.left_at or other.came_at >= one.left_at
                clear = one.from_m >= other.from_m + other.length_m or other.from_m >= one.from_m + one.length_m
                assert apart or clear


def test_changes_lie_in_their_sites_begin_after_a_past_and_have_their_area(land_truth, expanding, sites):
    changes = land_truth["land_changes"]
    assert {"bare ground", "burnt", "cleared"} <= set(changes["kind"])
    assert changes["area_m2"].between(2_000, 31_000).all()
    quarter = expanding.period.start + 0.25 * expanding.period.duration
    assert (changes["began_at"] > quarter).all()
    for row in changes.itertuples():
        site = sites[row.aoi_id].zone(row.zone_id).geometry
        assert site.buffer(1e-6).contains(row.geometry)
        assert reproject(row.geometry, WGS84, EPSG).area == pytest.approx(row.area_m2, rel=1e-3)
    for row in changes[changes["upon"] != ""].itertuples():
        ground = changes[changes["change_id"] == row.upon].iloc[0]
        assert ground["began_at"] < row.began_at
        assert ground.geometry.buffer(1e-6).contains(row.geometry)


def test_the_quiet_season_has_harvests_trains_and_goods_and_no_change(quiet):
    truth = land_tables(quiet.seed, quiet.world, quiet.aois, quiet.period, _clear(quiet))
    assert len(truth["land_changes"]) == 0
    assert len(truth["chain_links"]) == 0
    assert (truth["land_nuisances"]["kind"] == "harvest").sum() > 10
    assert len(truth["trains"]) > 100
    assert truth["land_states"].query("kind == 'open_storage'")["share"].max() > 0.3


def test_what_a_shipment_does_comes_after_its_departure_and_its_trains_are_there(land_truth, expanding):
    links = land_truth["chain_links"]
    arrived = links[links["to_aoi"] != ""]
    assert len(arrived) > 10
    assert arrived["travel_days"].between(0.4, 25.0).all()
    assert np.allclose((arrived["came_at"] - arrived["left_at"]) / pd.Timedelta(days=1), arrived["travel_days"])
    trains = land_truth["trains"]
    within = arrived["came_at"].between(expanding.period.start, expanding.period.end)
    known = set(zip(trains["zone_id"], trains["came_at"], trains["cargo"], strict=True))
    came = arrived[(arrived["to_kind"] == "train came") & within]
    assert len(came) > 10
    for row in came.itertuples():
        assert (row.to_zone, row.came_at, row.cargo) in known


def test_tankers_lie_in_oil_berths_and_float(land_truth, sites):
    aoi = sites["sim_terminal"]
    moored = land_truth["vessels"].query("situation == 'berthed'")
    assert len(moored) > 3
    water = reproject(aoi.water, WGS84, EPSG)
    for row in moored.itertuples():
        hull, strip = (reproject(g, WGS84, EPSG) for g in (row.geometry, aoi.zone(row.berth_id).geometry))
        assert hull.intersection(strip).area > 0.9 * hull.area
        assert hull.intersection(water).area > 0.95 * hull.area
    stays = land_truth["visits"].query("aoi_id == 'sim_terminal'").sort_values("arrived_at")
    assert len(stays) > 8
    for _, mine in stays.groupby("berth_id"):
        assert (mine["arrived_at"].to_numpy()[1:] > mine["departed_at"].to_numpy()[:-1]).all()


def test_a_written_season_holds_its_places_and_reads_back(tmp_path, sites):
    season = Season.make(aois=places(), seed=3, period=TimeRange.parse("2023-06-01/2023-06-06"), scenario="depot")
    made = write_season(season, tmp_path / "season")
    assert made.scenes == 3
    assert set(made.truth) >= LAND
    assert {path.stem for path in (tmp_path / "season/aoi").glob("*.geojson")} == set(sites) == set(made.places)
    assert "sim_depot" in made.text()
    truth = read_truth_tables(tmp_path / "season")
    assert truth["land_changes"].crs.to_epsg() == WGS84
    assert len(truth["land_states"]) == 9


def test_seasons_of_ports_have_no_such_tables(sites):
    season = Season.make(aois=(), seed=3, period=TimeRange.parse("2023-06-01/2023-06-06"))
    assert LAND.isdisjoint(truth_tables(season))
