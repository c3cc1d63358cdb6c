"""What each observation does to the probabilities of where a ship is: in a visit, in port unseen, or not in port."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from monitor.core.arrays import Floats
from monitor.fuse.voyages.motion import AT_A, IN_PORT, Motion
from monitor.fuse.voyages.nameless.shown import Shown
from monitor.fuse.voyages.sightings import Flags, Indices

NONE = -1
"""Stands for no visit: the ship was not seen yet, or is not seen any more, or is not in port."""


@dataclass(frozen=True, slots=True, eq=False)
class Moment:
    """What one observation does to the probabilities of a ship's states.

    Attributes
    ----------
    step : int
        Of the grid.
    moves : array of float
        (habits, states before, states) from the moment before to this one.
    source : array of int
        (states after,) which state each comes from.
    factor : array of float
        (cases, states after)
    visit : array of int
        (states after,) in which visit the ship is; -1: in none.
    came, chain : array of int
        (states after,) state of the chain before the observation, and after it.
    left : array of bool
        (states after,) whether the visit is over.
    begun : array of bool
        (states after,) whether the visit begins.
    """

    step: int
    moves: Floats
    source: Indices
    factor: Floats
    visit: Indices
    came: Indices
    chain: Indices
    left: Flags
    begun: Flags


def moments(motion: Motion, shown: Sequence[Shown], cases: int, *, again: float) -> list[Moment]:
    """What a season's observations do, in order of time.

    Parameters
    ----------
    motion : Motion
        The chain of a ship with its visits (`motion.with_visits`).
    shown : sequence of Shown
        In order of time.
    cases : int
        How many lengths and rates of others.
    again : float
        Probability that a ship that goes on lying in port after a visit is seen there in another one.

    Notes
    -----
    A visit is one ship's from its first sighting to its last: the ship that lies in it does not leave meanwhile. The
    ship's next visit is as a rule of its next stay.
    """
    number = len(motion.place)
    visit, chain = np.full(number, NONE), np.arange(number)
    left = np.zeros(number, dtype=np.bool_)
    made, before, powers = [], 0, _Powers(motion)
    for one in shown:
        lies = np.flatnonzero((visit != NONE) & ~left)
        kept = lies[np.unique([visit[lies], chain[lies]], axis=1, return_index=True)[1]]
        then_visit = np.concatenate([np.full(number, NONE), visit[kept]])
        then_chain = np.concatenate([np.arange(number), chain[kept]])
        whole, held = powers.of(one.step - before)
        moves = np.zeros((len(whole), len(visit), len(then_visit)))
        free = (visit == NONE) | left
        moves[:, free, :number] = whole[:, chain[free], :]
        for i in lies:
            for j in np.flatnonzero(then_visit == visit[i]):
                moves[:, i, j] = held[chain[i] // 2][:, chain[i] % 2, then_chain[j] % 2]
        made.append(_moment(one, moves, motion, (then_visit, then_chain), cases, again))
        visit, chain, left, before = made[-1].visit, made[-1].chain, made[-1].left, one.step
    return made


class _Powers:
    """Where a ship is after so many steps: by the whole chain, and at each port when it does not leave."""

    def __init__(self, motion: Motion) -> None:
        self._step, self._known = motion.step, dict[int, tuple[Floats, tuple[Floats, Floats]]]()

    def of(self, steps: int) -> tuple[Floats, tuple[Floats, Floats]]:
        if steps not in self._known:
            at_a, at_b = (np.linalg.matrix_power(self._step[:, p : p + 2, p : p + 2], steps) for p in (0, 2))
            self._known[steps] = np.linalg.matrix_power(self._step, steps), (at_a, at_b)
        return self._known[steps]


def _moment(
    one: Shown, moves: Floats, motion: Motion, states: tuple[Indices, Indices], cases: int, again: float
) -> Moment:
    """What an observation says of states (visit, chain) after the moves to it, and those that begin a visit with it."""
    (visit, chain), after = states, len(motion.place) - IN_PORT
    number = len(visit)
    here = np.flatnonzero((visit == NONE) & (motion.place[chain] == AT_A + one.port))
    names = one.visits[one.begins]
    source = np.concatenate([np.arange(number), np.tile(here, len(names))])
    visit = np.concatenate([visit, np.repeat(names, len(here))])
    factor = np.ones((cases, len(source)))
    factor[:, here] = one.missed
    left = np.zeros(len(source), dtype=np.bool_)
    for column, name in enumerate(one.visits):
        mine = visit == name
        factor[:, mine] = one.odds[:, column, None]
        left[mine] = one.ends[column]
    came, begun = chain[source], np.arange(len(source)) >= number
    factor[:, begun & (came >= after)] *= again
    then = np.where(begun & (came >= after), came - after, came)
    return Moment(one.step, moves, source, factor, visit, came, np.where(left, then + after, then), left, begun)
