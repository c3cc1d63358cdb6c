"""Whether a change is a patch's own, or what ground of its kind does: harvest takes whole fields, works take a part."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import ndimage
from scipy.spatial import cKDTree

from monitor.core.arrays import Floats, Ints, Pixels
from monitor.fuse.land.ground import Cells
from monitor.fuse.land.patches import Patch
from monitor.fuse.land.segments import Events

_RING_CELLS = (1, 4)
"""Nearest and farthest ring of neighbours that a patch is compared with, in cells (chosen)."""
_SAME_GROUND, _SAME_CHANGE = 0.3, 0.4
"""Share of a patch's change by which its neighbours may differ before it, and that they may share of it (chosen)."""
_HARVEST, _RARE = 0.04, 0.15
"""Share of the ground around that changes alike at harvest, and most changes of a cell a year else (chosen)."""
_WORKED = 0.06
"""Most changes a year of ground that nobody works (chosen): leaves fall within weeks of each other too."""
_AMID = 0.1
"""Least share of all neighbours that were alike and stayed as they were (chosen)."""
_LEFT = 0.42
"""Least share of the neighbours that a patch must part from at harvest (fitted to made seasons, `depot`, seeds 2 to 6:
fields that are cut whole reach 0.39, since another of the same crop lies beside them)."""
_HALF_LEFT, _WITHIN, _NEARLY_ALL = 0.3, 0.5, 0.9
"""The same where so much of what lies around is like it and so much of this stayed as it was: no field is cut within
another (chosen)."""
_PARTED, _FEW, _SELDOM = 0.15, 0.08, 0.2
"""The same where little of the ground around changes so, and how much of it may at that time and in a year (fitted to
the same seasons)."""
_ENOUGH = 8
"""Fewest neighbours alike that say anything (chosen)."""
_COMMON = 0.25
"""Least share of a kind of ground, of the cells of a patch's commonest kind, that counts as ground like it (chosen)."""
_FEWEST, _PAST_DAYS = 30, 180.0
"""Fewest cells of a kind of ground, and least past, that say how often ground of that kind changes (chosen)."""
_SEASON_DAYS = 25.0
"""How far apart two changes of fields are that one harvest explains (chosen)."""
_ALIKE = 0.8
"""Least cosine between two changes of the same kind (chosen)."""
_WINDOW, _UNLIKE, _MOSTLY = 5, 0.3, 0.7
"""Observations that are looked at together for whether neighbours still differ, how much of the change makes them
differ, and share of them that must be seen (chosen)."""
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
    parted : float
        Share of all its neighbours that were like the part of it next to them, and never again since; see `parted`.
    """

    alike: int
    unchanged: float
    fields: float
    per_year: float
    enclosed: float
    parted: float

    @property
    def is_own(self) -> bool:
        """Whether the patch did what ground like it did not: at harvest, amid a field that was not cut."""
        if self.is_harvest_time:
            return self.is_amid
        if self.alike >= _ENOUGH and self.unchanged < 0.5:
            return False
        return self.per_year <= _RARE or self.is_alone

    @property
    def is_alone(self) -> bool:
        """Whether ground like it lies around it and stayed as it was."""
        return self.alike >= _ENOUGH and self.unchanged >= 0.5 and self.enclosed >= _AMID

    @property
    def is_amid(self) -> bool:
        """Whether the patch lies amid ground that was like it before and has been unlike it ever since."""
        return self.parted >= _LEFT or (
            self.parted >= _HALF_LEFT and self.enclosed >= _WITHIN and self.unchanged >= _NEARLY_ALL
        )

    @property
    def is_seldom(self) -> bool:
        """Whether the patch left its neighbours behind and little of the ground around ever changes so."""
        return self.parted >= _PARTED and self.fields <= _FEW and self.per_year <= _SELDOM

    @property
    def is_harvest_time(self) -> bool:
        """Whether ground of the same kind around changed alike within weeks."""
        return self.fields > _HARVEST and self.per_year > _WORKED


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
    return Ordinary(alike, unchanged, fields, per_year, enclosed, parted(patch, cells))


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
    beyond = np.einsum("b,bc->c", way, mine_after - mine_before - after + before) / max(size**2, 1e-12)
    seen = np.isfinite(beyond)
    known = seen & (off < _SAME_GROUND * size)
    stayed = known & (beyond > 1.0 - _SAME_CHANGE)
    number = int(known.sum())
    return number, float(stayed.sum()) / max(number, 1), float(stayed.sum()) / max(int(seen.sum()), 1)


def parted(patch: Patch, cells: Cells) -> float:
    """Share of the cells around a patch that were like the part of it next to them, and never again since.

    The least over the observations since, some at a time: a field that is cut before the one beside it is like it again
    when that is cut too, and works are not. What grows over burnt ground makes it like its neighbours as well.

    Parameters
    ----------
    patch : Patch
    cells : Cells
    """
    ring = _ring(patch.cells, cells.ij)
    ring = ring[~cells.around[ring]]
    size = float(np.linalg.norm(patch.after - patch.before))
    like, apart = _nearest_looks(patch, cells, ring)
    alike = apart < _SAME_GROUND * size
    shares = []
    for start in range(patch.settled, len(cells.values), _WINDOW):
        window = range(start, min(start + _WINDOW, len(cells.values)))
        since = _mean(cells, ring, window) - _mean(cells, patch.cells, window)[:, like]
        differs = np.linalg.norm(since, axis=0)
        seen = np.isfinite(differs)
        if seen.mean() > _MOSTLY:
            shares.append(float((alike & (differs > _UNLIKE * size)).sum()) / int(seen.sum()))
    return min(shares, default=0.0)


def _nearest_looks(patch: Patch, cells: Cells, ring: Ints) -> tuple[Ints, Floats]:
    """For each cell of a ring: which cell of the patch near it looked most alike before, and how far from it."""
    before, mine = _before(patch, cells, ring).T, _before(patch, cells, patch.cells).T
    tree = cKDTree(cells.ij[patch.cells])
    like, apart = np.zeros(len(ring), dtype=np.int64), np.full(len(ring), np.inf)
    for place, near in enumerate(tree.query_ball_point(cells.ij[ring], _RING_CELLS[1] + 1.5, p=np.inf)):
        far = np.linalg.norm(mine[near] - before[place], axis=1)
        far[~np.isfinite(far)] = np.inf
        if len(near):
            like[place], apart[place] = near[int(far.argmin())], far.min()
    return like, apart


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
    alike = cells.around & np.isin(classes, np.flatnonzero(kinds >= _COMMON * kinds.max()))
    if alike.sum() < _FEWEST or not len(outside.cell):
        return 0.0, 0.0
    step, way = outside.after - outside.before, patch.after - patch.before
    cosine = np.einsum("cb,b->c", step, way) / np.maximum(np.linalg.norm(step, axis=1) * np.linalg.norm(way), 1e-9)
    same = (cosine > _ALIKE) & alike[outside.cell]
    days = cells.series.days
    near = (days[outside.last_before] < days[patch.first_with] + _SEASON_DAYS) & (
        days[outside.first_with] > days[patch.last_before] - _SEASON_DAYS
    )
    whole = float(alike.sum())
    a_year = float(same.sum()) / whole / max(cells.years, 0.5)
    return float((same & near).sum()) / whole, a_year if days[patch.first_with] >= _PAST_DAYS else np.inf
