"""What is in use of a lot: its ground is alike from end to end, what stands on it is not.

A mixture of two kinds of pixels, found by expectation–maximisation over all observations: ground, which differs little
from its level, and goods, of any colour. How the ground's bands vary together is learnt with it, so that growth and
haze count for little. Each observation has its own share in use; neighbours tend to be alike.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import gammaln

from monitor.core.arrays import Bools, Floats, Ints, Pixels
from monitor.fuse.land.rules import LotRule


@dataclass(frozen=True, slots=True, eq=False)
class _Kind:
    """Ground or goods: a multivariate t distribution of what a pixel shows beyond the empty level."""

    middle: Floats
    scatter: Floats

    def log_density(self, rest: Floats, rule: LotRule) -> tuple[Floats, Floats]:
        """Log density of (time, pixel, band) residuals, and the weight of each in the kind's next fit."""
        root = np.linalg.cholesky(self.scatter)
        bands = rest.shape[-1]
        scaled = np.linalg.solve(root, (rest - self.middle).reshape(-1, bands).T)
        away = (scaled**2).sum(axis=0).reshape(rest.shape[:-1])
        nu = rule.tails
        constant = gammaln((nu + bands) / 2) - gammaln(nu / 2) - bands / 2 * np.log(nu * np.pi)
        size = constant - np.log(np.diag(root)).sum()
        return size - (nu + bands) / 2 * np.log1p(away / nu), (nu + bands) / (nu + away)


def lot_use(values: Pixels, clear: Bools, neighbour: Ints, *, rule: LotRule, light: Floats | None = None) -> Floats:
    """(time, pixel) chance that a pixel of a lot is in use; NaN where it was not seen.

    Parameters
    ----------
    values : Pixels
        (time, band, pixel) reflectance of the pixels in the lot.
    clear : Bools
        (time, pixel) where the ground was seen.
    neighbour : Ints
        (pixel, 4) numbers of the pixels around; −1 for none.
    rule : LotRule
    light : Floats, optional
        (time, band) of `scene_effects.bare_light`. Without it what the lot's pixels do together counts as light, and
        with it what stands on more than half of them.
    """
    ok = clear & np.isfinite(values[:, 0])
    factor = _own_light(values, ok) if light is None else light
    even = np.nan_to_num(values / np.maximum(factor, 1e-3)[:, :, None], nan=0.0).astype(np.float64)
    if not ok.any():
        return np.full(clear.shape, np.nan)
    level = first_level(even, ok, rule)
    chance, share = np.full(ok.shape, rule.prior), np.full((len(ok), 1), rule.prior)
    known = _kinds_before(even.shape[1], rule)
    ground, goods = known
    for _ in range(rule.rounds):
        rest = np.moveaxis((even - level[None]) * factor[:, :, None], 1, 2)
        for _ in range(rule.steps):
            (empty, heavy), (full, light_weight) = (kind.log_density(rest, rule) for kind in (ground, goods))
            chance, share = _chances(full - empty, chance, share, neighbour=neighbour, ok=ok, rule=rule)
            ground = _fitted(rest, np.where(ok, 1.0 - chance, 0.0), heavy, before=known[0], rule=rule)
            goods = _fitted(rest, np.where(ok, chance, 0.0), light_weight, before=known[1], rule=rule, moves=1.0)
        level = _level(even, np.where(ok, (1.0 - chance) ** 2, 0.0))
    return np.where(ok, chance, np.nan)


def first_level(even: Floats, ok: Bools, rule: LotRule) -> Floats:
    """(band, pixel) a first guess of each pixel's reflectance when nothing stands there.

    A pixel that is in use more often than not shows its ground rarely, so that its median is that of goods. The
    spectrum that most observations of the lot share is its ground, and each pixel's level the mean of those like it.

    Parameters
    ----------
    even : Floats
        (time, band, pixel) reflectance under the same light.
    ok : Bools
        (time, pixel) where it is known.
    rule : LotRule
    """
    spectra = np.moveaxis(even, 1, 2)[ok]
    some = spectra[:: max(1, len(spectra) // rule.sample)]
    spread = rule.uneven * np.median(some, axis=0) + rule.floor
    apart = (((some[:, None] - some[None]) / spread) ** 2).mean(axis=2)
    middle: Floats = some[np.exp(-apart).sum(axis=1).argmax()]
    for _ in range(rule.rounds):
        near = np.exp(-(((spectra - middle) / spread) ** 2).mean(axis=1))
        middle = near @ spectra / near.sum()
    weight = np.where(ok, np.exp(-(((even - middle[None, :, None]) / spread[None, :, None]) ** 2).mean(axis=1)), 0.0)
    return _level(even, weight)


def _level(even: Floats, weight: Floats) -> Floats:
    """(band, pixel) mean by weight, with that of the lot as one observation more."""
    total, whole = weight.sum(axis=0), (even * weight[:, None]).sum(axis=0)
    common = whole.sum(axis=1) / max(float(total.sum()), 1e-9)
    made: Floats = (whole + common[:, None]) / (total + 1.0)
    return made


def _own_light(values: Pixels, ok: Bools) -> Floats:
    """(time, band) by what factor most pixels of the lot are brighter than usual."""
    known = np.where(ok[:, None], values, np.float32(np.nan))
    seen = np.flatnonzero(ok.any(axis=0))
    out = np.ones(known.shape[:2])
    ratio = known[:, :, seen] / np.maximum(np.nanmedian(known[:, :, seen], axis=0), 1e-3)
    some = ok[:, seen].any(axis=1)
    out[some] = np.nanmedian(ratio[some], axis=2)
    return out


def _kinds_before(bands: int, rule: LotRule) -> tuple[_Kind, _Kind]:
    """Ground and goods before any observation."""
    zero, one = np.zeros(bands), np.eye(bands)
    goods = rule.contrast**2 * np.ones((bands, bands)) + rule.tint**2 * one
    return _Kind(zero, rule.quiet**2 * one), _Kind(zero, goods)


def _chances(
    odds: Floats, chance: Floats, share: Floats, *, neighbour: Ints, ok: Bools, rule: LotRule
) -> tuple[Floats, Floats]:
    """(time, pixel) chance of use with that of the neighbours, and (time, 1) share of the lot in use."""
    for _ in range(rule.sweeps):
        near = np.where(neighbour[None] >= 0, chance[:, np.maximum(neighbour, 0)] - share[:, :, None], 0.0).sum(axis=2)
        total = odds + np.log(share / (1.0 - share)) + rule.together * near
        chance = 1.0 / (1.0 + np.exp(-np.clip(total, -30.0, 30.0)))
    used, seen = np.where(ok, chance, 0.0).sum(axis=1, keepdims=True), ok.sum(axis=1, keepdims=True)
    return chance, np.clip((used + rule.prior) / (seen + 1.0), 0.01, 0.95)


def _fitted(rest: Floats, chance: Floats, weight: Floats, *, before: _Kind, rule: LotRule, moves: float = 0.0) -> _Kind:
    """A kind fitted to the pixels that are likely of it, beside what was known before; ground stays at its level."""
    heavy = chance * weight
    middle = moves * np.einsum("tp,tpa->a", heavy, rest) / (heavy.sum() + rule.doubt)
    away = rest - middle
    scatter = np.einsum("tp,tpa,tpb->ab", heavy, away, away) + rule.doubt * before.scatter
    return _Kind(middle, scatter / (chance.sum() + rule.doubt))
