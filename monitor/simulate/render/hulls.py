"""Hulls as the sensor sees them from above: outline, deck, hatches or cargo, bridge, shadow and wake."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from monitor.core.arrays import Mask, Pixels
from monitor.simulate.render.spectra import BRIDGE, CRANE, DECKS, FOAM, STACK_COLOURS

_OVER = 5


@dataclass(frozen=True, slots=True)
class DrawnHull:
    """One hull in pixels.

    Attributes
    ----------
    row, col : float
        Centre, counted from the corner of the grid.
    length, width : float
        In pixels.
    bow : float
        Radians clockwise from the direction of rows going up (grid north).
    kind : str
        As `simulate.traffic.fleet.Ship.kind`.
    livery : str
        A key of `simulate.render.spectra.DECKS`.
    height_px : float
        Of the deck above the water.
    speed_kn : float
        Gives the wake.
    seed : int
        Fixes what lies on deck.
    """

    row: float
    col: float
    length: float
    width: float
    bow: float
    kind: str
    livery: str
    height_px: float
    speed_kn: float
    seed: int


@dataclass(frozen=True, slots=True)
class Light:
    """Where shadows fall: unit step in rows and columns away from the sun, and pixels of shadow per pixel of height."""

    rows: float
    cols: float
    per_height: float


def paint_hull(image: Pixels, hull: DrawnHull, light: Light, *, water: Pixels) -> None:
    """Paint one hull with its shadow and wake into (band, row, col) reflectance, in place.

    Parameters
    ----------
    image : array of float
        (5, row, col) reflectance × 10 000.
    hull : DrawnHull
    light : Light
    water : array of float
        (row, col) share of water: wakes stay on it.
    """
    if hull.speed_kn > 1.5:
        _paint_wake(image, hull, water)
    window = _window(hull, image.shape[1:], margin=hull.height_px * light.per_height + 3.0)
    if window is None:
        return
    rows, cols = window
    along, across, fine = _local(hull, rows, cols)
    inside = _outline(hull, along, across)
    shade = np.zeros_like(inside)
    for share in (0.35, 0.7, 1.0):
        reach = hull.height_px * light.per_height * share
        d_along, d_across = _turn(hull, light.rows * reach, light.cols * reach)
        shade |= _outline(hull, along - d_along, across - d_across)
    part = image[:, rows, cols]
    shadow = _mean(shade & ~inside, fine)
    part *= 1.0 - 0.45 * shadow
    colour = _deck(hull, along, across)
    alpha = _mean(inside, fine)
    part *= 1.0 - alpha
    for band in range(part.shape[0]):
        part[band] += _mean(np.where(inside, colour[band], 0.0), fine)


def _window(hull: DrawnHull, shape: tuple[int, ...], *, margin: float) -> tuple[slice, slice] | None:
    reach = hull.length / 2 + margin
    r0, r1 = max(int(hull.row - reach), 0), min(int(hull.row + reach) + 2, shape[0])
    c0, c1 = max(int(hull.col - reach), 0), min(int(hull.col + reach) + 2, shape[1])
    return (slice(r0, r1), slice(c0, c1)) if r0 < r1 and c0 < c1 else None


def _local(hull: DrawnHull, rows: slice, cols: slice) -> tuple[Pixels, Pixels, tuple[int, int]]:
    count = (rows.stop - rows.start, cols.stop - cols.start)
    r = (np.arange(count[0] * _OVER, dtype=np.float32) + 0.5) / _OVER + rows.start - hull.row
    c = (np.arange(count[1] * _OVER, dtype=np.float32) + 0.5) / _OVER + cols.start - hull.col
    along = -r[:, None] * np.cos(hull.bow) + c[None, :] * np.sin(hull.bow)
    across = r[:, None] * np.sin(hull.bow) + c[None, :] * np.cos(hull.bow)
    return along.astype(np.float32), across.astype(np.float32), count


def _turn(hull: DrawnHull, rows: float, cols: float) -> tuple[float, float]:
    along = -rows * np.cos(hull.bow) + cols * np.sin(hull.bow)
    across = rows * np.sin(hull.bow) + cols * np.cos(hull.bow)
    return float(along), float(across)


def _mean(values: npt.NDArray[np.generic], count: tuple[int, int]) -> Pixels:
    made: Pixels = values.astype(np.float32).reshape(count[0], _OVER, count[1], _OVER).mean(axis=(1, 3))
    return made


def _outline(hull: DrawnHull, along: Pixels, across: Pixels) -> Mask:
    """A full stern, parallel sides, and a bow over the last fifth."""
    s = along / hull.length + 0.5
    taper = np.clip((1.0 - s) / 0.2, 0.0, 1.0) ** 0.65
    stern = np.clip(0.75 + s / 0.08 * 0.25, 0.75, 1.0)
    inside: Mask = (s >= 0) & (s <= 1) & (np.abs(across) <= hull.width / 2 * taper * stern)
    return inside


def _deck(hull: DrawnHull, along: Pixels, across: Pixels) -> Pixels:
    rng = np.random.default_rng(hull.seed)
    deck, cargo = DECKS[hull.livery]
    s: Pixels = (along / hull.length + 0.5).astype(np.float32)
    w: Pixels = (np.abs(across) / hull.width).astype(np.float32)
    colour = np.empty((5, *along.shape), dtype=np.float32)
    colour[:] = (deck * rng.uniform(0.85, 1.15))[:, None, None]
    load: Pixels = (cargo * rng.uniform(0.9, 1.1)).astype(np.float32)
    _LAYOUTS.get(hull.kind, _geared)(colour, s, w, load, rng)
    return colour


def _put(colour: Pixels, where: Mask, value: npt.ArrayLike) -> None:
    colour[:, where] = np.asarray(value, dtype=np.float32)[:, None]


def _hatches(colour: Pixels, s: Pixels, w: Pixels, cargo: Pixels, *, first: float, last: float, count: int) -> None:
    step = (last - first) / count
    for n in range(count):
        start = first + n * step
        _put(colour, (s > start + 0.12 * step) & (s < start + 0.88 * step) & (w < 0.36), cargo)


def _geared(colour: Pixels, s: Pixels, w: Pixels, cargo: Pixels, rng: np.random.Generator) -> None:
    """General cargo: hatches, two cranes, bridge aft, or forward as on the ro-ro ships of the route."""
    forward = rng.random() < 0.5
    first, last = (0.08, 0.68) if forward else (0.2, 0.82)
    _hatches(colour, s, w, cargo, first=first, last=last, count=int(rng.integers(2, 4)))
    bridge = (s > 0.72) & (s < 0.84) if forward else (s > 0.05) & (s < 0.17)
    _put(colour, bridge & (w < 0.42), BRIDGE)
    for place in ((first + last) / 2 - 0.15, (first + last) / 2 + 0.15):
        _put(colour, (np.abs(s - place) < 0.015) & (w < 0.12), CRANE)


def _bulk(colour: Pixels, s: Pixels, w: Pixels, cargo: Pixels, rng: np.random.Generator) -> None:
    _hatches(colour, s, w, cargo, first=0.18, last=0.9, count=int(rng.integers(4, 7)))
    _put(colour, (s > 0.05) & (s < 0.14) & (w < 0.4), BRIDGE)


def _container(colour: Pixels, s: Pixels, w: Pixels, cargo: Pixels, rng: np.random.Generator) -> None:
    bays = int(rng.integers(6, 10))
    for n in range(bays):
        start = 0.2 + 0.68 * n / bays
        side = rng.random() < 0.4
        where = (s > start) & (s < start + 0.6 / bays) & (w < 0.46)
        _put(colour, where, STACK_COLOURS[int(rng.integers(len(STACK_COLOURS)))] if rng.random() < 0.8 else cargo)
        if side:
            _put(colour, where & (w > 0.25), STACK_COLOURS[int(rng.integers(len(STACK_COLOURS)))])
    _put(colour, (s > 0.08) & (s < 0.16) & (w < 0.45), BRIDGE)


def _tanker(colour: Pixels, s: Pixels, w: Pixels, cargo: Pixels, rng: np.random.Generator) -> None:
    _put(colour, (s > 0.2) & (s < 0.92) & (w < 0.05), cargo)
    _put(colour, (np.abs(s - 0.55) < 0.012) & (w < 0.35), cargo)
    _put(colour, (s > 0.05) & (s < 0.15) & (w < 0.4), BRIDGE * np.float32(rng.uniform(0.8, 1.05)))


def _naval(colour: Pixels, s: Pixels, w: Pixels, cargo: Pixels, rng: np.random.Generator) -> None:
    _put(colour, (s > 0.3) & (s < 0.62) & (w < 0.36), cargo * np.float32(rng.uniform(1.0, 1.3)))


def _small(colour: Pixels, s: Pixels, w: Pixels, cargo: Pixels, rng: np.random.Generator) -> None:
    _put(colour, (s < 0.3) & (w < 0.3), cargo)
    place = float(rng.uniform(0.3, 0.6))
    _put(colour, (np.abs(s - place) < 0.15) & (w < 0.35), BRIDGE)


_Layout = Callable[[Pixels, Pixels, Pixels, Pixels, np.random.Generator], None]
_LAYOUTS: dict[str, _Layout] = {
    "general cargo": _geared,
    "bulk": _bulk,
    "container": _container,
    "tanker": _tanker,
    "naval": _naval,
    "tug": _small,
    "fishing": _small,
    "launch": _small,
}


def _paint_wake(image: Pixels, hull: DrawnHull, water: Pixels) -> None:
    """Foam astern that widens and fades, and two fainter arms."""
    reach = min(8.0 * hull.speed_kn, 120.0)
    stern = hull.length / 2
    middle = replace(
        hull,
        row=hull.row + (stern + reach / 2) * np.cos(hull.bow),
        col=hull.col - (stern + reach / 2) * np.sin(hull.bow),
        length=reach,
    )
    window = _window(middle, image.shape[1:], margin=2.0)
    if window is None:
        return
    rows, cols = window
    along, across, fine = _local(hull, rows, cols)
    behind = -along - stern
    astern = np.clip(1.0 - behind / reach, 0.0, 1.0) * (behind > 0)
    foam = np.exp(-((across / (0.35 * hull.width + 0.02 * np.maximum(behind, 0) + 0.1)) ** 2)) * astern**2
    arm = np.exp(-(((np.abs(across) - 0.34 * behind) / 0.35) ** 2)) * astern * 0.3
    strength = min(0.08 * hull.speed_kn, 0.75) * _mean(np.maximum(foam, arm), fine) * water[rows, cols]
    part = image[:, rows, cols]
    part += strength * (FOAM[:, None, None] - part)
