"""A chip in the making: hulls are removed from it and added to it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from monitor.core.arrays import Mask, Pixels
from monitor.detect.evaluation.dataset import Hull
from monitor.training.augment.ground import Cutout, turn
from monitor.training.augment.sampling import berth_place, beside, draw_size, next_in_row, stern_place
from monitor.training.augment.targets import local_frame

_LONGEST_STERN_TO_PX = 22.0


@dataclass(frozen=True, slots=True)
class Recipe:
    """How chips are made; probabilities are per chip, or per hull where the name ends in ``each``.

    Attributes
    ----------
    size : int
        Pixels a side.
    free_angle : float
        Probability of any angle, scale and shift; else a quarter turn at the scale of the scene.
    scale : tuple of float
        Bounds of the scale.
    add_hulls : float
        Probability that hulls are added.
    most_added : int
        Bounds how many hulls are tried: three times as many at most.
    remove_each, paint_each : float
        Probability that a hull is removed, or painted.
    stern_to : float
        Share of the hulls added at quays that lie at a right angle to them.
    drop_bands : float
        Probability that bands are missing.
    noise : float
        Most noise, reflectance.
    clouds, shores, decoys, wakes : float
        Probability of each on a chip.
    simulated : float
        Share of chips from simulated ports.
    """

    size: int = 128
    free_angle: float = 0.6
    scale: tuple[float, float] = (0.7, 1.4)
    add_hulls: float = 0.6
    most_added: int = 5
    remove_each: float = 0.15
    paint_each: float = 0.3
    stern_to: float = 0.2
    drop_bands: float = 0.2
    noise: float = 0.006
    clouds: float = 0.25
    shores: float = 0.2
    decoys: float = 0.2
    wakes: float = 0.2
    simulated: float = 0.25


@dataclass
class Canvas:
    """A chip in the making."""

    reflectance: Pixels
    valid: Mask
    water: Mask
    hulls: list[Hull]
    blocked: Mask


def remove_hull(canvas: Canvas, hull: Hull, rng: np.random.Generator) -> None:
    """Paint nearby water over a hull, in place; nothing is done where there is too little water.

    Parameters
    ----------
    canvas : Canvas
    hull : Hull
        One of its hulls.
    rng : np.random.Generator
    """
    frame = local_frame(hull, canvas.valid.shape, 6.0)
    if frame is None:
        return
    rows, cols, along, across = frame
    inside = (np.abs(along) <= hull.length_px / 2 + 1.5) & (np.abs(across) <= hull.width_px / 2 + 1.2)
    window = canvas.reflectance[:, rows, cols]
    near = canvas.water[rows, cols] & ~inside
    if near.sum() < 12:
        return
    samples = window[:, near]
    pick = rng.integers(samples.shape[1], size=int(inside.sum()))
    window[:, inside] = 0.7 * np.median(samples, axis=1)[:, None] + 0.3 * samples[:, pick]
    canvas.water[rows, cols][inside] = True
    canvas.hulls.remove(hull)


def paste_hull(canvas: Canvas, cutout: Cutout, place: Hull, rng: np.random.Generator) -> bool:
    """Whether a hull was added at a place: it must float there with nothing in the way.

    Parameters
    ----------
    canvas : Canvas
        Changed in place.
    cutout : Cutout
        The hull's pixels.
    place : Hull
        Where, and how long and wide.
    rng : np.random.Generator
    """
    footprint = local_frame(place, canvas.valid.shape, 1.5)
    if footprint is None:
        return False
    rows, cols, along, across = footprint
    inside = (np.abs(along) <= place.length_px / 2) & (np.abs(across) <= place.width_px / 2)
    if inside.sum() < 0.8 * place.length_px * place.width_px:
        return False
    if canvas.blocked[rows, cols][inside].any() or canvas.water[rows, cols][inside].mean() < 0.88:
        return False
    zoom_u, zoom_v = place.length_px / cutout.length_px, place.width_px / cutout.width_px
    flip = rng.choice([-1.0, 1.0], size=2)
    cos, sin = math.cos(place.angle), math.sin(place.angle)
    linear = np.array([[cos, -sin], [sin, cos]]) @ np.diag([zoom_u * flip[0], zoom_v * flip[1]])
    height, width = cutout.alpha.shape
    shift = np.array([place.x - cols.start, place.y - rows.start]) - linear @ np.array([width / 2, height / 2])
    source = np.concatenate([cutout.pixels, cutout.alpha[None]])
    drawn = turn(source, np.column_stack([linear, shift]), inside.shape)
    alpha = drawn[5]
    gain = np.exp(rng.normal(0, 0.2)) * np.exp(rng.normal(0, 0.1, size=(5, 1, 1)))
    hull_pixels = drawn[:5] * gain
    window = canvas.reflectance[:, rows, cols]
    window[:] = window * (1 - alpha) + np.clip(hull_pixels, 0, 1) * alpha
    grown = (np.abs(along) <= place.length_px / 2 + 0.6) & (np.abs(across) <= place.width_px / 2 + 0.3)
    canvas.blocked[rows, cols][grown] = True
    canvas.hulls.append(place)
    return True


def add_hulls(
    canvas: Canvas, bank: Sequence[Cutout], quays: Pixels, recipe: Recipe, scale: float, rng: np.random.Generator
) -> None:
    """Add hulls of the bank along the quays, beside other hulls and on open water, in place.

    Parameters
    ----------
    canvas : Canvas
    bank : sequence of Cutout
    quays : Pixels
        (n, 4) places on the chip, as of `quay_places`.
    recipe : Recipe
    scale : float
        Of the chip.
    rng : np.random.Generator
    """
    for _ in range(int(rng.integers(1, recipe.most_added + 1)) * 3):
        cutout, length, width = draw_size(bank, rng)
        length, width = length * scale, max(width * scale, 1.2)
        draw, stern = rng.random(), False
        if draw < 0.65 and len(quays):
            stern = rng.random() < recipe.stern_to and length < _LONGEST_STERN_TO_PX
            place = (stern_place if stern else berth_place)(quays, length, width, rng)
        elif draw < 0.85 and canvas.hulls:
            place = beside(canvas.hulls[rng.integers(len(canvas.hulls))], length, width, rng)
        else:
            x, y = rng.uniform(0, recipe.size, size=2)
            angle = float(rng.uniform(0, math.pi))
            place = Hull(x=float(x), y=float(y), length_px=length, width_px=width, angle=angle, sure=True)
        added = paste_hull(canvas, cutout, place, rng)
        if added and stern:
            _add_row(canvas, bank, place, rng)
        if len(canvas.hulls) > 40:
            return


def _add_row(canvas: Canvas, bank: Sequence[Cutout], first: Hull, rng: np.random.Generator) -> None:
    """More hulls of about the first one's size beside it, sterns in line, until one does not fit."""
    last = first
    side, end = (float(sign) for sign in rng.choice([-1.0, 1.0], size=2))
    for _ in range(int(rng.integers(0, 6))):
        length = first.length_px * float(np.exp(rng.normal(0, 0.15)))
        fits = [cutout for cutout in bank if 0.6 < length / cutout.length_px < 1.7] or list(bank)
        cutout = fits[int(rng.integers(len(fits)))]
        width = max(cutout.width_px * (length / cutout.length_px) ** 0.8, 1.2)
        last = next_in_row(last, side, end, (length, width), rng)
        if not paste_hull(canvas, cutout, last, rng):
            return
