from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from shapely.geometry import box, mapping

from monitor.core.aoi import parse_aoi
from monitor.core.scenes.revisit import PASSES, RevisitRule, Searched, Tried, find_cycles, find_passes, missed_coverage
from monitor.core.scenes.scene import Acquisition
from monitor.core.tables import COVERAGE
from monitor.core.timerange import TimeRange

T0 = datetime(2023, 10, 5, 2, 23, 12, tzinfo=UTC)
MONTH = TimeRange.parse("2023-10")
NOVEMBER = datetime(2023, 11, 1, tzinfo=UTC)


def observation(day, *, platform="sentinel-2b", orbit=3, sensor="s2", state=None, shift=0, length=4):
    start = T0 + timedelta(days=day, seconds=shift)
    name = f"{platform}-{orbit}-{day}"
    return Acquisition(
        name, "rajin", sensor, platform, start, start + timedelta(seconds=length), box(130, 42, 131, 43), orbit, state
    )


def states(table):
    return [(row.at.day, row.state) for row in table.itertuples()]


def test_a_track_repeats_as_its_satellite_does():
    [cycle] = find_cycles([observation(0), observation(10, shift=70), observation(30)])
    assert (cycle.repeat.days, cycle.observations, cycle.relative_orbit) == (10, 3, 3)
    assert cycle.uncertainty_s == 70
    times = cycle.times(TimeRange.parse("2023-09-20/2023-10-20"))
    assert [t.day for t in times] == [25, 5, 15]


def test_each_satellite_and_track_has_its_own_cycle():
    observations = [
        observation(0),
        observation(5, platform="sentinel-2a"),
        observation(7, orbit=103),
        observation(1, platform="sentinel-1a", sensor="s1", orbit=83, state="ascending", length=25),
    ]
    assert [(c.platform, c.relative_orbit, c.repeat.days) for c in find_cycles(observations)] == [
        ("sentinel-1a", 83, 12),
        ("sentinel-2a", 3, 10),
        ("sentinel-2b", 3, 10),
        ("sentinel-2b", 103, 10),
    ]


def test_observations_of_unknown_hour_or_orbit_show_no_cycle():
    assert find_cycles([observation(0, orbit=None), observation(0, length=80_000)]) == []


def test_a_pass_that_no_catalog_was_searched_for_is_not_called_missing():
    table = find_passes([observation(0), observation(20)], MONTH, now=NOVEMBER)
    assert states(table) == [(5, "seen"), (15, "not looked for"), (25, "seen")]


def test_a_pass_that_the_catalog_does_not_list_is_not_acquired():
    searched = [Searched("rajin", "s2", MONTH, NOVEMBER)]
    assert states(find_passes([observation(0)], MONTH, now=NOVEMBER, searched=searched)) == [
        (5, "seen"),
        (15, "not acquired"),
        (25, "not acquired"),
    ]


def test_a_rule_sets_when_an_unlisted_pass_is_no_longer_late():
    day = datetime(2023, 10, 16, tzinfo=UTC)
    searched = [Searched("rajin", "s2", MONTH, day)]
    late, missing = (
        find_passes([observation(0)], MONTH, now=day, searched=searched, rule=RevisitRule(settled=timedelta(hours=h)))
        for h in (48, 12)
    )
    assert [states(late)[1], states(missing)[1]] == [(15, "late"), (15, "not acquired")]


def test_a_search_of_another_port_sensor_or_time_proves_nothing():
    searched = [
        Searched("dunai", "s2", MONTH, NOVEMBER),
        Searched("rajin", "s1", MONTH, NOVEMBER),
        Searched("rajin", "s2", TimeRange.parse("2023-09"), NOVEMBER),
        Searched("rajin", "s2", MONTH, datetime(2023, 10, 10, tzinfo=UTC)),
    ]
    table = find_passes([observation(0)], MONTH, now=NOVEMBER, searched=searched)
    assert states(table)[1:] == [(15, "not looked for"), (25, "not looked for")]


def test_a_fresh_pass_is_late_and_a_coming_one_expected():
    now = datetime(2023, 10, 16, tzinfo=UTC)
    table = find_passes([observation(0)], MONTH, now=now, searched=[Searched("rajin", "s2", MONTH, now)])
    assert states(table) == [(5, "seen"), (15, "late"), (25, "expected")]


def test_a_listed_pass_without_pixels_is_no_data():
    tried = [Tried("x", "rajin", "s2", "sentinel-2b", 3, None, T0 + timedelta(days=10), "no tile")]
    table = find_passes([observation(0)], MONTH, now=NOVEMBER, tried=tried)
    assert states(table)[1] == (15, "no data")
    assert len(table) == 3


def test_no_observations_give_the_empty_table():
    assert find_passes([], MONTH, now=NOVEMBER).equals(PASSES.empty())


def test_missed_passes_are_rows_of_coverage():
    area = mapping(box(130, 42, 130.1, 42.1))
    features = [
        {"type": "Feature", "properties": {"kind": kind, "id": kind}, "geometry": area}
        for kind in ("aoi", "berth", "yard")
    ]
    aoi = parse_aoi({"type": "FeatureCollection", "features": features}, id="rajin")
    passes = find_passes([observation(0)], MONTH, now=NOVEMBER, searched=[Searched("rajin", "s2", MONTH, NOVEMBER)])
    rows = missed_coverage(passes, aoi)
    assert len(rows) == 2 * 3
    assert set(rows["state"]) == {"not observed"}
    assert set(rows["reason"]) == {"not acquired"}
    assert set(rows["zone_id"]) == {"rajin", "berth", "yard"}
    assert missed_coverage(passes.head(1), aoi).equals(COVERAGE.empty())


@pytest.mark.parametrize("days", [-3700, 3700])
def test_predictions_reach_far(days):
    [cycle] = find_cycles([observation(0)])
    far = TimeRange(T0 + timedelta(days=days), T0 + timedelta(days=days + 10))
    assert len(cycle.times(far)) == 1
