"""Training chips: real ports transformed, with hulls moved, added and removed."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import cv2
import numpy as np

from monitor.core.arrays import Pixels
from monitor.detect.evaluation.dataset import Hull
from monitor.detect.yolo.preprocess import network_input
from monitor.training.augment.canvas import Canvas, Recipe, add_hulls, remove_hull
from monitor.training.augment.clouds import add_clouds
from monitor.training.augment.decoys import add_decoys, add_fingers, add_wakes
from monitor.training.augment.ground import Affine, Cutout, Ground, turn_window
from monitor.training.augment.paint import paint_hulls
from monitor.training.augment.sampling import pick_centre, quays_in
from monitor.training.augment.shores import add_shores
from monitor.training.augment.targets import Targets, corners, fill, render_targets
from monitor.training.augment.weather import weather


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
    moorings = move_rings(port.small_craft, matrix, size)
    near = [*moorings, *[corners(hull, 0.4) for hull in hulls]]
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
        small_craft=moorings,
        valid=known,
    )
    return network_input(reflectance, has, canvas.valid), targets
