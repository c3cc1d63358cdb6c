"""What stations and satellites receive of a ship."""

from __future__ import annotations

import numpy as np
import pytest

from monitor.core.geo.geodesy import METRES_PER_NAUTICAL_MILE, distance_m
from monitor.core.timerange import TimeRange
from monitor.simulate.scenarios import STATIONS
from monitor.simulate.traffic.fleet import Ship, World
from monitor.simulate.traffic.itinerary import Voyager
from monitor.simulate.traffic.reception import broadcast_vessels, received_positions
from monitor.simulate.traffic.routes import afloat

PERIOD = TimeRange.parse("2023-09-01/2023-09-04")
NEAR = (130.70, 42.30)


def world(lonlat=NEAR, *, ais_class="A", **other):
    start = PERIOD.start.timestamp()
    stay = Voyager(start - 3600.0).stay(afloat("rajin", lonlat), 80.0).done()
    ship = Ship(
        mmsi=444000001,
        name="SIM",
        kind="bulk",
        role="liner",
        length_m=120.0,
        width_m=18.0,
        ais_class=ais_class,
        ship_type=70,
        itinerary=stay,
        **other,
    )
    return World((ship,), (), ())


def test_a_ship_near_a_station_is_received_by_land_and_far_out_by_satellite_alone() -> None:
    near = received_positions(7, world(), PERIOD, STATIONS)
    far = received_positions(7, world((134.5, 40.5)), PERIOD, STATIONS)
    assert (near["receiver"] == "terrestrial").mean() > 0.9
    assert set(far["receiver"]) == {"satellite"}
    assert 0 < len(far) < len(near)


def test_positions_lie_where_the_ship_is() -> None:
    table = received_positions(7, world(), PERIOD, STATIONS)
    metres = distance_m(table["lon"].to_numpy(), table["lat"].to_numpy(), *NEAR)
    assert np.median(metres) < 15.0
    assert metres.max() < 60.0


def test_nothing_is_received_while_the_transponder_or_the_feed_is_off() -> None:
    start = PERIOD.start.timestamp()
    quiet = world(silent=((start, start + 86_400.0),))
    assert (received_positions(7, quiet, PERIOD, STATIONS)["t"] >= "2023-09-02").all()
    down = World(quiet.ships, (), (("*", start, start + 2 * 86_400.0),))
    assert (received_positions(7, down, PERIOD, STATIONS)["t"] >= "2023-09-03").all()


def test_a_ship_without_a_transponder_is_in_no_table() -> None:
    assert received_positions(7, world(ais_class=""), PERIOD, STATIONS).empty
    assert broadcast_vessels(world(ais_class="")).empty


@pytest.mark.parametrize("station", STATIONS)
def test_a_station_reaches_some_thirty_miles(station) -> None:
    lon, lat = STATIONS[station]
    only = {station: (lon, lat)}
    for miles, least, most in ((5.0, 0.8, 1.0), (60.0, 0.0, 0.02)):
        place = (lon, lat - miles * METRES_PER_NAUTICAL_MILE / 111_320.0)
        table = received_positions(7, world(place), PERIOD, only)
        received = (table["receiver"] == "terrestrial").sum()
        assert least <= received / (3 * 96) <= most + 0.1
