"""Training chips: real ports transformed, with hulls moved, added and removed."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
import numpy.typing as npt

from monitor.detect.evaluation.dataset import Hull, Pixels
from monitor.detect.yolo.preprocess import network_input
from monitor.training.augment.clouds import add_clouds
from monitor.training.augment.decoys import add_decoys, add_fingers, add_wakes
from monitor.training.augment.ground import Affine, Cutout, Ground, hull_bank, prepare_ground, turn, turn_window
from monitor.training.augment.paint import paint_hulls
from monitor.training.augment.sampling import (
    berth_place,
    beside,
    draw_size,
    next_in_row,
    pick_centre,
    quays_in,
    stern_place,
)
from monitor.training.augment.shores import add_shores
from monitor.training.augment.targets import Targets, corners, fill, local_frame, render_targets
from monitor.training.augment.weather import weather

Mask = npt.NDArray[np.bool_]

_LONGEST_STERN_TO_PX = 22.0

__all__ = ["Canvas", "Cutout", "Ground", "Recipe", "add_hulls", "hull_bank", "make_chip", "prepare_ground"]


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


def _matrix(rng: np.random.Generator, recipe: Recipe, centre: tuple[float, float]) -> tuple[Affine, float]:
    scale = 1.0
    if rng.random() < recipe.free_angle:
        angle = rng.uniform(0, 2 * math.pi)
        scale = float(np.exp(rng.uniform(math.log(recipe.scale[0]), math.log(recipe.scale[1]))))
        centre = (centre[0] + rng.random(), centre[1] + rng.random())
    else:
        angle = rng.integers(4) * math.pi / 2
    linear = scale * np.array([[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]])
    linear = np.where(np.abs(linear) < 1e-12, 0.0, linear)
    if rng.random() < 0.5:
        linear[0] *= -1
    shift = np.array([recipe.size / 2, recipe.size / 2]) - linear @ np.array(centre)
    return np.column_stack([linear, shift]), scale


def move_hull(hull: Hull, matrix: Affine, scale: float) -> Hull:
    """A hull after an affine map (rotation, mirror, scale).

    Parameters
    ----------
    hull : Hull
    matrix : Affine
        (2, 3) from the port's to the chip's column and row.
    scale : float
        Of the map.
    """
    x, y = matrix[:, :2] @ np.array([hull.x, hull.y]) + matrix[:, 2]
    dx, dy = matrix[:, :2] @ np.array([math.cos(hull.angle), math.sin(hull.angle)])
    return replace(
        hull,
        x=float(x),
        y=float(y),
        angle=math.atan2(dy, dx) % math.pi,
        length_px=hull.length_px * scale,
        width_px=hull.width_px * scale,
    )


def move_rings(rings: Sequence[Pixels], matrix: Affine, size: int) -> list[Pixels]:
    """The rings that touch the chip, in its coordinates.

    Parameters
    ----------
    rings : sequence of Pixels
        (n, 2) column and row in the port.
    matrix : Affine
        (2, 3) from the port's to the chip's column and row.
    size : int
        Pixels a side of the chip.
    """
    moved = [(ring @ matrix[:, :2].T + matrix[:, 2]).astype(np.float32) for ring in rings]
    return [ring for ring in moved if (ring.max(0) > 0).all() and (ring.min(0) < size).all()]


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


def _dropped(has: Sequence[bool], recipe: Recipe, rng: np.random.Generator) -> tuple[bool, ...]:
    if rng.random() >= recipe.drop_bands or not all(has):
        return tuple(has)
    choices = (
        (True, True, True, True, False),
        (True, True, True, False, False),
        (False, True, True, True, True),
        (True, True, True, False, True),
        (False, False, False, True, True),
    )
    return choices[rng.integers(len(choices))]


def make_chip(
    ground: Ground, bank: Sequence[Cutout], recipe: Recipe, rng: np.random.Generator
) -> tuple[Pixels, Targets]:
    """One training chip of a port: network input (7, size, size) and its targets.

    Parameters
    ----------
    ground : Ground
        The port.
    bank : sequence of Cutout
        Hulls to add; none for an empty one.
    recipe : Recipe
    rng : np.random.Generator
        The same state gives the same chip.
    """
    size = recipe.size
    matrix, scale = _matrix(rng, recipe, pick_centre(ground, rng, size))
    order = cv2.INTER_NEAREST if scale == 1.0 else cv2.INTER_LINEAR
    moved = turn_window(ground.layers, matrix, size, order)
    port = ground.port
    hulls = [move_hull(hull, matrix, scale) for hull in port.hulls]
    hulls = [h for h in hulls if -h.length_px < h.x < size + h.length_px and -h.length_px < h.y < size + h.length_px]
    ignore = move_rings(port.ignore, matrix, size)
    near = [corners(hull, 0.4) for hull in hulls]
    canvas = Canvas(
        reflectance=moved[:5],
        valid=moved[5] > 0.99,
        water=moved[6] > 0.5,
        hulls=hulls,
        blocked=fill((size, size), [*ignore, *near]) > 0,
    )
    for hull in [hull for hull in hulls if hull.sure]:
        if rng.random() < recipe.remove_each:
            remove_hull(canvas, hull, rng)
    quays = quays_in(ground.quays, matrix, size)
    if not ground.made_up and rng.random() < recipe.shores:
        lying = fill((size, size), [corners(hull, 1.0) for hull in canvas.hulls]) > 0
        covered, jetties = add_shores(canvas.reflectance, canvas.water, lying, rng)
        canvas.water &= ~covered
        canvas.blocked |= covered
        quays = jetties if len(jetties) and rng.random() < 0.5 else quays
    if not ground.made_up and rng.random() < recipe.decoys:
        lying = fill((size, size), [*ignore, *[corners(hull, 1.0) for hull in canvas.hulls]]) > 0
        covered = add_decoys(canvas.reflectance, canvas.water, lying, rng)
        covered |= add_fingers(canvas.reflectance, canvas.water, quays, lying, rng)
        canvas.water &= ~covered
        canvas.blocked |= covered
    if bank and rng.random() < recipe.add_hulls * (0.5 if ground.made_up else 1.0):
        add_hulls(canvas, bank, quays, recipe, scale, rng)
    if rng.random() < recipe.wakes:
        add_wakes(canvas.reflectance, canvas.water, canvas.hulls, rng)
    paint_hulls(canvas.reflectance, canvas.hulls, recipe.paint_each, rng)
    reflectance, known = weather(canvas.reflectance, recipe.noise, rng), canvas.valid
    if rng.random() < recipe.clouds:
        reflectance, hidden = add_clouds(reflectance, rng)
        known = known & ~(hidden & (fill((size, size), [corners(hull, 1.0) for hull in canvas.hulls]) > 0))
    has = _dropped(port.has, recipe, rng)
    targets = render_targets(
        (size, size),
        canvas.hulls,
        stacks=move_rings(port.stacks, matrix, size),
        doubtful_stacks=move_rings(port.doubtful_stacks, matrix, size),
        ignore=ignore,
        valid=known,
    )
    return network_input(reflectance, has, canvas.valid), targets
