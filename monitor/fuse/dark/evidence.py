"""What a port's detections and AIS say of each unmatched detection, as numbers for the base rates."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import numpy as np
import pandas as pd
from scipy.spatial import cKDTree

from monitor.ais.tracks import track_at
from monitor.core.arrays import Bools, Floats, Ints
from monitor.core.columns import floats, lonlat, naive, texts
from monitor.core.geo.geodesy import WGS84, transformer, utm_epsg
from monitor.fuse.dark.rules import BaseRatePrior
from monitor.fuse.dark.traffic import Ships, axis_odds, density, fixes
from monitor.fuse.matching.antenna import bows_deg
from monitor.fuse.matching.likelihood import nearest_fix_s
from monitor.fuse.matching.model import DEFAULT_MODEL
from monitor.fuse.matching.places import R90_OVER_SIGMA

_TRAFFIC = timedelta(hours=3)
"""About a scene, within which the ships on AIS show where ships are. Chosen."""
_BETWEEN_M = 40.0
"""Standard error between the place of a detection and that of its AIS when the fix is new: antenna, hull. Chosen."""
_MARGIN_M = 1_000.0
_LEAST_AREA_M2 = 1e7
"""Of a port. Chosen."""
_MARGIN_DEG = 0.5
"""About the port's detections, within which AIS is looked at: half an hour at 50 kn. Chosen."""


@dataclass(frozen=True, slots=True, eq=False)
class Evidence:
    """Of one port: its matched ships, and what each of n unmatched detections shows.

    Attributes
    ----------
    matched : (2,) float
        Ships with AIS that were matched, small and large; probabilities of pairs summed.
    scores : (2, bins) float
        The same by bin of score, without those that have none.
    lengths : (bins,) float
        The same of the large ones by bin of length.
    size, score_bin, length_bin : (n,) int
        0 for small and 1 for large; bin of score, -1 where there is no score; of length, -1 of small ones and where
        there is no length.
    place : (n,) float
        Density of the port's ships at its place and on its axis, over that of an even spread and any axis.
    turned : (n,) float
        How much denser than ships of any axis those are that lie at its place on its axis.
    near_ais : (n,) float
        Density of the ships on AIS without a detection at its place and instant, over that of the port's ships.
    silent : float
        Share of the ships on AIS within the port's detections of which nothing was received about the instant.
    unseen : float
        Ships on AIS without a detection, all scenes together.
    repeats : (n,) int
        Stays by unmatched detections at the same spot at other times.
    others : (n,) int
        Stays by matched detections there at other times.
    berth : (n,) bool
        Whether it lies at a berth, where ships are expected to come back.
    times : int
        Stays for which the port was observed long enough.
    scenes : int
        Scenes of the port.
    """

    matched: Floats
    scores: Floats
    lengths: Floats
    size: Ints
    score_bin: Ints
    length_bin: Ints
    place: Floats
    turned: Floats
    near_ais: Floats
    silent: float
    unseen: float
    repeats: Ints
    others: Ints
    berth: Bools
    times: int
    scenes: int


def port_evidence(
    ships: pd.DataFrame, now: pd.DataFrame, unmatched: Bools, positions: pd.DataFrame | None, prior: BaseRatePrior
) -> Evidence:
    """The evidence on the unmatched detections of one port.

    Parameters
    ----------
    ships : DETECTIONS table
        All vessel detections of the port that are large and clear enough, matched or not.
    now : MATCHES table
        Of the port, as they now stand.
    unmatched : (ships,) bool
        Which detections are to be explained.
    positions : POSITIONS table, optional
        Places at which a ship on AIS may have been; without them only the ``ais_only`` rows of `now` count.
    prior : BaseRatePrior
    """
    lon, lat = lonlat(ships)
    epsg = utm_epsg(float(lon[0]), float(lat[0]))
    places = _plane(ships, epsg)
    area = max(float(np.prod(np.ptp(places, axis=0))), _LEAST_AREA_M2)
    pairs = now[now["status"].isin(["matched", "potential"])].set_index("detection_id")
    weight = ships["detection_id"].map(pairs["probability"]).fillna(0.0).to_numpy(np.float64)
    bins, size = _bins(ships, prior), (~(floats(ships, "length_m") < prior.large_m)).astype(np.int64)
    scores = np.zeros((2, len(prior.ship_scores)))
    known = bins >= 0
    np.add.at(scores, (size[known], bins[known]), weight[known])
    long = _long(ships, prior)
    when = ships.loc[unmatched, "acquired_at"].reset_index(drop=True)
    mmsi = ships["detection_id"].map(pairs["mmsi"])
    found = Ships(
        places, floats(ships, "axis_deg"), mmsi.fillna(0).to_numpy(np.int64), np.zeros(len(ships), dtype=np.bool_)
    )
    paired = (weight > 0) & mmsi.notna().to_numpy(np.bool_)
    received = _around(positions, lon, lat, when)
    traffic = found.take(paired)
    if received is not None:
        about = fixes(received, ships["acquired_at"], epsg, _TRAFFIC)
        traffic = about.take(_within(about.places, places))
    any_axis_m2, ships_m2 = density(traffic, found.take(paired), found.take(unmatched), area)
    points = _known(now, when, received)
    near = _near_ais(when, found.take(unmatched), points, epsg)
    berth = np.array([zone == "berth" for zone in texts(ships, "zone")], dtype=np.bool_)[unmatched]
    repeats, others = _recurrence(places, ships["acquired_at"], unmatched, weight > 0, prior)
    return Evidence(
        matched=np.bincount(size, weight, minlength=2).astype(np.float64),
        scores=scores,
        lengths=np.bincount(long[long >= 0], weight[long >= 0], minlength=len(prior.length_edges) + 1).astype(
            np.float64
        ),
        size=size[unmatched],
        length_bin=long[unmatched],
        score_bin=bins[unmatched],
        near_ais=near / ships_m2,
        place=ships_m2 * area,
        turned=ships_m2 / any_axis_m2,
        silent=_silent(points, places, epsg, prior),
        unseen=float(floats(points, "weight")[_inside(points, places, epsg)].sum()),
        repeats=repeats,
        others=others,
        berth=berth,
        times=int(np.ptp(ships["acquired_at"]) / prior.stay),
        scenes=int(now["scene_id"].nunique()),
    )


def _bins(ships: pd.DataFrame, prior: BaseRatePrior) -> Ints:
    score = floats(ships, "score")
    inner = np.digitize(np.nan_to_num(score), prior.score_edges[1:-1])
    return np.where(np.isfinite(score), inner, -1).astype(np.int64)


def _long(ships: pd.DataFrame, prior: BaseRatePrior) -> Ints:
    """(ships,) bin of length, -1 of small ones and where there is no length."""
    length = floats(ships, "length_m")
    large = np.isfinite(length) & (length >= prior.large_m)
    return np.where(large, np.digitize(np.nan_to_num(length), prior.length_edges), -1).astype(np.int64)


def _plane(table: pd.DataFrame, epsg: int) -> Floats:
    """(n, 2) metres east and north of the places in the port's UTM zone."""
    lon, lat = lonlat(table)
    return np.column_stack(transformer(WGS84, epsg).transform(lon, lat))


def _recurrence(
    places: Floats, when: pd.Series, unmatched: Bools, matched: Bools, prior: BaseRatePrior
) -> tuple[Ints, Ints]:
    """Of each unmatched detection: stays at its spot at other times, by unmatched detections and by matched ones."""
    period = ((when - when.min()) / prior.stay).to_numpy(np.float64)
    near = cKDTree(places).query_ball_point(places[unmatched], prior.spot_m)
    rows = []
    for own, found in zip(np.flatnonzero(unmatched), near, strict=True):
        spot = np.asarray(found)
        away = np.abs(period[spot] - period[own]) > 1.0
        rows.append([_stays(np.sort(period[spot[away & kind[spot]]])) for kind in (unmatched, matched)])
    repeats, others = np.asarray(rows, dtype=np.int64).T
    return repeats, others


def _stays(times: Floats) -> int:
    """Stays of at most one unit of time that the sorted instants need."""
    count, until = 0, -np.inf
    for time in times:
        if time > until:
            count, until = count + 1, time + 1.0
    return count


def _near_ais(when: pd.Series, lone: Ships, points: pd.DataFrame, epsg: int) -> Floats:
    """(n,) per m² and axis over that of any, of ships on AIS without a detection at each unmatched one."""
    near = np.zeros(len(lone.mmsi))
    bow = bows_deg(points, DEFAULT_MODEL)
    there = _plane(points, epsg) if len(points) else np.zeros((0, 2))
    sigma = np.hypot(floats(points, "r90_m") / R90_OVER_SIGMA, _BETWEEN_M)
    weight, at = floats(points, "weight"), points["t"]
    for instant, rows in when.groupby(when).groups.items():
        own, some = np.asarray(rows), np.flatnonzero(at == instant)
        apart = np.hypot(*(lone.places[own, None, :] - there[None, some, :]).transpose(2, 0, 1))
        turned = axis_odds(lone.axis_deg[own, None], bow[None, some])
        near[own] = (_normal(apart, sigma[some]) * turned * weight[some]).sum(axis=1)
    return near


def _inside(points: pd.DataFrame, places: Floats, epsg: int) -> Bools:
    """Which ships on AIS lie within the bounds of the port's detections, with some margin."""
    if points.empty:
        return np.zeros(0, dtype=np.bool_)
    return _within(_plane(points, epsg), places)


def _within(there: Floats, places: Floats) -> Bools:
    low, high = places.min(axis=0) - _MARGIN_M, places.max(axis=0) + _MARGIN_M
    return np.asarray(((there >= low) & (there <= high)).all(axis=1))


def _silent(points: pd.DataFrame, places: Floats, epsg: int, prior: BaseRatePrior) -> float:
    if "before_s" not in points or points.empty:
        return prior.silent
    silent = nearest_fix_s(points)[_inside(points, places, epsg)] > 60.0 * prior.silent_min
    return float((silent.sum() + 1.0) / (len(silent) + 1.0 / prior.silent))


def _normal(apart: Floats, sigma: Floats) -> Floats:
    """Density per m² of a place that far off: a normal in two dimensions, a twentieth of it three times as wide."""
    parts = [
        share * np.exp(-0.5 * np.square(apart / width)) / (2.0 * np.pi * np.square(width))
        for share, width in ((0.95, sigma), (0.05, 3.0 * sigma))
    ]
    return np.asarray(sum(parts))


def _around(positions: pd.DataFrame | None, lon: Floats, lat: Floats, when: pd.Series) -> pd.DataFrame | None:
    """The positions near the port and within the reach in time of `track_at` of an instant."""
    if positions is None or positions.empty:
        return None
    asked, t = np.sort(naive(when)), naive(positions["t"])
    after = np.searchsorted(asked, t)
    apart = np.minimum(
        np.abs(asked[np.minimum(after, len(asked) - 1)] - t), np.abs(t - asked[np.maximum(after - 1, 0)])
    )
    east = np.mod(floats(positions, "lon") - lon[0] + 180.0, 360.0) - 180.0
    own = np.mod(lon - lon[0] + 180.0, 360.0) - 180.0
    near = (east >= own.min() - _MARGIN_DEG) & (east <= own.max() + _MARGIN_DEG)
    near &= np.abs(floats(positions, "lat") - (lat.min() + lat.max()) / 2.0) <= np.ptp(lat) / 2.0 + _MARGIN_DEG
    return positions[near & (apart <= np.timedelta64(12, "h"))]


def _known(now: pd.DataFrame, when: pd.Series, positions: pd.DataFrame | None) -> pd.DataFrame:
    """Ships on AIS at the instants, with the probability that no detection was matched to them as ``weight``."""
    if positions is None or positions.empty:
        lone = now[now["status"] == "ais_only"]
        places = {"t": lone["acquired_at"], "lon": lone["ais_lon"], "lat": lone["ais_lat"]}
        return pd.DataFrame(places | {"r90_m": 0.0, "weight": 1.0})
    points = track_at(positions, pd.Series(when.unique()))
    named = now[now["mmsi"].notna() & now["status"].isin(["matched", "potential"])]
    pairs = {(m, t): p for m, t, p in zip(named["mmsi"], named["acquired_at"], named["probability"], strict=True)}
    taken = [pairs.get((m, t), 0.0) for m, t in zip(points["mmsi"], points["t"], strict=True)]
    return points.assign(weight=1.0 - np.asarray(taken, dtype=np.float64))
