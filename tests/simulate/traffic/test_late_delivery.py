"""AIS that arrives late."""

from __future__ import annotations

from monitor.core.timerange import TimeRange
from monitor.simulate import DEFAULT_PERIOD
from monitor.simulate.traffic.late_delivery import deliveries, late_in


def test_deliveries_partition_positions(season) -> None:
    positions = season.positions()
    late = [late_in(positions, season.seed, delivery) for delivery in deliveries(season.seed, season.period)]
    assert late
    assert sum(mask.sum() for mask in late) == sum(mask.astype(int) for mask in late).astype(bool).sum()
    assert 0 < sum(mask.sum() for mask in late) < len(positions)


def test_each_delivery_arrives_after_what_it_holds_and_in_order() -> None:
    found = deliveries(7, TimeRange.parse(DEFAULT_PERIOD))
    assert len(found) == 8
    assert all(d.start_s < d.end_s < d.arrives_s for d in found)
    assert [d.start_s for d in found] == sorted(d.start_s for d in found)
    assert deliveries(7, TimeRange.parse(DEFAULT_PERIOD)) == found != deliveries(8, TimeRange.parse(DEFAULT_PERIOD))
