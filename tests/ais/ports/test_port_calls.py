from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from monitor.ais import port_calls, voyages
from monitor.core.errors import DataError
from monitor.core.geo.geodesy import destination
from monitor.core.tables import PORT_CALLS, VOYAGES
from monitor.sources import read_positions
from tests.ais.conftest import at

PORTS = pd.DataFrame({"port_id": ["a", "b"], "lon": [130.3, 132.35], "lat": [42.23, 42.88]})
Step = tuple[float, str, float, float]


def track(*steps: Step, mmsi: int = 440000001) -> pd.DataFrame:
    """Positions from (hour, port, metres east of its anchor point, knots)."""
    rows = []
    for hour, port, metres, knots in steps:
        anchor = PORTS[PORTS["port_id"] == port].iloc[0]
        lon, lat = destination(anchor["lon"], anchor["lat"], 90.0, metres)
        rows.append((mmsi, at(hour), float(lon), float(lat), knots))
    table = pd.DataFrame(rows, columns=["mmsi", "t", "lon", "lat", "sog_kn"])
    return table.assign(t=pd.DatetimeIndex(table["t"]).as_unit("us"))


def summary(calls: pd.DataFrame) -> list[tuple[str, int]]:
    return list(zip(calls["port_id"], calls["confidence"], strict=True))


def test_entry_is_at_three_kilometres_and_exit_at_four() -> None:
    calls = port_calls(
        track((0, "a", 9000, 9), (1, "a", 3001, 9), (2, "a", 2999, 5), (3, "a", 3999, 5), (4, "a", 4001, 9)), PORTS
    )
    assert calls["arrived_at"].tolist() == [pd.Timestamp(at(2))]
    assert calls["departed_at"].tolist() == [pd.Timestamp(at(4))]
    assert calls["confidence"].tolist() == [1]


def test_between_the_two_limits_the_state_stays() -> None:
    steps = [(0, "a", 9000, 9), (1, "a", 100, 0), (2, "a", 3500, 3), (3, "a", 100, 3), (4, "a", 9000, 9)]
    assert summary(port_calls(track(*steps), PORTS)) == [("a", 4)]
    assert port_calls(track((0, "a", 9000, 9), (1, "a", 3500, 0), (2, "a", 9000, 9)), PORTS).empty


@pytest.mark.parametrize(
    ("steps", "confidence"),
    [
        ([(0, "a", 9000, 9), (1, "a", 100, 5), (2, "a", 9000, 9)], 1),
        ([(0, "a", 100, 0.0), (1, "a", 100, 0.0)], 2),
        ([(0, "a", 100, 0.2), (1, "a", 9000, 9)], 3),
        ([(0, "a", 9000, 9), (1, "a", 100, 0.0)], 3),
        ([(0, "a", 9000, 9), (1, "a", 100, 0.2), (2, "a", 9000, 9)], 4),
        ([(0, "a", 9000, 9), (1, "a", 100, 0.21), (2, "a", 9000, 9)], 1),
        ([(0, "a", 9000, 9), (1, "a", 100, 5), (5, "a", 9000, 9)], 4),
        ([(0, "a", 9000, 9), (1, "a", 100, 5), (4.999, "a", 9000, 9)], 1),
        ([(0, "a", 100, 5.0), (1, "a", 9000, 9)], 1),
    ],
)
def test_confidence_says_which_events_there_were(steps: list[Step], confidence: int) -> None:
    assert port_calls(track(*steps), PORTS)["confidence"].tolist() == [confidence]


def test_a_single_moving_position_in_port_is_no_event() -> None:
    assert_frame_equal(port_calls(track((0, "a", 100, 5)), PORTS), PORT_CALLS.empty())


def test_a_call_without_an_end_is_open() -> None:
    calls = port_calls(track((0, "a", 9000, 9), (1, "a", 100, 0)), PORTS)
    assert calls["departed_at"].isna().tolist() == [True]


def test_falling_silent_in_one_port_and_heard_in_the_next_are_two_calls() -> None:
    calls = port_calls(track((0, "a", 9000, 9), (1, "a", 100, 0), (40, "b", 100, 0), (41, "b", 9000, 9)), PORTS)
    assert summary(calls) == [("a", 3), ("b", 3)]
    assert calls["departed_at"].tolist() == [pd.Timestamp(at(5)), pd.Timestamp(at(41))]
    assert calls["has_gap"].tolist() == [True, False]
    assert calls["silent_h"].tolist() == [39.0, 1.0]


def test_ports_are_found_whatever_the_order_of_rows_and_vessels() -> None:
    one = track((0, "a", 9000, 9), (1, "a", 100, 0), (2, "a", 9000, 9), mmsi=2)
    two = track((0, "b", 9000, 9), (1, "b", 100, 0), (2, "b", 9000, 9), mmsi=1)
    both = pd.concat([one, two])
    assert_frame_equal(port_calls(both, PORTS), port_calls(both[::-1], PORTS))
    assert port_calls(both, PORTS)["mmsi"].tolist() == [1, 2]


def test_speed_is_taken_from_the_way_when_it_is_not_said() -> None:
    steps = [(0, "a", 9000, np.nan), (1, "a", 100, np.nan), (2, "a", 110, np.nan), (3, "a", 9000, np.nan)]
    assert summary(port_calls(track(*steps).drop(columns="sog_kn"), PORTS)) == [("a", 4)]


def test_a_port_with_several_anchor_points_is_one_port() -> None:
    ports = pd.concat([PORTS, pd.DataFrame({"port_id": ["a"], "lon": [130.35], "lat": [42.23]})])
    steps = [(0, "a", 20000, 9), (1, "a", 4100, 5), (2, "a", 100, 0), (3, "a", 20000, 9)]
    calls = port_calls(track(*steps), ports)
    assert summary(calls) == [("a", 4)]


def test_nothing_in_and_nothing_near_give_the_empty_table() -> None:
    assert_frame_equal(port_calls(track((0, "a", 100, 0)).iloc[:0], PORTS), PORT_CALLS.empty())
    assert_frame_equal(port_calls(track((0, "a", 50000, 0)), PORTS), PORT_CALLS.empty())
    assert_frame_equal(port_calls(track((0, "a", 100, 0)), PORTS.iloc[:0]), PORT_CALLS.empty())
    assert_frame_equal(voyages(PORT_CALLS.empty()), VOYAGES.empty())


def test_missing_columns_are_named() -> None:
    with pytest.raises(DataError, match="port_id"):
        port_calls(track((0, "a", 100, 0)), PORTS.drop(columns="port_id"))
    with pytest.raises(DataError, match="departed_at"):
        voyages(PORT_CALLS.empty().drop(columns="departed_at"))


def shuttle() -> pd.DataFrame:
    steps: list[Step] = []
    for n, port in enumerate(["a", "b", "a", "b"]):
        steps += [(n * 20 + h, port, m, k) for h, m, k in ((0, 9000, 9), (1, 100, 0), (9, 100, 0), (10, 9000, 9))]
    return track(*steps)


def test_to_and_fro_is_a_shuttle() -> None:
    legs = voyages(port_calls(shuttle(), PORTS))
    assert list(zip(legs["from_port"], legs["to_port"], strict=True)) == [("a", "b"), ("b", "a"), ("a", "b")]
    assert legs["shuttle_id"].nunique() == 1
    assert legs["shuttle_id"].iloc[0] != ""
    assert legs["duration_h"].tolist() == [11.0, 11.0, 11.0]


def test_a_loop_with_a_long_silence_is_kept_and_says_how_long() -> None:
    steps = [(h + n * 60.0, "b", m, k) for n in (0, 1) for h, m, k in ((0, 9000, 9), (1, 100, 0), (9, 9000, 9))]
    legs = voyages(port_calls(track(*steps), PORTS))
    assert legs[["from_port", "to_port", "silent_h"]].to_numpy().tolist() == [["b", "b", 51.0]]
    assert legs["shuttle_id"].tolist() == [""]


def test_calls_of_low_confidence_are_passed_over_and_vessels_kept_apart() -> None:
    brief = [(0.0, "a", 9000.0, 9.0), (1.0, "a", 100.0, 5.0), (2.0, "a", 9000.0, 9.0)]
    sure = track((10, "b", 9000, 9), (11, "b", 100, 0), (12, "b", 9000, 9))
    calls = port_calls(pd.concat([track(*brief), sure, track(*brief, mmsi=440000002)]), PORTS)
    assert voyages(calls).empty
    assert len(voyages(calls, confidence=1)) == 1


def test_calls_made_by_hand_need_five_columns() -> None:
    calls = port_calls(shuttle(), PORTS)[["mmsi", "port_id", "arrived_at", "departed_at", "confidence"]]
    legs = voyages(calls)
    assert len(legs) == 3
    assert legs["silent_h"].isna().all()


def test_the_synthetic_shuttle_has_four_legs_in_every_layout(shared_data: Path) -> None:
    seen = []
    for path in sorted((shared_data / "ais" / "synthetic").iterdir()):
        calls = port_calls(read_positions(path)[0], PORTS)
        assert summary(calls) == [("a", 3), ("b", 4), ("a", 4), ("b", 4), ("a", 4)]
        seen.append(voyages(calls)[["voyage_id", "departed_at", "arrived_at", "shuttle_id"]])
    for other in seen[1:]:
        assert_frame_equal(other, seen[0])
    assert seen[0]["shuttle_id"].nunique() == 1
