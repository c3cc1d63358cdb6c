"""Overlapping windows over a raster of any size, and the objects of all windows as objects of the raster, each once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, fields

import numpy as np
import numpy.typing as npt
from shapely import STRtree, area, box, intersection, polygons, union_all
from shapely.geometry import MultiPoint, Polygon

from monitor.core.arrays import Floats


@dataclass(frozen=True, slots=True)
class SeamRule:
    """When two boxes of two windows are one object (chosen).

    Attributes
    ----------
    overlap : float
        Share of a window's side that the next one shows again.
    edge_px : float
        A box this near to an edge within the raster is cut off by it.
    same : float
        Two whole boxes are one when they share more than this of what they cover together,
    near_px : float
        or when their centres are this near: narrow boats share little when they are a pixel off.
    within : float
        A piece belongs to a whole box, of whatever class, that covers more than this of it where both windows show; two
        pieces of a class are one when one covers more than this of the other there, of two classes as whole boxes are.
    """

    overlap: float = 0.2
    edge_px: float = 2.5
    same: float = 0.4
    near_px: float = 2.0
    within: float = 0.5


SEAM = SeamRule()


@dataclass(frozen=True, slots=True)
class Pieces:
    """Objects of windows in the raster's pixels; one entry each in every field.

    `ring` is (n, 4, 2) corners as column and row, `has_axis` whether the box lies along its object, `cut` whether an
    edge of the window cuts it; `frame` is (n, 4): west, north, east, south of the window that it is from. `outline` has
    a polygon where a mask outlines the object, else None.
    """

    ring: Floats
    score: Floats
    label: npt.NDArray[np.int64]
    has_axis: npt.NDArray[np.bool_]
    cut: npt.NDArray[np.bool_]
    frame: Floats
    outline: npt.NDArray[np.object_] = field(default_factory=lambda: np.zeros(0, dtype=object))

    def __post_init__(self) -> None:
        if not len(self.outline):
            object.__setattr__(self, "outline", np.full(len(self.score), None, dtype=object))

    def __len__(self) -> int:
        """How many."""
        return len(self.score)

    @classmethod
    def empty(cls) -> Pieces:
        """None."""
        none, number, no = np.zeros(0), np.zeros(0, dtype=np.int64), np.zeros(0, dtype=bool)
        return cls(np.zeros((0, 4, 2)), none, number, no, no, np.zeros((0, 4)))

    @classmethod
    def joined(cls, parts: list[Pieces]) -> Pieces:
        """Those of several windows in their order."""
        names = [each.name for each in fields(cls)]
        return cls(*(np.concatenate([getattr(part, name) for part in [cls.empty(), *parts]]) for name in names))

    def take(self, index: npt.NDArray[np.generic]) -> Pieces:
        """The entries under an index or mask."""
        return Pieces(*(getattr(self, each.name)[index] for each in fields(self)))


def cut_evenly(shape: tuple[int, int], side: tuple[int, int], rule: SeamRule = SEAM) -> Iterator[tuple[slice, slice]]:
    """Rows and columns of windows that cover a raster.

    Each has the full size where the raster is that large; they are spread evenly.

    Parameters
    ----------
    shape : tuple of int
        Rows and columns of the raster.
    side : tuple of int
        Rows and columns of a window.
    rule : SeamRule, optional
    """

    def starts(size: int, wanted: int) -> list[int]:
        if size <= wanted:
            return [0]
        count = 1 + int(np.ceil((size - wanted) / (wanted * (1 - rule.overlap))))
        return [int(start) for start in np.linspace(0, size - wanted, count).round()]

    for row in starts(shape[0], side[0]):
        for col in starts(shape[1], side[1]):
            yield slice(row, min(row + side[0], shape[0])), slice(col, min(col + side[1], shape[1]))


def merged(pieces: Pieces, rule: SeamRule = SEAM) -> Pieces:
    """Each object once: whole boxes in place of their doubles and pieces, pieces alone joined into one box.

    Parameters
    ----------
    pieces : Pieces
        Of all windows of a raster.
    rule : SeamRule, optional

    Notes
    -----
    Objects of one window are never joined with one another: the network has told them apart. A piece that no whole box
    covers is joined with those of other windows that overlap it, under the best score.
    """
    if len(pieces) < 2:
        return pieces
    order = np.lexsort((-pieces.score, pieces.cut))
    pieces = pieces.take(order)
    near = _neighbours(pieces, rule)
    gone = np.zeros(len(pieces), dtype=bool)
    out: list[Pieces] = []
    whole = int((~pieces.cut).sum())
    for index in range(whole):
        if not gone[index]:
            gone[[other for other in near[index] if other > index]] = True
            out.append(pieces.take(np.array([index])))
    for index in range(whole, len(pieces)):
        if not gone[index]:
            group = _connected(index, near, gone)
            gone[group] = True
            out.append(_one(pieces, group))
    return Pieces.joined(out)


def _neighbours(pieces: Pieces, rule: SeamRule) -> list[list[int]]:
    """For each entry those that are the same object, seen in another window."""
    shapes = polygons(pieces.ring)
    first, second = STRtree(shapes).query(shapes, predicate="intersects")
    apart = (first < second) & (pieces.frame[first] != pieces.frame[second]).any(axis=1)
    first, second = first[apart], second[apart]
    west, north = np.maximum(pieces.frame[first, :2], pieces.frame[second, :2]).T
    east, south = np.minimum(pieces.frame[first, 2:], pieces.frame[second, 2:]).T
    both = box(west, north, east, south)
    shared = area(intersection(intersection(shapes[first], shapes[second]), both))
    size_a, size_b = area(intersection(shapes[first], both)), area(intersection(shapes[second], both))
    middle = pieces.ring.mean(axis=1)
    cut_a, cut_b = pieces.cut[first], pieces.cut[second]
    alike = pieces.label[first] == pieces.label[second]
    together = shared > rule.same * np.maximum(size_a + size_b - shared, 1e-9)
    close = np.hypot(*(middle[first] - middle[second]).T) <= rule.near_px
    smaller = shared > rule.within * np.maximum(np.minimum(size_a, size_b), 1e-9)
    covered = shared > rule.within * np.maximum(np.where(cut_a, size_a, size_b), 1e-9)
    both_cut = np.where(alike, smaller, together)
    same = np.where(cut_a & cut_b, both_cut, np.where(cut_a | cut_b, covered, alike & (together | close)))
    near: list[list[int]] = [[] for _ in range(len(pieces))]
    for one, other in zip(first[same].tolist(), second[same].tolist(), strict=True):
        near[one].append(other)
        near[other].append(one)
    return near


def _connected(start: int, near: list[list[int]], gone: npt.NDArray[np.bool_]) -> list[int]:
    group, left = {start}, [start]
    while left:
        for other in near[left.pop()]:
            if other not in group and not gone[other]:
                group.add(other)
                left.append(other)
    return sorted(group)


def _one(pieces: Pieces, group: list[int]) -> Pieces:
    """The box around pieces of one object, as wide as they are on average: their ends lie a little askew."""
    best = max(group, key=lambda index: float(pieces.score[index]))
    if len(group) == 1:
        return pieces.take(np.array(group))
    rings = pieces.ring[group]
    sizes = area(polygons(rings))
    largest = group[int(np.argmax(sizes))]
    ring = box_along(rings.reshape(-1, 2), None)
    if pieces.has_axis[largest]:
        sides = np.hypot(*np.diff(rings[:, :3], axis=1).transpose(2, 0, 1))
        ring = narrowed(least_box(rings.reshape(-1, 2)), float(np.average(sides.min(axis=1), weights=sizes)))
    return Pieces(
        ring[None],
        pieces.score[[best]],
        pieces.label[[largest]],
        pieces.has_axis[[largest]],
        pieces.cut[[best]],
        pieces.frame[[best]],
        np.array([_joined_outline(pieces.outline[group])], dtype=object),
    )


def _joined_outline(parts: npt.NDArray[np.object_]) -> Polygon | None:
    """One outline around those of an object's pieces; None where one of them has none, or they do not meet."""
    whole = None if any(part is None for part in parts) else union_all(list(parts))
    return whole if isinstance(whole, Polygon) else None


def box_along(points: Floats, like: Floats | None) -> Floats:
    """(4, 2) corners of the box around points with its sides along another box's, or along columns and rows.

    Parameters
    ----------
    points : Floats
        (n, 2) column and row.
    like : Floats, optional
        (4, 2) corners.
    """
    axes = np.eye(2)
    if like is not None:
        along = like[1] - like[0]
        along = along / max(float(np.hypot(*along)), 1e-9)
        axes = np.array([along, [-along[1], along[0]]])
    turned = points @ axes.T
    low, high = turned.min(axis=0), turned.max(axis=0)
    return np.array([[low[0], low[1]], [high[0], low[1]], [high[0], high[1]], [low[0], high[1]]]) @ axes


def narrowed(ring: Floats, width: float) -> Floats:
    """(4, 2) corners of a box with its short side cut to a width, about the same middle.

    Parameters
    ----------
    ring : Floats
        (4, 2) corners.
    width : float
        The short side stays where it is less.
    """
    sides = np.hypot(*np.diff(ring[:3], axis=0).T)
    short = int(np.argmin(sides))
    share = min(width / max(float(sides[short]), 1e-9), 1.0)
    across = (ring[short + 1] - ring[short]) * (1 - share) / 2
    moved = {short: across, short + 1: -across, (short + 2) % 4: -across, (short + 3) % 4: across}
    return np.asarray(ring + np.stack([moved[corner] for corner in range(4)]), dtype=np.float64)


def least_box(points: Floats) -> Floats:
    """(4, 2) corners of the smallest box around points; half a pixel more on each side is for the caller to add.

    Parameters
    ----------
    points : Floats
        (n, 2) column and row, of which not all lie on one line.
    """
    return np.asarray(MultiPoint(points).minimum_rotated_rectangle.exterior.coords, dtype=np.float64)[:4]
