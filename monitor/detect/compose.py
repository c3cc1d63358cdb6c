"""Training chips: real ports seen anew, with hulls moved, added and taken away."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
import numpy.typing as npt

from monitor.detect.compose_clouds import add_clouds
from monitor.detect.dataset import Hull, LabelledPort, Pixels
from monitor.detect.train_targets import Targets, corners, fill, local_frame, render_targets
from monitor.detect.windows import dark_levels, network_input, subtract_dark

Affine = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

LEAST_WATER_PX = 400


@dataclass(frozen=True, slots=True)
class Ground:
    """A port made ready: reflectance after dark subtraction, its water, and places where a hull could lie."""

    port: LabelledPort
    layers: Pixels  # (7, row, col): five bands, valid, water
    quays: Pixels  # (n, 4): x, y of the edge, unit normal towards the water

    @property
    def reflectance(self) -> Pixels:
        """The five bands."""
        return self.layers[:5]

    @property
    def hulls(self) -> tuple[Hull, ...]:
        """Labelled hulls."""
        return self.port.hulls


@dataclass(frozen=True, slots=True)
class Cutout:
    """A real hull, turned so that it lies along the rows: (band, across, along) with its box in the middle."""

    pixels: Pixels
    length_px: float
    width_px: float
    alpha: Pixels


def water_mask(reflectance: Pixels, has: Sequence[bool], valid: Mask) -> Mask:
    """Dark in the infrared bands that are there: open water, cleaned of specks."""
    dark = valid.copy()
    if has[3]:
        dark &= reflectance[3] < 0.075
    if has[4]:
        dark &= reflectance[4] < 0.05
    clean = cv2.morphologyEx(dark.astype(np.uint8), cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))
    _, labels, stats, _ = cv2.connectedComponentsWithStats(clean, connectivity=4)
    large = stats[:, cv2.CC_STAT_AREA] >= LEAST_WATER_PX
    large[0] = False
    return np.asarray(large[labels], dtype=np.bool_)


def quay_places(water: Mask, land: Mask, rng: np.random.Generator, count: int = 4000) -> Pixels:
    """Points on straight edges between land and water, with the normal towards the water: (n, 4) x, y, nx, ny."""
    soft = cv2.GaussianBlur(water.astype(np.float32), (0, 0), 2.5)
    gx, gy = cv2.Sobel(soft, cv2.CV_32F, 1, 0), cv2.Sobel(soft, cv2.CV_32F, 0, 1)
    smooth = [cv2.GaussianBlur(a, (0, 0), 6.0) for a in (gx * gx, gy * gy, gx * gy)]
    coherence = np.hypot(smooth[0] - smooth[1], 2 * smooth[2]) / (smooth[0] + smooth[1] + 1e-9)
    edge = (cv2.dilate(land.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0) & water & (coherence > 0.9)
    rows, cols = np.nonzero(edge)
    if rows.size == 0:
        return np.zeros((0, 4), dtype=np.float32)
    pick = rng.choice(rows.size, size=min(count, rows.size), replace=False)
    rows, cols = rows[pick], cols[pick]
    normal = np.stack([gx[rows, cols], gy[rows, cols]], axis=1)
    size = np.linalg.norm(normal, axis=1, keepdims=True)
    keep = size[:, 0] > 0.02
    points = np.concatenate([cols[:, None] + 0.5, rows[:, None] + 0.5, normal / np.maximum(size, 1e-6)], axis=1)
    return np.asarray(points[keep], dtype=np.float32)


def prepare(port: LabelledPort, rng: np.random.Generator) -> Ground:
    """A port with its dark end subtracted, its water and its quays."""
    raw: Pixels = (port.dn / np.float32(10_000)).astype(np.float32)
    valid: Mask = np.asarray((port.dn > 0).any(axis=0), dtype=np.bool_)
    reflectance = subtract_dark(raw, dark_levels(raw, valid))
    reflectance[[not there for there in port.has]] = 0.0
    water = water_mask(reflectance, port.has, valid)
    lying = fill(port.shape, [corners(hull, 2.0) for hull in port.hulls]) > 0
    land = valid & ~water & ~lying
    land = cv2.morphologyEx(land.astype(np.uint8), cv2.MORPH_OPEN, np.ones((5, 5), np.uint8)).astype(bool)
    layers = np.concatenate([reflectance, valid[None], water[None]]).astype(np.float32)
    return Ground(port, layers, quay_places(water, land, rng))


def turn(pixels: Pixels, matrix: Affine, shape: tuple[int, int], *, order: int = cv2.INTER_LINEAR) -> Pixels:
    """Bands resampled by a 2 x 3 matrix that takes source to target coordinates (corner based)."""
    half = np.array([0.5, 0.5])
    shifted = matrix.copy()
    shifted[:, 2] += matrix[:, :2] @ half - half
    out = [
        cv2.warpAffine(band, shifted, (shape[1], shape[0]), flags=order, borderMode=cv2.BORDER_CONSTANT, borderValue=0)
        for band in pixels
    ]
    return np.stack(out)


def cut_out(ground: Ground, hull: Hull, margin: float = 1.0) -> Cutout:
    """A hull cut from its port, along the rows, with a soft edge."""
    width, height = math.ceil(hull.length_px + 2 * margin + 2), math.ceil(hull.width_px + 2 * margin + 2)
    cos, sin = math.cos(hull.angle), math.sin(hull.angle)
    rotation = np.array([[cos, sin], [-sin, cos]])
    shift = np.array([width / 2, height / 2]) - rotation @ np.array([hull.x, hull.y])
    pixels = turn(ground.reflectance, np.column_stack([rotation, shift]), (height, width), order=cv2.INTER_CUBIC)
    u = np.abs(np.arange(width) + 0.5 - width / 2)[None, :]
    v = np.abs(np.arange(height) + 0.5 - height / 2)[:, None]
    alpha = np.clip(hull.length_px / 2 + 0.8 - u, 0, 1) * np.clip(hull.width_px / 2 + 0.6 - v, 0, 1)
    return Cutout(np.clip(pixels, 0, 1), hull.length_px, hull.width_px, alpha.astype(np.float32))


def hull_bank(grounds: Sequence[Ground]) -> list[Cutout]:
    """Every sure hull of the ports that have all bands."""
    return [
        cut_out(ground, hull)
        for ground in grounds
        if all(ground.port.has)
        for hull in ground.hulls
        if hull.sure and 4 <= hull.length_px <= 45
    ]


@dataclass(frozen=True, slots=True)
class Recipe:
    """How chips are made; probabilities per chip unless said otherwise."""

    size: int = 128
    free_angle: float = 0.6
    scale: tuple[float, float] = (0.7, 1.4)
    add_hulls: float = 0.6
    most_added: int = 5
    remove_each: float = 0.15
    drop_bands: float = 0.2
    noise: float = 0.006
    clouds: float = 0.25


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
    """A hull seen through an affine map (rotation, mirror, scale)."""
    x, y = matrix[:, :2] @ np.array([hull.x, hull.y]) + matrix[:, 2]
    dx, dy = matrix[:, :2] @ np.array([math.cos(hull.angle), math.sin(hull.angle)])
    return replace(
        hull, x=float(x), y=float(y), angle=math.atan2(dy, dx) % math.pi,
        length_px=hull.length_px * scale, width_px=hull.width_px * scale,
    )  # fmt: skip


def move_rings(rings: Sequence[Pixels], matrix: Affine, size: int) -> list[Pixels]:
    """The rings that touch the chip, in its coordinates."""
    moved = [(ring @ matrix[:, :2].T + matrix[:, 2]).astype(np.float32) for ring in rings]
    return [ring for ring in moved if (ring.max(0) > 0).all() and (ring.min(0) < size).all()]


def pick_centre(ground: Ground, rng: np.random.Generator, size: int) -> tuple[float, float]:
    """Where to look: at hulls mostly, at stacks, at empty quays, anywhere."""
    port, draw = ground.port, rng.random()
    rows, cols = port.shape
    if draw < 0.52 and port.hulls:
        hull = port.hulls[rng.integers(len(port.hulls))]
        x, y = hull.x, hull.y
    elif draw < 0.65 and port.stacks:
        x, y = port.stacks[rng.integers(len(port.stacks))].mean(axis=0)
    elif draw < 0.85 and len(ground.quays):
        x, y = ground.quays[rng.integers(len(ground.quays))][:2]
    else:
        x, y = rng.uniform(0, cols), rng.uniform(0, rows)
    jitter = size * 0.35
    x, y = x + rng.uniform(-jitter, jitter), y + rng.uniform(-jitter, jitter)
    half = size * 0.45
    return float(np.clip(x, min(half, cols / 2), max(cols - half, cols / 2)) // 1), float(
        np.clip(y, min(half, rows / 2), max(rows - half, rows / 2)) // 1
    )


def remove_hull(canvas: Canvas, hull: Hull, rng: np.random.Generator) -> None:
    """Paint nearby water over a hull."""
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
    """Lay a hull at a place if it floats there and nothing lies in the way."""
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


def _berth_place(quays: Pixels, length: float, width: float, rng: np.random.Generator) -> Hull:
    x, y, nx, ny = quays[rng.integers(len(quays))]
    off = width / 2 + rng.uniform(-0.3, 0.7)
    angle = math.atan2(nx, -ny) + rng.normal(0, 0.02)
    return Hull(float(x + nx * off), float(y + ny * off), length, width, angle % math.pi, True)


def _beside(hull: Hull, length: float, width: float, rng: np.random.Generator) -> Hull:
    """Abreast of a hull, or bow to stern with it."""
    sign = rng.choice([-1.0, 1.0])
    along = np.array([math.cos(hull.angle), math.sin(hull.angle)])
    across = np.array([-along[1], along[0]])
    if rng.random() < 0.5:
        step = across * sign * ((hull.width_px + width) / 2 + rng.uniform(0.1, 1.0))
        step = step + along * rng.uniform(-0.2, 0.2) * length
    else:
        step = along * sign * ((hull.length_px + length) / 2 + rng.uniform(0.8, 4.0))
        step = step + across * rng.normal(0, 0.4)
    return Hull(hull.x + step[0], hull.y + step[1], length, width, hull.angle, True)


def add_hulls(
    canvas: Canvas, bank: Sequence[Cutout], quays: Pixels, recipe: Recipe, scale: float, rng: np.random.Generator
) -> None:
    """Lay some hulls of the bank along the quays, beside other hulls and on open water."""
    for _ in range(int(rng.integers(1, recipe.most_added + 1)) * 3):
        cutout = bank[int(rng.integers(len(bank)))]
        zoom = scale * float(np.exp(rng.uniform(-0.25, 0.25)))
        length, width = cutout.length_px * zoom, max(cutout.width_px * zoom, 1.2)
        draw = rng.random()
        if draw < 0.65 and len(quays):
            place = _berth_place(quays, length, width, rng)
        elif draw < 0.85 and canvas.hulls:
            place = _beside(canvas.hulls[rng.integers(len(canvas.hulls))], length, width, rng)
        else:
            x, y = rng.uniform(0, recipe.size, size=2)
            place = Hull(float(x), float(y), length, width, float(rng.uniform(0, math.pi)), True)
        paste_hull(canvas, cutout, place, rng)
        if len(canvas.hulls) > 40:
            return


def weather(reflectance: Pixels, recipe: Recipe, rng: np.random.Generator) -> Pixels:
    """Sun, haze, veil, noise and blur."""
    out = reflectance * np.float32(np.exp(rng.normal(-0.05, 0.25))) * np.exp(rng.normal(0, 0.06, size=(5, 1, 1)))
    haze = rng.exponential(0.01) * np.array([1.2, 1.0, 0.8, 0.5, 0.2])
    out = out + haze[:, None, None] + rng.normal(0, 0.004, size=(5, 1, 1))
    if rng.random() < 0.15:
        veil = cv2.resize(rng.random((4, 4)).astype(np.float32), out.shape[:0:-1], interpolation=cv2.INTER_CUBIC)
        veil = np.clip(veil - 0.3, 0, 1) * rng.uniform(0.02, 0.2)
        out = out * (1 - veil) + veil * np.array([1.0, 1.0, 1.0, 0.95, 0.5])[:, None, None]
    if rng.random() < 0.2:
        out = np.stack([cv2.GaussianBlur(band.astype(np.float32), (0, 0), rng.uniform(0.3, 0.7)) for band in out])
    sigma = rng.uniform(0, recipe.noise)
    out = out + rng.normal(0, 1, size=out.shape).astype(np.float32) * sigma
    return np.asarray(np.clip(out, 0, 1), dtype=np.float32)


def _dropped(has: Sequence[bool], recipe: Recipe, rng: np.random.Generator) -> tuple[bool, ...]:
    if rng.random() >= recipe.drop_bands or not all(has):
        return tuple(has)
    choices = (
        (True, True, True, True, False), (True, True, True, False, False), (False, True, True, True, True),
        (True, True, True, False, True), (False, False, False, True, True),
    )  # fmt: skip
    return choices[rng.integers(len(choices))]


def make_chip(
    ground: Ground, bank: Sequence[Cutout], recipe: Recipe, rng: np.random.Generator
) -> tuple[Pixels, Targets]:
    """One training chip of a port: network input (7, size, size) and what should come out."""
    size = recipe.size
    matrix, scale = _matrix(rng, recipe, pick_centre(ground, rng, size))
    order = cv2.INTER_NEAREST if scale == 1.0 else cv2.INTER_LINEAR
    moved = turn_window(ground.layers, matrix, size, order)
    port = ground.port
    hulls = [move_hull(hull, matrix, scale) for hull in port.hulls]
    hulls = [h for h in hulls if -h.length_px < h.x < size + h.length_px and -h.length_px < h.y < size + h.length_px]
    ignore = move_rings(port.ignore, matrix, size)
    near = [corners(hull, 0.4) for hull in hulls]
    canvas = Canvas(moved[:5], moved[5] > 0.99, moved[6] > 0.5, hulls, fill((size, size), [*ignore, *near]) > 0)
    for hull in [hull for hull in hulls if hull.sure]:
        if rng.random() < recipe.remove_each:
            remove_hull(canvas, hull, rng)
    if bank and rng.random() < recipe.add_hulls:
        quays = _quays_in(ground.quays, matrix, size)
        add_hulls(canvas, bank, quays, recipe, scale, rng)
    reflectance, told = weather(canvas.reflectance, recipe, rng), canvas.valid
    if rng.random() < recipe.clouds:
        reflectance, hidden = add_clouds(reflectance, rng)
        told = told & ~(hidden & (fill((size, size), [corners(hull, 1.0) for hull in canvas.hulls]) > 0))
    has = _dropped(port.has, recipe, rng)
    targets = render_targets(
        (size, size), canvas.hulls,
        stacks=move_rings(port.stacks, matrix, size),
        doubtful_stacks=move_rings(port.doubtful_stacks, matrix, size),
        ignore=ignore, valid=told,
    )  # fmt: skip
    return network_input(reflectance, has, canvas.valid), targets


def turn_window(stack: Pixels, matrix: Affine, size: int, order: int) -> Pixels:
    """`turn`, but reading only the part of a large source that the chip shows."""
    inverse = np.linalg.inv(matrix[:, :2])
    frame = np.array([[0, 0], [size, 0], [0, size], [size, size]]) - matrix[:, 2]
    back = frame @ inverse.T
    x0, y0 = np.maximum(np.floor(back.min(axis=0)).astype(int) - 2, 0)
    x1, y1 = np.ceil(back.max(axis=0)).astype(int) + 3
    part = matrix.copy()
    part[:, 2] += matrix[:, :2] @ np.array([x0, y0])
    return turn(np.ascontiguousarray(stack[:, y0:y1, x0:x1]), part, (size, size), order=order)


def _quays_in(quays: Pixels, matrix: Affine, size: int) -> Pixels:
    if not len(quays):
        return quays
    points = quays[:, :2] @ matrix[:, :2].T + matrix[:, 2]
    normal = quays[:, 2:] @ matrix[:, :2].T
    normal /= np.maximum(np.linalg.norm(normal, axis=1, keepdims=True), 1e-9)
    keep = (points > 0).all(axis=1) & (points < size).all(axis=1)
    return np.concatenate([points, normal], axis=1)[keep].astype(np.float32)
