"""Sentinel-1 pixels: speckle over sea, land, quays and hulls; side lobes, layover, and the shift of what moves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt
from scipy import ndimage

from monitor.core.arrays import Pixels
from monitor.core.geo.geodesy import KNOT_MS
from monitor.simulate.render.ground import PortGround
from monitor.simulate.render.hulls import DrawnHull
from monitor.simulate.render.noise import fractal, smooth

SATELLITE_MS = 7_590.0
EQUIVALENT_LOOKS = 4.4
"""Speed of Sentinel-1 in its orbit, and the looks of its GRD product in IW mode (Sentinel-1 product definition)."""
_HEIGHT_M, _EARTH_M = 693_000.0, 6_371_000.0
_PSF_PX = 0.85
_SEA_DB, _LAND_DB, _TOWN_DB, _QUAY_DB = (-20.0, -27.0), (-9.5, -16.0), (-3.0, -10.0), (-6.0, -14.0)
_STACK_DB, _HULL_DB = 2.0, 5.0
_SPARKLE = ((1, 0.11), (2, 0.035), (3, 0.015), (4, 0.008))
_LOBE_PX = 8
"""Farther than any side lobe reaches, pixels."""


def forward_shift_m(speed_kn: float, course_deg: float, *, satellite_deg: float, incidence_deg: float) -> float:
    """Metres by which a mover's image lies ahead along the satellite's course: receding ships fall behind.

    Parameters
    ----------
    speed_kn, course_deg : float
        Of the ship.
    satellite_deg : float
        The satellite's course, clockwise from the same north.
    incidence_deg : float

    Notes
    -----
    ``-R v_r / V`` with the speed away from a right-looking radar ``v_r = v sin(course - satellite) sin(incidence)``.
    """
    incidence = np.radians(incidence_deg)
    nadir = np.arcsin(_EARTH_M / (_EARTH_M + _HEIGHT_M) * np.sin(incidence))
    slant = _EARTH_M * np.sin(incidence - nadir) / np.sin(nadir)
    away = speed_kn * KNOT_MS * np.sin(np.radians(course_deg - satellite_deg)) * np.sin(incidence)
    return float(-slant * away / SATELLITE_MS)


def render_radar(
    rng: np.random.Generator,
    ground: PortGround,
    hulls: Sequence[DrawnHull],
    stacks: Pixels,
    *,
    course_deg: float,
    incidence_deg: float,
) -> npt.NDArray[np.float32]:
    """(2, row, col) float32 linear sigma nought in VV and VH, always above 0.

    Parameters
    ----------
    rng : np.random.Generator
    ground : PortGround
    hulls : sequence of DrawnHull
    stacks : array of float
        (row, col) share of the pixel under container stacks.
    course_deg : float
        The satellite's, clockwise from the grid's north.
    incidence_deg : float
        At the middle of the port.
    """
    wind = float(rng.normal(0.0, 2.0)) - 0.25 * (incidence_deg - 37.0)
    patches = 0.9 * fractal(rng, ground.grid.shape, slope=2.2, longest_px=150.0)
    towards = np.radians(course_deg + 90.0) + np.pi
    layover = (-float(np.cos(towards)), float(np.sin(towards)), 1.0 / np.tan(np.radians(incidence_deg)))
    bright = _strong(ground, hulls, stacks, course_deg, incidence_deg, layover)
    bands = []
    for polarisation in (0, 1):
        field = _background(rng, ground, polarisation, wind + patches)
        extra = bright * np.float32(1.0 if polarisation == 0 else 0.1)
        image = ndimage.gaussian_filter(field + extra, _PSF_PX, mode="nearest") + _lobes(extra, course_deg)
        bands.append(image * _speckle(rng, field.shape) + np.float32(10 ** (-2.9 - 0.4 * polarisation)))
    made: npt.NDArray[np.float32] = np.stack(bands).astype(np.float32)
    return made


def _linear(db: npt.ArrayLike) -> Pixels:
    made: Pixels = np.power(10.0, np.asarray(db, dtype=np.float32) / 10.0)
    return made


def _background(rng: np.random.Generator, ground: PortGround, polarisation: int, wind: Pixels) -> Pixels:
    shape = ground.grid.shape
    sea = _linear(_SEA_DB[polarisation] + wind)
    town = np.clip(1.0 - ground.leaf * 1.6, 0.0, 1.0)
    land = _linear(_LAND_DB[polarisation] + 1.2 * smooth(rng, shape, length_px=3.0)) * (1 - town)
    land += _linear(_TOWN_DB[polarisation] + 3.0 * smooth(rng, shape, length_px=1.2)) * town
    facing = np.clip(1.0 + 2.5 * (ground.slope_east + ground.slope_north), 0.3, 3.0)
    quay = _linear(_QUAY_DB[polarisation] + 2.0 * smooth(rng, shape, length_px=1.5))
    land = land * facing * (1 - ground.pier) + quay * ground.pier
    made: Pixels = (sea * ground.water + land * (1 - ground.water)).astype(np.float32)
    return made


def _strong(
    ground: PortGround,
    hulls: Sequence[DrawnHull],
    stacks: Pixels,
    course_deg: float,
    incidence_deg: float,
    layover: tuple[float, float, float],
) -> Pixels:
    """What shines: quay edges and cranes, stacks, hulls; tall things lean towards the satellite."""
    gsd = ground.grid.gsd_m
    edge = ground.pier * (ndimage.uniform_filter(ground.water, 3) > 0.1)
    fixed = np.random.default_rng(int(ground.grid.bounds[0]))
    cranes = edge * (fixed.random(edge.shape) < 0.06)
    tall = stacks * _linear(_STACK_DB) + cranes * _linear(12.0)
    step = 6.0 * layover[2] / gsd
    image = ndimage.shift(tall, (layover[0] * step, layover[1] * step), order=1) + edge * _linear(-1.0)
    for hull in hulls:
        _add_hull(image, hull, course_deg, incidence_deg, layover, gsd)
    made: Pixels = image.astype(np.float32)
    return made


def _add_hull(
    image: Pixels,
    hull: DrawnHull,
    course_deg: float,
    incidence_deg: float,
    layover: tuple[float, float, float],
    gsd: float,
) -> None:
    shift = (
        forward_shift_m(
            hull.speed_kn, float(np.degrees(hull.bow)), satellite_deg=course_deg, incidence_deg=incidence_deg
        )
        / gsd
    )
    angle, lean = np.radians(course_deg), hull.height_px * layover[2]
    moved = replace(
        hull,
        row=hull.row - shift * float(np.cos(angle)) + layover[0] * lean,
        col=hull.col + shift * float(np.sin(angle)) + layover[1] * lean,
    )
    rng = np.random.default_rng(hull.seed)
    count = max(int(hull.length * hull.width * 4), 6)
    along = rng.uniform(-0.48, 0.48, count) * hull.length
    across = rng.uniform(-0.4, 0.4, count) * hull.width
    power = rng.gamma(0.6, 1.0, count)
    power *= float(_linear(_HULL_DB)) * hull.length * hull.width / power.sum()
    power[np.abs(along / hull.length + 0.38) < 0.06] *= 3.0
    row = moved.row - along * np.cos(hull.bow) + across * np.sin(hull.bow)
    col = moved.col + along * np.sin(hull.bow) + across * np.cos(hull.bow)
    r, c = np.floor(row).astype(int), np.floor(col).astype(int)
    keep = (r >= 0) & (r < image.shape[0]) & (c >= 0) & (c < image.shape[1])
    np.add.at(image, (r[keep], c[keep]), power[keep].astype(np.float32))


def _lobes(bright: Pixels, course_deg: float) -> Pixels:
    """Side lobes of the strongest points along track and across it."""
    total = np.zeros_like(bright, dtype=np.float32)
    rows, cols = np.nonzero(bright > 8.0)
    if not rows.size:
        return total
    around = tuple(
        slice(max(int(place.min()) - _LOBE_PX, 0), int(place.max()) + _LOBE_PX + 1) for place in (rows, cols)
    )
    strong = np.where(bright[around] > 8.0, bright[around], 0.0).astype(np.float32)
    angle = np.radians(course_deg)
    for step, share in _SPARKLE:
        reach = 1.4 * step + 0.6
        for turn in (0.0, np.pi / 2, np.pi, 3 * np.pi / 2):
            offset = (-reach * np.cos(angle + turn), reach * np.sin(angle + turn))
            total[around] += np.float32(share * 0.25) * ndimage.shift(strong, offset, order=1)
    return total


def _speckle(rng: np.random.Generator, shape: tuple[int, int]) -> Pixels:
    """Multiplicative speckle of mean 1 and `EQUIVALENT_LOOKS` looks, correlated over about a pixel."""
    looks = 3
    total = np.zeros(shape, dtype=np.float32)
    for _ in range(looks):
        parts = [ndimage.gaussian_filter(rng.standard_normal(shape, dtype=np.float32), 0.55) for _ in range(2)]
        total += parts[0] ** 2 + parts[1] ** 2
    total /= total.mean()
    made: Pixels = np.power(total, np.float32(np.sqrt(looks / EQUIVALENT_LOOKS)))
    made /= made.mean()
    return made
