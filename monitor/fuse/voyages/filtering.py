"""Where ships were, from what each instant says of them: forward filtering, and backward sampling of whole paths.

Both are exact sums over all paths of one ship, or of two at once, so that there is nothing to converge.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from monitor.core.arrays import Floats
from monitor.fuse.voyages.motion import AT_A, AT_B, Motion

Paths = npt.NDArray[np.int64]


def log_evidence(motion: Motion, at_a: Floats, at_b: Floats) -> Floats:
    """How much likelier the observations are with one or two ships than without, for each of the chain's habits.

    Parameters
    ----------
    motion : Motion
        The chain of each ship.
    at_a, at_b : array of float
        (ships, cases, steps) log of how much likelier what a step shows is with one ship, or two, at A, or at B, than
        with none; its first axis says how many ships there are.

    Returns
    -------
    array of float
        (habits, cases) natural logs.
    """
    ships, cases, _ = at_a.shape
    places = _places(motion, ships)
    start = _start(motion, ships)
    here = np.broadcast_to(start, (len(motion.step), cases, *start.shape)).copy()
    total = np.zeros((len(motion.step), cases))
    last = 0
    for t in np.flatnonzero((at_a != 0).any(axis=(0, 1)) | (at_b != 0).any(axis=(0, 1))):
        step = np.linalg.matrix_power(motion.step, int(t) - last)
        here = here @ step if ships == 1 else np.swapaxes(step, -1, -2)[:, None] @ here @ step[:, None]
        last = int(t)
        here *= _weight(at_a[:, :, t], at_b[:, :, t], places)
        scale = here.reshape(len(motion.step), cases, -1).sum(axis=2)
        total += np.log(scale)
        here /= scale.reshape(*scale.shape, *[1] * (here.ndim - 2))
    return total


def sample_paths(
    motion: Motion, at_a: Floats, at_b: Floats, habits: npt.NDArray[np.int64], rng: np.random.Generator
) -> Paths:
    """The ships' paths, one draw from their posterior a row: (ships, rows, steps) states of the chain.

    Parameters
    ----------
    motion : Motion
        The chain of each ship.
    at_a, at_b : array of float
        (ships, rows, steps) as for `log_evidence`.
    habits : array of int
        (rows,) which of the chain's habits.
    rng : Generator
    """
    ships, rows, steps = at_a.shape
    places, number = _places(motion, ships), len(motion.place)
    step = motion.step[habits]
    back = np.swapaxes(step, -1, -2)
    forward = np.empty((steps, rows, number**ships), dtype=np.float32)
    start = _start(motion, ships)
    here = np.broadcast_to(start, (rows, *start.shape))
    for t in range(steps):
        if t:
            here = (here[:, None] @ step)[:, 0] if ships == 1 else back @ here @ step
        here = here * _weight(at_a[:, :, t], at_b[:, :, t], places)
        here = here / here.reshape(rows, -1).sum(axis=1).reshape(rows, *[1] * ships)
        forward[t] = here.reshape(rows, -1)
    at, path = np.arange(rows), np.empty((ships, rows, steps), dtype=np.int64)
    weight = forward[-1].astype(np.float64)
    for t in range(steps - 1, -1, -1):
        path[:, :, t] = np.unravel_index(_draw(weight, rng), (number,) * ships)
        if t:
            weight = forward[t - 1].astype(np.float64)
            to = [step[at, :, path[ship, :, t]] for ship in range(ships)]
            weight = weight * (to[0] if ships == 1 else (to[0][:, :, None] * to[1][:, None, :]).reshape(rows, -1))
    return path


def log_known(motion: Motion, weight: Floats, habits: npt.NDArray[np.int64]) -> Floats:
    """How likely what is known of one ship is, where it bears on every place: (rows,) natural logs.

    Parameters
    ----------
    motion : Motion
        The chain.
    weight : array of float
        (rows, steps, places) log of how likely what a step shows is with the ship in each place.
    habits : array of int
        (rows,) which of the chain's habits.
    """
    total = np.zeros(len(weight))
    for _, scale in _forward(motion, weight, habits):
        total += np.log(scale)
    return total


def sample_known(motion: Motion, weight: Floats, habits: npt.NDArray[np.int64], rng: np.random.Generator) -> Paths:
    """One ship's paths where what is known bears on every place: (rows, steps) states.

    Parameters
    ----------
    motion : Motion
        The chain.
    weight : array of float
        As for `log_known`.
    habits : array of int
        (rows,) which of the chain's habits.
    rng : Generator
    """
    rows, steps, _ = weight.shape
    forward = np.empty((steps, rows, len(motion.place)), dtype=np.float32)
    for t, (here, _) in enumerate(_forward(motion, weight, habits)):
        forward[t] = here
    step, at, path = motion.step[habits], np.arange(rows), np.empty((rows, steps), dtype=np.int64)
    left = forward[-1].astype(np.float64)
    for t in range(steps - 1, -1, -1):
        path[:, t] = _draw(left, rng)
        if t:
            left = forward[t - 1] * step[at, :, path[:, t]]
    return path


def _forward(motion: Motion, weight: Floats, habits: npt.NDArray[np.int64]) -> Iterator[tuple[Floats, Floats]]:
    """By step, (rows, states) probability of each state by all that is known so far, and (rows,) of what it shows."""
    rows, steps, _ = weight.shape
    step = motion.step[habits]
    here = np.broadcast_to(motion.start, (rows, len(motion.start)))
    for t in range(steps):
        if t:
            here = (here[:, None] @ step)[:, 0]
        here = here * np.exp(weight[:, t])[:, motion.place]
        scale = here.sum(axis=1)
        here = here / scale[:, None]
        yield here, scale


def _start(motion: Motion, ships: int) -> Floats:
    return motion.start if ships == 1 else motion.start[:, None] * motion.start[None, :]


def _places(motion: Motion, ships: int) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """How many of the ships are at A, and at B, in each state or pair of states."""
    counts = [(motion.place == port).astype(np.int64) for port in (AT_A, AT_B)]
    if ships == 2:
        counts = [count[:, None] + count[None, :] for count in counts]
    return counts[0], counts[1]


def _weight(at_a: Floats, at_b: Floats, places: tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]) -> Floats:
    """(cases, states) or (cases, states, states) factors of one step."""
    none = np.zeros((1, at_a.shape[1]))
    by_count = [np.exp(np.concatenate([none, at])) for at in (at_a, at_b)]
    factor = by_count[0][places[0]] * by_count[1][places[1]]
    return np.asarray(np.moveaxis(factor, -1, 0))


def _draw(weight: Floats, rng: np.random.Generator) -> npt.NDArray[np.int64]:
    """One index of each row, as often as its weight says."""
    upto = np.cumsum(weight, axis=1)
    return np.asarray((upto < rng.random(len(weight))[:, None] * upto[:, -1:]).sum(axis=1), dtype=np.int64)
