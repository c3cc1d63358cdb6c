"""Made-up ports of any outline in pixels, with labels: for training and for tests of detectors.

`random_port_scene` draws one, with what a labelled scene folder would hold: outlines, lengths, axes, situations.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
from affine import Affine
from scipy import ndimage
from shapely.affinity import rotate, translate
from shapely.geometry import Point, Polygon, box
from shapely.ops import unary_union

from monitor.core.arrays import Pixels
from monitor.core.geo.grid import Grid
from monitor.core.scenes.scene import Raster
from monitor.core.scenes.sensors import S2_BANDS, SENSORS
from monitor.simulate.render.clouds import make_sky
from monitor.simulate.render.ground import make_ground
from monitor.simulate.render.hulls import DrawnHull
from monitor.simulate.render.noise import fractal
from monitor.simulate.render.optical import Year, light_of, render_optical, sea_of
from monitor.simulate.render.rasterize import cover
from monitor.simulate.render.spectra import DECKS

_KINDS = ("general cargo", "bulk", "container", "tanker")
_EPSG = 32633
_WEST, _NORTH = 500_000.0, 4_700_000.0


@dataclass(frozen=True, slots=True)
class Label:
    """One true object: its kind, its outline in the grid's CRS, and the sides of a vessel or container.

    `kind` is vessel | container_stack | container | ignore, the last for what the edge of the picture cuts off;
    `axis_deg` is clockwise from the grid's north; `situation` berthed | open | anchored, "" for stacks.
    """

    kind: str
    outline: Polygon
    length_m: float = 0.0
    width_m: float = 0.0
    axis_deg: float = 0.0
    situation: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class PortScene:
    """A drawn port: its pixels and what is in them."""

    raster: Raster
    labels: tuple[Label, ...] = field(default=())


def random_port_scene(rng: np.random.Generator, size: tuple[int, int] = (192, 192)) -> PortScene:
    """A made-up port: coast, piers, stacks, hulls alongside, at anchor and under way, in any light.

    Parameters
    ----------
    rng : np.random.Generator
        The same state draws the same port.
    size : tuple of int
        Rows and columns of 10 m pixels.

    Returns
    -------
    PortScene
        uint16 reflectance × 10 000 in B02 B03 B04 B08 B11, tagged SIMULATED, and the labels.
    """
    grid = Grid(_EPSG, Affine(10.0, 0.0, _WEST, 0.0, -10.0, _NORTH), size)
    dry = _coast(rng, size)
    piers = _piers(rng, grid, dry)
    pier = cover(unary_union(piers), grid, epsg=_EPSG) if piers else np.zeros(size, dtype=np.float32)
    water = np.clip(1.0 - np.maximum(dry, pier), 0.0, 1.0).astype(np.float32)
    ground = make_ground(rng, grid, water=water, pier=pier)
    stacks = [slot for deck in piers for slot in _stacks(rng, deck)]
    moored = [label for deck in piers for label in _moored(rng, deck, grid, water)]
    afloat = _afloat(rng, grid, ground.shore_m, moored)
    labels = [*moored, *afloat]
    hulls = [_hull(rng, label, grid) for label in labels]
    sun = (float(rng.uniform(20, 340)), float(rng.uniform(22, 75)))
    light = light_of(*sun)
    sky = make_sky(
        rng,
        size,
        0.0 if rng.random() < 0.9 else float(rng.uniform(0, 0.1)),
        gsd_m=10.0,
        away_from_sun=(light.rows, light.cols),
        shadow_per_height=light.per_height,
    )
    stacked = cover(unary_union(stacks), grid, epsg=_EPSG) if stacks else np.zeros(size, dtype=np.float32)
    year = Year(float(rng.uniform(0, 1)))
    data = render_optical(rng, ground, hulls, stacked, sky=sky, sea=sea_of(rng), sun=sun, year=year)
    raster = Raster(
        data,
        S2_BANDS,
        np.ones(size, dtype=bool),
        grid,
        sky.hidden,
        SENSORS["s2"].scale,
        0.0,
        {"SIMULATED": "YES", "season": "random port"},
    )
    boxes = [Label("container_stack", slot) for slot in stacks]
    return PortScene(raster, (*labels, *boxes))


def _coast(rng: np.random.Generator, size: tuple[int, int]) -> Pixels:
    """Share of land: one side of a wavy line, in any direction."""
    rows, cols = np.mgrid[0 : size[0], 0 : size[1]].astype(np.float32)
    angle = float(rng.uniform(0, 2 * np.pi))
    across = (cols - size[1] / 2) * np.cos(angle) + (rows - size[0] / 2) * np.sin(angle)
    wave = 0.12 * min(size) * fractal(rng, size, slope=3.4, longest_px=float(max(size)))
    line = across + wave - float(rng.uniform(-0.25, 0.1)) * min(size)
    made: Pixels = ndimage.gaussian_filter((line > 0).astype(np.float32), 0.5)
    return made


def _piers(rng: np.random.Generator, grid: Grid, dry: Pixels) -> list[Polygon]:
    """Rectangular decks that reach from the shore into the water."""
    edge = np.argwhere((dry > 0.5) & (ndimage.uniform_filter(dry, 5) < 0.75))
    east, south = np.gradient(ndimage.gaussian_filter(dry, 6.0))[::-1]
    decks: list[Polygon] = []
    for _ in range(int(rng.integers(1, 5)) if len(edge) else 0):
        row, col = edge[int(rng.integers(len(edge)))]
        bearing = np.degrees(np.arctan2(-east[row, col], south[row, col])) + float(rng.normal(0, 12))
        length, width = float(rng.uniform(150, 520)), float(rng.uniform(40, 180))
        deck = box(-width / 2, -80.0, width / 2, length)
        x, y = grid.xy(row + 0.5, col + 0.5)
        placed = translate(rotate(deck, -bearing, origin=(0, 0)), float(x), float(y))
        if all(placed.distance(other) > 60.0 for other in decks):
            decks.append(placed)
    return decks


def _sides(deck: Polygon) -> list[tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]]:
    corners = np.asarray(deck.exterior.coords)[:4]
    sides = [(corners[i], corners[(i + 1) % 4]) for i in range(4)]
    return sorted(sides, key=lambda s: -float(np.hypot(*(s[1] - s[0]))))[:2]


def _moored(rng: np.random.Generator, deck: Polygon, grid: Grid, water: Pixels) -> list[Label]:
    made: list[Label] = []
    middle = np.array(deck.centroid.coords[0])
    for start, end in _sides(deck):
        span = float(np.hypot(*(end - start)))
        along = (end - start) / span
        out = np.array([along[1], -along[0]])
        out = out if (start - middle) @ out > 0 else -out
        at = float(rng.uniform(90, 140))
        while rng.random() < 0.65:
            length = float(np.clip(rng.lognormal(4.75, 0.4), 45, 300))
            width = length / float(rng.uniform(5.6, 7.2)) + 2.0
            if at + length > span + 20:
                break
            centre = start + along * (at + length / 2) + out * (width / 2 + float(rng.uniform(1, 5)))
            label = _vessel(centre, along, length, width, "berthed")
            if _wet(label.outline, grid, water):
                made.append(label)
            at += length + float(rng.uniform(15, 80))
    return made


def _vessel(
    centre: npt.NDArray[np.float64], along: npt.NDArray[np.float64], length: float, width: float, situation: str
) -> Label:
    axis = float(np.degrees(np.arctan2(along[0], along[1])))
    level = box(-width / 2, -length / 2, width / 2, length / 2)
    outline = translate(rotate(level, -axis, origin=(0, 0)), float(centre[0]), float(centre[1]))
    return Label("vessel", outline, length, width, axis % 360.0, situation)


def _wet(outline: Polygon, grid: Grid, water: Pixels) -> bool:
    x, y = np.asarray(outline.exterior.coords)[:4].T
    col, row = (x - _WEST) / grid.gsd_m, (_NORTH - y) / grid.gsd_m
    r, c = np.floor(row).astype(int), np.floor(col).astype(int)
    inside = (r >= 0) & (r < water.shape[0]) & (c >= 0) & (c < water.shape[1])
    return bool(inside.all()) and float(np.median(water[r, c])) > 0.4


def _afloat(rng: np.random.Generator, grid: Grid, shore_m: Pixels, moored: list[Label]) -> list[Label]:
    places = np.argwhere(shore_m > 150.0)
    made: list[Label] = []
    for _ in range(int(rng.integers(0, 5)) if len(places) else 0):
        row, col = places[int(rng.integers(len(places)))]
        x, y = grid.xy(row + float(rng.random()), col + float(rng.random()))
        angle = float(rng.uniform(0, 2 * np.pi))
        length = float(np.clip(rng.lognormal(4.6, 0.5), 40, 280))
        label = _vessel(
            np.array([float(x), float(y)]),
            np.array([np.sin(angle), np.cos(angle)]),
            length,
            length / float(rng.uniform(5.6, 7.2)) + 2.0,
            "open" if rng.random() < 0.5 else "anchored",
        )
        if all(label.outline.distance(other.outline) > 60.0 for other in [*made, *moored]):
            made.append(label)
    return made


def _hull(rng: np.random.Generator, label: Label, grid: Grid) -> DrawnHull:
    centre: Point = label.outline.centroid
    col, row = (centre.x - _WEST) / grid.gsd_m, (_NORTH - centre.y) / grid.gsd_m
    flip = np.pi if label.situation == "berthed" and rng.random() < 0.5 else 0.0
    liveries = [name for name in DECKS if name not in ("naval", "white")]
    return DrawnHull(
        row=float(row),
        col=float(col),
        length=label.length_m / 10.0,
        width=label.width_m / 10.0,
        bow=float(np.radians(label.axis_deg)) + flip,
        kind=_KINDS[int(rng.integers(len(_KINDS)))],
        livery=liveries[int(rng.integers(len(liveries)))],
        height_px=float(rng.uniform(0.6, 1.8)),
        speed_kn=float(rng.uniform(3, 14)) if label.situation == "open" else 0.0,
        seed=int(rng.integers(2**31)),
    )


def _stacks(rng: np.random.Generator, deck: Polygon) -> list[Polygon]:
    """Blocks in rows along a deck; none on two decks in five."""
    if rng.random() < 0.4:
        return []
    (start, end), _ = _sides(deck)
    span = float(np.hypot(*(end - start)))
    along = (end - start) / span
    across = np.array(deck.centroid.coords[0]) - (start + end) / 2
    reach = float(np.hypot(*across))
    across = across / max(reach, 1e-6)
    width, length = float(rng.uniform(12, 30)), float(rng.uniform(30, 120))
    made = []
    for offset in np.arange(18.0, 2 * reach - 18.0 - width, width + float(rng.uniform(8, 20))):
        for step in np.arange(100.0, span - length - 10.0, length + float(rng.uniform(6, 20))):
            if rng.random() < 0.7:
                a = start + along * step + across * offset
                made.append(Polygon([a, a + along * length, a + along * length + across * width, a + across * width]))
    return made
