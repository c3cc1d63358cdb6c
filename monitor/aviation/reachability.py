"""Which airfields a silent aircraft could have reached, and which of them its last and next positions point at."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from monitor.aviation.airframes import MAX_SPEED_MS
from monitor.core.geodesy import inverse

Floats = npt.NDArray[np.float64]

CRUISE_MS = 230.0
"""Ground speed that explains a silence as plain flight (about 830 km/h, the block speed of these types)."""
MIN_GROUND_S = 1200.0
"""Twenty minutes from touch-down to take-off: nothing this size turns round faster."""
USUAL_STOP_S, USUAL_MAX_MS, PACE_MS = 2100.0, 240.0, 20.0
"""A stop usually costs 35 minutes with approach and climb; flights that must then be faster than 240 m/s fit worse."""
SIGMA_DEG, ROUTE_DEG = 11.0, 10.0
"""How far a track points past the field it goes to, and how much more a long route bends from the great circle."""
GLIDE = 0.0524
"""The usual descent: three degrees."""
LOITER_S = 1800.0
"""Half an hour more than the flight needs is worth one standard deviation against plain flight."""
_FARTHEST_OPEN_M = 900000.0
_UNKNOWN_CHI2 = 1.0


@dataclass(frozen=True, slots=True)
class Fix:
    """One end of a silence. NaN where unknown; `t_s` Unix seconds, `track_deg` over the ground."""

    t_s: float
    lon: float
    lat: float
    altitude_m: float = math.nan
    track_deg: float = math.nan
    climb_ms: float = math.nan


@dataclass(frozen=True, slots=True)
class Candidate:
    """An airfield that a silence could hide. `chi2` is how badly it fits; `weight` its share among the reachable."""

    index: int
    chi2: float
    weight: float
    before_m: float
    after_m: float


def candidates(
    before: Fix | None, after: Fix | None, airfields: pd.DataFrame, *, low_traffic: frozenset[int] = frozenset()
) -> list[Candidate]:
    """The fields within reach between two positions (or beyond one), best first; empty when none is.

    Parameters
    ----------
    before, after : Fix
        The last position before the silence and the first after it; None at an open end of the trace.
    low_traffic : indices of fields where others were heard low in these hours
        A landing there needs the transponder off as well, which costs four units of chi-square.

    Notes
    -----
    Within reach: both flights at `MAX_SPEED_MS` and twenty minutes on the ground fit into the silence. The fit adds the
    squares of how far the track points past the field (standard deviation 11° and the angle that 20 km subtends there)
    of how far the height leaves the three-degree path, at each end that is known, and of the pace it takes.
    These are working assumptions, measured on made-up seasons (`monitor.simulate.scoring`), not a model of any crew.
    """
    lon, lat = airfields["lon"].to_numpy(), airfields["lat"].to_numpy()
    elevation = airfields["elevation_m"].to_numpy()
    chi2, needed = np.zeros(len(airfields)), np.zeros(len(airfields))
    reach = np.full(len(airfields), True)
    ends: list[Floats] = []
    for fix, sign in ((before, 1.0), (after, -1.0)):
        if fix is None:
            ends.append(np.full(len(airfields), np.nan))
            continue
        bearing, metres = inverse(fix.lon, fix.lat, lon, lat)
        ends.append(metres)
        needed += metres / MAX_SPEED_MS
        track = fix.track_deg if sign > 0 else fix.track_deg + 180.0
        climb = fix.climb_ms * sign
        chi2 += [heading_chi2(track, b, m) for b, m in zip(bearing, metres, strict=True)]
        chi2 += [height_chi2(fix.altitude_m - e, climb, m) for e, m in zip(elevation, metres, strict=True)]
    if before is not None and after is not None:
        reach &= needed + MIN_GROUND_S <= after.t_s - before.t_s
        chi2 += pace_chi2(ends[0] + ends[1], after.t_s - before.t_s)
    else:
        reach &= np.nanmin(ends, axis=0) <= _FARTHEST_OPEN_M
    chi2 += np.where([k in low_traffic for k in range(len(airfields))], 4.0, 0.0)
    if not reach.any():
        return []
    share = np.where(reach, np.exp(-0.5 * (chi2 - chi2[reach].min())), 0.0)
    share /= share.sum()
    order = sorted(np.flatnonzero(reach), key=lambda k: (chi2[k], k))
    return [Candidate(int(k), float(chi2[k]), float(share[k]), float(ends[0][k]), float(ends[1][k])) for k in order]


def aloft_chi2(before: Fix, after: Fix) -> float:
    """How badly plain flight explains a silence: direction at both ends, and time to spare."""
    bearing, metres = inverse(before.lon, before.lat, after.lon, after.lat)
    back, _ = inverse(after.lon, after.lat, before.lon, before.lat)
    spare = max(0.0, after.t_s - before.t_s - float(metres) / CRUISE_MS)
    wide = SIGMA_DEG + ROUTE_DEG * min(float(metres) / 2e6, 1.0)
    turn = heading_chi2(before.track_deg, float(bearing), float(metres), sigma_deg=wide)
    turn += heading_chi2(after.track_deg + 180.0, float(back), float(metres), sigma_deg=wide)
    return min(turn, 16.0) + (spare / LOITER_S) ** 2


def heading_chi2(track_deg: float, bearing_deg: float, metres: float, *, sigma_deg: float = SIGMA_DEG) -> float:
    """Squared misfit of a track against the bearing of a place; 1 when the track is unknown."""
    if math.isnan(track_deg):
        return _UNKNOWN_CHI2
    off = abs((track_deg - bearing_deg + 180.0) % 360.0 - 180.0)
    sigma = sigma_deg + math.degrees(math.atan2(20000.0, metres))
    return min(off / sigma, 6.0) ** 2


def pace_chi2(metres: Floats, seconds: float) -> Floats:
    """Squared misfit of the speed that both flights need, if a usual stop is to fit into the silence."""
    left = max(seconds - USUAL_STOP_S, 1.0)
    return np.asarray(np.minimum(np.maximum(metres / left - USUAL_MAX_MS, 0.0) / PACE_MS, 6.0) ** 2)


def height_chi2(height_m: float, climb_ms: float, metres: float) -> float:
    """Squared misfit of a height above a field, at a distance, against landing there; 1 when the height is unknown.

    Too high for a path twice as steep as usual, or sinking while the field is more than twice as far as the path
    reaches.
    """
    if math.isnan(height_m):
        return _UNKNOWN_CHI2
    highest = 2.0 * GLIDE * metres + 600.0
    high = max(0.0, height_m - highest) / 1500.0
    far = 0.0
    if climb_ms < -2.5:
        far = max(0.0, metres - (2.0 * height_m / GLIDE + 30000.0)) / 40000.0
    return min(high, 4.0) ** 2 + min(far, 4.0) ** 2


def named(found: list[Candidate], *, share: float = 0.9) -> list[Candidate]:
    """The fewest candidates, best first, that hold `share` of the weight together."""
    kept: list[Candidate] = []
    for candidate in found:
        kept.append(candidate)
        if sum(c.weight for c in kept) >= share:
            break
    return kept
