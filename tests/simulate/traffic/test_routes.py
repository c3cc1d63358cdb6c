"""Ways by water."""

from __future__ import annotations

import numpy as np
import pytest
import shapely

from monitor.ais.sea.routes import shipped_coast
from monitor.core.errors import DataError
from monitor.core.geo.geodesy import WGS84, reproject
from monitor.simulate.traffic.routes import anchorage, berth, way_out


def test_a_ship_never_crosses_land(season, aois) -> None:
    """Every half hour: at sea on the shipped coast, in a port on its own finer outline, to 60 m (a berth's width)."""
    coast = shipped_coast()
    near_ports = shapely.union_all([aoi.geometry.buffer(0.02) for aoi in aois])
    t = np.arange(season.period.start.timestamp(), season.period.end.timestamp(), 1800.0)
    shapely.prepare(coast.land)
    for ship in season.world.ships:
        way = ship.itinerary.at(t)
        dry = shapely.contains_xy(coast.land, way.lon, way.lat) & ~shapely.contains_xy(near_ports, way.lon, way.lat)
        assert not dry.any(), ship.name
        for aoi in aois:
            inside = way.present & shapely.contains_xy(aoi.geometry, way.lon, way.lat)
            water = aoi.water.buffer(60.0 / 111_000.0)
            assert shapely.contains_xy(water, way.lon[inside], way.lat[inside]).all(), (ship.name, aoi.id)


def test_a_hull_at_a_berth_lies_inside_the_strip_and_leaves_to_the_water(aois) -> None:
    aoi = next(a for a in aois if a.id == "rajin")
    water = reproject(aoi.water, WGS84, aoi.epsg)
    for zone in aoi.of_kind("berth"):
        place = berth(aois, "rajin", zone.id, width_m=16.0)
        assert zone.geometry.buffer(1e-4).contains(shapely.Point(place.lon, place.lat))
        line = reproject(shapely.LineString(way_out(aois, place)[1:]), WGS84, aoi.epsg)
        assert line.difference(water).length < 60.0, zone.id


@pytest.mark.parametrize("corner", [(0.0, 0.0), (1.0, 1.0), (0.5, 0.5)])
def test_an_anchored_ship_lies_in_the_anchorage(aois, corner) -> None:
    zone = next(a for a in aois if a.id == "rajin").zone("rajin_anch_inner")
    place = anchorage(aois, "rajin", zone.id, u=corner[0], v=corner[1])
    assert zone.geometry.contains(shapely.Point(place.lon, place.lat))


def test_a_port_that_is_not_there_has_a_fixed_place(aois) -> None:
    place = berth((), "rajin", "rajin_b1_ne", width_m=16.0)
    assert (place.port, place.zone_id) == ("rajin", "rajin_b1_ne")
    with pytest.raises(DataError, match="rajin_b99"):
        berth(aois, "rajin", "rajin_b99", width_m=16.0)
