"""Alarms where nothing changes, and where something does. `measure` gives the figures over more seeds."""

from __future__ import annotations

import pytest

from monitor.core.timerange import TimeRange
from monitor.fuse import change_points, rates
from tests.independent_series.measure import found, null_alarms
from tests.independent_series.ports import Port

SEEDS = range(6)


@pytest.mark.slow
def test_a_year_without_a_change_raises_less_than_one_alarm_in_two() -> None:
    alarms = [null_alarms(Port(stay_d=stay), SEEDS) for stay in (0.5, 2.0, 10.0)]
    assert sum(alarms) / len(alarms) <= 0.5


@pytest.mark.slow
@pytest.mark.parametrize("factor", [0.5, 2.0])
def test_half_a_year_of_half_or_twice_the_ships_is_mostly_found(factor: float) -> None:
    assert found(Port(stay_d=1.0, factor=factor, change_d=182.0), SEEDS) >= 4 / 6


def test_the_made_up_ports_are_what_the_product_reads() -> None:
    from tests.independent_series.ports import port_counts

    counts = port_counts(Port(days=120.0), 1, whole=True)
    assert len(rates(counts, period=TimeRange.parse("2021-05")))
    assert set(change_points(counts)["what"]) <= {"vessels", "berth", "stacks"}
    assert counts["vessels"].sum() == counts[["berth", "anchorage", "open"]].to_numpy().sum()
