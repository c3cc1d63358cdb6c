"""Which airfields a silent aircraft could have reached, and which of them its last and next positions point at."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd

from monitor.aviation import airframes
from monitor.core.arrays import Floats
from monitor.core.geo.geodesy import inverse


@dataclass(frozen=True, slots=True)
class ReachRule:
    """How well an airfield, or plain flight, explains a silence; chosen on made-up seasons (`monitor.simulate`).

    Attributes
    ----------
    cruise_ms : float
        Ground speed that explains a silence as plain flight (about 830 km/h, the block speed of these types).
    min_ground_s : float
        Twenty minutes from touch-down to take-off: nothing this size turns round faster.
    usual_stop_s, usual_max_ms, pace_ms : float
        A stop usually costs 35 minutes with approach and climb; flights that must then be faster than 240 m/s fit
        worse, by one standard deviation every 20 m/s.
    sigma_deg, route_deg : float
        Standard deviation of a track past the field it goes to, and what a long route adds to it by bending from the
        great circle.
    wide_m : float
        Distance off a field that is no misfit: the angle that it subtends is added to `sigma_deg`.
    glide : float
        Slope of the usual descent: three degrees.
    loiter_s : float
        Time beyond what the flight needs that counts one standard deviation against plain flight.
    farthest_open_m : float
        Distance at which a trace that ends or begins in the air still points at a field.
    low_traffic_chi2 : float
        What a landing costs where others were received low: it needs the transponder off as well.
    unknown_chi2 : float
        Misfit of a direction or height that is not known.
    """

    cruise_ms: float = 230.0
    min_ground_s: float = 1200.0
    usual_stop_s: float = 2100.0
    usual_max_ms: float = 240.0
    pace_ms: float = 20.0
    sigma_deg: float = 11.0
    route_deg: float = 10.0
    wide_m: float = 20000.0
    glide: float = 0.0524
    loiter_s: float = 1800.0
    farthest_open_m: float = 900000.0
    low_traffic_chi2: float = 4.0
    unknown_chi2: float = 1.0


RULE = ReachRule()


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
    airfields : AIRFIELDS table
    low_traffic : frozenset of int
        Rows of fields near which others were received low in these hours: a landing there needs the transponder off as
        well, which costs four units of chi-square.

    Notes
    -----
    Within reach: both flights at 320 m/s and twenty minutes on the ground fit into the silence. The fit adds the
    squares of how far the track points past the field (standard deviation 11° and the angle that 20 km subtends there)
    of how far the height leaves the three-degree path, at each end that is known, and of the pace it takes.
    These are working assumptions (`ReachRule`), measured on made-up seasons, not a model of any crew.
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
        needed += metres / airframes.RULE.max_speed_ms
        track = fix.track_deg if sign > 0 else fix.track_deg + 180.0
        climb = fix.climb_ms * sign
        chi2 += [heading_chi2(track, b, m) for b, m in zip(bearing, metres, strict=True)]
        chi2 += [height_chi2(fix.altitude_m - e, climb, m) for e, m in zip(elevation, metres, strict=True)]
    if before is not None and after is not None:
        reach &= needed + RULE.min_ground_s <= after.t_s - before.t_s
        chi2 += pace_chi2(ends[0] + ends[1], after.t_s - before.t_s)
    else:
        reach &= np.nanmin(ends, axis=0) <= RULE.farthest_open_m
    chi2 += np.where([k in low_traffic for k in range(len(airfields))], RULE.low_traffic_chi2, 0.0)
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
    spare = max(0.0, after.t_s - before.t_s - float(metres) / RULE.cruise_ms)
    wide = RULE.sigma_deg + RULE.route_deg * min(float(metres) / 2e6, 1.0)
    turn = heading_chi2(before.track_deg, float(bearing), float(metres), sigma_deg=wide)
    turn += heading_chi2(after.track_deg + 180.0, float(back), float(metres), sigma_deg=wide)
    return min(turn, 16.0) + (spare / RULE.loiter_s) ** 2


def heading_chi2(track_deg: float, bearing_deg: float, metres: float, *, sigma_deg: float = RULE.sigma_deg) -> float:
    """Squared misfit of a track against the bearing of a place; 1 when the track is unknown.

    Parameters
    ----------
    track_deg, bearing_deg : float
        Clockwise from north; NaN for an unknown track.
    metres : float
        To the place.
    sigma_deg : float
        Standard deviation far from the place.
    """
    if math.isnan(track_deg):
        return RULE.unknown_chi2
    off = abs((track_deg - bearing_deg + 180.0) % 360.0 - 180.0)
    sigma = sigma_deg + math.degrees(math.atan2(RULE.wide_m, metres))
    return min(off / sigma, 6.0) ** 2


def pace_chi2(metres: Floats, seconds: float) -> Floats:
    """Squared misfit of the speed that both flights need, if a usual stop is to fit into the silence."""
    left = max(seconds - RULE.usual_stop_s, 1.0)
    return np.asarray(np.minimum(np.maximum(metres / left - RULE.usual_max_ms, 0.0) / RULE.pace_ms, 6.0) ** 2)


def height_chi2(height_m: float, climb_ms: float, metres: float) -> float:
    """Squared misfit of a height above a field, at a distance, against landing there; 1 when the height is unknown.

    Too high for a path twice as steep as usual, or sinking while the field is more than twice as far as the path
    reaches.

    Parameters
    ----------
    height_m : float
        Above the field; NaN when unknown.
    climb_ms : float
        Negative when sinking.
    metres : float
        To the field.
    """
    if math.isnan(height_m):
        return RULE.unknown_chi2
    highest = 2.0 * RULE.glide * metres + 600.0
    high = max(0.0, height_m - highest) / 1500.0
    far = 0.0
    if climb_ms < -2.5:
        far = max(0.0, metres - (2.0 * height_m / RULE.glide + 30000.0)) / 40000.0
    return min(high, 4.0) ** 2 + min(far, 4.0) ** 2


def named(found: list[Candidate], *, share: float = 0.9) -> list[Candidate]:
    """The fewest candidates, best first, that hold `share` of the weight together."""
    kept: list[Candidate] = []
    for candidate in found:
        kept.append(candidate)
        if sum(c.weight for c in kept) >= share:
            break
    return kept
