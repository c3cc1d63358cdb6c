"""Silent ships that could be what a detection shows; ranked, never picked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from monitor.core.arrays import Floats
from monitor.core.columns import floats, lonlat, require
from monitor.core.geo.geodesy import METRES_PER_NAUTICAL_MILE, distance_m
from monitor.core.tables import GAP_CANDIDATES
from monitor.fuse.voyages.distances import Waters


@dataclass(frozen=True, slots=True)
class SailingRule:
    """What a silent ship may have sailed, and how its candidates are weighed. Chosen.

    Attributes
    ----------
    fastest_kn : float
        What a cargo ship can make.
    usual_kn : float
        Speed from which spare hours are counted; a ship that needs more hurried.
    longest_silent_d : float
        A ship that was last heard longer ago is no candidate: by then it could be anywhere.
    most : int
        Candidates that are kept of an event.
    near_nmi : float
        Distance at which a candidate's weight is halved.
    open_end : float
        Weight of a gap without an end, whose way on is not known.
    hurried : float
        Weight of a ship that hurried.
    length_slack : float
        Part of the length by which a broadcast one may lie outside the measured interval.
    fits, differs : float
        Weights of a length that lies within, and of one that does not.
    """

    fastest_kn: float = 20.0
    usual_kn: float = 12.0
    longest_silent_d: float = 90.0
    most: int = 10
    near_nmi: float = 30.0
    open_end: float = 0.5
    hurried: float = 0.3
    length_slack: float = 0.05
    fits: float = 2.0
    differs: float = 0.1


@dataclass(frozen=True, slots=True, eq=False)
class _Ways:
    """(gaps,) metres from a gap's start to the event, on to its end (NaN when open), and whether by water."""

    there: Floats
    on: Floats
    by_water: npt.NDArray[np.bool_]


def gap_candidates(
    events: pd.DataFrame,
    gaps: pd.DataFrame,
    *,
    lengths: Mapping[int, float] | None = None,
    sea: Waters | None = None,
    rule: SailingRule | None = None,
) -> pd.DataFrame:
    """GAP_CANDIDATES: for each event the gaps within which the silent ship could have been there.

    Parameters
    ----------
    events : DARK_EVENTS table or DETECTIONS table
        Needs an id (``event_id`` or ``detection_id``), ``acquired_at`` and geometry; lengths are used where present.
    gaps : GAPS table
        An open gap has no end: then only the way there must be possible.
    lengths : mapping of int to float, optional
        MMSI to the length in metres that the ship broadcasts.
    sea : Waters, optional
        Distances by water (`ais.sea.Sea` is one); without it, and where an end lies off it, they are geodesic: a lower
        bound, so the spare hours are an upper bound.
    rule : SailingRule, optional
        Speeds and weights.

    Returns
    -------
    GAP_CANDIDATES table
        Best first within each event. A gap is left out when the ship would have needed more than `rule.fastest_kn`,
        either to come or to go on. The ten best are kept; their weights stay shares of all.
        Empty when no silence spans an event.
    """
    rule, known = rule or SailingRule(), lengths or {}
    if events.empty or gaps.empty:
        return GAP_CANDIDATES.empty()
    require(gaps, ("gap_id", "mmsi", "start", "end", "start_lon", "start_lat"), "gaps")
    key = "event_id" if "event_id" in events else "detection_id"
    lon, lat = lonlat(events)
    stated = np.array([known.get(int(m), np.nan) for m in gaps["mmsi"]])
    parts = []
    for index, event in enumerate(events.to_dict("records")):
        at = event["acquired_at"]
        oldest = at - pd.Timedelta(days=rule.longest_silent_d)
        spans = (gaps["start"] < at) & (gaps["start"] >= oldest) & ~(gaps["end"] <= at)
        if spans.any():
            some = gaps[spans]
            ways = _ways(some, (float(lon[index]), float(lat[index])), sea)
            parts.append(_of_event(event, str(event[key]), some, stated[spans], ways, rule))
    return GAP_CANDIDATES.join(parts)


def _ways(gaps: pd.DataFrame, place: tuple[float, float], sea: Waters | None) -> _Ways:
    there, wet = _metres(floats(gaps, "start_lon"), floats(gaps, "start_lat"), place, sea)
    on, wet_on = _metres(floats(gaps, "end_lon"), floats(gaps, "end_lat"), place, sea)
    return _Ways(there=there, on=on, by_water=wet & (wet_on | ~np.isfinite(on)))


def _metres(
    lon: Floats, lat: Floats, place: tuple[float, float], sea: Waters | None
) -> tuple[Floats, npt.NDArray[np.bool_]]:
    straight, wet = distance_m(lon, lat, *place), np.zeros(len(lon), dtype=bool)
    known = np.flatnonzero(np.isfinite(lon) & np.isfinite(lat))
    if sea is None or not len(known):
        return straight, wet
    metres, by_water = sea.distances_m(place, list(zip(lon[known].tolist(), lat[known].tolist(), strict=True)))
    straight[known], wet[known] = metres, by_water
    return straight, wet


def _of_event(
    event: Mapping[object, object], event_id: str, gaps: pd.DataFrame, stated: Floats, ways: _Ways, rule: SailingRule
) -> pd.DataFrame:
    at = pd.Timestamp(event["acquired_at"])
    hours_in = (at - gaps["start"]).dt.total_seconds().to_numpy() / 3600.0
    hours_out = (gaps["end"] - at).dt.total_seconds().to_numpy() / 3600.0
    nmi_in, nmi_out = ways.there / METRES_PER_NAUTICAL_MILE, ways.on / METRES_PER_NAUTICAL_MILE
    with np.errstate(divide="ignore", invalid="ignore"):
        kn_in, kn_out = nmi_in / hours_in, nmi_out / hours_out
    spare = hours_in + hours_out - (nmi_in + nmi_out) / rule.usual_kn
    fits, odds = _length_odds(event, stated, rule)
    onward = np.where(np.isfinite(nmi_out), 1.0 / (1.0 + nmi_out / rule.near_nmi), rule.open_end)
    near = 1.0 / (1.0 + nmi_in / rule.near_nmi) * onward
    hurried = np.fmax(kn_in, kn_out) > rule.usual_kn
    weight = odds * near * np.where(hurried, rule.hurried, 1.0)
    table = pd.DataFrame(
        {
            "event_id": event_id,
            "gap_id": gaps["gap_id"].to_numpy(),
            "mmsi": gaps["mmsi"].to_numpy(),
            "required_in_kn": kn_in,
            "required_out_kn": kn_out,
            "spare_h": spare,
            "length_m": stated,
            "length_fits": fits,
            "weight": weight,
            "by_water": ways.by_water,
        }
    )
    table = table[(kn_in <= rule.fastest_kn) & ~(kn_out > rule.fastest_kn)]
    total = float(table["weight"].sum())
    table = table.sort_values(["weight", "gap_id"], ascending=[False, True], kind="stable").head(rule.most)
    reason = [_reason(row) for row in table.to_dict("records")]
    return table.assign(rank=np.arange(1, len(table) + 1), weight=table["weight"] / (total or 1.0), reason=reason)


def _length_odds(event: Mapping[object, object], stated: Floats, rule: SailingRule) -> tuple[pd.Series, Floats]:
    low, high = (float(str(event.get(name, np.nan))) for name in ("length_low_m", "length_high_m"))
    known = np.isfinite(stated) & np.isfinite(low) & np.isfinite(high)
    inside = (stated >= low * (1.0 - rule.length_slack)) & (stated <= high * (1.0 + rule.length_slack))
    fits = pd.Series(np.where(known, inside, False)).astype("boolean").mask(~known)
    return fits, np.where(known, np.where(inside, rule.fits, rule.differs), 1.0)


def _reason(row: Mapping[object, object]) -> str:
    parts = [f"needs at least {float(str(row['required_in_kn'])):.1f} kn to come"]
    if np.isfinite(float(str(row["required_out_kn"]))):
        parts.append(f"{float(str(row['required_out_kn'])):.1f} kn to go on")
        most = "" if row["by_water"] else "at most "
        parts.append(f"{most}{float(str(row['spare_h'])):.0f} h to spare{' by water' if row['by_water'] else ''}")
    else:
        parts.append("silent since")
    fits = row["length_fits"]
    parts.append("its length is not known" if fits is pd.NA else ("its length fits" if fits else "its length differs"))
    return ", ".join(parts)
