"""Whether a change is a patch's own, or what ground of its kind does: harvest takes whole fields, works take a part."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import ndimage

from monitor.core.arrays import Ints, Pixels
from monitor.fuse.land.ground import Cells
from monitor.fuse.land.patches import Patch
from monitor.fuse.land.segments import Events

_RING_CELLS = (1, 4)
"""Nearest and farthest ring of neighbours that a patch is compared with, in cells (chosen)."""
_SAME_GROUND, _SAME_CHANGE = 0.3, 0.4
"""Share of a patch's change by which its neighbours may differ before it, and that they may share of it (chosen)."""
_HARVEST, _RARE = 0.04, 0.15
"""Share of the ground around that changes alike at harvest, and most changes of a cell a year else (chosen)."""
_NEARLY_ALL, _AMID = 0.8, 0.22
"""Share of the neighbours alike, and of all, that stayed as they were where works take a part of a field (chosen):
beside a field that is cut another of the same crop lies on one side at most."""
_ENOUGH = 8
"""Fewest neighbours alike that say anything (chosen)."""
_SEASON_DAYS = 25.0
"""How far apart two changes of fields are that one harvest explains (chosen)."""
_ALIKE = 0.8
"""Least cosine between two changes of the same kind (chosen)."""
_SHOWN = 3
"""Observations that a mean is of."""


@dataclass(frozen=True, slots=True)
class Ordinary:
    """How usual a change is.

    Attributes
    ----------
    alike : int
        Neighbouring cells that were like the patch before.
    unchanged : float
        Share of these that stayed as they were.
    fields : float
        Share of the ground of the same kind around that changed alike within weeks.
    per_year : float
        Changes alike of a cell of that ground in a year.
    enclosed : float
        Share of all its neighbours that were like it and stayed as they were.
    """

    alike: int
    unchanged: float
    fields: float
    per_year: float
    enclosed: float

    @property
    def is_own(self) -> bool:
        """Whether the patch did what ground like it did not: at harvest, amid a field that was not cut."""
        if self.is_harvest_time:
            return self.alike >= _ENOUGH and self.unchanged >= _NEARLY_ALL and self.enclosed >= _AMID
        if self.alike >= _ENOUGH:
            return self.unchanged >= 0.5
        return self.per_year <= _RARE

    @property
    def is_harvest_time(self) -> bool:
        """Whether ground of the same kind around changed alike within weeks."""
        return self.fields > _HARVEST


def ordinary(patch: Patch, cells: Cells, classes: Ints, outside: Events) -> Ordinary:
    """How usual a change is among the patch's neighbours, and in the ground around the zones.

    Parameters
    ----------
    patch : Patch
    cells : Cells
    classes : Ints
        (cell,) number of the kind of ground.
    outside : Events
        Of the cells around.
    """
    alike, unchanged, enclosed = _neighbours(patch, cells)
    fields, per_year = _around(patch, cells, classes, outside)
    return Ordinary(alike, unchanged, fields, per_year, enclosed)


def _neighbours(patch: Patch, cells: Cells) -> tuple[int, float, float]:
    """Neighbours that were like a patch, the share of them that stayed, and what share of all neighbours these are."""
    ring = _ring(patch.cells, cells.ij)
    ring = ring[~cells.around[ring]]
    way = patch.after - patch.before
    size = float(np.linalg.norm(way))
    before, after = _before(patch, cells, ring), _after(patch, cells, ring)
    mine_before, mine_after = (
        np.nanmedian(part(patch, cells, patch.cells), axis=1, keepdims=True) for part in (_before, _after)
    )
    off = np.linalg.norm(before - mine_before, axis=0)
    beyond = way @ (mine_after - mine_before - after + before) / max(size**2, 1e-12)
    seen = np.isfinite(beyond)
    known = seen & (off < _SAME_GROUND * size)
    stayed = known & (beyond > 1.0 - _SAME_CHANGE)
    number = int(known.sum())
    return number, float(stayed.sum()) / max(number, 1), float(stayed.sum()) / max(int(seen.sum()), 1)


def _ring(mine: Ints, ij: Ints) -> Ints:
    """Numbers of the cells near a patch, but for those that touch it."""
    reach = _RING_CELLS[1] + 1
    low, high = ij[mine].min(axis=0) - reach, ij[mine].max(axis=0) + reach
    there = np.zeros(high - low + 1, dtype=bool)
    there[tuple((ij[mine] - low).T)] = True
    square = np.ones((3, 3), dtype=bool)
    near = ndimage.binary_dilation(there, square, iterations=_RING_CELLS[1])
    near &= ~ndimage.binary_dilation(there, square, iterations=_RING_CELLS[0])
    box = np.flatnonzero(((ij >= low) & (ij <= high)).all(axis=1))
    made: Ints = box[near[tuple((ij[box] - low).T)]]
    return made


def _before(patch: Patch, cells: Cells, chosen: Ints) -> Pixels:
    """(band, cell) mean of the last clear observations before a change."""
    return _mean(cells, chosen, range(patch.last_before, -1, -1))


def _after(patch: Patch, cells: Cells, chosen: Ints) -> Pixels:
    """(band, cell) mean of the first clear observations with it."""
    return _mean(cells, chosen, range(patch.first_with, len(cells.values)))


def _mean(cells: Cells, chosen: Ints, observations: range) -> Pixels:
    values = cells.values[np.array(observations, dtype=int)][:, :, chosen]
    clear = cells.clear[np.array(observations, dtype=int)][:, chosen]
    used = clear & (np.cumsum(clear, axis=0) <= _SHOWN)
    total = np.where(used[:, None], values, np.float32(0.0)).sum(axis=0)
    number = used.sum(axis=0)
    return np.asarray(np.where(number > 0, total / np.maximum(number, 1), np.nan), dtype=np.float32)


def _around(patch: Patch, cells: Cells, classes: Ints, outside: Events) -> tuple[float, float]:
    """Of the ground around that is of the kinds in a patch: the share that changed alike within weeks, and a year."""
    kinds = np.bincount(classes[patch.cells], minlength=int(classes.max()) + 1)
    alike = cells.around & np.isin(classes, np.flatnonzero(kinds >= 0.25 * len(patch.cells)))
    if alike.sum() < 30 or not len(outside.cell):
        return 0.0, 0.0
    step, way = outside.after - outside.before, patch.after - patch.before
    cosine = step @ way / np.maximum(np.linalg.norm(step, axis=1) * np.linalg.norm(way), 1e-9)
    same = (cosine > _ALIKE) & alike[outside.cell]
    days = cells.series.days
    near = (days[outside.last_before] < days[patch.first_with] + _SEASON_DAYS) & (
        days[outside.first_with] > days[patch.last_before] - _SEASON_DAYS
    )
    whole = float(alike.sum())
    return float((same & near).sum()) / whole, float(same.sum()) / whole / max(cells.years, 0.5)
