from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal

from monitor.ais import find_gaps, gaps_by_batch
from monitor.core.errors import DataError
from monitor.core.geo.geodesy import distance_m
from monitor.core.tables import GAPS
from tests.ais.conftest import at, fixes

HOUR = timedelta(hours=1)


def test_exactly_the_threshold_is_no_gap_and_one_microsecond_more_is() -> None:
    exact = fixes(440000001, [0, 12])
    longer = exact.assign(t=exact["t"] + pd.to_timedelta([0, 1], unit="us"))
    assert find_gaps(exact).empty
    assert len(find_gaps(longer)) == 1


def test_distance_is_geodesic_and_speed_follows_from_it() -> None:
    track = fixes(440000001, [0, 20], east_kn=5.0)
    gap = find_gaps(track).iloc[0]
    expected = float(distance_m(track["lon"][0], track["lat"][0], track["lon"][1], track["lat"][1]))
    assert gap["distance_m"] == pytest.approx(expected)
    assert gap["implied_kn"] == pytest.approx(expected / 1852.0 / 20.0)
    assert gap["duration_h"] == 20.0
    assert bool(gap["is_closed"])


def test_positions_before_include_the_last_one_and_the_edge_of_the_window() -> None:
    track = fixes(440000001, [-0.001, 0, 5, 11, 12, 30])
    assert find_gaps(track)["positions_before_12h"].tolist() == [4]


def test_the_count_does_not_reach_into_another_vessel() -> None:
    both = pd.concat([fixes(440000001, [0, 1, 2]), fixes(440000002, [3, 30])])
    assert find_gaps(both)["positions_before_12h"].tolist() == [1]


def test_rows_in_any_order_give_the_same_gaps() -> None:
    track = pd.concat([fixes(m, [0, 3, 20, 21, 50]) for m in (440000001, 440000002)])
    shuffled = track.sample(frac=1.0, random_state=1)
    assert_frame_equal(find_gaps(track), find_gaps(shuffled))


def test_tied_instants_are_settled_by_place_and_not_by_row() -> None:
    tied = pd.concat([fixes(440000001, [0, 0], lon=130.0), fixes(440000001, [0, 20], lon=131.0)])
    assert_frame_equal(find_gaps(tied), find_gaps(tied[::-1]))


def test_missing_places_leave_distance_and_speed_missing() -> None:
    track = fixes(440000001, [0, 20, 40])
    track.loc[track.index[1], "lat"] = np.nan
    gaps = find_gaps(track)
    assert len(gaps) == 2
    assert gaps[["distance_m", "implied_kn"]].isna().all(axis=None)
    without = find_gaps(track[["mmsi", "t"]])
    assert without["gap_id"].tolist() == gaps["gap_id"].tolist()
    assert without["start_lon"].isna().all()


def test_until_makes_open_gaps_strictly_longer_than_the_threshold() -> None:
    track = pd.concat([fixes(440000001, [0]), fixes(440000002, [1]), fixes(440000003, [-1, 20])])
    gaps = find_gaps(track, until=at(13))
    assert gaps["mmsi"].tolist() == [440000003, 440000001]
    assert gaps["is_closed"].tolist() == [True, False]
    opened = gaps.iloc[1]
    assert pd.isna(opened["end"])
    assert np.isnan(opened["distance_m"])
    assert opened["duration_h"] == 13.0


def test_an_open_gap_closes_later_under_the_same_id() -> None:
    first = find_gaps(fixes(440000001, [0, 1], east_kn=3.0), until=at(24))
    later = find_gaps(fixes(440000001, [30, 31], lon=131.0), open=first)
    whole = find_gaps(pd.concat([fixes(440000001, [0, 1], east_kn=3.0), fixes(440000001, [30, 31], lon=131.0)]))
    assert_frame_equal(later, whole)
    assert later["gap_id"].tolist() == first["gap_id"].tolist()


def test_an_open_gap_that_nothing_ends_stays_open() -> None:
    first = find_gaps(fixes(440000001, [0]), until=at(24))
    assert_frame_equal(find_gaps(fixes(440000002, [25]), open=first), first)
    longer = find_gaps(fixes(440000002, [25]), open=first, until=at(30))
    assert longer["duration_h"].tolist() == [30.0]
    assert longer["gap_id"].tolist() == first["gap_id"].tolist()


def test_late_data_inside_an_open_gap_shorten_or_dissolve_it() -> None:
    first = find_gaps(fixes(440000001, [0]), until=at(24))
    assert find_gaps(fixes(440000001, [10, 20]), open=first, until=at(24)).empty
    moved = find_gaps(fixes(440000001, [10]), open=first, until=at(24))
    assert moved["start"].tolist() == [pd.Timestamp(at(10))]


def test_a_batch_that_overlaps_the_open_gap_counts_its_last_position_once() -> None:
    first = find_gaps(fixes(440000001, [0, 1]), until=at(24))
    again = find_gaps(fixes(440000001, [0, 1, 30]), open=first)
    assert again["positions_before_12h"].tolist() == [2]


def test_the_id_says_who_and_since_when() -> None:
    gaps = find_gaps(fixes(440000001, [0.5, 20]))
    assert gaps["gap_id"].tolist() == ["gap-440000001-20240301T003000Z"]


def test_no_positions_give_the_empty_table() -> None:
    assert_frame_equal(find_gaps(fixes(440000001, [])), GAPS.empty())
    assert_frame_equal(find_gaps(fixes(440000001, [0])), GAPS.empty())


@pytest.mark.parametrize(
    ("table", "wrong"),
    [
        (fixes(1, [0]).drop(columns="mmsi"), "mmsi"),
        (fixes(1, [0]).drop(columns="t"), "t missing"),
        (fixes(1, [0]).assign(t=pd.Timestamp("2024-01-01")), "time zone"),
        (fixes(1, [0, 1]).assign(t=pd.Series([pd.NaT, at(1)], dtype="datetime64[us, UTC]")), "missing"),
        (fixes(1, [0]).assign(lon="east"), "lon"),
    ],
)
def test_wrong_tables_are_refused_by_name(table: pd.DataFrame, wrong: str) -> None:
    with pytest.raises(DataError, match=wrong):
        find_gaps(table)


def test_a_threshold_of_nothing_is_refused() -> None:
    with pytest.raises(DataError, match="positive"):
        find_gaps(fixes(1, [0]), at_least=timedelta(0))


def test_an_instant_without_a_zone_is_refused() -> None:
    with pytest.raises(DataError, match="zone"):
        find_gaps(fixes(1, [0]), until=datetime(2024, 3, 2))  # noqa: DTZ001


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 120 * 3600)), min_size=1, max_size=60))
def test_day_by_day_equals_one_pass(messages: list[tuple[int, int]]) -> None:
    rows = pd.DataFrame(messages, columns=["mmsi", "s"]).drop_duplicates()
    whole = pd.DataFrame(
        {
            "mmsi": 440000000 + rows["mmsi"],
            "t": pd.to_datetime(1709251200 + rows["s"], unit="s", utc=True),
            "lon": 130.0 + rows["s"] / 1e6,
            "lat": 42.0,
        }
    )
    whole["t"] = whole["t"].astype("datetime64[us, UTC]")
    days = [at(24 * d) for d in range(1, 6)]
    batches = [(whole[(whole["t"] >= end - 24 * HOUR) & (whole["t"] < end)], end) for end in days]
    batches[-1] = (whole[whole["t"] >= days[-1] - 24 * HOUR], days[-1])
    daily = pd.concat(list(gaps_by_batch(batches)), ignore_index=True).sort_values(["start", "mmsi"])
    at_once = find_gaps(whole, until=days[-1])
    assert_frame_equal(daily.reset_index(drop=True), at_once)
    brute = 0
    for _, group in whole.sort_values("t").groupby("mmsi"):
        brute += int((group["t"].diff() > 12 * HOUR).sum()) + int(days[-1] - group["t"].max() > 12 * HOUR)
    assert len(at_once) == brute
