"""Stays at berths from a sequence of observations: not before, not after."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pandas as pd

from monitor.core.columns import instants
from monitor.core.schema import UTC
from monitor.core.tables import DETECTABILITY, OCCUPANCY, VISITS
from monitor.fuse.stays.berth_observations import (
    EMPTY,
    OCCUPIED,
    Observation,
    median,
    observations,
    states_from_coverage,
)
from monitor.fuse.stays.occupancy import Stay, WeighedPort
from monitor.fuse.stays.rules import VisitRule


def visits(
    berth_states: pd.DataFrame,
    detections: pd.DataFrame | None = None,
    matches: pd.DataFrame | None = None,
    *,
    coverage: pd.DataFrame | None = None,
    port_calls: pd.DataFrame | None = None,
    rule: VisitRule | None = None,
) -> pd.DataFrame:
    """VISITS: one row a stay of one hull at a berth, with the instants between which it came and went.

    Parameters
    ----------
    berth_states : BERTH_STATES table
        Needs ``scene_id, berth_id, acquired_at, state``. Observations that are ``not observed`` say nothing either way,
        but by the share of the berth that `coverage` says they show.
    detections, matches : DETECTIONS and MATCHES tables
        For the hulls' places, lengths and MMSI, which tell one ship from the next at the same berth.
    coverage : COVERAGE table
        How much each observation shows of each berth. When `berth_states` is empty the berths' states come from it and
        `detections`.
    port_calls : PORT_CALLS table
        Calls of matched ships narrow the intervals (``evidence`` both).
    rule : VisitRule

    Returns
    -------
    VISITS table
        In order of arrival. ``arrived_not_before`` is the last clear observation without the hull,
        ``arrived_not_after`` the first with it, and so on; NaT where no observation bounds it. Empty when no berth
        was seen occupied. Where the states give the chance that a hull was missed, an observation bounds a stay only
        when that chance is small, else the next one further off does. A hull that nearly all observations show over
        weeks is one stay.
    """
    rule = rule or VisitRule()
    return _visits(_weighed(berth_states, detections, matches, coverage, rule), port_calls, rule)


def occupancy(
    berth_states: pd.DataFrame,
    detections: pd.DataFrame | None = None,
    matches: pd.DataFrame | None = None,
    *,
    coverage: pd.DataFrame | None = None,
    rule: VisitRule | None = None,
) -> pd.DataFrame:
    """OCCUPANCY: how many ships lay at each berth, and in port, at each observation, by all before and after it.

    Parameters
    ----------
    berth_states, detections, matches, coverage : BERTH_STATES, DETECTIONS, MATCHES and COVERAGE tables
        As for `visits`.
    rule : VisitRule

    Returns
    -------
    OCCUPANCY table
        Empty when no berth was seen occupied.
    """
    return _occupancy(_weighed(berth_states, detections, matches, coverage, rule or VisitRule()))


def visits_and_occupancy(
    berth_states: pd.DataFrame,
    detections: pd.DataFrame | None = None,
    matches: pd.DataFrame | None = None,
    *,
    coverage: pd.DataFrame | None = None,
    port_calls: pd.DataFrame | None = None,
    rule: VisitRule | None = None,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """VISITS and OCCUPANCY from the same sums; see `visits` and `occupancy`.

    Parameters
    ----------
    berth_states, detections, matches, coverage, port_calls : tables
        As for `visits`.
    rule : VisitRule
    """
    rule = rule or VisitRule()
    ports = _weighed(berth_states, detections, matches, coverage, rule)
    return _visits(ports, port_calls, rule), _occupancy(ports)


def _weighed(
    berth_states: pd.DataFrame,
    detections: pd.DataFrame | None,
    matches: pd.DataFrame | None,
    coverage: pd.DataFrame | None,
    rule: VisitRule,
) -> list[WeighedPort]:
    if berth_states.empty and coverage is not None and detections is not None:
        berth_states = states_from_coverage(detections, coverage)
    by_port: dict[str, list[Observation]] = {}
    for seen in observations(berth_states, detections, matches, coverage, real=rule.real) if len(berth_states) else ():
        by_port.setdefault(seen.aoi_id, []).append(seen)
    return [WeighedPort.of(seen, rule=rule) for seen in by_port.values()]


def _visits(ports: list[WeighedPort], port_calls: pd.DataFrame | None, rule: VisitRule) -> pd.DataFrame:
    stays = [stay for port in ports for stay in port.stays(rule)]
    if not stays:
        return VISITS.empty()
    table = pd.DataFrame([_row(stay) for stay in stays])
    table["mmsi"] = table["mmsi"].astype("Int64")
    for column in ("arrived_not_before", "arrived_not_after", "departed_not_before", "departed_not_after"):
        table[column] = instants(table[column])
    table = table.sort_values(["arrived_not_after", "visit_id"], kind="stable")
    return VISITS.conform(narrow(table, port_calls) if port_calls is not None else table)


def _occupancy(ports: list[WeighedPort]) -> pd.DataFrame:
    rows = [row for port in ports for row in port.occupancy()]
    return OCCUPANCY.conform(pd.DataFrame(rows).astype({"acquired_at": UTC})) if rows else OCCUPANCY.empty()


def _row(stay: Stay) -> dict[str, object]:
    named = [hull.detection_id for hull in stay.hulls if hull.detection_id]
    length, low, high = (
        median([getattr(hull, name) for hull in stay.hulls]) for name in ("length_m", "length_low_m", "length_high_m")
    )
    mmsi = next((hull.mmsi for hull in reversed(stay.hulls) if hull.mmsi is not None), pd.NA)
    return {
        "visit_id": f"{stay.berth_id}|{named[0] if named else stay.scene_id}",
        "aoi_id": stay.aoi_id,
        "berth_id": stay.berth_id,
        "arrived_not_before": stay.arrived[0],
        "arrived_not_after": stay.arrived[1],
        "departed_not_before": stay.departed[0],
        "departed_not_after": stay.departed[1],
        "observations": len(stay.seen),
        "mmsi": mmsi,
        "length_m": length,
        "length_low_m": low,
        "length_high_m": high,
        "is_open": stay.is_open,
        "detection_ids": " ".join(named),
        "evidence": "imagery",
        "probability": stay.probability,
    }


def narrow(visit_table: pd.DataFrame, port_calls: pd.DataFrame) -> pd.DataFrame:
    """VISITS whose intervals AIS narrows: a ship is at its berth only while its call at the port lasts."""
    table = visit_table.reset_index(drop=True).copy()
    for index, visit in enumerate(table.to_dict("records")):
        if pd.isna(visit["mmsi"]):
            continue
        calls = port_calls[(port_calls["mmsi"] == visit["mmsi"]) & (port_calls["port_id"] == visit["aoi_id"])]
        spans = calls[
            (calls["arrived_at"] <= visit["arrived_not_after"]) & ~(calls["departed_at"] < visit["departed_not_before"])
        ]
        if len(spans) != 1 or bool(spans["has_gap"].iloc[0] if "has_gap" in spans else False):
            continue
        came, went = spans["arrived_at"].iloc[0], spans["departed_at"].iloc[0]
        table.loc[index, "arrived_not_before"] = max(v for v in (came, visit["arrived_not_before"]) if pd.notna(v))
        if pd.notna(went):
            ends = [v for v in (went, visit["departed_not_after"]) if pd.notna(v)]
            table.loc[index, "departed_not_after"] = min(ends)
            table.loc[index, "is_open"] = False
        table.loc[index, "evidence"] = "both"
    return table


def detectability(
    berth_states: pd.DataFrame,
    *,
    start: pd.Timestamp,
    end: pd.Timestamp,
    stays_h: tuple[float, ...] = (12.0, 24.0, 48.0, 72.0, 120.0),
) -> pd.DataFrame:
    """DETECTABILITY: what share of the stays of each length the clear observations at each berth could have met.

    Parameters
    ----------
    berth_states : BERTH_STATES table
        Of any period; observations outside ``[start, end)`` count for stays that reach them.
    start, end : Timestamp
        The period in which the stays begin.
    stays_h : tuple of float
        Lengths of stay.

    Notes
    -----
    A stay of D hours that begins at s is met by an observation in ``[s, s + D]``. The share is the
    measure of such s within the period over the period's length, so it is exact and needs no assumption about when
    ships come.
    """
    table = berth_states.assign(is_clear=berth_states["state"].isin([OCCUPIED, EMPTY]))
    rows = []
    period_h = (end - start) / timedelta(hours=1)
    for (aoi, berth), group in table.groupby([table["aoi_id"], table["berth_id"]], sort=True):
        clear = group.loc[group["is_clear"], "acquired_at"].sort_values()
        at_h = ((clear - start) / pd.Timedelta(hours=1)).to_numpy(dtype=np.float64)
        inside = int(((at_h >= 0) & (at_h < period_h)).sum())
        for stay_h in stays_h:
            share = _covered(at_h, stay_h, period_h) / period_h
            rows.append(
                {
                    "aoi_id": aoi,
                    "berth_id": berth,
                    "start": start,
                    "end": end,
                    "observations": inside,
                    "stay_h": stay_h,
                    "share": share,
                }
            )
    if not rows:
        return DETECTABILITY.empty()
    made = pd.DataFrame(rows)
    return DETECTABILITY.conform(made.astype({"start": UTC, "end": UTC}))


def _covered(at_h: np.ndarray[tuple[int], np.dtype[np.float64]], stay_h: float, period_h: float) -> float:
    """Length of the union of ``[t - stay, t]`` within ``[0, period]``."""
    covered, reached = 0.0, 0.0
    for t in at_h:
        low, high = max(t - stay_h, reached, 0.0), min(float(t), period_h)
        if high > low:
            covered += high - low
            reached = high
    return covered
