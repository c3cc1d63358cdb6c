from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from monitor.ais import track_at
from monitor.core.errors import DataError
from monitor.core.geo.geodesy import destination, distance_m
from monitor.core.tables import TRACK_POINTS
from tests.ais.conftest import at, fixes


def test_a_steady_ship_is_found_on_its_line() -> None:
    track = fixes(440000001, [0, 1], east_kn=10.0)
    point = track_at(track, at(0.25)).iloc[0]
    assert point["method"] == "interpolated"
    assert point["lon"] == pytest.approx(track["lon"][0] + 0.25 * (track["lon"][1] - track["lon"][0]), abs=1e-4)
    assert point["lat"] == pytest.approx(42.0, abs=1e-6)
    assert (point["before_s"], point["after_s"]) == (900.0, 2700.0)
    assert point["sog_kn"] == pytest.approx(10.0)


def test_at_a_fix_the_place_is_the_fix() -> None:
    track = fixes(440000001, [0, 1, 2], east_kn=10.0)
    points = track_at(track, [at(0), at(1), at(2)])
    assert np.allclose(points["lon"], track["lon"])
    assert points["r50_m"].max() < 10.0


def test_beyond_the_last_fix_it_is_dead_reckoned() -> None:
    track = fixes(440000001, [0, 1], east_kn=12.0)
    point = track_at(track, at(1.5)).iloc[0]
    lon, lat = destination(track["lon"][1], 42.0, 90.0, 0.5 * 12 * 1852.0)
    assert point["method"] == "dead reckoned"
    assert float(distance_m(point["lon"], point["lat"], lon, lat)) < 30.0
    assert np.isnan(point["after_s"])


def test_the_noise_of_a_ship_at_rest_does_not_carry_it_away() -> None:
    track = fixes(440000001, [0, 1], east_kn=0.0).assign(sog_kn=0.4, cog_deg=90.0)
    point = track_at(track, at(4)).iloc[0]
    assert float(distance_m(point["lon"], point["lat"], track["lon"][1], track["lat"][1])) < 0.1


def test_before_the_first_fix_it_is_reckoned_backwards() -> None:
    track = fixes(440000001, [1, 2], east_kn=12.0)
    point = track_at(track, at(0.5)).iloc[0]
    assert point["lon"] < track["lon"][0]
    assert np.isnan(point["before_s"])


def test_doubt_grows_with_the_time_to_the_nearest_fix() -> None:
    track = fixes(440000001, [0, 6], east_kn=12.0)
    inside = track_at(track, [at(h) for h in (0.02, 0.2, 1, 3)])
    outside = track_at(track, [at(6 + h) for h in (0.02, 0.2, 1, 3)])
    for points in (inside, outside):
        assert (np.diff(points["r90_m"]) > 0).all()
        assert (points["r50_m"] < points["r90_m"]).all()


def test_the_antimeridian_is_no_border() -> None:
    track = fixes(440000001, [0, 1], lon=179.9, east_kn=10.0)
    track["lon"] = (track["lon"] + 180.0) % 360.0 - 180.0
    assert track["lon"][1] < 0
    point = track_at(track, at(0.5)).iloc[0]
    ends = [float(distance_m(point["lon"], point["lat"], lon, 42.0)) for lon in track["lon"]]
    assert ends[0] == pytest.approx(ends[1], rel=0.01)
    assert ends[0] < 10_000


def test_two_ships_under_one_mmsi_are_not_joined_by_a_line() -> None:
    here = fixes(440000001, [0, 0.2, 0.4, 0.6], lon=130.0)
    there = fixes(440000001, [0.1, 0.3, 0.5, 0.7], lon=140.0)
    point = track_at(pd.concat([here, there]), at(0.35)).iloc[0]
    assert min(abs(point["lon"] - 130.0), abs(point["lon"] - 140.0)) < 0.01
    assert point["method"] == "dead reckoned"


def test_fixes_too_far_in_time_are_not_used() -> None:
    track = fixes(440000001, [0])
    assert_frame_equal(track_at(track, at(13)), TRACK_POINTS.empty())
    assert len(track_at(track, at(13), within=timedelta(hours=14))) == 1


def test_one_row_a_vessel_and_instant_in_order() -> None:
    both = pd.concat([fixes(440000002, [0, 1]), fixes(440000001, [0, 1])])
    points = track_at(both, [at(0.5), at(0.25)])
    assert points[["mmsi", "t"]].to_numpy().tolist() == [
        [m, pd.Timestamp(at(h))] for m in (440000001, 440000002) for h in (0.25, 0.5)
    ]


def test_place_and_time_alone_are_enough() -> None:
    track = fixes(440000001, [0, 1], east_kn=10.0)[["mmsi", "t", "lon", "lat"]]
    point = track_at(track, at(0.5)).iloc[0]
    assert point["lon"] == pytest.approx(track["lon"].mean(), abs=1e-6)
    assert np.isnan(point["heading_deg"])


def test_rows_without_a_place_are_passed_over() -> None:
    track = fixes(440000001, [0, 0.5, 1], east_kn=10.0)
    track.loc[1, "lon"] = np.nan
    assert track_at(track, at(0.5))["before_s"].tolist() == [1800.0]


def test_a_naive_instant_and_a_missing_column_are_refused() -> None:
    with pytest.raises(DataError, match="zone"):
        track_at(fixes(1, [0]), datetime(2024, 3, 1))  # noqa: DTZ001
    with pytest.raises(DataError, match="lon"):
        track_at(fixes(1, [0]).drop(columns="lon"), datetime(2024, 3, 1, tzinfo=UTC))
