"""Files whose clock runs in local time, found by another file of the same flight."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pandas as pd

from monitor.core.geo.geodesy import distance_m

OFFSETS_H = np.arange(-12.0, 14.5, 0.5)
"""The zones of the world lie half hours apart (the few quarter hours are not tried)."""
CLOSE_M = 3000.0
"""Two records of one flight lie closer than this; two flights on one route seldom do."""
_FEWEST = 5
_ORDER = {"utc": 0, "stated": 1, "unstated": 2}


def shifted_files(positions: pd.DataFrame) -> dict[tuple[str, str], float]:
    """Hours by which a file's clock is ahead, by (icao24, source_file), where another file of the flight shows it.

    Two files of one aircraft are compared at every half hour; a file is shifted when they agree (median
    distance below `CLOSE_M`) at an offset other than zero and not at zero. Of the two, the one whose clock is better
    known is trusted (``utc`` before ``stated`` before ``unstated``), and where both are equal, the one with more
    positions. Empty when nothing is shifted, or no aircraft has two files.
    """
    found: dict[tuple[str, str], float] = {}
    for icao24, rows in positions.groupby("icao24", sort=True):
        files = {str(name): group.sort_values("t") for name, group in rows.groupby("source_file", sort=True)}
        ranked = sorted(files, key=lambda name: (_ORDER.get(files[name]["clock"].iloc[0], 3), -len(files[name]), name))
        for trusted, doubted in combinations(ranked, 2):
            if (str(icao24), trusted) in found or (str(icao24), doubted) in found:
                continue
            hours = _offset_h(files[trusted], files[doubted])
            if hours:
                found[str(icao24), doubted] = hours
    return found


def _offset_h(trusted: pd.DataFrame, doubted: pd.DataFrame) -> float:
    """The offset (hours) at which the two agree; 0 when they agree as they are, or nowhere."""
    t0, t1 = (frame["t"].astype("int64").to_numpy() / 1e6 for frame in (trusted, doubted))
    moved = np.ptp(trusted["lon"]) + np.ptp(trusted["lat"]) > 0.5
    if len(t0) < _FEWEST or len(t1) < _FEWEST or not moved or t1[0] > t0[-1] + 86400 or t0[0] > t1[-1] + 86400:
        return 0.0
    scores = {hours: _apart_m(trusted, doubted, t0, t1 - hours * 3600.0) for hours in OFFSETS_H}
    best = min(scores, key=lambda hours: scores[hours])
    return 0.0 if scores[0.0] < CLOSE_M or scores[best] >= CLOSE_M else float(best)


def _apart_m(
    trusted: pd.DataFrame,
    doubted: pd.DataFrame,
    t0: np.ndarray[tuple[int], np.dtype[np.float64]],
    t1: np.ndarray[tuple[int], np.dtype[np.float64]],
) -> float:
    after = np.clip(np.searchsorted(t0, t1), 1, len(t0) - 1)
    inside = (t1 >= t0[0]) & (t1 <= t0[-1]) & (t0[after] - t0[after - 1] < 900.0)
    if inside.sum() < max(_FEWEST, len(t1) // 4):
        return np.inf
    lon = np.interp(t1[inside], t0, trusted["lon"].to_numpy())
    lat = np.interp(t1[inside], t0, trusted["lat"].to_numpy())
    apart = distance_m(lon, lat, doubted["lon"].to_numpy()[inside], doubted["lat"].to_numpy()[inside])
    return float(np.median(apart))
