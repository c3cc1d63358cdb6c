"""What a link between two stays costs: time, water, length, names and the habits of berths."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

import numpy as np
import numpy.typing as npt
import pandas as pd

from monitor.core.geodesy import METRES_PER_NAUTICAL_MILE
from monitor.fuse.assign import pair
from monitor.fuse.frames import naive
from monitor.fuse.portstays import PortStay, same_length

Floats = npt.NDArray[np.float64]
Distances = Mapping[frozenset[str], float]
Times = npt.NDArray[np.datetime64]
_LENGTH_DENSITY = 0.6


@dataclass(frozen=True, slots=True)
class LinkRule:
    """What a leg may look like.

    Attributes
    ----------
    fastest_kn : most speed over the water distance
    usual_kn : speed from which waiting is reckoned
    waiting_h, seldom_h : mean time lost on the way (a berth not yet free), and when it is long (weather, orders)
    seldom : share of passages with a long wait
    hidden_twin : log odds against a ship whose AIS is received being one that AIS does not show
    habit : how much weight a pair of berths that repeats gives (0: none)
    least_probability : links below are kept among `VOYAGE_LINKS` and make no voyage
    longest_call : a hull that lay longer is laid up, and no call of a ship that trades
    longest : most time from being last seen to being first seen elsewhere
    detour : water distance over the geodesic where no distance is given; Rajin–Dunai: 209 for 186 km
    shift_within : see `port_stays`
    least_legs : legs from which a repeated pair is called a shuttle
    stay_h : length of stay for the share of legs that could be caught
    """

    fastest_kn: float = 17.0
    usual_kn: float = 11.0
    waiting_h: float = 3.0
    seldom_h: float = 36.0
    seldom: float = 0.06
    hidden_twin: float = 1.0
    habit: float = 0.5
    least_probability: float = 0.55
    longest_call: timedelta = timedelta(days=21)
    longest: timedelta = timedelta(days=8)
    detour: float = 1.12
    shift_within: timedelta = timedelta(hours=30)
    least_legs: int = 3
    stay_h: float = 36.0


def heard_at(stays: list[PortStay], positions: pd.DataFrame | None) -> dict[int, Times]:
    """Instants at which the ships of stays with an MMSI were heard, in order."""
    known = {stay.mmsi for stay in stays if stay.mmsi is not None}
    if positions is None or positions.empty or not known:
        return {}
    some = positions.loc[positions["mmsi"].isin(known), ["mmsi", "t"]].sort_values("t")
    return {int(mmsi): naive(part["t"]) for mmsi, part in some.groupby("mmsi")}


def _was_heard(named: PortStay, nameless: PortStay, heard: Mapping[int, Times]) -> bool:
    """Whether the named ship was on the air while the nameless one surely lay in port, or within half an hour."""
    times = heard.get(named.mmsi or 0)
    if times is None or nameless.mmsi is not None:
        return False
    ends = (nameless.arrived[1] - timedelta(minutes=30), nameless.departed[0] + timedelta(minutes=30))
    low, high = np.searchsorted(times, naive(pd.Series(ends)))
    return bool(high > low)


def with_habits(stays: list[PortStay], cost: Floats, rule: LinkRule) -> Floats:
    """Costs less a bonus for pairs of berths that the likely links repeat: ships keep to their berths."""
    if not rule.habit or not np.isfinite(cost).any():
        return cost
    berths = np.array([stay.berth_id for stay in stays])
    now = cost
    for _ in range(3):
        best = pair(now)
        rows = np.flatnonzero(best.column >= 0)
        weight = np.ones(len(rows)) / (1.0 + np.exp(-np.nan_to_num(best.margin[rows])))
        tally: dict[tuple[str, str], float] = {}
        for row, share in zip(rows, weight, strict=True):
            key = (str(berths[row]), str(berths[best.column[row]]))
            tally[key] = tally.get(key, 0.0) + float(share)
        bonus = np.zeros_like(cost)
        for (a, b), number in tally.items():
            out = sum(n for (x, _), n in tally.items() if x == a)
            back = sum(n for (_, y), n in tally.items() if y == b)
            usual = out * back / max(sum(tally.values()), 1e-9)
            bonus[np.ix_(berths == a, berths == b)] = np.log((number + 0.5) / (usual + 0.5))
        for row, share in zip(rows, weight, strict=True):
            a, b = str(berths[row]), str(berths[best.column[row]])
            others = max(tally[a, b] - float(share), 0.0)
            alone = np.log((others + 0.5) / (tally[a, b] + 0.5))
            bonus[row, best.column[row]] += alone
        now = cost - rule.habit * bonus
    return now


def link_costs(stays: list[PortStay], ways: Distances, heard: Mapping[int, Times], rule: LinkRule) -> Floats:
    """(stays, stays) cost in log odds of leaving by the row and coming by the column; inf where it cannot be."""
    cost = np.full((len(stays), len(stays)), np.inf)
    if len(stays) < 2:
        return cost
    span_h = (max(s.departed[0] for s in stays) - min(s.arrived[1] for s in stays)) / timedelta(hours=1)
    arrivals = {port: sum(s.port == port for s in stays) for port in {s.port for s in stays}}
    for i, left in enumerate(stays):
        for j, came in enumerate(stays):
            way = ways.get(frozenset((left.port, came.port)))
            if left.port == came.port or way is None or left.is_open or came.arrived[1] <= left.departed[0]:
                continue
            if max(left.present, came.present) > rule.longest_call:
                continue
            if _was_heard(left, came, heard) or _was_heard(came, left, heard):
                continue
            if came.arrived[1] - left.departed[0] <= rule.longest:
                stranger = arrivals[came.port] / max(span_h, 24.0 * 7)
                cost[i, j] = _link_cost(left, came, way, stranger, rule)
    return cost


def _link_cost(left: PortStay, came: PortStay, way_m: float, stranger_per_h: float, rule: LinkRule) -> float:
    if left.mmsi is not None and came.mmsi is not None and left.mmsi != came.mmsi:
        return float("inf")
    if not same_length(left, came):
        return float("inf")
    likely = _passages(left, came, way_m, rule)[2].mean()
    if not likely > 0:
        return float("inf")
    odds = float(np.log(likely)) - float(np.log(stranger_per_h))
    if left.mmsi is not None and left.mmsi == came.mmsi:
        odds += 6.0
    elif left.mmsi is not None or came.mmsi is not None:
        odds -= rule.hidden_twin
    if np.isfinite(left.length_m) and np.isfinite(came.length_m):
        spread = float(np.hypot(max(left.length_spread, 0.05), max(came.length_spread, 0.05)))
        ratio = float(np.log(left.length_m / came.length_m))
        odds += -0.5 * (ratio / spread) ** 2 - np.log(spread * np.sqrt(2.0 * np.pi)) - np.log(_LENGTH_DENSITY)
    if np.isfinite(left.change_m2) and np.isfinite(came.change_m2):
        odds += 0.5 if left.change_m2 < -500.0 and came.change_m2 > 500.0 else 0.0
    return float(-odds)


def _passages(left: PortStay, came: PortStay, way_m: float, rule: LinkRule) -> tuple[Floats, Floats, Floats]:
    """Hours of departure and arrival after being last seen, over both intervals, and how likely each pair's passage is.

    Every instant of an interval is as likely as another; a passage faster than the fastest has no weight.
    """
    latest_out = min(left.departed[1] or came.arrived[1], came.arrived[1])
    earliest_in = max(came.arrived[0] or left.departed[0], left.departed[0])
    steps = (np.arange(24) + 0.5) / 24.0
    out_h = steps * ((latest_out - left.departed[0]) / timedelta(hours=1))
    start = (earliest_in - left.departed[0]) / timedelta(hours=1)
    in_h = start + steps * ((came.arrived[1] - earliest_in) / timedelta(hours=1))
    out_h, in_h = (grid.ravel() for grid in np.meshgrid(out_h, in_h))
    nmi = way_m / METRES_PER_NAUTICAL_MILE
    fastest, usual = nmi / rule.fastest_kn, nmi / rule.usual_kn
    waited = np.maximum(in_h - out_h - usual, 0.0)
    weight = sum(
        share * np.exp(-waited / wait) / (wait + usual - fastest)
        for share, wait in ((1.0 - rule.seldom, rule.waiting_h), (rule.seldom, rule.seldom_h))
    )
    return out_h, in_h, np.where(in_h - out_h >= fastest, weight, 0.0)


def likeliest(left: PortStay, came: PortStay, way_m: float, rule: LinkRule) -> tuple[pd.Timestamp, pd.Timestamp]:
    """Departure and arrival to be expected, to the minute, within the two intervals and by the passage they allow."""
    out_h, in_h, weight = _passages(left, came, way_m, rule)
    hours = (float(np.average(values, weights=weight)) for values in (out_h, in_h))
    out, back = (left.departed[0] + timedelta(minutes=round(60.0 * value)) for value in hours)
    return out, back
