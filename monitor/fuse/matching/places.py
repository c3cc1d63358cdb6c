"""How sure the place of a vessel is at the instant of a scene: a mixture of normals."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from monitor.core.arrays import Floats, Ints
from monitor.core.columns import floats, texts
from monitor.core.geo.geodesy import KNOT_MS
from monitor.fuse.matching.model import MatchModel

_CORE = 0.8
"""Share of the narrower of the two normals that hold 50 % and 90 % as `ais.uncertainty` states. Chosen."""
_ROUNDS = 30
_R50_OVER_SIGMA, R90_OVER_SIGMA = 1.177, 2.146
"""Radii that hold 50 % and 90 % of a two-dimensional normal, over its standard deviation."""


@dataclass(frozen=True, slots=True)
class Spread:
    """Standard errors in metres of the vessels' places in the image. Arrays are (vessels,), or (pairs,) once taken.

    Attributes
    ----------
    core_m, tail_m : float
        Of the two normals that hold what `ais.uncertainty` states: most ships go on as they were, some do not.
    steady : float
        Share that holds course and speed since a fix hours ago; 0 for ships at rest or between two fixes.
    along_m, across_m : float
        Of those, along and across the course.
    doubt_m : float
        What the image adds (radar's azimuth shift).
    """

    core_m: Floats
    tail_m: Floats
    steady: Floats
    along_m: Floats
    across_m: Floats
    doubt_m: Floats

    @classmethod
    def of(cls, points: pd.DataFrame, model: MatchModel) -> Spread:
        """The spread of TRACK_POINTS with the columns of `projection.IMAGE_COLUMNS`."""
        core, tail = two_normals(floats(points, "r50_m"), floats(points, "r90_m"))
        before, after = floats(points, "before_s"), floats(points, "after_s")
        hours = np.fmin(np.abs(before), np.abs(after)) / 3600.0
        speed = floats(points, "sog_kn")
        sailing = np.array([how == "dead reckoned" for how in texts(points, "method")], dtype=bool)
        sailing &= (speed > model.under_way_kn) & np.isfinite(hours)
        hours, speed = np.where(sailing, hours, 0.0), np.where(sailing, speed, 0.0)
        metres_an_hour = KNOT_MS * 3600.0
        return cls(
            core_m=core,
            tail_m=tail,
            steady=np.where(sailing, np.exp(-hours / model.steady_h), 0.0),
            along_m=model.steady_kn * metres_an_hour * hours,
            across_m=np.radians(model.steady_deg) * speed * metres_an_hour * hours,
            doubt_m=floats(points, "image_doubt_m"),
        )

    @property
    def widest_m(self) -> Floats:
        """Standard error of the widest part."""
        return np.asarray(np.hypot(np.maximum(self.tail_m, self.along_m), self.doubt_m))

    def take(self, index: Ints) -> Spread:
        """That of some vessels, each as often as it is asked for."""
        return Spread(*(getattr(self, name)[index] for name in self.__slots__))

    def parts(self) -> Iterator[tuple[Floats, Floats, Floats]]:
        """Share, variance along and variance across in m² of each normal."""
        doubt = np.square(self.doubt_m)
        if self.steady.any():
            yield self.steady, np.square(self.along_m) + doubt, np.square(self.across_m) + doubt
        for share, sigma in ((_CORE, self.core_m), (1.0 - _CORE, self.tail_m)):
            variance = np.square(sigma) + doubt
            yield (1.0 - self.steady) * share, variance, variance

    def settled(self, within_m: float) -> Floats:
        """(vessels,) share of the normals that hold 90 % within so many metres: the rest may be out of the picture."""
        near: Floats = np.zeros(len(self.core_m))
        for share, along, across in self.parts():
            near = near + share * (np.sqrt(np.maximum(along, across)) * R90_OVER_SIGMA <= within_m)
        return near


def two_normals(r50_m: Floats, r90_m: Floats) -> tuple[Floats, Floats]:
    """(n,) standard deviations of two normals, four fifths and one fifth, that hold 50 % and 90 % within these radii.

    Where 90 % lie nearer than a single normal with that 50 % radius would have them, both are the normal of 90 %.

    Parameters
    ----------
    r50_m, r90_m : (n,) float
        In metres, above 0.
    """
    single = r90_m / R90_OVER_SIGMA
    heavy = r90_m / r50_m > R90_OVER_SIGMA / _R50_OVER_SIGMA
    core, tail = single.copy(), single.copy()
    for _ in range(_ROUNDS):
        beyond = (0.5 - (1.0 - _CORE) * np.exp(-0.5 * np.square(r50_m / tail))) / _CORE
        core = np.where(heavy, r50_m / np.sqrt(-2.0 * np.log(np.clip(beyond, 0.01, 0.9))), single)
        beyond = (0.1 - _CORE * np.exp(-0.5 * np.square(r90_m / core))) / (1.0 - _CORE)
        tail = np.where(heavy, r90_m / np.sqrt(-2.0 * np.log(np.clip(beyond, 0.01, 0.5))), single)
    return core, tail
