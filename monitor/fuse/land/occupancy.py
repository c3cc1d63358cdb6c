"""Which pieces of a track or of a lot are in use at each observation, each against its own past.

Pixels are the sum of what the pieces show in them: a wagon covers a third of a pixel, and tracks lie five metres apart.
A piece in use adds something of unknown colour (a slab), an empty one nothing (a spike); neighbours tend to be alike.
The empty level of each pixel is learnt with it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from monitor.core.arrays import Bools, Floats, Ints, Pixels
from monitor.fuse.land.elements import Elements
from monitor.fuse.land.rules import UseRule
from monitor.fuse.land.scene_effects import ground_of, share_beside, taken_out, without_growth


@dataclass(frozen=True, slots=True, eq=False)
class Use:
    """What was in use.

    Attributes
    ----------
    probability : Floats
        (time, piece) that it was in use; NaN where it was not seen.
    seen : Bools
        (time, piece) where most of it was clear.
    """

    probability: Floats
    seen: Bools


def in_use(
    values: Pixels,
    clear: Bools,
    elements: Elements,
    *,
    xy: Floats,
    side_m: float,
    rule: UseRule,
    light: Floats | None = None,
) -> Use:
    """Which pieces were in use at each observation.

    Parameters
    ----------
    values : Pixels
        (time, band, pixel) reflectance.
    clear : Bools
        (time, pixel) where the ground was seen.
    elements : Elements
        Pieces of the zone.
    xy : Floats
        (pixel, 2) centres in metres.
    side_m : float
        Of a pixel.
    rule : UseRule
    light : Floats, optional
        (time, band) of `scene_effects.bare_light`.
    """
    covered = _covered(elements, values.shape[2])
    ground = ground_of(values, clear, covered > 0, xy=xy, side_m=side_m, light=light)
    level = _first_level(values, clear)
    chance = np.full((len(values), len(elements.size_m)), rule.prior)
    shown = np.zeros(values.shape, dtype=np.float32)
    weight, prior = clear.astype(np.float32), rule.prior
    for _ in range(rule.rounds):
        share = share_beside(ground, values - level - shown, weight)
        rest = without_growth(ground, taken_out(ground, shown, level, share))
        noise = _noise(rest - shown, clear, covered > 0, rule)
        chance, shown = _explained(rest, clear, elements, noise, chance=chance, prior=prior, rule=rule)
        weight = _idle(rest, clear, chance, elements, covered)
        level = level + _mean_left(rest - shown, weight)
        prior = float(np.clip(chance.mean(), 0.3 * rule.prior, 3.0 * rule.prior))
    seen = _seen(clear & np.isfinite(rest[:, 0]), elements)
    return Use(np.where(seen, chance, np.nan), seen)


def _first_level(values: Pixels, clear: Bools) -> Pixels:
    """(band, pixel) the median of the clear observations."""
    known = np.where(clear[:, None], values, np.float32(np.nan))
    ordered = np.sort(known, axis=0)
    number = np.maximum(clear.sum(axis=0), 1)
    low, high = (number - 1) // 2, number // 2
    bands = values.shape[1]
    picks = [np.take_along_axis(ordered, n[None, None].repeat(bands, axis=1), axis=0)[0] for n in (low, high)]
    made: Pixels = np.nan_to_num((picks[0] + picks[1]) / 2, nan=0.0).astype(np.float32)
    return made


def _covered(elements: Elements, pixels: int) -> Floats:
    """(pixel,) share of each pixel that the pieces can cover."""
    return np.asarray(elements.matrix(pixels).sum(axis=0), dtype=np.float64).ravel()


def _seen(clear: Bools, elements: Elements) -> Bools:
    """(time, piece) where most of a piece was clear."""
    weight = elements.weight
    shown = (clear[:, elements.pixel] * weight[None]).sum(axis=2)
    made: Bools = shown > 0.6 * weight.sum(axis=1)[None]
    return made


def _noise(rest: Pixels, clear: Bools, inside: Bools, rule: UseRule) -> Pixels:
    """(band, pixel) spread of what nothing explains, with a floor."""
    size = np.where(clear[:, None], np.abs(rest), np.float32(np.nan))
    ordered = np.sort(size, axis=0)
    number = np.maximum(np.isfinite(size[:, 0]).sum(axis=0), 1)
    at = ((number - 1) // 2)[None, None].repeat(rest.shape[1], axis=1)
    own = 1.4826 * np.nan_to_num(np.take_along_axis(ordered, at, axis=0)[0], nan=0.0)
    common = np.median(own[:, inside], axis=1, keepdims=True)
    made: Pixels = np.maximum(np.sqrt((own**2 + common**2) / 2), rule.floor).astype(np.float32)
    return made


def _explained(
    rest: Pixels, clear: Bools, e: Elements, noise: Pixels, *, chance: Floats, prior: float, rule: UseRule
) -> tuple[Floats, Pixels]:
    """(time, piece) chance of use, and (time, band, pixel) what the pieces in use show: mean-field, group by group."""
    chance = chance.copy()
    mean = np.zeros((rest.shape[0], rest.shape[1], len(e.size_m)))
    ok = clear & np.isfinite(rest[:, 0])
    left = np.where(ok[:, None], rest, 0.0).astype(np.float64)
    groups = [np.flatnonzero(e.group == number) for number in range(int(e.group.max()) + 1)]
    precision = (1.0 / noise.astype(np.float64)) ** 2
    matrix = e.matrix(rest.shape[2])
    for sweep in range(rule.sweeps):
        for group in groups:
            pixel, weight = e.pixel[group], e.weight[group]
            was = chance[:, None, group] * mean[:, :, group]
            mine = left[:, :, pixel] + was[..., None] * weight[None, None]
            heavy = (ok[:, pixel] * weight[None])[:, None] * precision[:, pixel][None]
            odds, best = _odds((heavy * weight[None, None]).sum(axis=3), (heavy * mine).sum(axis=3), rule)
            if e.is_track:
                now = _along(odds, prior, rule.train_pieces)
            else:
                odds += np.log(prior / (1.0 - prior)) + rule.together * _agreement(chance, e.neighbour[group], prior)
                now = 1.0 / (1.0 + np.exp(-np.clip(odds, -30.0, 30.0)))
            step = 1.0 if sweep > 1 and not e.is_track else 0.6
            chance[:, group] += step * (now - chance[:, group])
            mean[:, :, group] += step * (best - mean[:, :, group])
            added = (chance[:, None, group] * mean[:, :, group] - was).reshape(-1, len(group))
            left -= (added @ matrix[group]).reshape(left.shape)
    return chance, np.where(ok[:, None], rest - left, 0.0).astype(np.float32)


def _along(odds: Floats, prior: float, pieces: float) -> Floats:
    """(time, piece) chance of use along one track, by the forward–backward algorithm: trains are many pieces long.

    Parameters
    ----------
    odds : Floats
        (time, piece) log odds of what the pixels show.
    prior : float
        Share of the track that is usually in use.
    pieces : float
        Mean length of a train.
    """
    leave = 1.0 / pieces
    enter = leave * prior / (1.0 - prior)
    move = np.array([[1.0 - enter, enter], [leave, 1.0 - leave]])
    seen = np.stack([np.ones_like(odds), np.exp(np.clip(odds, -20.0, 20.0))], axis=2)
    number = odds.shape[1]
    forward, backward = np.empty_like(seen), np.ones_like(seen)
    state = np.array([1.0 - prior, prior])[None] * seen[:, 0]
    forward[:, 0] = state / state.sum(axis=1, keepdims=True)
    for at in range(1, number):
        state = (forward[:, at - 1] @ move) * seen[:, at]
        forward[:, at] = state / state.sum(axis=1, keepdims=True)
    for at in range(number - 2, -1, -1):
        state = (backward[:, at + 1] * seen[:, at + 1]) @ move.T
        backward[:, at] = state / state.sum(axis=1, keepdims=True)
    both = forward * backward
    made: Floats = both[:, :, 1] / both.sum(axis=2)
    return made


def _odds(strength: Floats, pull: Floats, rule: UseRule) -> tuple[Floats, Floats]:
    """(time, piece) log odds that a piece is in use, and (time, band, piece) what it then adds.

    What it adds is one brightness for all bands and a little of its own in each: a slab with variance
    ``contrast² · 11ᵀ + tint² · I``, integrated out by the Woodbury identity.
    """
    tint, contrast = rule.tint**2, rule.contrast**2
    own = tint / (1.0 + strength * tint)
    weighted = strength / (1.0 + strength * tint)
    total = weighted.sum(axis=1)
    pooled = (pull / (1.0 + strength * tint)).sum(axis=1)
    bright_variance = contrast / (1.0 + total * contrast)
    bright = bright_variance * pooled
    best = own * pull + bright[:, None] / (1.0 + strength * tint)
    gain = (own * pull**2).sum(axis=1) + bright_variance * pooled**2
    cost = np.log1p(strength * tint).sum(axis=1) + np.log1p(total * contrast)
    return rule.trust * 0.5 * (gain - cost), best


def _agreement(chance: Floats, neighbour: Ints, prior: float) -> Floats:
    """(time, piece) how much its neighbours are in use, less what is usual."""
    known = neighbour >= 0
    theirs = np.where(known[None], chance[:, np.maximum(neighbour, 0)] - prior, 0.0)
    made: Floats = theirs.sum(axis=2)
    return made


def _idle(rest: Pixels, clear: Bools, chance: Floats, e: Elements, covered: Floats) -> Pixels:
    """(time, pixel) how much each observation shows of the empty level: little where much is in use."""
    busy = chance @ e.matrix(rest.shape[2])
    share = busy / np.maximum(covered, 1e-6)[None]
    made: Pixels = np.where(clear & np.isfinite(rest[:, 0]), np.exp(-4.0 * share), 0.0).astype(np.float32)
    return made


def _mean_left(left: Pixels, weight: Pixels) -> Pixels:
    """(band, pixel) by how much the empty level must move."""
    known = np.where(np.isfinite(left), left, 0.0)
    total = (known * weight[:, None]).sum(axis=0)
    made: Pixels = (total / np.maximum(weight.sum(axis=0), 1e-6)[None]).astype(np.float32)
    return made
