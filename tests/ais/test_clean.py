from __future__ import annotations

import numpy as np
import pandas as pd
from pandas.testing import assert_frame_equal

from monitor.ais.clean import flag_positions
from monitor.ais.segments import segments
from tests.ais.conftest import fixes

EVERY_TEN = [h / 6 for h in range(12)]


def test_one_ship_is_one_segment_without_flags() -> None:
    track = fixes(440000001, EVERY_TEN, east_kn=12.0)
    assert flag_positions(track)["segment"].tolist() == [0] * 12
    assert flag_positions(track)["flags"].tolist() == [""] * 12


def test_two_ships_under_one_mmsi_are_two_segments_and_flagged() -> None:
    here = fixes(440000001, EVERY_TEN, east_kn=10.0)
    there = fixes(440000001, [h + 0.05 for h in EVERY_TEN], lon=140.0, east_kn=10.0)
    both = pd.concat([here, there], ignore_index=True)
    found = flag_positions(both)
    assert found["segment"].tolist() == [0] * 12 + [1] * 12
    assert set(found["flags"]) == {"shared mmsi"}


def test_the_rows_stay_in_the_order_given() -> None:
    both = pd.concat([fixes(440000001, EVERY_TEN), fixes(440000001, EVERY_TEN, lon=140.0)], ignore_index=True)
    shuffled = both.sample(frac=1.0, random_state=3)
    assert_frame_equal(flag_positions(shuffled).sort_index(), flag_positions(both))


def test_a_jump_is_flagged_and_does_not_break_the_track() -> None:
    track = fixes(440000001, EVERY_TEN, east_kn=10.0)
    track.loc[5, "lon"] = 150.0
    found = flag_positions(track)
    assert found["flags"].tolist() == [""] * 5 + ["jump"] + [""] * 6
    assert found["segment"].tolist() == [0] * 5 + [1] + [0] * 6


def test_a_fast_craft_is_not_torn_apart() -> None:
    track = fixes(440000001, [0, 1, 2], east_kn=38.0)
    assert segments(track).tolist() == [0, 0, 0]
    assert segments(track.drop(columns="sog_kn")).tolist() == [0, 1, 2]


def test_a_place_that_never_changes_at_speed_is_frozen() -> None:
    track = fixes(440000001, EVERY_TEN, east_kn=10.0)
    track.loc[4:8, "lon"] = track["lon"][4]
    assert flag_positions(track)["flags"].str.contains("frozen").tolist() == [False] * 4 + [True] * 5 + [False] * 3


def test_a_moored_ship_is_not_frozen() -> None:
    assert set(flag_positions(fixes(440000001, EVERY_TEN))["flags"]) == {""}


def test_a_reported_speed_that_is_not_the_ways_is_flagged() -> None:
    track = fixes(440000001, EVERY_TEN, east_kn=15.0).assign(sog_kn=0.0)
    assert set(flag_positions(track)["flags"]) == {"speed mismatch"}


def test_a_position_with_a_wrong_clock_is_flagged() -> None:
    track = fixes(440000001, EVERY_TEN, east_kn=12.0)
    track.loc[6, "lon"] = track["lon"][4] + 0.0001
    assert flag_positions(track)["flags"].tolist() == [""] * 6 + ["clock"] + [""] * 5


def test_silence_does_not_begin_a_segment() -> None:
    assert segments(fixes(440000001, [0, 1, 60, 61], east_kn=1.0)).tolist() == [0, 0, 0, 0]


def test_the_antimeridian_does_not_begin_a_segment() -> None:
    track = fixes(440000001, EVERY_TEN, lon=179.9, east_kn=12.0)
    track["lon"] = np.mod(track["lon"] + 180.0, 360.0) - 180.0
    assert set(segments(track)) == {0}


def test_no_positions_give_no_flags() -> None:
    empty = fixes(440000001, [])
    assert flag_positions(empty).empty
    assert list(flag_positions(empty).columns) == ["segment", "flags"]
