"""Distances by water, as whoever knows the coast gives them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

import numpy as np
import numpy.typing as npt

from monitor.core.aoi import Aoi
from monitor.core.geo.geodesy import distance_m

Place = tuple[float, float]


class Waters(Protocol):
    """Where the water is; `ais.sea.routes.Sea` is one."""

    def distances_m(
        self, place: Place, others: Sequence[Place]
    ) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.bool_]]:
        """Metres by water from one place (longitude, latitude) to others, and whether each is; else geodesic."""
        ...


def between_ports(aois: tuple[Aoi, ...], sea: Waters | None, *, detour: float) -> Mapping[frozenset[str], float]:
    """Metres by water between each two ports' berths.

    Parameters
    ----------
    aois : tuple of Aoi
        The ports.
    sea : Waters, optional
        Gives the distances by water.
    detour : float
        Factor of the geodesic where the way by water is not known.

    Returns
    -------
    mapping of frozenset to float
        Two port ids to metres.
    """
    places = {aoi.id: middle_of(aoi) for aoi in aois}
    ways: dict[frozenset[str], float] = {}
    for a in places:
        for b in places:
            if a >= b:
                continue
            metres = detour * float(distance_m(*places[a], *places[b]))
            if sea is not None:
                length, by_water = sea.distances_m(places[a], [places[b]])
                metres = float(length[0]) if by_water[0] else metres
            ways[frozenset((a, b))] = metres
    return ways


def middle_of(aoi: Aoi) -> Place:
    """The middle of a port's berths, or of the port where it has none."""
    points = [zone.geometry.centroid for zone in aoi.berths] or [aoi.geometry.centroid]
    return float(np.mean([p.x for p in points])), float(np.mean([p.y for p in points]))
