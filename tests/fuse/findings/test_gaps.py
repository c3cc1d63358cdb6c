from datetime import UTC, datetime

import pandas as pd
from shapely.geometry import Point

from monitor.ais import find_gaps
from monitor.ais.gaps.reachability import gap_calls
from monitor.core.schema import UTC as UTC_DTYPE
from monitor.core.tables import DARK_EVENTS, GAP_CALLS, GAP_CANDIDATES, GAPS
from monitor.core.tableset import TableSet
from monitor.core.timerange import TimeRange
from monitor.fuse import findings
from monitor.fuse.findings.rules import FindingRule
from tests.fuse.voyages.test_links import PORTS

OCTOBER = TimeRange(datetime(2023, 10, 1, tzinfo=UTC), datetime(2023, 11, 1, tzinfo=UTC))
ANCHORS = pd.DataFrame(
    [(aoi.id, aoi.geometry.centroid.x, aoi.geometry.centroid.y) for aoi in PORTS], columns=["port_id", "lon", "lat"]
)


def _silence(mmsi: int, hours: float, at: Point, back: Point) -> pd.DataFrame:
    """Two positions of a ship with a silence between."""
    t = pd.to_datetime([datetime(2023, 10, 5, tzinfo=UTC)] * 2) + pd.to_timedelta([0.0, hours], unit="h")
    table = pd.DataFrame({"mmsi": mmsi, "t": t, "lon": [at.x, back.x], "lat": [at.y, back.y]})
    return table.astype({"t": UTC_DTYPE})


def _tables(positions: pd.DataFrame) -> TableSet:
    """Its gaps, each of them a candidate for one dark event."""
    gaps = find_gaps(positions)
    blank = dict.fromkeys(GAP_CANDIDATES.columns) | {"rank": 1, "by_water": False, "length_fits": None}
    rows = [blank | {"event_id": f"dark|{n}", "gap_id": gap, "mmsi": 1} for n, gap in enumerate(gaps["gap_id"])]
    return TableSet({GAPS: gaps, GAP_CANDIDATES: GAP_CANDIDATES.conform(pd.DataFrame(rows))})


def _near(index: int, km_south: float) -> Point:
    centre = PORTS[index].geometry.centroid
    return Point(centre.x, centre.y - km_south / 111.0)


def _gaps_of(tables: TableSet) -> list[tuple[str, str]]:
    made = findings(PORTS, tables, period=OCTOBER)
    return [(finding.aoi_id, finding.id) for finding in made if finding.kind == "gap"]


SILENT = _silence(1, 48.0, _near(1, 30.0), _near(1, 40.0))
FAR = _silence(2, 13.0, Point(140.0, 35.0), Point(140.1, 35.0))


def test_a_gap_is_stated_once_of_the_port_that_it_left_most_time_to_call_at() -> None:
    tables = _tables(SILENT)
    known = tables | {GAP_CALLS: gap_calls(tables[GAPS], ANCHORS)}
    assert known[GAP_CALLS]["is_feasible"].all()
    assert len(known[GAP_CALLS]) == 2
    assert _gaps_of(known) == [("dunai", tables[GAPS]["gap_id"].iloc[0])]


def test_a_gap_that_leaves_time_for_no_watched_port_stays_in_its_table_alone() -> None:
    tables = _tables(FAR)
    assert len(tables[GAPS]) == 1
    assert _gaps_of(tables | {GAP_CALLS: gap_calls(tables[GAPS], ANCHORS)}) == []
    assert _gaps_of(tables) == []


def test_without_gap_calls_the_nearest_port_within_reach_stands_in() -> None:
    tables = _tables(pd.concat([SILENT, FAR], ignore_index=True))
    assert [port for port, _ in _gaps_of(tables)] == ["dunai"]
    slow = findings(PORTS, tables, period=OCTOBER, rule=FindingRule(fastest_kn=0.5))
    assert [finding for finding in slow if finding.kind == "gap"] == []


def test_an_open_gap_needs_no_way_back() -> None:
    tables = _tables(SILENT)
    still = tables[GAPS].assign(
        end=pd.Series([pd.NaT], dtype=UTC_DTYPE), end_lon=float("nan"), end_lat=float("nan"), is_closed=False
    )
    assert [port for port, _ in _gaps_of(tables | {GAPS: GAPS.conform(still)})] == ["dunai"]


def test_gaps_that_explain_no_dark_event_are_no_findings() -> None:
    tables = _tables(SILENT)
    assert DARK_EVENTS not in tables
    assert _gaps_of(TableSet({GAPS: tables[GAPS]})) == []
