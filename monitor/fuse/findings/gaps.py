"""Silences that may explain a dark event, each at the port that it left most time to call at."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
import pandas as pd
import shapely
from shapely.ops import nearest_points

from monitor.core.aoi import Aoi
from monitor.core.arrays import Floats
from monitor.core.columns import floats
from monitor.core.findings import Finding
from monitor.core.geo.geodesy import METRES_PER_NAUTICAL_MILE, distance_m
from monitor.core.tables import GAP_CALLS, GAP_CANDIDATES, GAPS
from monitor.core.tableset import TableSet
from monitor.core.timerange import TimeRange
from monitor.core.wording import day_and_time
from monitor.fuse.findings import wording
from monitor.fuse.findings.rules import FindingRule


def gap_findings(aois: tuple[Aoi, ...], tables: TableSet, *, period: TimeRange, rule: FindingRule) -> Iterator[Finding]:
    """One finding a gap that may explain a dark event and left time to call at a port.

    Parameters
    ----------
    aois : tuple of Aoi
        The ports.
    tables : TableSet
        GAPS, GAP_CANDIDATES and GAP_CALLS.
    period : TimeRange
        Gaps that lie outside are left out.
    rule : FindingRule
    """
    best = tables[GAP_CANDIDATES][tables[GAP_CANDIDATES]["rank"] <= rule.best_gaps]
    explains = best.groupby("gap_id")["event_id"].agg(tuple).to_dict() if len(best) else {}
    gaps = tables[GAPS]
    gaps = gaps[gaps["gap_id"].isin(list(explains)) & ~(gaps["duration_h"] < rule.least_gap_h)]
    ports = _ports(gaps, aois, tables[GAP_CALLS], rule)
    for row in gaps[gaps["gap_id"].isin(list(ports))].to_dict("records"):
        start = pd.Timestamp(row["start"]).to_pydatetime()
        end = start if pd.isna(row["end"]) else pd.Timestamp(row["end"]).to_pydatetime()
        if not period.overlaps(start, max(end, start)):
            continue
        until = "and has not been received since" if pd.isna(row["end"]) else f"until {day_and_time(end)}"
        yield Finding(
            id=str(row["gap_id"]),
            kind="gap",
            aoi_id=ports[str(row["gap_id"])],
            start=start,
            end=end,
            claim=f"MMSI {row['mmsi']} was silent from {day_and_time(start)} {until}. {wording.GAP_CAVEAT}",
            likelihood="",
            confidence="moderate",
            reasons=(f"{int(row['positions_before_12h'])} positions in the 12 h before",),
            evidence=explains[row["gap_id"]],
            alternatives=("out of reach of receivers", "a failed transmitter"),
        )


def _ports(gaps: pd.DataFrame, aois: tuple[Aoi, ...], calls: pd.DataFrame, rule: FindingRule) -> Mapping[str, str]:
    """The port of each gap; without those that left no time for any."""
    if calls.empty:
        return _within_reach(gaps, aois, rule)
    watched = calls["port_id"].isin([aoi.id for aoi in aois])
    first = calls[calls["is_feasible"] & watched].sort_values("rank", kind="stable").drop_duplicates("gap_id")
    return dict(zip(first["gap_id"], first["port_id"], strict=True))


def _within_reach(gaps: pd.DataFrame, aois: tuple[Aoi, ...], rule: FindingRule) -> Mapping[str, str]:
    """The nearest port of each gap, by the way there and back, that its hours allow at `rule.fastest_kn`."""
    reach = floats(gaps, "duration_h") * rule.fastest_kn * METRES_PER_NAUTICAL_MILE
    ports: dict[str, str] = {}
    nearest = np.full(len(gaps), np.inf)
    for aoi in aois:
        there = _metres(gaps, "start", aoi)
        metres = there + np.where(gaps["end"].isna(), 0.0, _metres(gaps, "end", aoi))
        better = (metres <= reach) & (metres < nearest)
        nearest = np.where(better, metres, nearest)
        ports |= dict.fromkeys(gaps.loc[better, "gap_id"].astype(str), aoi.id)
    return ports


def _metres(gaps: pd.DataFrame, name: str, aoi: Aoi) -> Floats:
    """From an end of each gap to the nearest place of an AOI; NaN where the end has no place."""
    lon, lat = floats(gaps, f"{name}_lon"), floats(gaps, f"{name}_lat")
    near = np.full((len(gaps), 2), np.nan)
    for index in np.flatnonzero(np.isfinite(lon) & np.isfinite(lat)):
        near[index] = nearest_points(aoi.geometry, shapely.Point(lon[index], lat[index]))[0].coords[0]
    return distance_m(lon, lat, near[:, 0], near[:, 1])
