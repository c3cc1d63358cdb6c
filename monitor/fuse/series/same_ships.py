"""One ship that two sensors show within an hour of each other: which detections they are, so that it counts once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.optimize import linear_sum_assignment

from monitor.core.arrays import Floats
from monitor.core.columns import floats, lonlat, texts, vessels_only
from monitor.core.geo.geodesy import KNOT_MS, distance_m
from monitor.core.tables import DETECTIONS

_FAR = 1e6


@dataclass(frozen=True, slots=True)
class SameShipRule:
    """When detections of two scenes are one ship; all chosen.

    Attributes
    ----------
    place_m : float
        How far two finds of a ship at rest may lie apart: registration, the boxes' own errors, the swing at anchor.
    still_kn : float
        Speed of a ship that the image shows not moving: below this the lag between bands cannot tell.
    fastest_kn : float
        Speed allowed for a ship off the berths whose motion is not known.
    length_ratio : float
        How much lengths without an interval may differ.
    """

    place_m: float = 150.0
    still_kn: float = 2.0
    fastest_kn: float = 15.0
    length_ratio: float = 1.6


def mark_same_ships(
    detections: pd.DataFrame, together: Sequence[Sequence[str]], *, rule: SameShipRule | None = None
) -> pd.DataFrame:
    """DETECTIONS with `same_ship` filled in: the detection of the same hour that stands for the same ship.

    Parameters
    ----------
    detections : DETECTIONS table
        Of all scenes; fixed objects are left out.
    together : sequence of sequence of str
        Groups of scene ids from `observed_together`; the detection of the scene that comes first stands for the ship.
    rule : SameShipRule, optional

    Returns
    -------
    DETECTIONS table
        The same rows in the same order.

    Notes
    -----
    Two detections fit where the ship could have been at both places in the time between, and their 90 % intervals of
    length overlap. As many pairs as possible are formed, the nearest first; a number of ships is thereby a lower bound.
    """
    rule = rule or SameShipRule()
    ships = vessels_only(detections)
    ships = ships[~ships["is_fixed"]].reset_index(drop=True)
    of_scene = dict(tuple(ships.groupby("scene_id"))) if len(ships) else {}
    found: dict[str, str] = {}
    for group in together:
        known = [of_scene[scene] for scene in group if scene in of_scene]
        single = known[0] if known else ships
        for more in known[1:]:
            pairs = _pairs(single, more, rule)
            found |= pairs
            single = pd.concat([single, more[~more["detection_id"].isin(list(pairs))]], ignore_index=True)
    return DETECTIONS.conform(detections.assign(same_ship=[found.get(str(d), "") for d in detections["detection_id"]]))


def _pairs(one: pd.DataFrame, other: pd.DataFrame, rule: SameShipRule) -> dict[str, str]:
    cost = _cost(one, other, rule)
    rows, cols = linear_sum_assignment(cost)
    names = one["detection_id"].astype(str).to_numpy(), other["detection_id"].astype(str).to_numpy()
    return {names[1][c]: names[0][r] for r, c in zip(rows, cols, strict=True) if cost[r, c] < _FAR}


def _cost(one: pd.DataFrame, other: pd.DataFrame, rule: SameShipRule) -> Floats:
    """(one, other) share of the reach that two detections lie apart; `_FAR` where they do not fit."""
    (lon0, lat0), (lon1, lat1) = lonlat(one), lonlat(other)
    apart = distance_m(lon0[:, None], lat0[:, None], lon1[None, :], lat1[None, :])
    instants = [table["acquired_at"].astype("int64").to_numpy(np.float64) / 1e6 for table in (one, other)]
    lapse_s = np.abs(instants[0][:, None] - instants[1][None, :])
    speed = np.fmin(_fastest_kn(one, rule)[:, None], _fastest_kn(other, rule)[None, :])
    share = apart / (rule.place_m + speed * KNOT_MS * lapse_s)
    (low0, high0), (low1, high1) = _lengths(one, rule), _lengths(other, rule)
    alike = (low0[:, None] <= high1[None, :]) & (low1[None, :] <= high0[:, None])
    return np.where((share <= 1.0) & alike, share, _FAR)


def _fastest_kn(ships: pd.DataFrame, rule: SameShipRule) -> Floats:
    motion, zone = np.array(texts(ships, "motion")), np.array(texts(ships, "zone"))
    shown = np.where(motion == "moving", floats(ships, "speed_high_kn"), rule.fastest_kn)
    shown = np.where(np.isfinite(shown), shown, rule.fastest_kn)
    still = np.where(motion == "not moving", rule.still_kn, shown)
    return np.where((zone == "berth") & (motion != "moving"), 0.0, still)


def _lengths(ships: pd.DataFrame, rule: SameShipRule) -> tuple[Floats, Floats]:
    """Bounds of each length; of one without an interval by the rule's ratio, of one that is not known none."""
    length, low, high = (floats(ships, name) for name in ("length_m", "length_low_m", "length_high_m"))
    low = np.where(np.isfinite(low), low, length / rule.length_ratio)
    high = np.where(np.isfinite(high), high, length * rule.length_ratio)
    return np.nan_to_num(low, nan=0.0), np.nan_to_num(high, nan=np.inf)
