"""Ships face by face: hull, deck, hatches or holds, cargo, cranes, superstructure, wake."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from monitor.core.arrays import Pixels
from monitor.core.geo.grid import Grid
from monitor.simulate.render.fine.containers import LONG_M, ROW_GAP_M, WIDE_M, Container, block, container_faces
from monitor.simulate.render.fine.frame import Frame
from monitor.simulate.render.fine.surface import Face
from monitor.simulate.render.hulls import DrawnHull
from monitor.simulate.render.spectra import ASPHALT, BRIDGE, CRANE, DECKS, FOAM

_STATIONS = np.array([0.0, 0.03, 0.1, 0.78, 0.86, 0.92, 0.96, 0.985, 1.0])
_BREADTH = np.array([0.78, 0.92, 1.0, 1.0, 0.86, 0.64, 0.42, 0.22, 0.02])


@dataclass(frozen=True, slots=True, eq=False)
class FineShip:
    """What is seen of one ship: its wake, faces from below to above, and the containers among them."""

    wake: tuple[Face, ...]
    faces: tuple[Face, ...]
    containers: tuple[Container, ...]


@dataclass(frozen=True, slots=True, eq=False)
class _Ship:
    """A hull in its own frame: origin at the middle of the stern, metres."""

    frame: Frame
    length: float
    width: float
    freeboard: float
    deck: Pixels
    cargo: Pixels

    def outline(self, *, inset_m: float = 0.0, start: float = 0.0) -> list[tuple[float, float]]:
        """Points of the deck from a station (0 at the stern, 1 at the bow) to the bow."""
        stations = np.unique(np.maximum(_STATIONS, start))
        half = np.interp(stations, _STATIONS, _BREADTH) * self.width / 2
        ahead = np.clip(stations * self.length, inset_m, self.length - inset_m)
        half = np.maximum(half - inset_m, 0.05)
        starboard = [(float(s), float(w)) for s, w in zip(ahead, half, strict=True)]
        return [*starboard, *((s, -w) for s, w in starboard[::-1])]

    def block(self, start: float, end: float, share: float, *, colour: npt.ArrayLike, top: float) -> Face:
        """A rectangle between two stations over a share of the breadth, `top` metres above the deck."""
        half = share * self.width / 2
        outline = self.frame.rectangle(start * self.length, end * self.length, -half, half)
        return Face(outline, np.asarray(colour, dtype=np.float32)[:4], self.freeboard + top)

    def at(self, station: float, right: float, size: tuple[float, float], *, colour: npt.ArrayLike, top: float) -> Face:
        """A rectangle of `size` metres (along, across) about a point."""
        ahead = station * self.length
        outline = self.frame.rectangle(
            ahead - size[0] / 2, ahead + size[0] / 2, right - size[1] / 2, right + size[1] / 2
        )
        return Face(outline, np.asarray(colour, dtype=np.float32)[:4], self.freeboard + top)


_Part = Face | Container


def fine_ship(hull: DrawnHull, grid: Grid, water: Pixels) -> FineShip:
    """A ship as it is seen from above.

    Parameters
    ----------
    hull : DrawnHull
        In the grid's pixels.
    grid : Grid
    water : array of float
        (4,) colour of the water, into which the wake fades.
    """
    rng = np.random.default_rng(hull.seed)
    gsd = grid.gsd_m
    east, north = (float(v) for v in grid.xy(hull.row, hull.col))
    length = hull.length * gsd
    frame = Frame(east, north, hull.bow).moved(-length / 2, 0.0)
    deck, cargo = (band[:4] * np.float32(rng.uniform(0.85, 1.15)) for band in DECKS[hull.livery])
    ship = _Ship(frame, length, hull.width * gsd, hull.height_px * gsd, deck, cargo)
    rim = Face(frame.polygon(ship.outline()), (deck * np.float32(0.7)).astype(np.float32), ship.freeboard + 0.6)
    inner = Face(frame.polygon(ship.outline(inset_m=min(0.5, 0.06 * ship.width))), deck, ship.freeboard)
    parts: list[_Part] = list(_LAYOUTS.get(hull.kind, _geared)(ship, rng))
    boxes = [part for part in parts if isinstance(part, Container)]
    fittings = [part for part in parts if isinstance(part, Face)]
    faces = (rim, inner, *fittings, *container_faces(boxes))
    return FineShip(tuple(_wake(ship, hull.speed_kn, water)), faces, tuple(boxes))


def _superstructure(ship: _Ship, rng: np.random.Generator, start: float, end: float, *, decks: int) -> Iterator[Face]:
    """Decks that grow smaller upwards, bridge wings over the full breadth, a funnel aft, a mast."""
    white = BRIDGE * np.float32(rng.uniform(0.85, 1.05))
    for number in range(decks):
        share = 0.9 - 0.1 * number / max(decks - 1, 1)
        aft = start + 0.12 * (end - start) * number / decks
        yield ship.block(aft, end, share, colour=white * np.float32(0.9 + 0.1 * number / decks), top=2.7 * (number + 1))
    top = 2.7 * decks
    yield ship.block(end - 0.3 * (end - start), end, 0.98, colour=white, top=top)
    funnel = (0.35 * (end - start) * ship.length, 0.22 * ship.width)
    yield ship.at(start + 0.22 * (end - start), 0.0, funnel, colour=ship.cargo * np.float32(0.8), top=top + 3.0)
    yield ship.at(end - 0.2 * (end - start), 0.0, (1.0, 1.0), colour=CRANE, top=top + 4.0)


def _forecastle(ship: _Ship, *, start: float = 0.91) -> Face:
    points = ship.outline(inset_m=0.4, start=start)
    return Face(ship.frame.polygon(points), (ship.deck * np.float32(1.1)).astype(np.float32), ship.freeboard + 2.2)


def _hatches(ship: _Ship, rng: np.random.Generator, first: float, last: float, count: int) -> Iterator[Face]:
    """Covers with seams, or open holds with what lies in them."""
    step = (last - first) / count
    for number in range(count):
        start, end = first + (number + 0.1) * step, first + (number + 0.9) * step
        if rng.random() < 0.3:
            yield ship.block(start, end, 0.72, colour=ship.cargo * np.float32(0.8), top=1.2)
            hold = ASPHALT * np.float32(rng.uniform(0.4, 1.6))
            yield ship.block(start + 0.08 * step, end - 0.08 * step, 0.62, colour=hold, top=-3.0)
            continue
        yield ship.block(start, end, 0.72, colour=ship.cargo, top=1.4)
        for seam in np.linspace(start, end, 5)[1:-1]:
            wide = 0.3 / ship.length
            yield ship.block(seam - wide, seam + wide, 0.7, colour=ship.cargo * np.float32(0.65), top=1.4)


def _deck_crane(ship: _Ship, rng: np.random.Generator, station: float) -> Iterator[Face]:
    side = float(rng.choice([-0.3, 0.0, 0.3])) * ship.width
    yield ship.at(station, side, (2.6, 2.6), colour=CRANE, top=9.0)
    jib = ship.frame.moved(station * ship.length, side, turn=float(rng.normal(0.0, 0.25)))
    reach = float(rng.uniform(14.0, 22.0)) * (1.0 if rng.random() < 0.5 else -1.0)
    outline = jib.rectangle(min(0.0, reach), max(0.0, reach), -0.6, 0.6)
    yield Face(outline, (CRANE[:4] * np.float32(1.15)).astype(np.float32), ship.freeboard + 10.0)


def _geared(ship: _Ship, rng: np.random.Generator) -> Iterator[_Part]:
    """General cargo: hatches with cranes between, sometimes containers on the covers, bridge aft."""
    count = 2 if ship.length < 110 else 3
    yield from _hatches(ship, rng, 0.2, 0.88, count)
    if rng.random() < 0.4:
        yield from _deck_boxes(ship, rng, 0.23, 0.86, bottom=1.4, share=0.66)
    for number in range(1, count):
        yield from _deck_crane(ship, rng, 0.2 + 0.68 * number / count)
    yield _forecastle(ship)
    yield from _superstructure(ship, rng, 0.05, 0.17, decks=4)


def _bulk(ship: _Ship, rng: np.random.Generator) -> Iterator[_Part]:
    yield from _hatches(ship, rng, 0.17, 0.9, int(rng.integers(4, 7)))
    yield _forecastle(ship, start=0.93)
    yield from _superstructure(ship, rng, 0.05, 0.14, decks=5)


def _deck_boxes(
    ship: _Ship, rng: np.random.Generator, first: float, last: float, *, bottom: float, share: float
) -> Iterator[Container]:
    """Bays across the ship, each filled or not; none stands out over the side."""
    rows = int((share * ship.width + ROW_GAP_M) / (WIDE_M + ROW_GAP_M))
    if rows < 1:
        return
    wide, hull = rows * (WIDE_M + ROW_GAP_M) - ROW_GAP_M, ship.frame.polygon(ship.outline())
    for ahead in np.arange(first * ship.length, last * ship.length - LONG_M, LONG_M + 1.6):
        if rng.random() < 0.75:
            corner = ship.frame.moved(float(ahead), -wide / 2)
            deck = ship.freeboard + bottom
            boxes = block(rng, corner, size_m=(LONG_M, wide), stands_on="ship_deck", bottom_m=deck)
            yield from (box for box in boxes if hull.contains(box.outline))


def _container(ship: _Ship, rng: np.random.Generator) -> Iterator[_Part]:
    yield ship.block(0.2, 0.88, 0.9, colour=ship.cargo, top=1.0)
    yield from _deck_boxes(ship, rng, 0.2, 0.88, bottom=1.0, share=0.9)
    yield _forecastle(ship, start=0.92)
    yield from _superstructure(ship, rng, 0.08, 0.17, decks=6)


def _tanker(ship: _Ship, rng: np.random.Generator) -> Iterator[_Part]:
    for right in (-0.06, 0.0, 0.06):
        start, end = 0.2 * ship.length, 0.92 * ship.length
        side = right * ship.width
        yield Face(ship.frame.rectangle(start, end, side - 0.4, side + 0.4), ship.cargo, ship.freeboard + 1.2)
    yield ship.block(0.54, 0.56, 0.8, colour=ship.cargo, top=1.5)
    for station in np.arange(0.24, 0.9, 0.09):
        for right in (-0.28, 0.28):
            yield ship.at(float(station), right * ship.width, (2.0, 2.0), colour=ship.cargo * np.float32(1.2), top=0.9)
    yield from _deck_crane(ship, rng, 0.55)
    yield _forecastle(ship)
    yield from _superstructure(ship, rng, 0.05, 0.16, decks=5)


def _naval(ship: _Ship, rng: np.random.Generator) -> Iterator[_Part]:
    grey = ship.cargo * np.float32(rng.uniform(0.95, 1.15))
    yield ship.block(0.02, 0.18, 0.75, colour=ship.deck * np.float32(0.8), top=0.3)
    for start, end, share, top in ((0.24, 0.66, 0.72, 4.0), (0.3, 0.42, 0.6, 8.0), (0.52, 0.62, 0.62, 11.0)):
        yield ship.block(start, end, share, colour=grey, top=top)
    yield ship.at(0.57, 0.0, (2.5, 2.5), colour=grey * np.float32(0.8), top=20.0)
    for station in (0.2, 0.74):
        yield ship.at(station, 0.0, (4.0, 3.2), colour=grey, top=2.5)


def _small(ship: _Ship, rng: np.random.Generator) -> Iterator[_Part]:
    house = float(rng.uniform(0.45, 0.6))
    yield ship.block(0.05, 0.3, 0.7, colour=ship.cargo * np.float32(0.8), top=0.3)
    yield ship.block(house - 0.14, house + 0.14, 0.7, colour=BRIDGE, top=2.6)
    yield ship.block(house, house + 0.12, 0.6, colour=BRIDGE * np.float32(1.05), top=4.6)
    yield ship.at(house - 0.08, 0.0, (0.8, 0.8), colour=CRANE, top=8.0)


_Layout = Callable[[_Ship, np.random.Generator], Iterator[_Part]]
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


def _wake(ship: _Ship, speed_kn: float, water: Pixels) -> Iterator[Face]:
    """Foam astern that widens and fades, and two arms."""
    if speed_kn <= 1.5:
        return
    reach, pieces = 12.0 * speed_kn, 12
    strength = min(0.09 * speed_kn, 0.9)
    edges = np.linspace(0.0, reach, pieces + 1)
    for number, (near, far) in enumerate(pairwise(edges)):
        share = np.float32(strength * (1.0 - number / pieces) ** 1.5)
        colour = np.maximum(FOAM[:4], water) * share + water * (1 - share)
        a, b = (0.35 * ship.width + 0.03 * behind for behind in (near, far))
        yield Face(ship.frame.polygon([(-near, -a), (-far, -b), (-far, b), (-near, a)]), colour, 0.0, wet=True)
        for side in (-1.0, 1.0):
            c, d = (side * (0.45 * ship.width + 0.34 * behind) for behind in (near, far))
            arm = ship.frame.polygon([(-near, c), (-far, d), (-far, d + side * 1.2), (-near, c + side * 1.2)])
            yield Face(arm, (0.5 * colour + 0.5 * water).astype(np.float32), 0.0, wet=True)
