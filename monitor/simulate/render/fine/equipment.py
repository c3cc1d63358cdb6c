"""What stands and drives on a quay: cranes, trucks, cars, sheds."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from shapely.geometry import Polygon
from shapely.geometry.base import BaseGeometry

from monitor.core.arrays import Pixels
from monitor.simulate.render.fine.containers import LONG_M, SHORT_M, WIDE_M, Container
from monitor.simulate.render.fine.frame import Frame
from monitor.simulate.render.fine.surface import Face
from monitor.simulate.render.spectra import ASPHALT, BRIDGE, CRANE, ROOF_BLUE, ROOF_WHITE, STACK_COLOURS, TOWN

_YELLOW = np.array([700.0, 1900.0, 2600.0, 2800.0], dtype=np.float32)
_PAINTS: tuple[Pixels, ...] = (CRANE[:4], _YELLOW, BRIDGE[:4], ROOF_BLUE[:4], ASPHALT[:4])
_ROOFS: tuple[Pixels, ...] = (ROOF_WHITE[:4], ROOF_BLUE[:4], TOWN[:4], ASPHALT[:4], STACK_COLOURS[0][:4])


def jib_crane(rng: np.random.Generator, frame: Frame, *, deck_m: float) -> Iterator[Face]:
    """A portal crane: four legs on rails, house and counterweight, a jib that points anywhere.

    Its lattice counts as lower than it is, as if solid: what stands above it throws a thin shadow in truth.

    Parameters
    ----------
    rng : np.random.Generator
    frame : Frame
        Its origin is the middle of the portal, its axis runs along the quay.
    deck_m : float
        Height of the quay above the water.
    """
    paint = _PAINTS[int(rng.integers(3))] * np.float32(rng.uniform(0.8, 1.1))
    for right in (-5.0, 5.0):
        yield Face(frame.rectangle(-5.0, 5.0, right - 0.6, right + 0.6), paint * np.float32(0.8), deck_m + 4.0)
    for ahead in (-5.0, 5.0):
        yield Face(frame.rectangle(ahead - 0.6, ahead + 0.6, -5.0, 5.0), paint * np.float32(0.8), deck_m + 4.0)
    slewed = frame.moved(0.0, 0.0, turn=float(rng.uniform(0, 2 * np.pi)))
    yield Face(slewed.rectangle(-6.5, 3.0, -2.4, 2.4), paint, deck_m + 12.0)
    yield Face(slewed.rectangle(-6.5, -4.0, -2.4, 2.4), paint * np.float32(0.6), deck_m + 12.5)
    reach = float(rng.uniform(20.0, 32.0))
    jib = slewed.polygon([(2.0, -1.3), (reach, -0.4), (reach, 0.4), (2.0, 1.3)])
    yield Face(jib, paint * np.float32(1.1), deck_m + 4.0)


def truck(rng: np.random.Generator, frame: Frame, *, ground_m: float) -> tuple[list[Face], list[Container]]:
    """Cab and trailer, a container on it in two of five.

    Parameters
    ----------
    rng : np.random.Generator
    frame : Frame
        Its origin is the tail, its axis the way it drives.
    ground_m : float
        Height above the water of what it drives on.
    """
    cab = _PAINTS[int(rng.integers(len(_PAINTS)))]
    trailer = ASPHALT[:4] * np.float32(rng.uniform(0.5, 1.0))
    faces = [
        Face(frame.rectangle(0.0, 12.6, -1.2, 1.2), trailer, ground_m + 1.3),
        Face(frame.rectangle(13.3, 15.6, -1.2, 1.2), cab, ground_m + 3.2),
    ]
    if rng.random() >= 0.4:
        return faces, []
    length = LONG_M if rng.random() < 0.6 else SHORT_M
    outline = frame.rectangle(0.2, 0.2 + length, -WIDE_M / 2, WIDE_M / 2)
    colour = int(rng.integers(len(STACK_COLOURS)))
    return faces, [Container(outline, round(length, 1), 1, "truck", ground_m + 1.3, colour)]


def car(rng: np.random.Generator, frame: Frame, *, ground_m: float) -> Face:
    """A car or a van.

    Parameters
    ----------
    rng : np.random.Generator
    frame : Frame
        Its origin is the tail, its axis the way it drives.
    ground_m : float
        Height above the water of what it drives on.
    """
    length = float(rng.uniform(4.0, 6.0))
    paint = (_PAINTS[int(rng.integers(len(_PAINTS)))] * np.float32(rng.uniform(0.5, 1.2))).astype(np.float32)
    return Face(frame.rectangle(0.0, length, -0.9, 0.9), paint, ground_m + 1.6)


def shed(rng: np.random.Generator, frame: Frame, *, size_m: tuple[float, float], ground_m: float) -> Iterator[Face]:
    """A building with a ridge: two halves of a roof, seams and vents on it.

    Parameters
    ----------
    rng : np.random.Generator
    frame : Frame
        Its origin is a corner, the building lies ahead and to the right.
    size_m : tuple of float
        Length along the ridge, and width.
    ground_m : float
        Height above the water of what it stands on.
    """
    length, width = size_m
    roof = _ROOFS[int(rng.integers(len(_ROOFS)))] * np.float32(rng.uniform(0.75, 1.1))
    top = ground_m + float(rng.uniform(4.0, 12.0))
    yield Face(frame.rectangle(0.0, length, 0.0, width / 2), roof, top)
    yield Face(frame.rectangle(0.0, length, width / 2, width), roof * np.float32(rng.uniform(0.82, 0.95)), top)
    for ahead in np.arange(4.0, length - 2.0, float(rng.uniform(5.0, 12.0))):
        yield Face(frame.rectangle(ahead, ahead + 0.4, 0.3, width - 0.3), roof * np.float32(0.8), top)


def scattered(
    rng: np.random.Generator,
    land: BaseGeometry,
    axis: float,
    *,
    count: int,
    ground_m: float,
    size_m: tuple[tuple[float, float], tuple[float, float]] = ((9.0, 45.0), (7.0, 20.0)),
) -> Iterator[Face]:
    """Sheds and houses that stand clear of one another, all along one axis or across it.

    Parameters
    ----------
    rng : np.random.Generator
    land : BaseGeometry
        Where they may stand.
    axis : float
        Radians clockwise from the grid's north.
    count : int
        How many are tried.
    ground_m : float
        Height above the water of what they stand on.
    size_m : tuple of tuple of float, optional
        Least and most length, least and most width.
    """
    if land.is_empty:
        return
    west, south, east, north = land.bounds
    standing: list[Polygon] = []
    for _ in range(count):
        size = float(rng.uniform(*size_m[0])), float(rng.uniform(*size_m[1]))
        turn = axis + float(rng.choice([0.0, np.pi / 2])) + float(rng.normal(0.0, 0.03))
        frame = Frame(float(rng.uniform(west, east)), float(rng.uniform(south, north)), turn)
        plan = frame.rectangle(0.0, size[0], 0.0, size[1])
        if land.contains(plan) and all(plan.distance(other) > 5.0 for other in standing):
            standing.append(plan)
            yield from shed(rng, frame, size_m=size, ground_m=ground_m)
