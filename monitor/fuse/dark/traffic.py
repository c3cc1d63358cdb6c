"""Where a port's ships lie and which way they point: what a ship without AIS is expected to share with the others."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import numpy as np
import pandas as pd

from monitor.core.arrays import Bools, Floats, Ints
from monitor.core.columns import floats, lonlat, naive
from monitor.core.geo.geodesy import WGS84, transformer
from monitor.fuse.matching.antenna import bows_deg
from monitor.fuse.matching.model import DEFAULT_MODEL

_STILL_M: tuple[tuple[float, float, bool], ...] = (
    (200.0, 200.0, True),
    (200.0, 200.0, False),
    (700.0, 700.0, False),
    (2_500.0, 2_500.0, False),
)
_MOVING_M: tuple[tuple[float, float, bool], ...] = (
    (1_500.0, 120.0, True),
    (1_500.0, 250.0, True),
    (700.0, 700.0, True),
    (2_500.0, 2_500.0, False),
)
"""Kernels about ships that lie still and that sail: standard deviation along and across the ship, and whether others
there point as it does: a quay, a lane, an anchorage, a roadstead. Chosen; how much each counts is learnt."""
_AXIS_DEG = 7.0
"""Standard deviation of the axis of a detection about that of the ship. Chosen."""
_EVEN_SHIPS, _EM_ROUNDS, _MOST_FIXES = 1.0, 40, 2_000
"""Ships by which each kernel's share is shrunk to an even one; rounds of EM; fixes that suffice. Chosen."""
_EVERY = np.timedelta64(20, "m")
"""Of the fixes of a ship one is used in that time. Chosen."""
_STILL_KN = 1.0


@dataclass(frozen=True, slots=True, eq=False)
class Ships:
    """Places of ships, each with its axis.

    Attributes
    ----------
    places : (n, 2) float
        Metres east and north in the port's UTM zone.
    axis_deg : (n,) float
        Clockwise from north, either end ahead; NaN where not known.
    mmsi : (n,) int
        Which ship it is.
    moving : (n,) bool
        Whether it was under way.
    """

    places: Floats
    axis_deg: Floats
    mmsi: Ints
    moving: Bools

    def take(self, part: Bools | slice) -> Ships:
        """Some of them."""
        return Ships(self.places[part], self.axis_deg[part], self.mmsi[part], self.moving[part])


def fixes(positions: pd.DataFrame, when: pd.Series, epsg: int, within: timedelta) -> Ships:
    """The ships of a POSITIONS table within some time of instants, thinned.

    Parameters
    ----------
    positions : POSITIONS table
        Course, heading and speed are used where present.
    when : Series
    epsg : int
        Of the port's UTM zone.
    within : timedelta
        Of an instant, on either side.
    """
    asked, t = np.sort(naive(when)), naive(positions["t"])
    after = np.searchsorted(asked, t)
    behind, ahead = asked[np.maximum(after - 1, 0)], asked[np.minimum(after, len(asked) - 1)]
    near = positions[np.minimum(np.abs(t - behind), np.abs(ahead - t)) <= np.timedelta64(within)]
    slot = (naive(near["t"]) - asked[0]) // _EVERY
    near = near[~pd.DataFrame({"mmsi": near["mmsi"].to_numpy(), "slot": slot}).duplicated().to_numpy()]
    lon, lat = lonlat(near)
    return Ships(
        np.column_stack(transformer(WGS84, epsg).transform(lon, lat)),
        bows_deg(near, DEFAULT_MODEL),
        near["mmsi"].to_numpy(np.int64),
        np.nan_to_num(floats(near, "sog_kn")) > _STILL_KN,
    )


def density(traffic: Ships, known: Ships, at: Ships, area_m2: float) -> tuple[Floats, Floats]:
    """(n,) density per m² of the port's ships at the places of `at`, and with its axes over that of any axis.

    Parameters
    ----------
    traffic : Ships
        Where ships were about the scenes.
    known : Ships
        Detections that are known to be ships: the kernels' shares are those with which `traffic` of other ships best
        foretells them (EM).
    at : Ships
        Whose density is asked for.
    area_m2 : float
        Of the port, over which a part of the ships is spread evenly.
    """
    if not len(traffic.mmsi):
        return np.full(len(at.mmsi), 1.0 / area_m2), np.full(len(at.mmsi), 1.0 / area_m2)
    traffic = traffic.take(slice(None, None, 1 + len(traffic.mmsi) // _MOST_FIXES))
    parts = _kernels(traffic, known, area_m2, others=True)
    share = np.full(parts.shape[1], 1.0 / parts.shape[1])
    for _ in range(_EM_ROUNDS):
        part = parts * share
        share = (_EVEN_SHIPS + (part / part.sum(axis=1, keepdims=True)).sum(axis=0)) / (
            _EVEN_SHIPS * len(share) + len(parts)
        )
    anyhow = Ships(at.places, np.full(len(at.mmsi), np.nan), at.mmsi, at.moving)
    there, turned = (np.asarray(_kernels(traffic, ships, area_m2, others=False) @ share) for ships in (anyhow, at))
    return there, turned


def axis_odds(axis_deg: Floats, other_deg: Floats) -> Floats:
    """Density of an axis about another over that of any; 1 where one is not known.

    Parameters
    ----------
    axis_deg, other_deg : float
        In degrees, either end ahead; of shapes that fit one another.
    """
    off = np.mod(axis_deg - other_deg + 90.0, 180.0) - 90.0
    normal = np.exp(-0.5 * np.square(off / _AXIS_DEG)) / (np.sqrt(2.0 * np.pi) * _AXIS_DEG)
    return np.where(np.isfinite(off), 0.9 * normal * 180.0 + 0.1, 1.0)


def _kernels(traffic: Ships, at: Ships, area_m2: float, *, others: bool) -> Floats:
    """(n, kernels) density of each kernel, and an even one, at each of n; by `others` of the ships that it is not."""
    found = [np.full(len(at.mmsi), 1.0 / area_m2)]
    for kernels, part in ((_STILL_M, ~traffic.moving), (_MOVING_M, traffic.moving)):
        ships = traffic.take(part)
        used = at.mmsi[:, None] != ships.mmsi if others else np.ones((len(at.mmsi), len(ships.mmsi)), dtype=np.bool_)
        number = used.sum(axis=1)
        off = at.places[:, None, :] - ships.places[None, :, :]
        bow = np.radians(np.nan_to_num(ships.axis_deg))
        along = off[..., 0] * np.sin(bow) + off[..., 1] * np.cos(bow)
        across = off[..., 0] * np.cos(bow) - off[..., 1] * np.sin(bow)
        turned = axis_odds(at.axis_deg[:, None], ships.axis_deg[None, :])
        for length, width, aligned in kernels:
            near = np.exp(-0.5 * (np.square(along / length) + np.square(across / width))) * used
            near = (near * turned if aligned else near).sum(axis=1) / (2.0 * np.pi * length * width)
            found.append(np.where(number > 0, near / np.maximum(number, 1), 1.0 / area_m2))
    return np.column_stack(found)
