"""What a leg between two stays may look like, and when it most likely took place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

import numpy as np
import numpy.typing as npt
import pandas as pd

from monitor.core.geodesy import METRES_PER_NAUTICAL_MILE
from monitor.fuse.stays.port_stays import PortStay

Floats = npt.NDArray[np.float64]
Distances = Mapping[frozenset[str], float]


@dataclass(frozen=True, slots=True)
class LinkRule:
    """What a leg may look like.

    Attributes
    ----------
    fastest_kn : most speed over the water distance
    usual_kn : speed from which waiting is reckoned
    waits : share and mean hours of the time lost on the way: none to speak of, in the roads, weather or orders
    unseen_h : mean hours that a stay goes on before its first observation and after its last
    strangers : part of a port's arrivals that are ships never seen before
    hidden : log odds against a ship whose AIS is received at other times having lain in port unheard
    shifts : share of stays that go on at another berth of the port within `shift_within`
    roads : most time at anchor before a berth is free, for stays that a glimpse leads to
    far : log odds of two stays too far apart in time to say anything
    least_probability : links below are kept among `VOYAGE_LINKS` and make no voyage
    surer : intercept and slope, in log odds, from a link's share of draws to the chance that its leg took place; fitted
        to 220 legs of the made seasons 100–117, whose legs took place more often than they were drawn
    longest_call : a hull that lay longer is laid up, and no call of a ship that trades
    longest : most time from being last seen to being first seen elsewhere
    detour : water distance over the geodesic where no distance is given; Rajin–Dunai: 209 for 186 km
    least_legs : legs from which a repeated pair is called a shuttle
    stay_h : usual length of stay
    stays_h : shortest and longest usual stay, for the bounds of the share of legs that could be caught
    """

    fastest_kn: float = 17.0
    usual_kn: float = 11.0
    waits: tuple[tuple[float, float], ...] = ((0.7, 2.5), (0.25, 12.0), (0.05, 48.0))
    unseen_h: float = 36.0
    strangers: float = 0.4
    hidden: float = 5.0
    shifts: float = 0.06
    roads: timedelta = timedelta(hours=24)
    far: float = -2.0
    least_probability: float = 0.55
    surer: tuple[float, float] = (0.35, 1.19)
    longest_call: timedelta = timedelta(days=21)
    longest: timedelta = timedelta(days=8)
    detour: float = 1.12
    shift_within: timedelta = timedelta(hours=30)
    least_legs: int = 3
    stay_h: float = 36.0
    stays_h: tuple[float, float] = (24.0, 72.0)


def likeliest(left: PortStay, came: PortStay, way_m: float, rule: LinkRule) -> tuple[pd.Timestamp, pd.Timestamp]:
    """Departure and arrival to be expected, to the minute, within the two intervals and by the passage they allow."""
    latest_out = min(left.departed[1] or came.arrived[1], came.arrived[1])
    earliest_in = max(came.arrived[0] or left.departed[0], left.departed[0])
    grid = (np.arange(24) + 0.5) / 24.0
    start = (earliest_in - left.departed[0]) / timedelta(hours=1)
    out_h = grid * ((latest_out - left.departed[0]) / timedelta(hours=1))
    in_h = start + grid * ((came.arrived[1] - earliest_in) / timedelta(hours=1))
    out_h, in_h = (values.ravel() for values in np.meshgrid(out_h, in_h))
    nmi = way_m / METRES_PER_NAUTICAL_MILE
    fastest, usual = np.array([nmi / rule.fastest_kn]), np.array([nmi / rule.usual_kn])
    weight = passage_density((in_h - out_h)[None, :], fastest, usual, rule)[0]
    if not weight.sum() > 0:
        return left.departed[0], came.arrived[1]
    hours = (float(np.average(values, weights=weight)) for values in (out_h, in_h))
    out, back = (left.departed[0] + timedelta(minutes=round(60.0 * value)) for value in hours)
    return out, back


def passage_density(hours: Floats, fastest: Floats, usual: Floats, rule: LinkRule) -> Floats:
    """(pairs, instants) density an hour of a passage that took so long; nothing is faster than the fastest."""
    waited = np.maximum(hours - usual[:, None], 0.0)
    spread = (usual - fastest)[:, None]
    weight = sum(share * np.exp(-waited / wait) / (wait + spread) for share, wait in rule.waits)
    return np.where(hours >= fastest[:, None], np.asarray(weight), 0.0)
