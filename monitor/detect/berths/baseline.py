"""A berth's own past: its level when empty, and how far one observation is from that."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import stats

from monitor.core.arrays import Floats

SPAN_BINS = 3
"""Neighbouring bins of 20 m that must stand out together: some 60 m of hull."""


@dataclass(frozen=True, slots=True)
class BaselineRule:
    """How a berth's past is read.

    Attributes
    ----------
    least_observations : int
        With fewer past observations of one viewing the past is not used.
    noise : tuple of float
        Least spread of an empty bin in each feature (reflectance, reflectance, dB, dB).
    common : tuple of float
        Most that is taken for a change of the whole berth at once, in each feature: sun, tide, wind and half a
        pixel of misregistration lift every bin alike, a ship lifts some; no more, since a ship may fill the berth.
    never_empty : float
        Where the detector found ships at so large a share of the observations that seem empty, they are not.
    apart : float
        How many spreads separate two groups of observations before the past has two states.
    gone : float
        How many spreads 60 m of a berth must fall for something to have left.
    least_wide : float
        Least spread of the empty berth's anomaly, in units of `noise`.
    bound : float
        Greatest weight of a past, in log odds.
    """

    least_observations: int = 4
    noise: tuple[float, float, float, float] = (0.004, 0.004, 1.2, 1.2)
    common: tuple[float, float, float, float] = (0.02, 0.02, 1.5, 1.5)
    never_empty: float = 0.5
    apart: float = 4.0
    gone: float = 2.0
    least_wide: float = 0.35
    bound: float = 5.0


RADAR = BaselineRule()
"""Speckle is known beforehand, so a few observations will do. Four simulated seasons, two of them held out."""
OPTICAL = BaselineRule(least_observations=8, gone=3.0)
"""What sun, haze, shadow and cranes do to a quay only observations show. With the radar's rule, pasts of four to
seven observations filled berths that were empty and that the detector had left so: 0.6, 1.8 and 2.7 % of all empty
ones over three simulated seasons, 0.6, 0.0 and 1.1 % with this one; in a fourth, held out, 5.7 % against 1.5 %."""


@dataclass(frozen=True, slots=True, eq=False)
class Past:
    """How one observation compares with the past of its viewing.

    Attributes
    ----------
    odds : float
        Natural log of how much likelier the observation is with a ship than without; 0 when that is not known.
    observations : int
        Past observations that were read.
    usable : bool
        False when they cannot separate empty from occupied.
    share : float
        Share of them with a ship; NaN with too few.
    anomaly : float
        How far the observation stands out, in spreads of the empty berth.
    level : Floats, optional
        (bin, feature) the berth when nothing stands out; None with too few observations.
    fell : bool
        Whether 60 m of it are gone in this observation: where the berth is never empty, a ship that left.
    """

    odds: float
    observations: int
    usable: bool
    share: float
    anomaly: float
    level: Floats | None = None
    fell: bool = False


def compare_with_past(now: Floats, past: Floats, detected: npt.NDArray[np.bool_], rule: BaselineRule) -> Past:
    """One observation at a berth compared with the earlier ones.

    Parameters
    ----------
    now : Floats
        (bin, feature), NaN where not observed.
    past : Floats
        (observation, bin, feature) earlier observations of the same viewing.
    detected : Bools
        (observation,) whether the detector found a ship at each earlier observation: all that separates a berth
        that is never empty from one that always is.
    rule : BaselineRule

    Notes
    -----
    Each bin's empty level starts at a low quantile, as a berth may be occupied most of the time, and is settled by
    reading the observations that do not stand out. A quay that never changes has one group of observations; two groups
    are accepted only when they are well apart, so that a berth that is always empty stays empty.
    """
    observations = int(past.shape[0])
    if observations < rule.least_observations:
        return _unusable(observations)
    level, spread, anomaly = _settle(past, rule)
    here = float(_anomaly(now[None], level, spread, rule)[0])
    if not np.isfinite(here):
        return _unusable(observations, level)
    middle, wide = _empty_group(anomaly, rule)
    occupied = np.asarray(anomaly > middle + rule.apart * wide)
    if float(detected[~occupied].mean()) >= rule.never_empty:
        gone = float(_anomaly(-now[None], -level, spread, rule)[0])
        return Past(
            odds=0.0,
            observations=observations,
            usable=False,
            share=float(detected.mean()),
            anomaly=(here - middle) / wide,
            level=level,
            fell=gone > rule.gone,
        )
    ships = anomaly[occupied] - middle
    odds = float(np.clip(_log_odds(here - middle, wide, ships), -rule.bound, rule.bound))
    return Past(
        odds=odds,
        observations=observations,
        usable=True,
        share=float(occupied.mean()),
        anomaly=(here - middle) / wide,
        level=level,
    )


def _unusable(observations: int, level: Floats | None = None) -> Past:
    """A past that decides nothing."""
    nan = float("nan")
    return Past(odds=0.0, observations=observations, usable=False, share=nan, anomaly=nan, level=level)


def empty_level(past: Floats, rule: BaselineRule) -> Floats | None:
    """(bin, feature) a berth when nothing stands out; None with too few observations."""
    return _settle(past, rule)[0] if len(past) >= rule.least_observations else None


def _settle(past: Floats, rule: BaselineRule) -> tuple[Floats, Floats, Floats]:
    """Level and spread (bin, feature) of the empty berth, and the anomaly of each past observation."""
    floor = np.array(rule.noise)
    with np.errstate(all="ignore"):
        level = _nan_quantile(past, 0.2)
        below = np.where(past <= level[None], level[None] - past, np.nan)
        spread = np.maximum(1.5 * _nan_quantile(below, 0.5), floor)
        anomaly = _anomaly(past, level, spread, rule)
        for _ in range(6):
            middle, wide = _empty_group(np.nan_to_num(anomaly, nan=0.0), rule)
            empty = np.flatnonzero(anomaly <= middle + rule.apart * wide)
            if empty.size < max(3, 0.1 * len(past)):
                break
            level = _nan_quantile(past[empty], 0.5)
            away = np.abs(past[empty] - level[None])
            spread = np.maximum(1.4826 * _nan_quantile(away, 0.5), floor)
            anomaly = _anomaly(past, level, spread, rule)
    return level, spread, np.nan_to_num(anomaly, nan=0.0)


def _nan_quantile(values: Floats, share: float) -> Floats:
    """Quantile along the first axis, of what is known (linear between neighbours); NaN where nothing is."""
    ordered = np.sort(values, axis=0)
    known = np.isfinite(values).sum(axis=0)
    place = share * np.maximum(known - 1, 0)
    below = np.floor(place).astype(int)
    above = np.minimum(below + 1, np.maximum(known - 1, 0))
    low = np.take_along_axis(ordered, below[None], axis=0)[0]
    high = np.take_along_axis(ordered, above[None], axis=0)[0]
    out: Floats = np.where(known > 0, low + (high - low) * (place - below), np.nan)
    return out


def _anomaly(observations: Floats, level: Floats, spread: Floats, rule: BaselineRule) -> Floats:
    """(observation,) the most that any 60 m of the berth stand out, in spreads; NaN when no bin was observed."""
    away = observations - level[None]
    most = np.array(rule.common)
    common = np.nan_to_num(_nan_quantile(np.moveaxis(away, 1, 0), 0.2), nan=0.0)
    z = (away - np.clip(common, -most, most)[:, None]) / spread[None]
    known = np.isfinite(z)
    count = known.sum(axis=2)
    per_bin = np.where(count > 0, np.where(known, z, 0.0).sum(axis=2) / np.maximum(count, 1), np.nan)
    span = min(SPAN_BINS, per_bin.shape[1])
    windows = np.lib.stride_tricks.sliding_window_view(per_bin, span, axis=1)
    whole = np.isfinite(windows).all(axis=2)
    means = np.where(whole, np.where(np.isfinite(windows), windows, 0.0).mean(axis=2), -np.inf)
    best = means.max(axis=1)
    return np.where(np.isfinite(best), best, np.nan)


def _empty_group(anomaly: Floats, rule: BaselineRule) -> tuple[float, float]:
    """Middle and spread of the observations without a ship.

    The lowest 30 % at first, then all that are not apart from it.
    """
    ordered = np.sort(anomaly)
    count = max(int(np.searchsorted(ordered, np.quantile(ordered, 0.3), side="right")), 1)
    middle, wide = _middle(ordered[:count]), rule.least_wide
    for _ in range(6):
        before = (count, wide)
        count = int(np.searchsorted(ordered, middle + rule.apart * wide, side="right"))
        middle = _middle(ordered[:count])
        wide = max(1.4826 * _middle(np.sort(np.abs(ordered[:count] - middle))), rule.least_wide)
        if (count, wide) == before:
            break
    return middle, wide


def _middle(ordered: Floats) -> float:
    """Median of numbers in order; many small arrays are read, and `numpy.median` is slow on those."""
    half = len(ordered) // 2
    return float(ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2)


def _log_odds(above: float, wide: float, ships: Floats) -> float:
    """Likelihood ratio with and without a ship of an observation `above` the empty middle, natural log.

    The empty group has Student's tails, since weather does; the occupied one (`ships`, above the same middle) is wide
    where few ships were found. Beyond the middle of the occupied group the ratio no longer changes.
    """
    gap = max(float(np.median(ships)) if ships.size >= 3 else 10.0 * wide, 6.0 * wide)
    here = min(above, gap)
    with_ship = stats.t.logpdf((here - gap) / (gap / 3.0), 4) - np.log(gap / 3.0)
    without = stats.t.logpdf(max(here, 0.0) / wide, 4) - np.log(wide)
    return float(with_ship - without)
