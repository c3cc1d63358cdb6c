"""Where nameless ships were: sums over all paths of one ship, or of two at once, and draws of whole paths.

Both are exact, so that there is nothing to converge. Two ships never lie in one visit.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from monitor.core.arrays import Floats
from monitor.fuse.voyages.filtering import drawn
from monitor.fuse.voyages.motion import Motion
from monitor.fuse.voyages.nameless.moments import NONE, Moment
from monitor.fuse.voyages.sightings import Flags, Indices


def _apart(moment: Moment) -> Flags:
    """(states after, states after) whether two ships can be in these two states: not in one visit."""
    same = (moment.visit[:, None] == moment.visit[None, :]) & (moment.visit != NONE)[:, None]
    return np.asarray(~same)


def log_evidence(motion: Motion, seen: Sequence[Moment], cases: Indices) -> Floats:
    """How much likelier the observations are with one or two ships than without: (habits, cases) natural logs.

    Parameters
    ----------
    motion : Motion
        The chain of each ship.
    seen : sequence of Moment
        In order of time.
    cases : array of int
        (ships, cases) the length of each ship.
    """
    ships, count = cases.shape
    start, habits = _start(motion, ships), len(motion.step)
    here = np.broadcast_to(start[:, None], (habits, count, *start.shape[1:]))
    total = np.zeros((habits, count))
    for moment in seen:
        here = _forward(here, moment.moves, moment, [moment.factor[None, case] for case in cases])
        scale = here.reshape(habits, count, -1).sum(axis=2)
        total += np.log(scale)
        here = here / scale.reshape(*scale.shape, *[1] * ships)
    return total


def _forward(here: Floats, moves: Floats, moment: Moment, factors: Sequence[Floats]) -> Floats:
    """The next (habits, cases, states[, states]); moves (habits, ...), factors (1 or habits, cases, states) by ship."""
    if len(factors) == 1:
        return np.asarray((here @ moves)[..., moment.source] * factors[0])
    here = np.swapaxes(moves, -1, -2)[:, None] @ here @ moves[:, None]
    here = here[..., moment.source, :][..., moment.source]
    return np.asarray(here * (factors[0][..., :, None] * factors[1][..., None, :] * _apart(moment)))


def sample_paths(
    motion: Motion,
    seen: Sequence[Moment],
    habits: Indices,
    cases: Indices,
    *,
    liked: Floats,
    steps: int,
    rng: np.random.Generator,
) -> tuple[Indices, Flags]:
    """The ships' paths, one draw from their posterior a row.

    Parameters
    ----------
    motion : Motion
        The chain of each ship.
    seen : sequence of Moment
        In order of time; one at least.
    habits : array of int
        (rows,) which of the chain's habits.
    cases : array of int
        (ships, rows) the length of each ship.
    liked : array of float
        (ships, rows, visits) how much likelier each visit is each ship's than its sightings say.
    steps : int
        Length of the grid.
    rng : Generator

    Returns
    -------
    array of int
        (ships, rows, steps) states of the chain.
    array of bool
        (ships, rows, visits) which visits were each ship's.
    """
    ships, rows = cases.shape
    here = _start(motion, ships)[habits][:, None]
    forward = [here.reshape(rows, -1)]
    for moment in seen:
        like = np.where(moment.begun, liked[:, :, moment.visit], 1.0)
        factors = [(moment.factor[case] * like[ship])[:, None] for ship, case in enumerate(cases)]
        here = _forward(here, moment.moves[habits], moment, factors)
        here = here / here.reshape(rows, -1).sum(axis=1).reshape(rows, 1, *[1] * ships)
        forward.append(here.reshape(rows, -1).astype(np.float32))
    held = np.zeros(liked.shape, dtype=np.bool_)
    path = np.empty((ships, rows, steps), dtype=np.int64)
    state = np.array(np.unravel_index(drawn(forward[-1], rng), (len(seen[-1].visit),) * ships))
    path[:, :, seen[-1].step :] = seen[-1].chain[state][:, :, None]
    for t in range(seen[-1].step + 1, steps):
        for ship in range(ships):
            path[ship, :, t] = drawn(motion.step[habits, path[ship, :, t - 1]], rng)
    for k in range(len(seen) - 1, -1, -1):
        visit, came = seen[k].visit[state], seen[k].came[state]
        for ship in range(ships):
            held[ship, np.flatnonzero(visit[ship] != NONE), visit[ship][visit[ship] != NONE]] = True
        to = [seen[k].moves[habits, :, seen[k].source[which]] for which in state]
        both = to[0] if ships == 1 else (to[0][:, :, None] * to[1][:, None, :]).reshape(rows, -1)
        state = np.array(np.unravel_index(drawn(forward[k] * both, rng), (to[0].shape[1],) * ships))
        before = 0 if k == 0 else seen[k - 1].step
        lies = np.zeros(state.shape, dtype=np.bool_)
        if k:
            lies = (seen[k - 1].visit != NONE)[state] & ~seen[k - 1].left[state]
        path[:, :, before] = state if k == 0 else seen[k - 1].chain[state]
        for ship in range(ships):
            _between(path[ship], came[ship], (before, seen[k].step), motion, habits, lies[ship], rng)
    return path, held


def _between(
    path: Indices,
    came: Indices,
    ends: tuple[int, int],
    motion: Motion,
    habits: Indices,
    lies: Flags,
    rng: np.random.Generator,
) -> None:
    """Draw the states between two steps, from that of the first to that in which ships came to the second.

    A ship that lies in a visit stays in port.
    """
    first, last = ends
    powers = [motion.step]
    for _ in range(last - first - 2):
        powers.append(powers[-1] @ motion.step)
    away = lies[:, None] & (motion.place[None, :] != motion.place[path[:, first]][:, None])
    for t in range(last - 1, first, -1):
        odds = powers[t - first - 1][habits, path[:, first]] * motion.step[habits, :, came]
        path[:, t] = came = drawn(np.where(away, 0.0, odds), rng)


def _start(motion: Motion, ships: int) -> Floats:
    """(habits, states[, states]) probability at the beginning."""
    return motion.start if ships == 1 else motion.start[:, :, None] * motion.start[:, None, :]
