"""What a scene does to the pixels of a zone: sun, haze and season, shown by the ground beside, and its shift."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.spatial import cKDTree

from monitor.core.arrays import Bools, Floats, Ints, Pixels

_ROUNDS = 3
_HUBER = 1.5
"""Residuals beyond so many spreads count less (usual: 1.345–2)."""
_BESIDE = 12
"""Pixels of ground beside that show what the season does to a pixel (chosen)."""
_FEWEST = 20
"""Fewest clear pixels of a zone that show what the scene does (chosen)."""
_MOST_COMMON = 0.03
"""Most that the pixels of a zone may move together beyond what bare ground elsewhere does, in reflectance: wet ballast,
or a train on all of a track, which are then alike (chosen: at 0.006 wet ballast of made yards read as trains)."""
_MOST_PX = 1.5
"""Longest shift that is taken out, in pixels."""
_PRIOR = 0.02**2
"""Change of the ground beside, in reflectance squared and summed, up to which the share of it in a pixel is a guess."""


@dataclass(frozen=True, slots=True, eq=False)
class Ground:
    """The pixels of a zone and the ground beside it over time.

    Attributes
    ----------
    values : Pixels
        (time, band, pixel) reflectance.
    clear : Bools
        (time, pixel) where the ground was seen.
    inside : Bools
        (pixel,) those in which something can stand.
    beside : Pixels
        (time, band, pixel) the ground beside each pixel, less its mean over time; NaN where it was not seen.
    near : Ints
        (4, pixel) numbers of the pixels to the east, west, north and south.
    light : Floats, optional
        (time, band) by what factor bare ground elsewhere in the scene is brighter than usual; None where it is unknown.
    """

    values: Pixels
    clear: Bools
    inside: Bools
    beside: Pixels
    near: Ints
    light: Floats | None = None


def ground_of(
    values: Pixels, clear: Bools, inside: Bools, *, xy: Floats, side_m: float, light: Floats | None = None
) -> Ground:
    """The ground of a zone.

    Parameters
    ----------
    values : Pixels
        (time, band, pixel) reflectance.
    clear : Bools
        (time, pixel) where the ground was seen.
    inside : Bools
        (pixel,) those in which something can stand.
    xy : Floats
        (pixel, 2) centres in metres.
    side_m : float
        Of a pixel.
    light : Floats, optional
        (time, band) of `bare_light`.
    """
    free = np.flatnonzero(~inside)
    known = np.where(clear[:, None], values, np.float32(np.nan))
    if len(free) < _BESIDE:
        beside = np.zeros_like(values)
    else:
        _, index = cKDTree(xy[free]).query(xy, k=_BESIDE)
        around = known[:, :, free[index]]
        number = np.isfinite(around).sum(axis=3)
        total = np.where(np.isfinite(around), around, 0.0).sum(axis=3)
        beside = np.where(number >= 3, total / np.maximum(number, 1), np.nan).astype(np.float32)
        beside -= _mean(beside)[None]
    return Ground(values, clear, inside, beside, _neighbours(xy, side_m), light)


def _mean(values: Pixels) -> Pixels:
    """Mean over time of what is known; 0 where nothing is."""
    number = np.isfinite(values).sum(axis=0)
    made: Pixels = np.where(np.isfinite(values), values, 0.0).sum(axis=0) / np.maximum(number, 1)
    return made


def bare_light(values: Pixels, clear: Bools, bands: tuple[str, ...]) -> Floats | None:
    """(time, band) by what factor bare ground is brighter than usual in each scene; None where too little is bare.

    Parameters
    ----------
    values : Pixels
        (time, band, cell) reflectance of a place and its surroundings.
    clear : Bools
        (time, cell) where the ground was seen.
    bands : tuple of str
        Names of the bands, B04 and B08 among them.
    """
    known = np.where(clear[:, None], values, np.float32(np.nan))
    number = clear.sum(axis=0)
    seen = np.flatnonzero(number >= max(3, 0.5 * float(number.max(initial=0))))
    if len(seen) < _BARE_CELLS:
        return None
    known = known[:, :, seen]
    red, infrared = known[:, bands.index("B04")], known[:, bands.index("B08")]
    index = (infrared - red) / (infrared + red)
    low, middle, high = np.nanquantile(index, (0.1, 0.5, 0.9), axis=0)
    bare = np.flatnonzero((middle < _BARE_NDVI) & (high - low < _STEADY))
    if len(bare) < _BARE_CELLS:
        return None
    usual = np.nanmedian(known[:, :, bare], axis=0)
    ratio = known[:, :, bare] / np.maximum(usual, 1e-3)
    enough = np.isfinite(ratio[:, 0]).sum(axis=1) >= _BARE_CELLS / 3
    out = np.ones(ratio.shape[:2])
    out[enough] = np.nanmedian(ratio[enough], axis=2)
    return out


_BARE_CELLS, _BARE_NDVI, _STEADY = 30, 0.35, 0.2
"""Fewest bare cells, their most NDVI, and how much it may vary in the year (chosen)."""


def _neighbours(xy: Floats, side_m: float) -> Ints:
    step = np.rint(xy / side_m - 0.5).astype(np.int64)
    step -= step.min(axis=0) - 1
    table = np.full(step.max(axis=0) + 2, -1, dtype=np.int64)
    table[tuple(step.T)] = np.arange(len(step))
    moves = ((1, 0), (-1, 0), (0, 1), (0, -1))
    found = np.stack([table[step[:, 0] + a, step[:, 1] + b] for a, b in moves])
    return np.where(found >= 0, found, np.arange(len(step))[None])


def share_beside(ground: Ground, rest: Pixels, weight: Pixels) -> Floats:
    """(pixel,) how far each pixel follows the ground beside it: 0 for ballast alone, 1 for what grows beside.

    Parameters
    ----------
    ground : Ground
    rest : Pixels
        (time, band, pixel) reflectance less the empty level and what stands there.
    weight : Pixels
        (time, pixel) how much each observation counts; 0 where it was not seen.
    """
    beside = np.nan_to_num(ground.beside, nan=0.0)
    heavy = weight[:, None]
    both = (heavy * beside * np.nan_to_num(rest, nan=0.0)).sum(axis=(0, 1))
    own = (heavy * beside**2).sum(axis=(0, 1))
    made = np.clip((both + 0.5 * _PRIOR) / (own + _PRIOR), 0.0, 1.2)
    out: Floats = np.where(ground.inside, made, 1.0)
    return out


def taken_out(ground: Ground, shown: Pixels, level: Pixels, share: Floats) -> Pixels:
    """(time, band, pixel) what each observation shows beyond the empty level, season, sun, haze and shift.

    Parameters
    ----------
    ground : Ground
    shown : Pixels
        (time, band, pixel) what is taken to stand there; it counts for nothing but is in the answer.
    level : Pixels
        (band, pixel) when nothing stands there.
    share : Floats
        (pixel,) of `share_beside`.

    Notes
    -----
    A pixel follows the ground beside it by its share, and for the rest bare ground elsewhere in the scene. Where the
    place has none, it follows what the pixels of the zone do together, found robustly: what stands on more than half
    of them is then taken for sun and rain. Then the scene's shift, alike in all bands,
    from how reflectance changes from pixel to pixel.
    """
    out = np.full(ground.values.shape, np.nan, dtype=np.float32)
    season = share * np.nan_to_num(ground.beside, nan=0.0)
    for now in range(len(out)):
        seen = ground.clear[now] & np.isfinite(ground.beside[now, 0])
        ok = np.flatnonzero(seen & ground.inside)
        if len(ok) < _FEWEST:
            continue
        away = ground.values[now][:, ok] - level[:, ok] - season[now][:, ok] - shown[now][:, ok]
        bare = 1.0 - np.minimum(share, 1.0)
        common, most = np.zeros_like(level), np.inf
        if ground.light is not None:
            common, most = ((ground.light[now][:, None] - 1.0) * level * bare).astype(np.float32), _MOST_COMMON
            away = away - common[:, ok]
        moved = np.array([_robust(bare[ok][:, None], band)[0] for band in away])
        common += np.clip(moved, -most, most)[:, None].astype(np.float32) * bare.astype(np.float32)
        smooth = level + season[now] + common
        near = ground.near
        slope = np.stack([smooth[:, near[0]] - smooth[:, near[1]], smooth[:, near[2]] - smooth[:, near[3]]]) / 2.0
        rest = ground.values[now][:, ok] - smooth[:, ok] - shown[now][:, ok]
        scale = 1.0 / np.maximum(1.4826 * np.median(np.abs(rest), axis=1), 1e-4)
        flat = (slope[:, :, ok] * scale[None, :, None]).reshape(2, -1).T
        shift = np.clip(_robust(flat, (rest * scale[:, None]).ravel()), -_MOST_PX, _MOST_PX)
        rest = rest - np.tensordot(shift, slope[:, :, ok], axes=1)
        out[now][:, ok] = rest + shown[now][:, ok]
    return out


def _robust(parts: Floats, seen: Floats) -> Floats:
    """Coefficients of a linear fit by iteratively reweighted least squares with Huber's weights."""
    weight: Floats = np.ones(len(seen))
    made: Floats = np.zeros(parts.shape[1])
    ridge = 1e-4 * max(float((parts**2).sum()), 1e-9) * np.eye(parts.shape[1])
    for _ in range(_ROUNDS):
        heavy = parts * weight[:, None]
        made = np.asarray(np.linalg.solve(heavy.T @ parts + ridge, heavy.T @ seen), dtype=np.float64)
        rest = np.abs(seen - parts @ made)
        scale = max(1.4826 * float(np.median(rest)), 1e-6)
        weight = np.minimum(1.0, _HUBER * scale / np.maximum(rest, 1e-9))
    return made
