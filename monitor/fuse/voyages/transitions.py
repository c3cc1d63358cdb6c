"""How likely one ship made one stay after another: log odds of every step between stays, and by way of underway fixes.

A step's odds weigh "the same ship came next" against "an unrelated ship came". Between two stays a ship may have sailed
straight, have made calls that no observation met, have shifted berth, or have gone away for long.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

import numpy as np
import numpy.typing as npt
import pandas as pd

from monitor.core.arrays import Floats
from monitor.core.geo.geodesy import METRES_PER_NAUTICAL_MILE
from monitor.fuse.stays.port_stays import PortStay
from monitor.fuse.voyages.at_sea import UnderwayFix
from monitor.fuse.voyages.rules import LinkRule, TransitionRule
from monitor.fuse.voyages.transit import Distances, passage_density

NEVER = -20.0
_HOUR = timedelta(hours=1)
_BATCH = 4096
_GRID = (np.arange(12) + 0.5) / 12.0


@dataclass(frozen=True, slots=True, eq=False)
class Steps:
    """Log odds of one item coming right after another in one ship's chain; stays come first, then underway fixes.

    Attributes
    ----------
    odds : mapping of (int, int) to float
        By the indices of two items; a pair that is missing is too far apart in time to weigh.
    straight : mapping of (int, int) to float
        Share of a step between stays of two ports that a single passage makes up; between a stay and an underway fix 1
        when the stay is the one that the underway fix's passage left or came to.
    far : float
        Log odds of a pair that is missing.
    """

    odds: Mapping[tuple[int, int], float]
    straight: Mapping[tuple[int, int], float]
    far: float

    def of(self, before: int, after: int) -> float:
        """Log odds of `after` following `before`."""
        return self.odds.get((before, after), self.far)


@dataclass(frozen=True, slots=True, eq=False)
class _Bounds:
    """The four bounds of stays in hours from a common instant; NaN where nothing bounds them."""

    came: Floats
    seen: Floats
    last: Floats
    gone: Floats

    @classmethod
    def of(cls, stays: Sequence[PortStay], zero: pd.Timestamp) -> _Bounds:
        def hours(values: list[pd.Timestamp | None]) -> Floats:
            return np.array([np.nan if v is None else (v - zero) / _HOUR for v in values], dtype=np.float64)

        return cls(
            hours([s.arrived[0] for s in stays]),
            hours([s.arrived[1] for s in stays]),
            hours([s.departed[0] for s in stays]),
            hours([s.departed[1] for s in stays]),
        )


def steps(
    stays: Sequence[PortStay],
    found: Sequence[UnderwayFix],
    ways: Distances,
    *,
    missed: Mapping[str, float],
    rule: LinkRule,
) -> Steps:
    """The log odds of every step that stays and underway fixes allow.

    Parameters
    ----------
    stays : sequence of PortStay
        In order of time.
    found : sequence of UnderwayFix
        Their indices in the result follow those of the stays.
    ways : mapping of frozenset to float
        Two port ids to metres by water.
    missed : mapping of str to float
        Port id to the probability that no observation met a call there.
    rule : LinkRule
        Speeds, waits, and the factors of steps with missed calls.
    """
    if not stays:
        return Steps({}, {}, rule.far)
    zero = min(stay.arrived[1] for stay in stays)
    bounds = _Bounds.of(stays, zero)
    odds, straight = _between_stays(stays, bounds, ways, missed, rule)
    number = len(stays)
    rate = _rates(stays, bounds, rule)
    for k, underway_fix in enumerate(found):
        for i, stay in enumerate(stays):
            if abs(stay.arrived[1] - underway_fix.left) <= 2 * rule.longest:
                odds[i, number + k] = _to_sea(stay, underway_fix, rate[stay.port], missed, rule)
                odds[number + k, i] = _from_sea(stay, underway_fix, rate[stay.port], missed, rule)
                straight[i, number + k] = float(_is_left(stay, underway_fix))
                straight[number + k, i] = float(_is_reached(stay, underway_fix, rule))
        for m, other in enumerate(found):
            if m != k and underway_fix.mmsi == other.mmsi:
                odds[number + k, number + m] = _sea_to_sea(underway_fix, other, missed, rule)
    return Steps(odds, straight, rule.far)


def _rates(stays: Sequence[PortStay], bounds: _Bounds, rule: LinkRule) -> dict[str, float]:
    """Arrivals an hour at each port of ships that AIS does not name there; at least one in the period."""
    span = max(float(bounds.last.max() - bounds.seen.min()), rule.transitions.least_span_h)
    ports = {stay.port for stay in stays}
    return {port: max(sum(s.port == port and s.mmsi is None for s in stays), 1) / span for port in ports}


def _between_stays(
    stays: Sequence[PortStay], bounds: _Bounds, ways: Distances, missed: Mapping[str, float], rule: LinkRule
) -> tuple[dict[tuple[int, int], float], dict[tuple[int, int], float]]:
    span_h = rule.transitions.nearby_legs * rule.longest / _HOUR
    order = np.argsort(bounds.seen, kind="stable")
    near = [
        (int(i), int(j))
        for a, i in enumerate(order)
        for j in order[a + 1 : int(np.searchsorted(bounds.seen[order], bounds.last[i] + span_h, side="right"))]
    ]
    odds: dict[tuple[int, int], float] = {}
    straight: dict[tuple[int, int], float] = {}
    pairs = [
        (i, j) for i, j in near if frozenset((stays[i].port, stays[j].port)) in ways or stays[i].port == stays[j].port
    ]
    odds |= dict.fromkeys(near, NEVER)
    rate = _rates(stays, bounds, rule)
    for start in range(0, len(pairs), _BATCH):
        some = np.array(pairs[start : start + _BATCH], dtype=np.int64).reshape(-1, 2)
        direct, other = _densities(stays, bounds, some, ways, missed, rule)
        strange = np.array([rule.strangers * rate[stays[int(j)].port] for j in some[:, 1]])
        with np.errstate(divide="ignore"):
            logs = np.maximum(np.log((direct + other) / strange), NEVER)
        for (i, j), value, d, o in zip(some.tolist(), logs, direct, other, strict=True):
            odds[i, j] = float(value)
            if d > 0:
                straight[i, j] = float(d / (d + o))
    return odds, straight


def _densities(
    stays: Sequence[PortStay],
    bounds: _Bounds,
    pairs: npt.NDArray[np.int64],
    ways: Distances,
    missed: Mapping[str, float],
    rule: LinkRule,
) -> tuple[Floats, Floats]:
    """(pairs,) probability an hour of coming when the second stay began: by one passage, and in any other way."""
    (i, j), numbers = pairs.T, rule.transitions
    out, back, weight = _instants(bounds, i, j, rule)
    hours = back - out
    two = np.array([stays[a].port != stays[b].port for a, b in pairs.tolist()])
    far = np.array([ways.get(frozenset((stays[a].port, stays[b].port)), np.nan) for a, b in pairs.tolist()])
    nearest = min(ways.values()) if ways else np.nan
    nmi = np.where(two, far, nearest)[:, None] / METRES_PER_NAUTICAL_MILE
    fastest, usual = nmi / rule.fastest_kn, nmi / rule.usual_kn
    ended = np.array([not stays[int(a)].is_open for a in i])
    call = np.array([missed.get(stays[int(b)].port, numbers.missed) for b in j])
    elsewhere = np.array(
        [
            float(np.mean([value for port, value in missed.items() if port != stays[int(b)].port] or [numbers.missed]))
            for b in j
        ]
    )
    direct = np.where(two & ended, (weight * passage_density(hours, fastest[:, 0], usual[:, 0], rule)).sum(axis=1), 0.0)
    direct = direct * np.array([_cargo(stays[a], stays[b], numbers) for a, b in pairs.tolist()])
    calls = np.where(two, 2.0, 1.0)[:, None]
    skipped = _log_normal(
        hours, calls * (usual + rule.stay_h * numbers.typical_stays) + usual, numbers.skipped_spread
    ) * (hours >= (calls + 1.0) * fastest + numbers.skipped_least_h)
    home = numbers.home_share * np.exp(-np.maximum(hours, 0.0) / numbers.home_h) / numbers.home_h
    away = np.where(two[:, None], numbers.away_share / numbers.away_h, home)
    away = np.where(hours >= numbers.away_passages * fastest, away, 0.0)
    unseen = np.where(two, call * elsewhere, elsewhere)
    other = unseen * (weight * skipped).sum(axis=1) + (weight * away).sum(axis=1)
    berths = np.array([bool(stays[a].berth_id) and stays[a].berth_id != stays[b].berth_id for a, b in pairs.tolist()])
    shift_h = rule.shift_within / _HOUR
    faster = numbers.shift_rate / shift_h
    soon = np.where((hours >= 0) & (hours <= shift_h), faster * np.exp(-numbers.shift_rate * hours / shift_h), 0.0)
    other = other + np.where(~two & berths, rule.shifts * (weight * soon).sum(axis=1), 0.0)
    open_end = np.where(ended, 1.0, 0.0)
    return direct, other * open_end


def _cargo(left: PortStay, came: PortStay, numbers: TransitionRule) -> float:
    """How much likelier the stacks make a leg: they shrank over the one stay and grew over the next, or the reverse."""
    least = numbers.cargo_m2
    if left.change_m2 < -least and came.change_m2 > least:
        return numbers.cargo_carried
    return numbers.cargo_kept if left.change_m2 > least and came.change_m2 > least else 1.0


def _instants(
    bounds: _Bounds, i: npt.NDArray[np.int64], j: npt.NDArray[np.int64], rule: LinkRule
) -> tuple[Floats, Floats, Floats]:
    """(pairs, grid) hours of leaving and of coming over the two stays' intervals, and how likely each is.

    A stay is the less likely to have gone on unseen the longer that would have been.
    """
    left = bounds.last[i]
    latest = np.minimum(np.where(np.isfinite(bounds.gone[i]), bounds.gone[i], bounds.seen[j]), bounds.seen[j])
    earliest = np.maximum(np.where(np.isfinite(bounds.came[j]), bounds.came[j], left), left)
    stayed = _GRID * np.maximum(latest - left, 0.0)[:, None]
    earlier = (1.0 - _GRID) * (bounds.seen[j] - earliest)[:, None]
    longer = [np.exp(-hours / rule.unseen_h) for hours in (stayed, earlier)]
    count = len(_GRID)
    out, back = left[:, None] + stayed, bounds.seen[j][:, None] - earlier
    weight = np.repeat(longer[0], count, axis=1) * np.tile(longer[1], (1, count))
    return np.repeat(out, count, axis=1), np.tile(back, (1, count)), weight / weight.sum(axis=1, keepdims=True)


def _log_normal(hours: Floats, middle: Floats, spread: float) -> Floats:
    with np.errstate(divide="ignore", invalid="ignore"):
        z = np.log(np.maximum(hours, 1e-6) / middle) / spread
    return np.asarray(np.exp(-0.5 * z * z) / (np.maximum(hours, 1e-6) * spread * np.sqrt(2.0 * np.pi)))


def _fits(rate: float, unseen_h: float, width_h: float, rule: LinkRule) -> float:
    """Log odds that the stay which ends (or begins) when an underway fix asks for it is that ship's.

    `unseen_h` is how long the stay then went on unseen, `width_h` the most that its observations allow. A stay that
    goes on long unseen is rare, for this ship as for any other.
    """
    lasted = float(np.exp(-max(unseen_h, 0.0) / rule.unseen_h))
    other = rule.strangers * rate * rule.unseen_h * (1.0 - float(np.exp(-max(width_h, 1.0) / rule.unseen_h)))
    return float(np.clip(np.log(lasted / max(other, 1e-3)), *rule.transitions.fit_odds))


def _is_left(stay: PortStay, underway_fix: UnderwayFix) -> bool:
    """Whether the passage of an underway fix may have begun as the stay ended."""
    gone = stay.departed[1]
    return (
        stay.port == underway_fix.from_port
        and stay.departed[0] <= underway_fix.left + underway_fix.doubt
        and (gone is None or gone >= underway_fix.left - underway_fix.doubt)
    )


def _is_reached(stay: PortStay, underway_fix: UnderwayFix, rule: LinkRule) -> bool:
    """Whether the stay may have begun as the passage of an underway fix ended, or after some hours in the roads."""
    came = stay.arrived[0]
    return (
        stay.port == underway_fix.to_port
        and stay.arrived[1] >= underway_fix.arrives - underway_fix.doubt
        and (came is None or came <= underway_fix.arrives + underway_fix.doubt + rule.roads)
    )


def _to_sea(
    stay: PortStay, underway_fix: UnderwayFix, rate: float, missed: Mapping[str, float], rule: LinkRule
) -> float:
    late = underway_fix.left + underway_fix.doubt
    if stay.departed[0] > late or stay.arrived[1] > late:
        return NEVER
    unseen = float(np.log(missed.get(underway_fix.from_port, rule.transitions.missed)))
    gone = stay.departed[1]
    if _is_left(stay, underway_fix):
        width = rule.transitions.open_width_h if gone is None else (gone - stay.departed[0]) / _HOUR
        slack = underway_fix.doubt / _HOUR
        return _fits(rate, (underway_fix.left - stay.departed[0]) / _HOUR - slack, width + 2.0 * slack, rule)
    between = (underway_fix.left - stay.departed[0]) / _HOUR
    if stay.port != underway_fix.from_port:
        return unseen if between > rule.transitions.elsewhere_h else NEVER
    return (
        unseen + float(np.log(missed.get(underway_fix.to_port, rule.transitions.missed)))
        if between > rule.transitions.return_h
        else NEVER
    )


def _from_sea(
    stay: PortStay, underway_fix: UnderwayFix, rate: float, missed: Mapping[str, float], rule: LinkRule
) -> float:
    early, late = underway_fix.arrives - underway_fix.doubt, underway_fix.arrives + underway_fix.doubt
    if stay.arrived[1] < early:
        return NEVER
    unseen = float(np.log(missed.get(underway_fix.to_port, rule.transitions.missed)))
    came = stay.arrived[0]
    if _is_reached(stay, underway_fix, rule):
        width = rule.transitions.open_width_h if came is None else (stay.arrived[1] - came) / _HOUR
        slack = underway_fix.doubt / _HOUR
        began = underway_fix.arrives if came is None else max(underway_fix.arrives, came)
        fit = _fits(rate, (stay.arrived[1] - began) / _HOUR - slack, width + 2.0 * slack, rule)
        return fit if came is None or came <= late else fit + rule.transitions.roads_odds
    between = (stay.arrived[1] - underway_fix.arrives) / _HOUR
    if stay.port != underway_fix.to_port:
        return unseen if between > rule.transitions.elsewhere_h else NEVER
    return (
        unseen + float(np.log(missed.get(underway_fix.from_port, rule.transitions.missed)))
        if between > rule.transitions.return_h
        else NEVER
    )


def _sea_to_sea(underway_fix: UnderwayFix, then: UnderwayFix, missed: Mapping[str, float], rule: LinkRule) -> float:
    if then.left < underway_fix.arrives - underway_fix.doubt - then.doubt:
        return NEVER
    unseen = float(np.log(missed.get(underway_fix.to_port, rule.transitions.missed)))
    if underway_fix.to_port == then.from_port:
        return unseen
    return unseen + float(np.log(missed.get(then.from_port, rule.transitions.missed)))
