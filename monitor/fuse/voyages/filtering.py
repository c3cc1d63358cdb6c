"""Where ships were, from what each instant says of them: forward filtering, and backward sampling of whole paths.

Both are exact sums over all paths of one ship, so that there is nothing to converge.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from monitor.core.arrays import Floats
from monitor.fuse.voyages.motion import Motion

Paths = npt.NDArray[np.int64]


def log_known(motion: Motion, weight: Floats, habits: npt.NDArray[np.int64]) -> Floats:
    """How likely what is known of one ship is, where it bears on every place: (habits, rows) natural logs.

    Parameters
    ----------
    motion : Motion
        The chain.
    weight : array of float
        (rows, steps, places) log of how likely what a step shows is with the ship in each place.
    habits : array of int
        (habits,) those of the chain with which each row is taken.
    """
    total = np.zeros((len(habits), len(weight)))
    for _, scale in _forward(motion, weight[None], habits):
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
        (rows,) which of the chain's habits each has.
    rng : Generator
    """
    rows, steps, _ = weight.shape
    forward = np.empty((steps, rows, len(motion.place)), dtype=np.float32)
    for t, (here, _) in enumerate(_forward(motion, weight[:, None], habits)):
        forward[t] = here[:, 0]
    step, at, path = motion.step[habits], np.arange(rows), np.empty((rows, steps), dtype=np.int64)
    left = forward[-1].astype(np.float64)
    for t in range(steps - 1, -1, -1):
        path[:, t] = drawn(left, rng)
        if t:
            left = forward[t - 1] * step[at, :, path[:, t]]
    return path


def _forward(motion: Motion, weight: Floats, habits: npt.NDArray[np.int64]) -> Iterator[tuple[Floats, Floats]]:
    """By step, the probability of each state by all that is known so far, and that of what the step shows.

    These are (habits, rows, states) and (habits, rows); weight is (habits or 1, rows, steps, places).
    """
    rows, steps = weight.shape[1:3]
    here = np.repeat(motion.start[habits][:, None], rows, axis=1)
    step = motion.step[habits]
    for t in range(steps):
        if t:
            here = here @ step
        here = here * np.exp(weight[:, :, t])[..., motion.place]
        scale = here.sum(axis=2)
        here = here / scale[..., None]
        yield here, scale


def drawn(weight: Floats, rng: np.random.Generator) -> npt.NDArray[np.int64]:
    """One index of each row, as often as its weight says.

    Parameters
    ----------
    weight : array of float
        (rows, indices) each 0 or more.
    rng : Generator
    """
    upto = np.cumsum(weight, axis=1)
    return np.asarray((upto < rng.random(len(weight))[:, None] * upto[:, -1:]).sum(axis=1), dtype=np.int64)
