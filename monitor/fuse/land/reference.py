"""What is usual: kinds of ground that the season treats alike, and how far a quiet cell strays."""

from __future__ import annotations

import numpy as np
from scipy.cluster.vq import kmeans2, vq

from monitor.core.arrays import Bools, Floats, Ints, Pixels
from monitor.fuse.land.rules import LandRule
from monitor.fuse.land.segments import Kinds, innovations

_SEED, _FEWEST = 1, 30
"""Of the first centres of kinds, and fewest cells that make one (chosen)."""
_PRIOR = 6.0
"""How many observations the spread of a kind of ground counts for beside a cell's own (chosen)."""
_SCALE = 1.4826
"""From median absolute deviation to standard deviation of a normal distribution."""


def kinds_of_ground(values: Pixels, clear: Bools, around: Bools, days: Floats, rule: LandRule) -> Kinds:
    """Kinds of ground by what each cell showed until each time, wherever it lies.

    What is seen later has no part in it: a wood that is felled was a wood until then.

    Parameters
    ----------
    values : Pixels
        (time, band, cell) reflectance.
    clear : Bools
        (time, cell) where the ground was seen.
    around : Bools
        (cell,) those outside the zones: they alone make the kinds where there are enough, so that what changes in a
        zone is no kind of its own.
    days : Floats
        (time,) days since the first observation.
    rule : LandRule
    """
    times = list(range(min(_RENEWED // 2, len(values)), len(values) + 1, _RENEWED))
    of = [_kinds_until(_months(values[:now], clear[:now], days[:now]), around, rule) for now in times]
    return Kinds(np.array([0, *times[1:]], dtype=np.int64), np.array(of, dtype=np.int64), days, beside=False)


def _kinds_until(looks: Pixels, around: Bools, rule: LandRule) -> Ints:
    """(cell,) number of each cell's kind of ground, by its monthly means."""
    pool = np.flatnonzero(around)
    if len(pool) < 50 * rule.kinds_of_ground:
        pool = np.arange(len(looks))
    count = int(np.clip(len(pool) // 50, 1, rule.kinds_of_ground))
    if not np.ptp(looks[pool], axis=0).any():
        return np.zeros(len(looks), dtype=np.int64)
    centres, label = kmeans2(looks[pool], count, minit="++", rng=np.random.default_rng(_SEED))
    kept = np.bincount(label, minlength=count) >= _FEWEST
    return np.asarray(vq(looks, centres[kept] if kept.any() else centres)[0], dtype=np.int64)


def spreads(values: Pixels, clear: Bools, kinds: Kinds, rule: LandRule) -> Pixels:
    """(band, cell) deviation of a quiet observation of each cell from its level.

    From the steps between observations that follow each other, which a lasting change enters once, a season hardly.

    Parameters
    ----------
    values : Pixels
        (time, band, cell) reflectance.
    clear : Bools
        (time, cell) where the ground was seen.
    kinds : Kinds
        Of `kinds_of_ground`.
    rule : LandRule
    """
    steps = np.abs(innovations(values, clear, kinds, rule))
    classes = kinds.of[-1]
    number = np.isfinite(steps[:, 0]).sum(axis=0)
    ordered = np.sort(steps, axis=0)
    at = np.maximum(number - 1, 0) // 2
    middle = np.take_along_axis(ordered, at[None, None].repeat(values.shape[1], axis=1), axis=0)[0]
    own = np.where(number > 0, middle, 0.0) * (_SCALE / np.sqrt(2.0))
    made = np.empty_like(own)
    for kind in range(int(classes.max(initial=0)) + 1):
        mine = classes == kind
        if mine.any():
            pooled = np.median(own[:, mine & (number > 0)], axis=1) if (mine & (number > 0)).any() else 0.0
            made[:, mine] = np.sqrt(
                (number[mine] * own[:, mine] ** 2 + _PRIOR * np.reshape(pooled, (-1, 1)) ** 2) / (number[mine] + _PRIOR)
            )
    return np.asarray(np.maximum(made, rule.floor), dtype=np.float32)


_MONTH_DAYS, _RENEWED, _REACH_M, _LOOKS, _MOST = 30.0, 8, 300.0, 0.03, 80
"""Days of a mean, observations after which the narrow kinds are made anew, and how far apart cells of one lie in metres
and in reflectance (chosen: the side of a field, and what differs within one); and how many kinds at most."""
_SEEN = 0.5
"""Least share of the cells that a month shows (chosen)."""


def narrow_kinds(values: Pixels, clear: Bools, days: Floats, xy: Floats, rule: LandRule) -> Kinds:
    """Kinds of ground that are alike and near each other, such as one crop's fields, by what was seen until each time.

    What is seen later has no part in it, so that what changes is no kind of its own.

    Parameters
    ----------
    values : Pixels
        (time, band, cell) reflectance.
    clear : Bools
        (time, cell) where the ground was seen.
    days : Floats
        (time,) days since the first observation.
    xy : Floats
        (cell, 2) centres in metres.
    rule : LandRule
    """
    number = int(np.clip(len(xy) // rule.narrow_cells, 1, _MOST))
    since: list[int] = []
    of: list[Ints] = []
    for now in range(min(_RENEWED // 2, len(days)), len(days) + 1, _RENEWED):
        looks = _months(values[:now], clear[:now], days[:now])
        feature = np.concatenate([looks / _LOOKS, (xy - xy.mean(axis=0)) / _REACH_M], axis=1)
        since.append(now if of else 0)
        of.append(kmeans2(feature, number, iter=8, minit="++", rng=np.random.default_rng(_SEED))[1])
    return Kinds(np.array(since, dtype=np.int64), np.array(of, dtype=np.int64), days, beside=True)


def _months(values: Pixels, clear: Bools, days: Floats) -> Pixels:
    """(cell, month × band) mean of each month that was seen, scaled so that a distance is that of a mean month."""
    month = (days // _MONTH_DAYS).astype(int)
    made = []
    for one in np.unique(month):
        mine = month == one
        count = clear[mine].sum(axis=0)
        if (count > 0).mean() < _SEEN:
            continue
        total = np.where(clear[mine][:, None], values[mine], np.float32(0.0)).sum(axis=0)
        mean = np.where(count > 0, total / np.maximum(count, 1), np.nan)
        made.append(np.where(np.isnan(mean), np.nanmedian(mean, axis=1, keepdims=True), mean))
    if not made:
        return np.zeros((values.shape[2], 1), dtype=np.float32)
    return np.asarray(np.concatenate(made).T / np.sqrt(len(made) * values.shape[1]), dtype=np.float32)
