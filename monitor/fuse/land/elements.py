"""The pieces of a zone that are in use or not, and what each shows in the pixels."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array
from shapely import contains_xy, get_parts, line_interpolate_point, prepare
from shapely.geometry import LineString
from shapely.geometry.base import BaseGeometry

from monitor.core.arrays import Floats, Ints

TRAIN_M = 3.1
"""Width of a wagon; as usual on 1435 and 1520 mm."""
PIECE_M = 20.0
"""Length of track that is in use or not as a whole (chosen): a wagon and a half."""
_POINT_PX = 0.5
"""Standard deviation of the point spread, in pixels, beside the pixel's own width."""
_NEAR_PX = 1.9
"""How far from a pixel's middle a piece still shows, in pixels (chosen)."""


@dataclass(frozen=True, slots=True, eq=False)
class Elements:
    """Pieces of a zone.

    Attributes
    ----------
    size_m : Floats
        (piece,) length of track, or area in m².
    pixel : Ints
        (piece, most) numbers of the pixels in which a piece shows; 0 where `weight` is 0.
    weight : Floats
        (piece, most) share of each such pixel that a piece in use covers.
    neighbour : Ints
        (piece, 2 or 4) the pieces beside it along the track, or around; −1 for none.
    group : Ints
        (piece,) pieces of one number are found together: those of one track in their order, or, of an area, pieces
        that share no pixel.
    """

    size_m: Floats
    pixel: Ints
    weight: Floats
    neighbour: Ints
    group: Ints

    @property
    def is_track(self) -> bool:
        """Whether the pieces are those of tracks."""
        return bool(self.neighbour.shape[1] == 2)

    @property
    def tracks(self) -> int:
        """Number of tracks; 0 for an area."""
        return int(self.group.max()) + 1 if self.is_track else 0

    @property
    def main_pixel(self) -> Ints:
        """(piece,) number of the pixel in which each shows most: its own, in an area."""
        made: Ints = self.pixel[np.arange(len(self.pixel)), self.weight.argmax(axis=1)]
        return made

    def matrix(self, pixels: int) -> csr_array:
        """(piece, pixel) share of each pixel that a piece in use covers.

        Parameters
        ----------
        pixels : int
            How many pixels there are.
        """
        row = np.repeat(np.arange(len(self.pixel)), self.pixel.shape[1])
        at = (self.weight.ravel(), (row, self.pixel.ravel()))
        return csr_array(at, shape=(len(self.pixel), pixels))


def track_elements(local: BaseGeometry, xy: Floats, side_m: float) -> Elements | None:
    """The pieces of the lines of a rail zone; None where it has none.

    Parameters
    ----------
    local : BaseGeometry
        The zone, in metres of the pixels' CRS.
    xy : Floats
        (pixel, 2) centres.
    side_m : float
        Of a pixel.
    """
    lines = [part for part in get_parts(local) if isinstance(part, LineString) and part.length >= PIECE_M / 2]
    if not lines:
        return None
    points: list[Floats] = []
    sizes: list[Floats] = []
    neighbours: list[Ints] = []
    numbers: list[Ints] = []
    first = 0
    for line in lines:
        count = max(1, round(line.length / PIECE_M))
        at = (np.arange(count * 4) + 0.5) * line.length / (count * 4)
        spots = np.array([p.coords[0] for p in line_interpolate_point(line, at)])
        points.append(spots.reshape(count, 4, 2))
        sizes.append(np.full(count, line.length / count))
        number = first + np.arange(count)
        neighbours.append(np.column_stack([np.r_[-1, number[:-1]], np.r_[number[1:], -1]]))
        numbers.append(np.full(count, len(numbers)))
        first += count
    spots, size = np.concatenate(points), np.concatenate(sizes)
    pixel, weight = _shown(spots, size * TRAIN_M / side_m**2, xy, side_m)
    return Elements(size, pixel, weight, np.concatenate(neighbours), np.concatenate(numbers))


def area_elements(local: BaseGeometry, xy: Floats, side_m: float) -> Elements | None:
    """The pixels of a zone that is an area; None where none lies in it.

    Parameters
    ----------
    local : BaseGeometry
        The zone, in metres of the pixels' CRS.
    xy : Floats
        (pixel, 2) centres.
    side_m : float
        Of a pixel.
    """
    prepare(local)
    inside = np.flatnonzero(contains_xy(local, xy[:, 0], xy[:, 1]))
    if not len(inside):
        return None
    size = np.full(len(inside), side_m**2)
    step = np.rint(xy[inside] / side_m - 0.5).astype(np.int64)
    known = {(int(i), int(j)): n for n, (i, j) in enumerate(step)}
    around = ((1, 0), (-1, 0), (0, 1), (0, -1))
    neighbours = np.array([[known.get((int(i) + a, int(j) + b), -1) for a, b in around] for i, j in step])
    pixel, weight = _shown(xy[inside][:, None], np.ones(len(inside)), xy, side_m)
    return Elements(size, pixel, weight, neighbours, _coloured(pixel, weight))


def _shown(spots: Floats, cover_px: Floats, xy: Floats, side_m: float) -> tuple[Ints, Floats]:
    """Pixels in which each piece shows, and how much; a piece is some points that stand for its cover in pixels."""
    apart = (xy[None, :, :] - spots.mean(axis=1)[:, None, :]) / side_m
    near = np.hypot(apart[..., 0], apart[..., 1]) < _NEAR_PX
    most = max(int(near.sum(axis=1).max()), 1)
    pixel, weight = np.zeros((len(spots), most), dtype=np.int64), np.zeros((len(spots), most))
    wide = np.hypot(_POINT_PX, np.sqrt(1.0 / 12.0))
    for number, seen in enumerate(near):
        at = np.flatnonzero(seen)
        away = (xy[at][:, None] - spots[number][None]) / side_m
        spread = np.exp(-(away**2).sum(axis=2) / (2 * wide**2)).mean(axis=1) / (2 * np.pi * wide**2)
        pixel[number, : len(at)], weight[number, : len(at)] = at, spread * cover_px[number]
    return pixel, weight


def _coloured(pixel: Ints, weight: Floats) -> Ints:
    """Numbers for pieces such that those which share a pixel differ; the smallest that is free, in order."""
    used: dict[int, set[int]] = {}
    made = np.zeros(len(pixel), dtype=np.int64)
    for number in range(len(pixel)):
        mine = pixel[number][weight[number] > 0].tolist()
        taken: set[int] = set().union(*(used.get(p, set()) for p in mine)) if mine else set()
        colour = next(c for c in range(len(taken) + 1) if c not in taken)
        made[number] = colour
        for p in mine:
            used.setdefault(p, set()).add(colour)
    return made
