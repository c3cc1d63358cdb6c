"""One flight: where it is, and which stations receive it."""

from __future__ import annotations

import numpy as np
import pytest

from monitor.core.geo.geodesy import distance_m
from monitor.simulate.aviation.anomalies import double_flights, spoofed, strayed
from monitor.simulate.aviation.flight import Receiver, fly, received_by
from monitor.sources.aviation.lists import read_airfields
from tests.simulate.aviation.test_season import made

FROM, TO = (132.15, 43.40, 14.0), (125.67, 39.22, 36.0)
CRUISE_M = 9100.0


@pytest.fixture(scope="module")
def path():
    return fly([FROM, TO], start_s=0.0, cruise_m=CRUISE_M, runway_deg=(70.0, 10.0))


def test_a_flight_begins_and_ends_on_the_ground_at_its_fields(path) -> None:
    for row, field in ((0, FROM), (-1, TO)):
        assert path.on_ground[row]
        assert distance_m(path.lon[row], path.lat[row], field[0], field[1]) < 3000.0
    assert not path.on_ground[len(path.t_s) // 2]
    assert path.altitude_m.max() == pytest.approx(CRUISE_M)


def test_it_never_flies_faster_than_an_airliner(path) -> None:
    metres = distance_m(path.lon[:-1], path.lat[:-1], path.lon[1:], path.lat[1:])
    assert (metres / np.diff(path.t_s)).max() < 260.0
    assert (np.diff(path.t_s) > 0).all()


def test_a_station_receives_it_high_up_and_not_low_far_away(path) -> None:
    station = Receiver(130.5, 42.3)
    received = received_by(path, [station])
    metres = distance_m(path.lon, path.lat, station.lon, station.lat)
    assert received[(metres < 100_000.0) & (path.altitude_m > 5000.0)].all()
    assert not received[metres > station.range_m].any()
    assert not received[(metres > 100_000.0) & (path.altitude_m < 100.0)].any()


def test_a_station_that_is_down_receives_nothing(path) -> None:
    down = Receiver(130.5, 42.3, outages=((-1e9, 1e9),))
    assert not received_by(path, [down]).any()
    assert not received_by(path, []).any()


def test_anomalies_change_what_they_name_and_nothing_else() -> None:
    season, fields = made(), read_airfields().set_index("airfield_id")
    rows = season.positions[season.positions["icao24"] == season.watchlist["icao24"].iloc[2]].reset_index(drop=True)
    moved = strayed(rows, np.random.default_rng(1))
    assert 0 < (moved["lon"] != rows["lon"]).sum() <= 10
    assert moved.drop(columns=["lon", "lat"]).equals(rows.drop(columns=["lon", "lat"]))
    more, span = spoofed(rows, fields, np.random.default_rng(1))
    if span is None:
        assert len(more) == len(rows)
    else:
        assert len(more) > len(rows)
        assert span[0] < span[1]
    assert double_flights([], fields, np.random.default_rng(1)) == []
