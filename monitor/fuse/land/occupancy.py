"""Which pieces of a track or of a lot are in use at each observation, each against its own past.

Pixels are the sum of what the pieces show in them: a wagon covers a third of a pixel, and tracks lie five metres apart.
A piece in use adds something of unknown colour (a slab), an empty one nothing (a spike); trains are many pieces long.
The empty level of each pixel is learnt with it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from monitor.core.arrays import Bools, Floats, Pixels
from monitor.fuse.land.elements import Elements
from monitor.fuse.land.rules import UseRule
from monitor.fuse.land.scene_effects import ground_of, share_beside, taken_out


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
    weight, share = clear.astype(np.float32), np.full((len(values), 1), rule.prior)
    for _ in range(rule.rounds):
        follows = share_beside(ground, values - level - shown, weight)
        rest = taken_out(ground, shown, level, follows)
        ok = clear & np.isfinite(rest[:, 0])
        noise = _noise(rest - shown, np.where(ok, weight, 0.0), covered > 0, rule)
        chance, shown = _explained(rest, ok, elements, noise, chance=chance, share=share, rule=rule)
        share = np.clip(np.nanmean(chance, axis=1, keepdims=True), rule.least_share, rule.most_share)
        weight = _idle(rest, clear, chance, elements, covered)
        level = level + _mean_left(rest - shown, weight)
    seen = _seen(ok, elements)
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


@dataclass(frozen=True, slots=True, eq=False)
class Noise:
    """What nothing explains, and what pieces in use add, in directions of the bands in which both are independent.

    Attributes
    ----------
    turn, back : Floats
        (band, band) from reflectance into directions in which what nothing explains has variance 1, and back.
    added : Floats
        (band,) variance of what a piece in use adds in each direction.
    precision : Floats
        (pixel,) 1 over the variance of what nothing explains in each pixel.
    """

    turn: Floats
    back: Floats
    added: Floats
    precision: Floats


def _noise(left: Pixels, weight: Pixels, inside: Bools, rule: UseRule) -> Noise:
    """How the bands vary together where nothing stands: growth, sun and haze take directions of their own."""
    bands = left.shape[1]
    chosen = np.flatnonzero(inside)
    heavy = weight[:, chosen].astype(np.float64)
    all_of = np.moveaxis(np.nan_to_num(left[:, :, chosen], nan=0.0), 1, 2).astype(np.float64)
    scatter = rule.floor**2 * np.eye(bands)
    for _ in range(_FITS):
        away = (all_of @ np.linalg.inv(scatter) * all_of).sum(axis=2)
        counts = heavy * (rule.tails + bands) / (rule.tails + away)
        scatter = np.einsum("tp,tpa,tpb->ab", counts, all_of, all_of) / max(float(heavy.sum()), 1.0)
        scatter += rule.floor**2 * np.eye(bands)
    root = np.linalg.cholesky(scatter)
    white = np.linalg.inv(root)
    slab = white @ (rule.contrast**2 * np.ones((bands, bands)) + rule.tint**2 * np.eye(bands)) @ white.T
    added, turn = np.linalg.eigh(slab)
    turn = turn.T @ white
    size = np.where(heavy > 0, ((all_of @ turn.T) ** 2).mean(axis=2), np.nan)
    own = np.ones(left.shape[2])
    some = np.isfinite(size).any(axis=0)
    own[chosen[some]] = np.nanmedian(size[:, some], axis=0) / _MEDIAN_CHI2
    return Noise(turn, np.linalg.inv(turn), added, 2.0 / (1.0 + own))


def _explained(
    rest: Pixels, ok: Bools, e: Elements, noise: Noise, *, chance: Floats, share: Floats, rule: UseRule
) -> tuple[Floats, Pixels]:
    """(time, piece) chance of use, and (time, band, pixel) what the pieces in use show: mean-field, track by track."""
    chance = chance.copy()
    mean = np.zeros((rest.shape[0], rest.shape[1], len(e.size_m)))
    turned = np.einsum("ab,tbp->tap", noise.turn, np.where(ok[:, None], rest, 0.0))
    left = turned.copy()
    matrix = e.matrix(rest.shape[2])
    for _ in range(rule.sweeps):
        for number in range(int(e.group.max()) + 1):
            group = np.flatnonzero(e.group == number)
            pixel, weight = e.pixel[group], e.weight[group]
            was = chance[:, None, group] * mean[:, :, group]
            mine = left[:, :, pixel] + was[..., None] * weight[None, None]
            heavy = ok[:, pixel] * (weight * noise.precision[pixel])[None]
            odds, best = _odds((heavy * weight[None]).sum(axis=2), (heavy[:, None] * mine).sum(axis=3), noise, rule)
            now = _along(odds, share, rule.train_pieces)
            chance[:, group] += _STEP * (now - chance[:, group])
            mean[:, :, group] += _STEP * (best - mean[:, :, group])
            added = (chance[:, None, group] * mean[:, :, group] - was).reshape(-1, len(group))
            left -= (added @ matrix[group]).reshape(left.shape)
    shown = np.einsum("ab,tbp->tap", noise.back, turned - left)
    return chance, np.where(ok[:, None], shown, 0.0).astype(np.float32)


_STEP, _FITS, _MEDIAN_CHI2 = 0.6, 8, 0.87
"""Damping of the sweeps, fits of the scatter (chosen), and the median of the mean of five squared normal variables."""


def _along(odds: Floats, share: Floats, pieces: float) -> Floats:
    """(time, piece) chance of use along one track, by the forward–backward algorithm: trains are many pieces long.

    Parameters
    ----------
    odds : Floats
        (time, piece) log odds of what the pixels show.
    share : Floats
        (time, 1) share of the zone that is in use.
    pieces : float
        Mean length of a train.
    """
    leave = np.full_like(share, 1.0 / pieces)
    enter = np.minimum(leave * share / (1.0 - share), 0.5)
    move = np.stack([np.hstack([1.0 - enter, enter]), np.hstack([leave, 1.0 - leave])], axis=1)
    seen = np.stack([np.ones_like(odds), np.exp(np.clip(odds, -20.0, 20.0))], axis=2)
    forward, backward = np.empty_like(seen), np.ones_like(seen)
    state = np.hstack([1.0 - share, share]) * seen[:, 0]
    forward[:, 0] = state / state.sum(axis=1, keepdims=True)
    for at in range(1, odds.shape[1]):
        state = np.einsum("ta,tab->tb", forward[:, at - 1], move) * seen[:, at]
        forward[:, at] = state / state.sum(axis=1, keepdims=True)
    for at in range(odds.shape[1] - 2, -1, -1):
        state = np.einsum("tab,tb->ta", move, backward[:, at + 1] * seen[:, at + 1])
        backward[:, at] = state / state.sum(axis=1, keepdims=True)
    both = forward * backward
    made: Floats = both[:, :, 1] / both.sum(axis=2)
    return made


def _odds(strength: Floats, pull: Floats, noise: Noise, rule: UseRule) -> tuple[Floats, Floats]:
    """(time, piece) log odds that a piece is in use, and (time, band, piece) what it then adds in each direction."""
    added = noise.added[None, :, None]
    post = added / (1.0 + added * strength[:, None])
    gain = (post * pull**2).sum(axis=1) - np.log1p(added * strength[:, None]).sum(axis=1)
    return rule.trust * 0.5 * gain, post * pull


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
