"""Changes of the ground that last: patches cleared, built upon, felled or burnt at random instants."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from shapely import union_all
from shapely.affinity import rotate, scale, translate
from shapely.geometry import Polygon
from shapely.geometry.base import BaseGeometry

from monitor.simulate.land.layout import Layout
from monitor.simulate.rng import generator

_DAY_S = 86_400.0
_HA_M2 = 10_000.0
_TRIES = 400
_APART_M, _EDGE_M = 60.0, 8.0
_FIRST, _LAST = 0.4, 0.92
"""Part of the season in which ground changes: there is a past, and clear observations after."""
_RECOVERS_DAYS = (60.0, 130.0)
"""After how long grass has grown again over a burnt meadow."""

EXPECTED: Mapping[str, tuple[tuple[str, float, float], ...]] = {
    "sim_depot": (
        ("bare ground", 1.2, 3.0),
        ("bare ground", 0.7, 1.8),
        ("bare ground", 0.5, 1.2),
        ("bare ground", 0.3, 0.5),
        ("cleared", 0.7, 2.0),
        ("burnt", 0.8, 2.5),
    ),
    "sim_railyard": (("bare ground", 0.6, 1.5),),
    "sim_terminal": (("bare ground", 0.6, 2.0), ("burnt", 0.6, 1.5)),
}
"""Kind, least and largest area in hectares of what changes in a season, by place (chosen)."""
_BUILT_UPON = 0.6
"""Share of bare patches of 0.7 ha and more on which something is built (chosen)."""


@dataclass(frozen=True, slots=True)
class Patch:
    """A change of the ground.

    Attributes
    ----------
    id : str
    aoi_id, zone_id : str
        The zone that holds it.
    kind : str
        bare ground | structure | burnt | cleared (a stand of trees, which is there until it is felled)
    outline : Polygon
        In metres of `layout.EPSG`.
    began_s : float
        Seconds since 1970.
    recovers_s : float
        When nothing of it is left to see; infinity for what stays.
    upon : str
        Id of the earlier patch on which it stands, ``""`` for none.
    """

    id: str
    aoi_id: str
    zone_id: str
    kind: str
    outline: Polygon
    began_s: float
    recovers_s: float = float("inf")
    upon: str = ""

    def at(self, t_s: float) -> float:
        """How much of the change is there at an instant, 0–1: all of it at once, and what recovers does so evenly."""
        if t_s < self.began_s:
            return 0.0
        if np.isinf(self.recovers_s):
            return 1.0
        return float(np.clip((self.recovers_s - t_s) / (self.recovers_s - self.began_s), 0.0, 1.0))


def patches_of(seed: int, layout: Layout, start_s: float, end_s: float) -> tuple[Patch, ...]:
    """What changes in a place within a season, in order of time.

    Parameters
    ----------
    seed : int
    layout : Layout
    start_s, end_s : float
        Of the season, seconds since 1970.

    Notes
    -----
    Patches lie in the place's sites, clear of all that is built by 8 m and of each other by 60 m.
    """
    busy = [part.geometry.buffer(_EDGE_M) for part in layout.built()]
    busy += [part.geometry.buffer(40.0) for part in layout.of_kind("low ground")]
    taken, made = union_all(busy, grid_size=0.01), list[Patch]()
    for number, (kind, least, most) in enumerate(EXPECTED.get(layout.id, ())):
        rng = generator(seed, "patch", layout.id, number)
        began = start_s + float(rng.uniform(_FIRST, _LAST)) * (end_s - start_s)
        found = _placed(rng, layout, taken, float(rng.uniform(least, most)) * _HA_M2)
        if found is None:
            continue
        zone_id, outline = found
        taken = taken.union(outline.buffer(_APART_M))
        gone = began + float(rng.uniform(*_RECOVERS_DAYS)) * _DAY_S if kind == "burnt" else float("inf")
        patch = Patch(f"{layout.id}_change_{number + 1}", layout.id, zone_id, kind, outline, began, gone)
        made.append(patch)
        if kind == "bare ground" and outline.area >= 0.7 * _HA_M2 and rng.random() < _BUILT_UPON:
            built = began + float(rng.uniform(0.2, 0.6)) * (end_s - began)
            made.append(_hall(rng, patch, built))
    return tuple(sorted(made, key=lambda p: (p.began_s, p.id)))


def _placed(
    rng: np.random.Generator, layout: Layout, taken: BaseGeometry, area_m2: float
) -> tuple[str, Polygon] | None:
    sites = layout.of_kind("site")
    for _ in range(_TRIES):
        site = sites[int(rng.integers(len(sites)))]
        west, south, east, north = site.geometry.bounds
        outline = translate(
            rotate(_quadrangle(rng, area_m2), layout.turn_deg + float(rng.normal(0.0, 6.0)), origin=(0, 0)),
            float(rng.uniform(west, east)),
            float(rng.uniform(south, north)),
        )
        if site.geometry.contains(outline) and outline.disjoint(taken):
            return f"{layout.id}_{site.id}", outline
    return None


def _quadrangle(rng: np.random.Generator, area_m2: float) -> Polygon:
    """Four corners about (0, 0), up to a tenth off a rectangle, of a given area."""
    long = float(np.sqrt(area_m2 * rng.uniform(1.0, 2.2)))
    half = np.array([long, area_m2 / long]) / 2
    corners = np.array([(-1, -1), (1, -1), (1, 1), (-1, 1)]) * half * (1.0 + rng.uniform(-0.1, 0.1, size=(4, 2)))
    drawn = Polygon(corners)
    return Polygon(corners * np.sqrt(area_m2 / drawn.area))


def _hall(rng: np.random.Generator, patch: Patch, began_s: float) -> Patch:
    """A building on a third to a half of a bare patch."""
    ratio = float(np.sqrt(rng.uniform(0.33, 0.5)))
    centre = patch.outline.centroid
    outline = scale(patch.outline, ratio, ratio, origin=(centre.x, centre.y))
    assert isinstance(outline, Polygon)
    return Patch(f"{patch.id}_built", patch.aoi_id, patch.zone_id, "structure", outline, began_s, upon=patch.id)
