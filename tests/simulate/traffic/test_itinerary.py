"""Where a ship is at any instant."""

from __future__ import annotations

import numpy as np
import pytest

from monitor.core.geo.geodesy import distance_m
from monitor.simulate.traffic.itinerary import HARBOUR_KN, Voyager
from monitor.simulate.traffic.routes import afloat

A, B = (130.5, 42.0), (131.0, 42.0)
HOUR = 3600.0


@pytest.fixture
def itinerary():
    voyager = Voyager(0.0).stay(afloat("rajin", A), 2.0, heading_deg=370.0).sail([A, B], 10.0)
    return voyager.stay(afloat("dunai", B), 3.0).done()


def test_a_ship_at_rest_keeps_its_place_and_its_bow(itinerary) -> None:
    rest = itinerary.at([0.0, HOUR])
    assert rest.lon.tolist() == [A[0]] * 2
    assert rest.sog_kn.tolist() == [0.0] * 2
    assert rest.heading_deg.tolist() == [10.0] * 2
    assert rest.stay.tolist() == [0, 0]


def test_a_leg_is_sailed_at_its_speed_and_slowly_near_its_ends(itinerary) -> None:
    middle = (itinerary.stays[0].end_s + itinerary.stays[1].start_s) / 2
    way = itinerary.at([itinerary.stays[0].end_s + 60.0, middle])
    assert way.sog_kn[0] == pytest.approx(HARBOUR_KN, rel=0.01)
    assert way.sog_kn[1] == pytest.approx(10.0, rel=0.01)
    assert way.stay.tolist() == [-1, -1]
    assert way.cog_deg[1] == pytest.approx(90.0, abs=0.5)


def test_a_ship_never_jumps(itinerary) -> None:
    t = np.arange(0.0, itinerary.t_s[-1], 60.0)
    way = itinerary.at(t)
    metres = distance_m(way.lon[:-1], way.lat[:-1], way.lon[1:], way.lat[1:])
    assert metres.max() <= 10.0 * 1852.0 / 60.0 * 1.01


def test_nothing_is_there_before_the_first_stay_and_after_the_last(itinerary) -> None:
    assert itinerary.at([-1.0, 0.0, itinerary.t_s[-1]]).present.tolist() == [False, True, False]
