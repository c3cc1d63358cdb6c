"""Where made-up quays end and turn: piers with water on two or three sides, basins, jetties, shores without a quay."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from shapely import unary_union
from shapely.geometry import Polygon
from shapely.geometry.base import BaseGeometry

from monitor.simulate.render.fine.frame import Frame

_FAR_M = 2_000.0
_ENDS, _TURNS, _TWO_SIDED, _BARE = 0.35, 0.3, 0.4, 0.2
"""Shares of quays that end within the picture, that turn towards the sea, of the former with water behind, and of
shores without a deck (chosen)."""


@dataclass(frozen=True, slots=True, eq=False)
class Shore:
    """Outlines in the grid's CRS: the sea, the quay's deck (empty for a bare shore), and jetties over the sea."""

    sea: BaseGeometry
    deck: BaseGeometry
    jetties: tuple[Polygon, ...]

    @property
    def free(self) -> BaseGeometry:
        """The sea without the jetties, where ships can lie."""
        return self.sea.difference(unary_union(self.jetties)) if self.jetties else self.sea


def random_shore(rng: np.random.Generator, quay: Frame, *, reach: float, depth: float) -> Shore:
    """A shore along a quay's edge, straight in a third of all pictures.

    Parameters
    ----------
    rng : np.random.Generator
    quay : Frame
        Its axis runs along the edge, the sea lies to its right.
    reach : float
        Metres from the picture's middle to its corners.
    depth : float
        Of the deck.
    """
    sea: BaseGeometry = quay.rectangle(-_FAR_M, _FAR_M, 0.0, _FAR_M)
    form = rng.random()
    corner, slant = float(rng.uniform(-0.4, 0.8)) * reach, float(rng.uniform(-0.7, 0.7)) * _FAR_M
    if form < _ENDS:
        sea = sea.union(quay.polygon([(corner, 0.0), (_FAR_M, 0.0), (_FAR_M, -_FAR_M), (corner + slant, -_FAR_M)]))
        if rng.random() < _TWO_SIDED:
            sea = sea.union(quay.rectangle(-_FAR_M, _FAR_M, -_FAR_M, -float(rng.uniform(12.0, 90.0))))
    elif form < _ENDS + _TURNS:
        sea = sea.difference(quay.polygon([(corner, -1.0), (_FAR_M, -1.0), (_FAR_M, _FAR_M), (corner + slant, _FAR_M)]))
    deck = quay.rectangle(-_FAR_M, _FAR_M, -depth, _FAR_M).difference(sea)
    jetties = tuple(_jetty(rng, quay, reach) for _ in range(int(rng.poisson(0.4))))
    return Shore(sea, Polygon() if rng.random() < _BARE else deck, jetties)


def _jetty(rng: np.random.Generator, quay: Frame, reach: float) -> Polygon:
    """A narrow deck that stands out into the sea, or tapers to a point."""
    root = quay.moved(float(rng.uniform(-reach, reach)), -2.0, turn=float(np.pi / 2 + rng.normal(0.0, 0.3)))
    length, half = float(rng.uniform(25.0, 150.0)), float(rng.uniform(2.0, 9.0))
    tip = half * float(rng.choice([1.0, 1.0, 0.1]))
    return root.polygon([(0.0, -half), (length, -tip), (length, tip), (0.0, half)])
