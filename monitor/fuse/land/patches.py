"""Cells that changed together: patches of ground, with when and how."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pandas as pd
from scipy import ndimage
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from monitor.core.arrays import Bools, Floats, Ints, Pixels
from monitor.fuse.land.ground import Cells
from monitor.fuse.land.segments import Events, beyond_rain

_STEPS = ((0, 1), (1, 0), (1, 1), (1, -1))
_ALIKE = 0.7
"""Least cosine between the changes of two cells of one patch (chosen)."""
_APART = 0.4
"""Most that two cells of one patch differ after it, as a share of the change (chosen): a field cut beside a site made
bare are two patches."""
_CORE = 0.25
"""Share of a patch that must show a change for its first observation to count (chosen): cells on the edge differ."""
_MOST = 1.5
"""Most that a cell counts (chosen): texture makes some change more than the middle of their patch."""
_FRACTION = 0.15
"""Least share of a cell that counts to a patch's area (chosen): below it is noise."""
_MOST_SPLIT, _MOSTLY, _LOOKS_APART = 1000, 0.7, 0.03
"""Most cells of a patch that is split (distances of all from all), least share of it that an observation shows, and how
far its parts differ since, in reflectance (chosen: twice what differs within a field)."""
_Z90 = 1.645


@dataclass(frozen=True, slots=True, eq=False)
class Patch:
    """Neighbouring cells that changed between the same observations, alike.

    Attributes
    ----------
    cells : Ints
        Numbers of the cells.
    last_before, first_with, last_with : int
        Observations as in `Events`, of most of the patch.
    settled : int
        Observation from which three quarters of it show it.
    shown : int
        Clear observations that show it.
    ended : bool
        Whether most of it is again as it was.
    before, after : Pixels
        (band,) reflectance.
    strength : float
        Median over its cells.
    events : Events
        Of its cells.
    """

    cells: Ints
    last_before: int
    first_with: int
    last_with: int
    settled: int
    shown: int
    ended: bool
    before: Pixels
    after: Pixels
    strength: float
    events: Events


def find_patches(events: Events, ij: Ints, least_cells: float, *, any_way: bool = False) -> list[Patch]:
    """Patches of at least so many cells, by their first observation.

    Parameters
    ----------
    events : Events
    ij : Ints
        (cell, 2) row and column of each cell.
    least_cells : float
        Least number of cells.
    any_way : bool
        Whether cells count as alike by how they look since, whatever they were before.
    """
    if not len(events.cell):
        return []
    labels = _labels(events, ij, any_way=any_way)
    order = np.argsort(labels, kind="stable")
    starts = np.flatnonzero(np.r_[True, np.diff(labels[order]) > 0, True])
    groups = [order[a:b] for a, b in pairwise(starts) if b - a >= 0.8 * least_cells]
    made = [_patch(events.only(group)) for group in groups]
    return sorted((patch for patch in made), key=lambda patch: (patch.first_with, int(patch.cells[0])))


def _labels(events: Events, ij: Ints, *, any_way: bool) -> Ints:
    """(event,) number of the patch: neighbours whose intervals of onset overlap and whose changes are alike."""
    place = ij[events.cell]
    nodes = pd.DataFrame({"event": np.arange(len(place)), "i": place[:, 0], "j": place[:, 1]})
    step = events.after - events.before
    size = np.linalg.norm(step, axis=1)
    step = step / np.maximum(size, 1e-9)[:, None]
    links = []
    for di, dj in _STEPS:
        moved = nodes.assign(i=nodes["i"] + di, j=nodes["j"] + dj)
        both = nodes.merge(moved, on=["i", "j"], suffixes=("", "_other"))
        links.append(both[["event", "event_other"]].to_numpy())
    a, b = np.concatenate(links).T
    overlap = (events.last_before[a] < events.first_with[b]) & (events.last_before[b] < events.first_with[a])
    other_day = events.first_with[a] != events.first_with[b]
    seen = np.where(other_day, beyond_rain(events.after[a].T, events.after[b].T), (events.after[a] - events.after[b]).T)
    apart = np.linalg.norm(seen, axis=0)
    near = apart < _APART * np.maximum(size[a], size[b])
    joined = overlap & near & (any_way | ((step[a] * step[b]).sum(axis=1) > _ALIKE))
    return _at_once(a[joined], b[joined], events)


def _at_once(a: Ints, b: Ints, events: Events) -> Ints:
    """(event,) number of the patch: linked events that one instant explains, those with like intervals first.

    Cells on the edge of a field are often seen late; without this they would join what changed at different times.
    """
    count = len(events.cell)
    graph = coo_array((np.ones(len(a)), (a, b)), shape=(count, count))
    labels = np.asarray(connected_components(graph, directed=False)[1], dtype=np.int64)
    after, before = np.full(labels.max() + 1, -1), np.full(labels.max() + 1, np.iinfo(np.int64).max)
    np.maximum.at(after, labels, events.last_before)
    np.minimum.at(before, labels, events.first_with)
    torn = (after >= before)[labels]
    low, high, root = events.last_before.tolist(), events.first_with.tolist(), list(range(count))
    chosen = np.flatnonzero(torn[a])
    span = np.maximum(events.first_with[a], events.first_with[b]) - np.minimum(
        events.last_before[a], events.last_before[b]
    )
    unlike = np.abs(events.first_with[a] - events.first_with[b]) + np.abs(events.last_before[a] - events.last_before[b])
    for link in chosen[np.lexsort((span[chosen], unlike[chosen]))].tolist():
        one, other = _root(root, int(a[link])), _root(root, int(b[link]))
        if one != other and max(low[one], low[other]) < min(high[one], high[other]):
            root[other] = one
            low[one], high[one] = max(low[one], low[other]), min(high[one], high[other])
    parts = np.array([_root(root, n) for n in range(count)])
    return np.asarray(np.where(torn, parts + labels.max() + 1, labels), dtype=np.int64)


def _root(root: list[int], n: int) -> int:
    while root[n] != n:
        root[n] = root[root[n]]
        n = root[n]
    return n


def _patch(events: Events) -> Patch:
    firsts = np.sort(events.first_with)
    first = int(firsts[int(_CORE * (len(firsts) - 1))])
    early = events.first_with <= first
    last = int(np.median(events.last_before[early]))
    return Patch(
        cells=np.unique(events.cell),
        last_before=min(last, first - 1),
        first_with=first,
        last_with=int(np.median(events.last_with)),
        settled=int(firsts[int(0.75 * (len(firsts) - 1))]),
        shown=int(np.median(events.shown)),
        ended=bool(events.ended.mean() > 0.5),
        before=np.median(events.before, axis=0),
        after=np.median(events.after, axis=0),
        strength=float(np.median(events.strength)),
        events=events,
    )


def split(patch: Patch, cells: Cells, least_cells: float) -> list[Patch]:
    """Parts of a patch that looked alike ever after, of at least so many cells; none where all of it did.

    Parameters
    ----------
    patch : Patch
    cells : Cells
    least_cells : float
        Least number of cells.
    """
    if not 2 * least_cells <= len(patch.cells) <= _MOST_SPLIT:
        return []
    clear = cells.clear[patch.settled :][:, patch.cells]
    often = clear.mean(axis=1) > _MOSTLY
    if not often.any():
        return []
    shown = np.where(clear[often][:, None], cells.values[patch.settled :][often][:, :, patch.cells], np.nan)
    shown = np.where(np.isnan(shown), np.nanmedian(shown, axis=2, keepdims=True), shown)
    looks = shown.reshape(-1, len(patch.cells)).T / np.sqrt(shown.shape[0] * shown.shape[1])
    kinds = fcluster(linkage(looks, "average"), _LOOKS_APART, "distance")
    return [
        part
        for kind in np.unique(kinds)
        for part in _connected(patch, patch.cells[kinds == kind], cells.ij, least_cells)
    ]


def _connected(patch: Patch, chosen: Ints, ij: Ints, least_cells: float) -> list[Patch]:
    """The connected parts of some cells of a patch that are large enough, as patches."""
    at = ij[chosen] - ij[chosen].min(axis=0)
    there = np.zeros(at.max(axis=0) + 1, dtype=bool)
    there[tuple(at.T)] = True
    part = ndimage.label(there)[0][tuple(at.T)]
    large = [n for n in np.unique(part) if (part == n).sum() >= 0.8 * least_cells]
    return [_patch(patch.events.only(np.isin(patch.events.cell, chosen[part == n]))) for n in large]


def area_of(
    patch: Patch, values: Pixels, clear: Bools, *, classes: Ints, ij: Ints, cell_m2: float
) -> tuple[float, float, float]:
    """Area of a patch in m², and its 90 % interval: cells on its edge count by how much of them changed.

    Parameters
    ----------
    patch : Patch
    values : Pixels
        (time, band, cell) reflectance.
    clear : Bools
        (time, cell) where the ground was seen.
    classes : Ints
        (cell,) number of the kind of ground.
    ij : Ints
        (cell, 2) row and column of each cell.
    cell_m2 : float
        Of one cell.
    """
    share, edge = _shares(patch, values, clear, classes=classes, ij=ij)
    area = float(share.sum()) * cell_m2
    wide = _Z90 * cell_m2 * float(np.sqrt(0.35**2 * edge + (0.1 * share.sum()) ** 2))
    return area, max(area - wide, 0.0), area + wide


def _shares(patch: Patch, values: Pixels, clear: Bools, *, classes: Ints, ij: Ints) -> tuple[Floats, int]:
    """Share of each cell that changed, in the patch and the ring around it, and how many cells are on the edge."""
    mine, near = ij[patch.cells], _near(patch.cells, ij)
    lack = len(near) - len(patch.cells)
    step = _step(patch, values, clear, near, classes)
    inside = np.isin(near, patch.cells)
    neighbours = (np.abs(mine[:, None] - mine[None]).max(axis=2) <= 1).sum(axis=1) - 1
    whole = neighbours >= 8
    core = np.isin(near, patch.cells[whole] if whole.sum() >= 4 else patch.cells)
    way = np.nanmedian(step[core], axis=0) if np.isfinite(step[core]).any() else patch.after - patch.before
    share = np.clip(np.einsum("cb,b->c", step, way) / float(way @ way), 0.0, _MOST)
    share = np.where(np.isfinite(share), share, inside.astype(float))
    share[share < _FRACTION] = 0.0
    return share.astype(np.float64), max(min(lack, int((~whole).sum())), 1)


def _near(cells: Ints, ij: Ints) -> Ints:
    """The cells of a patch and those that touch it."""
    low, high = ij[cells].min(axis=0) - 1, ij[cells].max(axis=0) + 1
    box = np.flatnonzero(((ij >= low) & (ij <= high)).all(axis=1))
    taken = np.zeros(high - low + 3, dtype=bool)
    at = ij[cells] - low + 1
    for di in (-1, 0, 1):
        for dj in (-1, 0, 1):
            taken[at[:, 0] + di, at[:, 1] + dj] = True
    made: Ints = box[taken[tuple((ij[box] - low + 1).T)]]
    return made


def _step(patch: Patch, values: Pixels, clear: Bools, cells: Ints, classes: Ints) -> Pixels:
    """(cell, band) what some cells did between before and after, less what their kind of ground did; NaN if unseen."""
    before = slice(max(patch.last_before - 3, 0), patch.last_before + 1)
    after = slice(patch.first_with, patch.first_with + 4)
    change = _mean(values[after], clear[after]) - _mean(values[before], clear[before])
    made = np.full((len(cells), values.shape[1]), np.nan, dtype=np.float32)
    known = np.isfinite(change[0])
    for kind in np.unique(classes[cells]):
        others = known & (classes == kind)
        common = np.median(change[:, others], axis=1) if others.any() else 0.0
        chosen = classes[cells] == kind
        made[chosen] = change[:, cells[chosen]].T - common
    return made


def _mean(values: Pixels, clear: Bools) -> Pixels:
    """(band, cell) mean of the clear observations; NaN where there is none."""
    number = clear.sum(axis=0)
    total = np.where(clear[:, None], values, np.float32(0.0)).sum(axis=0)
    return np.asarray(np.where(number > 0, total / np.maximum(number, 1), np.nan), dtype=np.float32)
