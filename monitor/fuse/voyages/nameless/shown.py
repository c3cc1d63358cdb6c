"""The observations of two ports in order of time, and what each says of a ship that lies in a visit or in none."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from monitor.core.arrays import Floats
from monitor.fuse.voyages.nameless.odds import VisitOdds
from monitor.fuse.voyages.pair import Pair, Shares
from monitor.fuse.voyages.rules import LinkRule
from monitor.fuse.voyages.sightings import Flags, Indices, Sightings, steps_of


@dataclass(frozen=True, slots=True, eq=False)
class Visit:
    """A nameless visit: its port (0 for A, 1 for B) and the (sightings,) indices of its sightings there."""

    port: int
    sightings: Indices


@dataclass(frozen=True, slots=True, eq=False)
class Shown:
    """One observation of one port.

    Attributes
    ----------
    step : int
        Of the grid.
    port : int
        0 for A, 1 for B.
    missed : float
        Probability that it does not show a ship that is there.
    visits : array of int
        (visits,) index of each nameless visit that it shows.
    odds : array of float
        (cases, visits) how much likelier the sighting is of a ship of each length than of another, at each rate.
    begins, ends : array of bool
        (visits,) whether it is the visit's first sighting, and its last.
    """

    step: int
    port: int
    missed: float
    visits: Indices
    odds: Floats
    begins: Flags
    ends: Flags


def shown(
    pair: Pair, known: tuple[VisitOdds, VisitOdds], *, free: Shares | None, at_b: Indices | None, rule: LinkRule
) -> tuple[list[Shown], list[Visit]]:
    """The observations of both ports in order of time, and the visits in them.

    Parameters
    ----------
    pair : Pair
    known : tuple of VisitOdds
        At A and at B.
    free : tuple of array, optional
        (sightings,) at A and B, the probability that each is no ship's that AIS names.
    at_b : array of int, optional
        (observations,) the steps of B's observations when these are moved in time. A visit that runs over the end of
        the grid and comes in at its beginning is two.
    rule : LinkRule
        Step of the grid.
    """
    made: list[Shown] = []
    visits: list[Visit] = []
    for port, (seen, odds) in enumerate(zip(pair.seen, known, strict=True)):
        at = at_b if port and at_b is not None else steps_of(seen, rule.motion.step_h, pair.steps)
        first = len(visits)
        visits += [Visit(port, mine) for mine in _visits(seen, at)]
        mine = {first + n: visit.sightings for n, visit in enumerate(visits[first:])}
        share = np.ones(len(seen.visit)) if free is None else free[port]
        made += _observations(seen, odds, at, mine, share, port)
    return sorted(made, key=lambda one: (one.step, one.port)), visits


def _visits(seen: Sightings, at: Indices) -> Iterator[Indices]:
    """The sightings of each nameless visit, and apart those that come before its first."""
    for visit in np.unique(seen.visit[seen.mmsi == 0]):
        mine = np.flatnonzero(seen.visit == visit)
        wraps = at[seen.at[mine]] < at[seen.at[mine[0]]]
        yield mine[~wraps]
        if wraps.any():
            yield mine[wraps]


def _observations(
    seen: Sightings, odds: VisitOdds, at: Indices, visits: dict[int, Indices], share: Floats, port: int
) -> Iterator[Shown]:
    here: dict[int, list[tuple[int, int]]] = {}
    for name, mine in visits.items():
        for n in mine:
            here.setdefault(int(seen.at[n]), []).append((name, int(n)))
    for k in np.argsort(at, kind="stable"):
        names = np.array([name for name, _ in here.get(int(k), [])], dtype=np.int64)
        which = np.array([n for _, n in here.get(int(k), [])], dtype=np.int64)
        begins = np.array([visits[int(name)][0] for name in names], dtype=np.int64) == which
        ends = np.array([visits[int(name)][-1] for name in names], dtype=np.int64) == which
        worth = np.array([share[visits[int(name)]].mean() for name in names])
        made = np.where(begins, odds.first[:, which] * worth, odds.again[which]) * np.where(ends, odds.gone[which], 1.0)
        yield Shown(int(at[k]), port, float(odds.missed[k]), names, made, begins, ends)
