"""How well a detection and a vessel on AIS fit one another, as costs in natural log odds."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from monitor.core.arrays import Floats, Mask
from monitor.core.columns import floats, lonlat, texts
from monitor.core.geo.geodesy import distance_m

R90_OVER_SIGMA = 2.146
"""Radius that holds 90 % of a two-dimensional normal, over its standard deviation."""


@dataclass(frozen=True, slots=True)
class MatchModel:
    """Numbers of the matching.

    Attributes
    ----------
    floor_m : tuple of float
        Least standard error of a pair's distance (GNSS, box edges, antenna), elsewhere and at a berth.
    length_share : float
        Part of the ship's length that antenna and box centre may lie apart (one standard error).
    strangers_per_km2 : tuple of (str, float)
        Density of ships without AIS, by the detection's zone; "" where no zone is given.
    sure : float
        Probability from which a pair is ``matched``; from ``1 - sure`` up to it is ``potential``.
    gate_m : float
        Least distance within which a pair is considered; `gate_sigmas` standard errors when these are more.
    near_gate_m : float
        Greatest distance when a fix lies within `near_fix_s`.
    longest_silence_h : float
        Vessels without any fix this near in time are left out.
    gate_sigmas, near_fix_s : float
        See `gate_m` and `near_gate_m`. Chosen.
    tails : tuple of (float, float)
        Share and relative width of the wider normal of the distance, elsewhere and at a berth, where ships lie side by
        side. Chosen.
    length_spread, length_fit, length_density : float
        Of broadcast over measured length: standard deviation of the log, share that follows it, and density of the
        log among all ships. Chosen.
    axis_spread_deg, axis_fit : float
        Of measured axis against heading: standard deviation, and share that follows it. Chosen.
    under_way_kn : float
        A ship that is faster rarely is the one at a berth, by the factor `berthed_under_way`. Chosen.
    berthed_under_way : float
    steering_kn : float
        From it on the course stands for a heading that is missing. Chosen.
    most_cost : float
        Pairs that cost more are infeasible: odds of less than one in a hundred and fifty. Chosen.
    expected : float
        Probability to be seen from which a vessel on AIS alone is stated as not seen. Chosen.
    placed_m : float
        Greatest radius of 90 % of that vessel's place. Chosen.
    long_silence_min : float
        From it on a doubtful pair's reason names the nearest fix. Chosen.
    """

    floor_m: tuple[float, float] = (40.0, 25.0)
    length_share: float = 0.25
    strangers_per_km2: tuple[tuple[str, float], ...] = (("berth", 3.0), ("inshore", 1.0), ("open", 0.2), ("", 0.3))
    sure: float = 0.8
    gate_m: float = 500.0
    near_gate_m: float = 1500.0
    longest_silence_h: float = 12.0
    gate_sigmas: float = 3.0
    near_fix_s: float = 600.0
    tails: tuple[tuple[float, float], tuple[float, float]] = ((0.1, 2.5), (0.02, 2.0))
    length_spread: float = 0.15
    length_fit: float = 0.85
    length_density: float = 0.4
    axis_spread_deg: float = 12.0
    axis_fit: float = 0.8
    under_way_kn: float = 3.0
    berthed_under_way: float = 20.0
    steering_kn: float = 2.0
    most_cost: float = 5.0
    expected: float = 0.6
    placed_m: float = 2000.0
    long_silence_min: float = 15.0


DEFAULT_MODEL = MatchModel()


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


def seen_probability(length_m: Floats) -> Floats:
    """(n,) probability that a 10 m image shows a ship of that length as a detection; 0.75 where it is not known."""
    steps = np.interp(length_m, [10.0, 20.0, 30.0, 50.0, 80.0, 120.0], [0.05, 0.2, 0.45, 0.7, 0.88, 0.93])
    return np.where(np.isfinite(length_m), steps, 0.75)


def pair_costs(detections: pd.DataFrame, points: pd.DataFrame, model: MatchModel = DEFAULT_MODEL) -> Costs:
    """The cost of each pair of a detection and a vessel at the scene's instant.

    Parameters
    ----------
    detections : DETECTIONS table
        Needs geometry (or lon, lat); length, axis and zone are used where present.
    points : TRACK_POINTS table
        With ``image_lon``, ``image_lat`` and ``image_sigma_m``: where the image should show each vessel, and the
        standard error along each axis.
    model : MatchModel
        Spreads, densities and gates.

    Notes
    -----
    A pair costs minus the log of: probability to be seen × density of the distance, over the density of strangers ×
    probability to be missed. The distance is a two-dimensional normal with a wider one for the outliers. Length and
    heading multiply by a ratio between a sixth and six, so they never veto; at a berth, where all ships lie along the
    quay, a fitting heading is no evidence, and a ship under way is rarely the one. Pairs that cost over 5 (less than
    one in a hundred and fifty) are infeasible.
    """
    lon, lat = lonlat(detections)
    apart = distance_m(lon[:, None], lat[:, None], floats(points, "image_lon"), floats(points, "image_lat"))
    ship_m = _ship_length(detections, points)
    at_berth = np.array([zone == "berth" for zone in texts(detections, "zone")], dtype=bool)[:, None]
    floor = np.where(at_berth, model.floor_m[1], model.floor_m[0])
    sigma = np.hypot(np.hypot(floats(points, "image_sigma_m")[None, :], floor), model.length_share * ship_m)
    seen = seen_probability(floats(points, "length_m"))[None, :]
    odds = np.log(seen / (1.0 - seen))
    position = -np.log(_density(apart, sigma, at_berth, model) / _strangers(detections, model)[:, None] + 1e-300) - odds
    length = _length_cost(detections, points, model)
    heading = _heading_cost(detections, points, model)
    heading = np.where(at_berth, np.maximum(heading, 0.0), heading)
    moving = np.nan_to_num(floats(points, "sog_kn"))[None, :] > model.under_way_kn
    berth = np.where(at_berth & moving, np.log(model.berthed_under_way), 0.0)
    total = position + length + heading + berth
    feasible = (apart <= _gate(points, sigma, model)) & (total <= model.most_cost)
    return Costs(
        total=np.where(feasible, total, np.inf),
        position=position,
        length=length,
        heading=heading,
        berth=berth,
        distance_m=apart,
    )


def _density(apart: Floats, sigma: Floats, at_berth: Mask, model: MatchModel) -> Floats:
    def normal(width: Floats) -> Floats:
        return np.asarray(np.exp(-0.5 * np.square(apart / width)) / (2.0 * np.pi * np.square(width)))

    share, width = (np.where(at_berth, tail[1], tail[0]) for tail in zip(*model.tails, strict=True))
    return np.asarray((1.0 - share) * normal(sigma) + share * normal(width * sigma))


def _strangers(detections: pd.DataFrame, model: MatchModel) -> Floats:
    by_zone = dict(model.strangers_per_km2)
    per_km2 = [by_zone.get(zone, by_zone[""]) for zone in texts(detections, "zone")]
    per_m2: Floats = np.asarray(per_km2, dtype=np.float64) * 1e-6
    return per_m2


def _gate(points: pd.DataFrame, sigma: Floats, model: MatchModel) -> Floats:
    nearest = nearest_fix_s(points)
    gate = np.maximum(model.gate_m, model.gate_sigmas * sigma)
    return np.asarray(np.where(nearest[None, :] < model.near_fix_s, np.minimum(gate, model.near_gate_m), gate))


def nearest_fix_s(points: pd.DataFrame) -> Floats:
    """(n,) seconds to the nearer fix of each vessel; inf when there is none."""
    sides = np.abs(np.column_stack([floats(points, "before_s"), floats(points, "after_s")]))
    return np.asarray(np.min(np.where(np.isfinite(sides), sides, np.inf), axis=1, initial=np.inf))


def _ship_length(detections: pd.DataFrame, points: pd.DataFrame) -> Floats:
    measured, stated_m = floats(detections, "length_m")[:, None], floats(points, "length_m")[None, :]
    either = np.where(np.isfinite(measured), measured, stated_m)
    return np.where(np.isfinite(either), either, 0.0)


def _length_cost(detections: pd.DataFrame, points: pd.DataFrame, model: MatchModel) -> Floats:
    measured, stated_m = floats(detections, "length_m")[:, None], floats(points, "length_m")[None, :]
    low, high = floats(detections, "length_low_m")[:, None], floats(detections, "length_high_m")[:, None]
    with np.errstate(invalid="ignore", divide="ignore"):
        ratio = np.log(measured / stated_m)
        stated = (np.log(high) - np.log(low)) / (2.0 * 1.645)
    spread = np.hypot(model.length_spread, np.where(np.isfinite(stated), stated, 0.0))
    normal = np.exp(-0.5 * np.square(ratio / spread)) / (np.sqrt(2.0 * np.pi) * spread)
    odds = model.length_fit * normal / model.length_density + (1.0 - model.length_fit)
    return np.where(np.isfinite(ratio), -np.log(odds), 0.0)


def _heading_cost(detections: pd.DataFrame, points: pd.DataFrame, model: MatchModel) -> Floats:
    axis = floats(detections, "axis_deg")[:, None]
    sog, cog = floats(points, "sog_kn"), floats(points, "cog_deg")
    bow = floats(points, "heading_deg")
    bow = np.where(np.isfinite(bow), bow, np.where(sog > model.steering_kn, cog, np.nan))[None, :]
    turned = np.mod(axis - bow, 180.0)
    off = np.minimum(turned, 180.0 - turned)
    density = (
        2.0 * np.exp(-0.5 * np.square(off / model.axis_spread_deg)) / (np.sqrt(2.0 * np.pi) * model.axis_spread_deg)
    )
    odds = model.axis_fit * density * 90.0 + (1.0 - model.axis_fit)
    return np.where(np.isfinite(off), -np.log(odds), 0.0)
