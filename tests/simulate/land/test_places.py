"""The made-up places are AOIs as a user would draw them."""

from __future__ import annotations

import json

import pytest
from shapely.geometry import MultiLineString

from monitor.core.aoi import Aoi, read_aoi
from monitor.core.geo.geodesy import WGS84, reproject
from monitor.core.timerange import TimeRange
from monitor.simulate import SCENARIOS, Season
from monitor.simulate.land.layout import EPSG
from monitor.simulate.land.places import documents, places


def test_files_of_them_read_back_as_the_same_places(tmp_path):
    for name, document in documents().items():
        path = tmp_path / f"{name}.geojson"
        path.write_text(json.dumps(document), encoding="utf-8")
        assert read_aoi(path) in places()


def test_every_place_and_zone_is_marked_simulated(sites):
    for aoi in sites.values():
        assert "SIMULATED" in aoi.name
        assert all(zone.source == "SIMULATED" for zone in aoi.zones)


def test_the_depot_has_tracks_stores_and_no_water(sites):
    depot = sites["sim_depot"]
    assert depot.water is None
    assert not depot.has_berths
    assert len(depot.of_kind("storage")) == 15
    assert {zone.geometry.geom_type for zone in depot.of_kind("rail")} == {"LineString", "MultiLineString"}


def test_zones_lie_in_their_places_and_tracks_of_a_yard_five_metres_apart(sites):
    for aoi in sites.values():
        for zone in aoi.zones:
            assert aoi.geometry.buffer(1e-6).contains(zone.geometry), zone.id
    lines = reproject(sites["sim_railyard"].zone("sim_railyard_rail_a").geometry, WGS84, EPSG)
    assert isinstance(lines, MultiLineString)
    first, second = list(lines.geoms)[:2]
    assert first.distance(second) == pytest.approx(5.0, abs=0.01)


@pytest.mark.parametrize("scenario", [name for name, chosen in SCENARIOS.items() if not chosen.land])
def test_no_satellite_passes_them_in_seasons_of_ports(scenario: str, sites: dict[str, Aoi]):
    period = TimeRange.parse("2023-08-14/2023-09-14")
    season = Season.make(aois=tuple(sites.values()), scenario=scenario, period=period)
    assert all(season.acquisitions(aoi) == [] for aoi in sites.values())
