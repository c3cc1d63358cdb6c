"""What AIS says of where one ship was between two ports, step by step."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from monitor.core.arrays import Floats
from monitor.core.columns import floats, naive
from monitor.core.geo.geodesy import distance_m
from monitor.fuse.voyages.at_sea import UnderwayFix
from monitor.fuse.voyages.motion import AT_A, AT_B, BEYOND, TO_A, TO_B
from monitor.fuse.voyages.rules import LinkRule

PLACES = BEYOND + 1
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Rates:
    """How likely a step of the grid has a fix of the ship: under way between the ports, in port, elsewhere."""

    at_sea: float
    in_port: float
    elsewhere: float


@dataclass(frozen=True, slots=True, eq=False)
class Received:
    """One ship's fixes.

    Attributes
    ----------
    known : array of float
        (steps, places) log of how likely their places are with the ship in each place.
    under_way : bool
        Whether it was received on its way between the ports.
    steps : array of bool
        (steps,) which steps of the grid have one.
    in_port : bool
        Whether it was received, or matched, in one of the ports.
    """

    known: Floats
    under_way: bool
    steps: Flags
    in_port: bool

    def weight(self, rates: Rates) -> Floats:
        """(steps, places) log of how likely it is, by place, that the ship was received where and when it was.

        Without any fix nothing is known of when it sends. A ship that is silent in port is so in a port not watched.
        """
        if not self.steps.any():
            return self.known
        beyond = min(rates.in_port, rates.elsewhere)
        by_place = np.array([rates.in_port, rates.in_port, rates.at_sea, rates.at_sea, rates.elsewhere, beyond])
        heard = np.where(self.steps[:, None], by_place[None, :], 1.0 - by_place[None, :])
        return np.asarray(self.known + np.log(heard))


def received(
    mmsi: int,
    ports: tuple[str, str],
    steps: int,
    *,
    way_m: float,
    positions: pd.DataFrame | None,
    calls: pd.DataFrame,
    fixes: Collection[UnderwayFix],
    places: Mapping[str, tuple[float, float]],
    zero: pd.Timestamp,
    rule: LinkRule,
) -> Received:
    """What AIS says of one ship.

    Parameters
    ----------
    mmsi : int
    ports : tuple of str
        Ids of A and B.
    way_m : float
        Distance between them by water. What was received where the way between them would be longer by the rule for
        ships under way (`UnderwayRule.direct`) was on no passage from the one to the other.
    steps : int
        Length of the grid.
    positions : POSITIONS table, optional
    calls : PORT_CALLS table
        In port from the first fix to the last.
    fixes : collection of UnderwayFix
        On the way from the one port to the other.
    places : mapping of str to tuple
        Port id to longitude and latitude in degrees.
    zero : Timestamp
        From when the grid is counted.
    rule : LinkRule
    """
    known = np.zeros((steps, PLACES))
    shown = np.zeros(steps, dtype=np.bool_)
    in_port, under_way, step = False, False, pd.Timedelta(hours=rule.motion.step_h)
    if positions is not None and len(positions):
        mine = positions[positions["mmsi"] == mmsi]
        hours = (naive(mine["t"]) - naive(pd.Series([zero]))[0]) / np.timedelta64(1, "h")
        at, lon, lat = np.floor(hours / rule.motion.step_h).astype(np.int64), floats(mine, "lon"), floats(mine, "lat")
        inside = (at >= 0) & (at < steps) & np.isfinite(lon) & np.isfinite(lat)
        apart_m = [np.asarray(distance_m(lon, lat, *places[port])) for port in ports]
        near = [metres <= rule.near_port_m for metres in apart_m]
        off = apart_m[0] + apart_m[1] > rule.underway.direct * way_m
        shown[at[inside]] = True
        for port, here in zip((AT_A, AT_B), near, strict=True):
            known[np.ix_(np.unique(at[inside & here]), np.arange(PLACES) != port)] -= rule.sure
            in_port |= bool((inside & here).any())
        known[np.unique(at[inside & ~near[0] & ~near[1]]), : AT_B + 1] -= rule.sure
        known[np.unique(at[inside & ~near[0] & ~near[1] & off]), TO_B : TO_A + 1] -= rule.sure
    for fix in fixes:
        if fix.mmsi == mmsi and {fix.from_port, fix.to_port} == set(ports):
            middle = ((fix.left - zero) / step + (fix.arrives - zero) / step) / 2.0
            towards = TO_B if fix.from_port == ports[0] else TO_A
            known[int(np.clip(middle, 0, steps - 1)), np.arange(PLACES) != towards] -= rule.under_way
            under_way = True
    for call in calls[(calls["mmsi"] == mmsi) & calls["port_id"].isin(ports)].to_dict("records"):
        came = max(int(np.ceil((call["arrived_at"] - zero) / step)), 0)
        went = steps if pd.isna(call["departed_at"]) else int((call["departed_at"] - zero) / step)
        known[came:went, np.arange(PLACES) != ports.index(str(call["port_id"]))] -= rule.sure
        in_port = True
    return Received(known, under_way, shown, in_port)
