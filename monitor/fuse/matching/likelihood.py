"""How well a detection and a vessel on AIS fit one another, as costs in natural log odds."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from monitor.core.arrays import Floats, Ints, Mask
from monitor.core.columns import floats, lonlat
from monitor.core.geo.geodesy import inverse
from monitor.fuse.matching.antenna import Centres, bows_deg, centres
from monitor.fuse.matching.crowd import Crowd
from monitor.fuse.matching.model import DEFAULT_MODEL, Learnt, MatchModel
from monitor.fuse.matching.places import Spread

_NEVER = 1e-300


@dataclass(frozen=True, slots=True)
class Costs:
    """(detections, vessels) cost terms; `total` is inf where a pair is infeasible, and negative favours the pair."""

    total: Floats
    position: Floats
    length: Floats
    heading: Floats
    berth: Floats
    distance_m: Floats

    @property
    def feasible(self) -> Mask:
        """(detections, vessels) bool: pairs that are considered."""
        return np.isfinite(self.total)


@dataclass(frozen=True, slots=True)
class Pairs:
    """The pairs within reach of one another, and what does not change as the scene is learnt. Arrays are (pairs,).

    Attributes
    ----------
    detection, vessel : int
        Row and column of the pair.
    shape : tuple of int
        Detections and vessels.
    east_m, north_m : float
        From the antenna's place in the image to the detection's centre.
    apart_m : (detections, vessels) float
        The same distance for every pair.
    centre : Centres
        The hull's centre about the antenna.
    spread : Spread
        How sure the antenna's place is.
    crowd : Crowd
        What lies about each detection.
    at_berth : bool
        Whether the detection lies at a berth.
    log_ratio, log_spread : float
        Log of measured over broadcast length, NaN where one is missing, and its standard deviation.
    heading, berth : float
        Costs.
    length_m : float
        As measured, else as broadcast; 0 where neither is known.
    """

    detection: Ints
    vessel: Ints
    shape: tuple[int, int]
    east_m: Floats
    north_m: Floats
    apart_m: Floats
    centre: Centres
    spread: Spread
    crowd: Crowd
    at_berth: Mask
    log_ratio: Floats
    log_spread: Floats
    heading: Floats
    berth: Floats
    length_m: Floats


def seen_probability(length_m: Floats, pixel_m: float | None = 10.0) -> Floats:
    """(n,) probability that an image shows a ship of that length as a detection; 0.75 where it is not known.

    Parameters
    ----------
    length_m : (n,) float
    pixel_m : float, optional
        Of the image; None where it is not known.

    Notes
    -----
    By the pixels that the ship is long, as measured at 10 m. At 30 m it gives 0.58 for a ship of 120 m; the shipped
    weights found 0.54 (0.48 to 0.63) of ships of that length at berth in images brought to 30 m.
    """
    pixels = length_m / (np.nan if pixel_m is None else pixel_m)
    steps = np.interp(pixels, [1.0, 2.0, 3.0, 5.0, 8.0, 12.0], [0.05, 0.2, 0.45, 0.7, 0.88, 0.93])
    return np.where(np.isfinite(pixels), steps, 0.75)


def nearest_fix_s(points: pd.DataFrame) -> Floats:
    """(n,) seconds to the nearer fix of each vessel; inf when there is none."""
    sides = np.abs(np.column_stack([floats(points, "before_s"), floats(points, "after_s")]))
    return np.asarray(np.min(np.where(np.isfinite(sides), sides, np.inf), axis=1, initial=np.inf))


def pairs_within_reach(
    detections: pd.DataFrame, points: pd.DataFrame, model: MatchModel = DEFAULT_MODEL, *, sensor: str = ""
) -> Pairs:
    """The pairs of a detection and a vessel that are near enough to be considered.

    Parameters
    ----------
    detections : DETECTIONS table
        Needs geometry (or lon, lat); length, axis and zone are used where present.
    points : TRACK_POINTS table
        With the columns of `projection.IMAGE_COLUMNS`.
    model : MatchModel
    sensor : str
        Key of the sensor, for the error of its lengths.
    """
    lon, lat = lonlat(detections)
    bearing, apart = inverse(floats(points, "image_lon"), floats(points, "image_lat"), lon[:, None], lat[:, None])
    measured = floats(detections, "length_m")
    reach = np.nan_to_num(np.fmax(measured[:, None], floats(points, "length_m")[None, :])) / 2.0
    spread = Spread.of(points, model)
    gate = np.maximum(model.gate_m, model.gate_sigmas * spread.widest_m)[None, :] + reach
    near = nearest_fix_s(points)[None, :] < model.near_fix_s
    gate = np.where(near, np.minimum(gate, model.near_gate_m), gate)
    i, j = np.nonzero(apart <= gate)
    at, towards = apart[i, j], np.radians(bearing[i, j])
    vessels = points.iloc[j]
    axis = floats(detections, "axis_deg")[i]
    crowd = Crowd.of(detections, model)
    at_berth = crowd.at_berth[i]
    ratio, log_spread = _lengths(detections, i, floats(vessels, "length_m"), model, sensor)
    heading = _heading_cost(axis, bows_deg(vessels, model), model)
    moving = np.nan_to_num(floats(vessels, "sog_kn")) > model.under_way_kn
    return Pairs(
        detection=i,
        vessel=j,
        shape=(len(detections), len(points)),
        east_m=at * np.sin(towards),
        north_m=at * np.cos(towards),
        apart_m=apart,
        centre=centres(vessels, axis, measured[i], model),
        spread=spread.take(j),
        crowd=crowd,
        at_berth=at_berth,
        log_ratio=ratio,
        log_spread=log_spread,
        heading=np.where(crowd.in_row[i], np.maximum(heading, 0.0), heading),
        berth=np.where(at_berth & moving, np.log(model.berthed_under_way), 0.0),
        length_m=np.nan_to_num(np.where(np.isfinite(measured[i]), measured[i], floats(vessels, "length_m"))),
    )


def pair_costs(
    pairs: Pairs, points: pd.DataFrame, model: MatchModel = DEFAULT_MODEL, learnt: Learnt | None = None
) -> Costs:
    """The cost of each pair of a detection and a vessel at the scene's instant.

    Parameters
    ----------
    pairs : Pairs
    points : TRACK_POINTS table
        That the pairs are of, with `seen_probability` of each as ``p_seen``.
    model : MatchModel
        Spreads, densities and gates.
    learnt : Learnt, optional
        What the scene's own pairs have shown; the model alone when not given.

    Notes
    -----
    A pair costs minus the log of: probability to be seen × density of the hull's centre, over the density of strangers
    × probability to be missed. The centre is a mixture of normals: the antenna's place on the hull (`antenna`), the
    ship's place at the instant (`places`), and a wider one for the outliers. Length and heading never veto; at a
    berth and in a row, where all ships lie along the quay, a fitting heading is no evidence, and at a berth a ship
    under way is rarely the one.
    """
    learnt = learnt or Learnt(strangers=model.strangers_share[0])
    i, j = pairs.detection, pairs.vessel
    seen = floats(points, "p_seen") * learnt.seen
    missed = 1.0 - seen * Spread.of(points, model).settled(model.placed_m)
    odds = (np.minimum(seen, 0.99) / np.maximum(missed, 0.01))[j]
    strange = pairs.crowd.strangers_m2(learnt.strangers)[i]
    position = -np.log(centre_density(pairs, model, learnt) * odds / strange + _NEVER)
    length = _length_cost(pairs, model, learnt)
    total = position + length + pairs.heading + pairs.berth
    feasible = total <= model.most_cost

    def wide(values: Floats, absent: float) -> Floats:
        table = np.full(pairs.shape, absent)
        table[i, j] = values
        return table

    return Costs(
        total=wide(np.where(feasible, total, np.inf), np.inf),
        position=wide(position, np.nan),
        length=wide(length, np.nan),
        heading=wide(pairs.heading, np.nan),
        berth=wide(pairs.berth, np.nan),
        distance_m=wide(centre_distance_m(pairs, learnt), np.nan),
    )


def residuals_m(pairs: Pairs, learnt: Learnt) -> tuple[Floats, Floats]:
    """(pairs,) metres ahead and to starboard of the antenna at which the detection's centre lies.

    Parameters
    ----------
    pairs : Pairs
    learnt : Learnt
        By how much the image is off.
    """
    bow = np.radians(pairs.centre.bow_deg)
    east, north = pairs.east_m - learnt.east_m, pairs.north_m - learnt.north_m
    return east * np.sin(bow) + north * np.cos(bow), east * np.cos(bow) - north * np.sin(bow)


def centre_distance_m(pairs: Pairs, learnt: Learnt) -> Floats:
    """(pairs,) metres from the detection's centre to the hull's, to the antenna where its place is not known.

    Parameters
    ----------
    pairs : Pairs
    learnt : Learnt
        By how much the image is off.
    """
    ahead, right = residuals_m(pairs, learnt)
    known = pairs.centre.stated
    ahead = ahead - np.where(known, pairs.centre.ahead_m[0], 0.0)
    right = right - np.where(known, pairs.centre.right_m[0], 0.0)
    return np.asarray(np.hypot(ahead, right))


def centre_density(pairs: Pairs, model: MatchModel, learnt: Learnt) -> Floats:
    """(pairs,) density per m² of the hull's centre at the detection.

    Parameters
    ----------
    pairs : Pairs
    model : MatchModel
    learnt : Learnt
    """
    ahead, right = residuals_m(pairs, learnt)
    off_ahead = np.square(ahead - pairs.centre.ahead_m)
    off_right = np.square(right - pairs.centre.right_m)
    floor = learnt.floor * np.where(pairs.at_berth, model.floor_m[1], model.floor_m[0])
    box_m2 = np.square(floor) + np.square(model.length_share * pairs.length_m)
    share, wider = (np.where(pairs.at_berth, tail[1], tail[0]) for tail in zip(*model.tails, strict=True))
    density: Floats = np.zeros(len(ahead))
    for weight, along_m2, across_m2 in pairs.spread.parts():
        var_ahead = pairs.centre.ahead_m2 + box_m2 + along_m2
        var_right = pairs.centre.right_m2 + np.square(floor) + across_m2
        for part, width in ((1.0 - share, 1.0), (share, np.square(wider))):
            a, r = var_ahead * width, var_right * width
            normal = np.exp(-0.5 * (off_ahead / a + off_right / r)) / (2.0 * np.pi * np.sqrt(a * r))
            density = density + weight * part * (pairs.centre.weight * normal).sum(axis=0)
    return density


def _lengths(
    detections: pd.DataFrame, i: Ints, broadcast: Floats, model: MatchModel, sensor: str
) -> tuple[Floats, Floats]:
    """Log of measured over broadcast length of each pair, and its standard deviation."""
    by_sensor = dict(model.length_spread)
    with np.errstate(invalid="ignore", divide="ignore"):
        ratio = np.log(floats(detections, "length_m")[i] / broadcast)
        stated = (np.log(floats(detections, "length_high_m")) - np.log(floats(detections, "length_low_m")))[i] / 3.29
    spread = np.where(np.isfinite(stated) & (stated > 0), stated, by_sensor.get(sensor, by_sensor[""]))
    return np.where(np.isfinite(ratio), ratio, np.nan), np.hypot(spread, model.broadcast_spread)


def _length_cost(pairs: Pairs, model: MatchModel, learnt: Learnt) -> Floats:
    spread = learnt.length_scale * pairs.log_spread
    off = (pairs.log_ratio - learnt.length_bias) / spread
    normal = np.exp(-0.5 * np.square(off)) / (np.sqrt(2.0 * np.pi) * spread)
    odds = model.length_fit * normal / model.length_density + (1.0 - model.length_fit)
    return np.where(np.isfinite(pairs.log_ratio), -np.log(odds), 0.0)


def _heading_cost(axis_deg: Floats, bow_deg: Floats, model: MatchModel) -> Floats:
    turned = np.mod(axis_deg - bow_deg, 180.0)
    off = np.minimum(turned, 180.0 - turned)
    spread = model.axis_spread_deg
    density = 2.0 * np.exp(-0.5 * np.square(off / spread)) / (np.sqrt(2.0 * np.pi) * spread)
    odds = model.axis_fit * density * 90.0 + (1.0 - model.axis_fit)
    return np.where(np.isfinite(off), -np.log(odds), 0.0)
