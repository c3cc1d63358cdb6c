"""Two ports, what was seen in each, and how a ship moves between them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from monitor.core.arrays import Floats
from monitor.core.geo.geodesy import METRES_PER_NAUTICAL_MILE
from monitor.fuse.voyages.motion import EVERY_END, Kind, Motion, motion, with_visits
from monitor.fuse.voyages.odds import Odds, odds
from monitor.fuse.voyages.rules import LinkRule
from monitor.fuse.voyages.sightings import Sightings

Shares = tuple[Floats, Floats]


@dataclass(frozen=True, slots=True, eq=False)
class Pair:
    """Two ports, what was seen in each, and how a ship moves between them.

    Attributes
    ----------
    seen : tuple of Sightings
        At A and at B.
    known : tuple of Odds
        What they say of a ship of each length.
    motion, motion_named : Motion
        Of a shuttle, with its visits (`motion.with_visits`), and of a ship that AIS names.
    lengths : array of float
        (lengths,) natural logs of metres.
    steps : int
        Length of the grid.
    way_m : float
        Distance by water.
    """

    seen: tuple[Sightings, Sightings]
    known: tuple[Odds, Odds]
    motion: Motion
    motion_named: Motion
    lengths: Floats
    steps: int
    way_m: float

    @property
    def ports(self) -> tuple[str, str]:
        """Their ids."""
        return self.seen[0].port, self.seen[1].port


def pair_of(seen: tuple[Sightings, Sightings], *, way_m: float, steps: int, rule: LinkRule) -> Pair:
    """The model of two ports.

    Parameters
    ----------
    seen : tuple of Sightings
        Of the two.
    way_m : float
        Distance by water.
    steps : int
        Length of the grid.
    rule : LinkRule
    """
    nmi, numbers = way_m / METRES_PER_NAUTICAL_MILE, rule.sightings
    lengths = np.concatenate([port.log_length[port.mmsi == 0] for port in seen])
    known = lengths[np.isfinite(lengths)]
    grid = np.linspace(known.min(), known.max(), numbers.length_steps) if len(known) else np.log([numbers.typical_m])
    hours = (nmi / rule.fastest_kn, nmi / rule.usual_kn)
    sailing = [Kind(rule.motion.elsewhere, calls) for calls in EVERY_END]
    return Pair(
        seen,
        (odds(seen[0], grid, numbers), odds(seen[1], grid, numbers)),
        with_visits(motion(*hours, [Kind(rule.motion.elsewhere)], rule.motion)),
        motion(*hours, [*sailing, Kind(rule.motion.seldom)], rule.motion),
        grid,
        steps,
        way_m,
    )
