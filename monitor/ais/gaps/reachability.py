"""Which ports a ship could have called at while it was silent, and been back in time, by water."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd

from monitor.ais.sea.routes import Sea
from monitor.core.arrays import Floats
from monitor.core.errors import DataError
from monitor.core.geo.geodesy import METRES_PER_NAUTICAL_MILE, distance_m
from monitor.core.tables import GAP_CALLS

USUAL_KN = 12.0
"""Speed of a ship that has not shown its own: what small general cargo ships make."""
_UNDER_WAY_KN = 3.0
_FEW = 10


def gap_calls(
    gaps: pd.DataFrame, ports: pd.DataFrame, *, sea: Sea | None = None, speeds_kn: Mapping[int, float] | None = None
) -> pd.DataFrame:
    """Whether each silence left time to call at each port (or berth), best first.

    Parameters
    ----------
    gaps : GAPS table
    ports : DataFrame
        `port_id`, `lon`, `lat`; of several rows of one port the nearest by water counts.
    sea : Sea, optional
        Ways by water (`ais.sea.routes`); without it, and beyond its box, distances are geodesic, so what is not
        feasible stays so but some of what is feasible may not be.
    speeds_kn : mapping of int to float, optional
        What each ship can make, by MMSI (`usual_speeds`); `USUAL_KN` for the others.

    Returns
    -------
    GAP_CALLS table
        One row a gap and port, gaps in their order, ports by `rank`: those with the most hours to spare first.
        `travel_h` is the time there, and on to where the ship was received again; `spare_h` what is left of the gap;
        `needed_kn` the least steady speed that leaves no time at the port. An open gap has no way on. Missing where
        the gap's ends have no place.

    Raises
    ------
    DataError
        A column is missing.
    """
    for column in ("port_id", "lon", "lat"):
        if column not in ports:
            raise DataError(f"ports: column {column} missing; there are {', '.join(map(str, ports))}")
    rows: list[pd.DataFrame] = []
    for port_id, anchors in ports.groupby("port_id", sort=True):
        there = _nearest(gaps["start_lon"], gaps["start_lat"], anchors, sea)
        back = _nearest(gaps["end_lon"], gaps["end_lat"], anchors, sea)
        rows.append(_rows(gaps, str(port_id), there, back, speeds_kn or {}))
    if not rows or gaps.empty:
        return GAP_CALLS.empty()
    table = pd.concat(rows, ignore_index=True)
    table["order"] = table["gap_id"].map({gap_id: i for i, gap_id in enumerate(gaps["gap_id"])})
    table = table.sort_values(["order", "spare_h", "port_id"], ascending=[True, False, True], kind="stable")
    table["rank"] = table.groupby("gap_id", sort=False).cumcount() + 1
    return GAP_CALLS.conform(table)


def usual_speeds(positions: pd.DataFrame) -> dict[int, float]:
    """The speed each vessel has shown it can keep: the 90th percentile of `sog_kn` under way (3 kn and more).

    Vessels with fewer than ten such positions are left out.
    """
    moving = positions[positions["sog_kn"] >= _UNDER_WAY_KN]
    groups = moving.groupby("mmsi")["sog_kn"]
    shown = groups.quantile(0.9)[groups.size() >= _FEW]
    return {int(str(mmsi)): float(knots) for mmsi, knots in shown.items()}


def _nearest(
    lon: pd.Series, lat: pd.Series, anchors: pd.DataFrame, sea: Sea | None
) -> tuple[Floats, npt.NDArray[np.bool_]]:
    """Metres from each place to the nearest anchor point, and whether by water; NaN where there is no place."""
    x, y = lon.to_numpy(np.float64), lat.to_numpy(np.float64)
    known = np.isfinite(x) & np.isfinite(y)
    best = np.full(len(x), np.nan)
    wet = np.zeros(len(x), dtype=bool)
    if not known.any():
        return best, wet
    places = list(zip(x[known].tolist(), y[known].tolist(), strict=True))
    for anchor_lon, anchor_lat in zip(anchors["lon"], anchors["lat"], strict=True):
        if sea is None:
            metres = distance_m(anchor_lon, anchor_lat, x[known], y[known])
            by_water = np.zeros(len(places), dtype=bool)
        else:
            metres, by_water = sea.distances_m((float(anchor_lon), float(anchor_lat)), places)
        nearer = np.isnan(best[known]) | (metres < best[known])
        best[known] = np.where(nearer, metres, best[known])
        wet[known] = np.where(nearer, by_water, wet[known])
    return best, wet


def _rows(
    gaps: pd.DataFrame,
    port_id: str,
    there: tuple[Floats, npt.NDArray[np.bool_]],
    back: tuple[Floats, npt.NDArray[np.bool_]],
    speeds_kn: Mapping[int, float],
) -> pd.DataFrame:
    closed = gaps["is_closed"].to_numpy(bool)
    on = np.where(closed, back[0], 0.0)
    miles = (there[0] + on) / METRES_PER_NAUTICAL_MILE
    knots = gaps["mmsi"].map(lambda mmsi: speeds_kn.get(int(mmsi), USUAL_KN)).to_numpy(np.float64)
    hours = gaps["duration_h"].to_numpy(np.float64)
    travel = miles / knots
    return pd.DataFrame(
        {
            "gap_id": gaps["gap_id"].to_numpy(),
            "mmsi": gaps["mmsi"].to_numpy(),
            "port_id": port_id,
            "rank": 0,
            "is_feasible": np.nan_to_num(hours - travel, nan=-1.0) >= 0.0,
            "there_m": there[0],
            "back_m": np.where(closed, back[0], np.nan),
            "by_water": there[1] & (back[1] | ~closed),
            "speed_kn": knots,
            "needed_kn": miles / hours,
            "travel_h": travel,
            "spare_h": hours - travel,
        }
    )
