"""Which ships with AIS a nameless stay can have been: not one received then, or too far away before or after."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

import numpy as np
import numpy.typing as npt
import pandas as pd

from monitor.core.arrays import Floats
from monitor.core.columns import floats, naive
from monitor.core.geo.geodesy import METRES_PER_NAUTICAL_MILE, distance_m
from monitor.fuse.stays.port_stays import PortStay
from monitor.fuse.voyages.rules import ExclusionRule, LinkRule
from monitor.fuse.voyages.transitions import NEVER

Times = npt.NDArray[np.datetime64]
Places = Mapping[str, tuple[float, float]]


@dataclass(frozen=True, slots=True, eq=False)
class Fixes:
    """When and where one ship was received, in order of time; NaN for an unknown place."""

    t: Times
    lon: Floats
    lat: Floats


def fixes_of(ships: Collection[int], positions: pd.DataFrame | None) -> dict[int, Fixes]:
    """MMSI to the fixes of that ship."""
    if positions is None or positions.empty or not ships:
        return {}
    some = positions[positions["mmsi"].isin(list(ships))].sort_values("t", kind="stable")
    return {
        int(str(mmsi)): Fixes(naive(part["t"]), floats(part, "lon"), floats(part, "lat"))
        for mmsi, part in some.groupby("mmsi")
    }


def reception_near(positions: pd.DataFrame | None, places: Places, rule: ExclusionRule) -> dict[str, Times]:
    """Port id to the instants at which any vessel was received near it, in order.

    Parameters
    ----------
    positions : POSITIONS table, optional
        Without it no port had reception.
    places : mapping of str to tuple
        Port id to longitude and latitude in degrees.
    rule : ExclusionRule
        Sets how near is near.
    """
    if positions is None or positions.empty:
        return {}
    lon, lat, times = floats(positions, "lon"), floats(positions, "lat"), naive(positions["t"])
    found = {}
    for port, (x, y) in places.items():
        box = (np.abs(lat - y) < rule.near_port_deg) & (np.abs(lon - x) < rule.near_port_deg / np.cos(np.radians(y)))
        found[port] = np.sort(times[box])
    return found


def silence_odds(
    stays: Sequence[PortStay], fixes: Mapping[int, Fixes], feed: Mapping[str, Times], places: Places, rule: LinkRule
) -> dict[tuple[int, int], float]:
    """Stay and MMSI to the log odds against that ship having been the nameless one in port.

    Parameters
    ----------
    stays : sequence of PortStay
        Named and nameless; a key of the result holds the index here.
    fixes : mapping of int to Fixes
        MMSI to its fixes.
    feed : mapping of str to array
        Port id to the instants at which any vessel was received near it, in order.
    places : mapping of str to tuple
        Port id to longitude and latitude in degrees.
    rule : LinkRule
        Greatest speed, slack, and the odds against a ship that hides.

    Notes
    -----
    A ship that was received while the stay surely lasted, or whose fixes before or after lie too far away to sail from,
    is out. A ship that AIS names at other times, but not then though others were received, would have had to hide.
    """
    half = timedelta(hours=rule.exclusions.slack_h)
    odds: dict[tuple[int, int], float] = {}
    named = {stay.mmsi for stay in stays if stay.mmsi is not None}
    for n, stay in enumerate(stays):
        if stay.mmsi is not None:
            continue
        ends = naive(pd.Series([stay.arrived[1] - half, stay.departed[0] + half]))
        received = _any_between(feed.get(stay.port), ends)
        for mmsi, known in fixes.items():
            if _any_between(known.t, ends) or _too_far(known, ends, places[stay.port], rule):
                odds[n, mmsi] = NEVER
            elif received and mmsi in named:
                odds[n, mmsi] = -rule.hidden
    return odds


def _any_between(times: Times | None, ends: Times) -> bool:
    if times is None:
        return False
    low, high = np.searchsorted(times, ends)
    return bool(high > low)


def _too_far(fixes: Fixes, ends: Times, place: tuple[float, float], rule: LinkRule) -> bool:
    """Whether the last fix before a stay, or the first after it, lies further than the ship could sail."""
    after = int(np.searchsorted(fixes.t, ends[1]))
    for index, end in ((int(np.searchsorted(fixes.t, ends[0])) - 1, ends[0]), (after, ends[1])):
        if not 0 <= index < len(fixes.t):
            continue
        nmi = float(distance_m(fixes.lon[index], fixes.lat[index], *place)) / METRES_PER_NAUTICAL_MILE
        hours = abs(float((fixes.t[index] - end) / np.timedelta64(1, "s"))) / 3600.0
        if nmi > rule.exclusions.slack_nmi + rule.fastest_kn * (hours + rule.exclusions.slack_h):
            return True
    return False
