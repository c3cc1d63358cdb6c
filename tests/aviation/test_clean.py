"""Cleaning: what is dropped is counted, what is doubtful is flagged, and nothing stops the run."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from monitor.aviation.airframes import JUMP, number_airframes
from monitor.aviation.calls.find import find_calls
from monitor.aviation.clean import clean
from monitor.core.tables.aviation import AIR_CALLS, AIR_POSITIONS, AIR_TRACKS
from tests.aviation.rendering import FIELDS, WATCH

START = pd.Timestamp("2024-09-20T00:00:00Z")


def flight(
    n: int = 120, *, lon0: float = 131.0, lat0: float = 43.0, every_s: float = 30.0, **changes: object
) -> pd.DataFrame:
    """An aircraft flying west at 230 m/s and 10,000 m."""
    t = np.arange(n) * every_s
    base = {
        "icao24": "15521f",
        "t": START + pd.to_timedelta(t, unit="s"),
        "lon": lon0 - t * 230.0 / (111320.0 * np.cos(np.radians(lat0))),
        "lat": lat0,
        "altitude_m": 10000.0,
        "altitude_kind": "barometric",
        "on_ground": False,
        "speed_kn": 447.0,
        "track_deg": 270.0,
        "climb_ms": 0.0,
        "is_stale": False,
        "new_leg": False,
        "registration": "RA-86559",
        "callsign": "",
        "position_type": "adsb_icao",
        "clock": "utc",
        "citation": "",
        "source_file": "a.json",
    }
    return AIR_POSITIONS.conform(pd.DataFrame({**base, **changes}))


def test_a_clean_flight_stays_as_it_is() -> None:
    tracks, report = clean(flight())
    assert len(tracks) == 120
    assert not report.dropped
    assert not report.flagged
    assert set(tracks["body"]) == {0}


def test_nothing_in_is_nothing_out() -> None:
    tracks, _ = clean(AIR_POSITIONS.empty(), watchlist=WATCH)
    pd.testing.assert_frame_equal(tracks, AIR_TRACKS.empty())
    pd.testing.assert_frame_equal(find_calls(tracks, FIELDS), AIR_CALLS.empty())


def test_the_argument_is_not_changed() -> None:
    table = flight()
    before = table.copy(deep=True)
    clean(table, watchlist=WATCH)
    pd.testing.assert_frame_equal(table, before)


def test_an_impossible_jump_costs_one_position() -> None:
    table = flight()
    table.loc[50, ["lon", "lat"]] = [20.0, 60.0]
    tracks, report = clean(table)
    assert report.dropped == {"jump": 1}
    assert len(tracks) == 119
    assert set(tracks["body"]) == {0}


def test_a_first_position_that_is_wrong_does_not_cost_the_flight() -> None:
    table = flight()
    table.loc[0, ["lon", "lat"]] = [20.0, 60.0]
    assert clean(table)[1].dropped == {"jump": 1}


def test_two_aircraft_on_one_address_become_two_bodies_and_are_flagged() -> None:
    other = flight(60, lon0=30.0, lat0=55.0)
    tracks, report = clean(pd.concat([flight(), other], ignore_index=True))
    assert tracks.groupby("body").size().to_dict() == {0: 120, 1: 60}
    assert (tracks.loc[tracks["body"] == 0, "lon"] > 100).all()
    assert report.flagged["address-shared"] == 180


def test_an_address_used_again_years_later_shows_by_its_tail() -> None:
    _, report = clean(flight(registration="RA-12345"), watchlist=WATCH)
    assert report.flagged["registration-differs"] == 120


def test_a_tail_without_address_finds_it_on_the_watch_list() -> None:
    tracks, _ = clean(flight(icao24="", registration="RA-86559"), watchlist=WATCH)
    assert set(tracks["icao24"]) == {"15521f"}


def test_others_are_left_out_by_the_watch_list() -> None:
    assert clean(flight(icao24="abcdef", registration=""), watchlist=WATCH)[0].empty


def test_a_frozen_position_at_flying_speed_is_dropped() -> None:
    table = flight()
    table.loc[60:70, ["lon", "lat"]] = table.loc[60, ["lon", "lat"]].to_numpy()
    assert clean(table)[1].dropped == {"frozen": 10}


def test_stale_positions_are_kept_and_counted() -> None:
    table = flight()
    table.loc[10:12, "is_stale"] = True
    tracks, report = clean(table)
    assert report.flagged == {"stale": 3}
    assert len(tracks) == 120


def test_a_ground_flag_at_speed_and_an_impossible_height_become_unknown() -> None:
    table = flight()
    table.loc[5, "on_ground"] = True
    table.loc[6, "altitude_m"] = 99999.0
    tracks, report = clean(table)
    assert report.flagged == {"impossible height": 1, "ground flag at speed": 1}
    assert tracks["on_ground"].isna().sum() == 1
    assert tracks["altitude_m"].isna().sum() == 1


def test_doubles_and_places_off_the_globe_are_counted() -> None:
    table = pd.concat([flight(), flight()], ignore_index=True)
    table.loc[0, "lat"], table.loc[1, ["lon", "lat"]] = 95.0, [0.0, 0.0]
    assert clean(table)[1].dropped == {"no place on the globe": 2, "double": 118}


@pytest.mark.parametrize("hours", [9.0, -5.5])
def test_a_file_whose_clock_runs_in_local_time_is_found_and_left_out(hours: float) -> None:
    late = flight(source_file="b.csv", clock="unstated")
    late["t"] += pd.Timedelta(hours=hours)
    tracks, report = clean(pd.concat([flight(), late], ignore_index=True))
    assert report.shifted == {("15521f", "b.csv"): hours}
    assert report.dropped == {"clock in local time": 120}
    assert set(tracks["source_file"]) == {"a.json"}


def test_two_files_that_agree_are_not_shifted() -> None:
    again = flight(source_file="b.csv", clock="unstated")
    again["t"] += pd.Timedelta(seconds=7)
    again["lon"] -= 7 * 230.0 / 81000.0
    _, report = clean(pd.concat([flight(), again], ignore_index=True))
    assert not report.shifted
    assert report.flagged["clock-unstated"] == 120


def test_bodies_do_not_depend_on_where_the_wrong_positions_lie() -> None:
    t = np.arange(60.0) * 30
    lon, lat = 131.0 - t * 0.0028, np.full(60, 43.0)
    wrong = [0, 10, 11, 30, 59]
    lon[wrong] = [10.0, 90.0, -40.0, 60.0, 120.0]
    found = number_airframes(t, lon, lat)
    assert (found[wrong] == JUMP).all()
    assert (np.delete(found, wrong) == 0).all()


def test_of_two_aircraft_on_one_address_the_one_that_stayed_where_it_was_is_followed() -> None:
    """A short hop in the far east beats a long flight in the west that nobody heard it cross a continent for."""
    home = flight(n=60)
    east = pd.concat([home.assign(t=home["t"] + pd.Timedelta(hours=h)) for h in (0, 24, 48)], ignore_index=True)
    short = east.iloc[60:80]
    west = flight(n=60).assign(lon=lambda t: t["lon"] - 95.0, t=lambda t: t["t"] + pd.Timedelta(hours=24))
    table = pd.concat([east.iloc[:60], short, east.iloc[120:], west], ignore_index=True)
    tracks, _ = clean(table)
    assert set(tracks.loc[tracks["lon"] > 90, "body"]) == {0}
    assert set(tracks.loc[tracks["lon"] < 90, "body"]) == {1}
