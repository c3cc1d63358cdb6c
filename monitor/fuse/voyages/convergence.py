"""Whether chains of draws agree, so that what is drawn is the posterior, and how many draws they are worth."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt


def split_r_hat(chains: Sequence[npt.ArrayLike]) -> float:
    """How far chains differ, each cut in two: 1 when they agree, the more the less they do.

    Parameters
    ----------
    chains : sequence of array
        Of one length, each (draws,) values of one chain.

    Returns
    -------
    float
        Square root of the variance of all draws over that within the halves; infinite when the halves are each of one
        value and differ, 1 when all draws are the same.

    Raises
    ------
    ValueError
        There is no chain, or one of less than four draws.

    Notes
    -----
    Gelman et al. 2013, Bayesian Data Analysis, section 11.4.
    """
    values = np.asarray(chains, dtype=np.float64)
    if values.ndim != 2 or values.shape[1] < 4:
        raise ValueError("chains to compare: give one and more, of one length and four draws at least")
    count = values.shape[1] // 2
    halves = np.concatenate([values[:, :count], values[:, -count:]])
    within = float(halves.var(axis=1, ddof=1).mean())
    between = float(count * halves.mean(axis=1).var(ddof=1))
    if within == 0.0:
        return 1.0 if between == 0.0 else float("inf")
    return float(np.sqrt((count - 1) / count + between / within / count))


def effective_size(chains: Sequence[npt.ArrayLike]) -> float:
    """How many independent draws of the posterior some chains' draws are worth: from the chains to all draws.

    Parameters
    ----------
    chains : sequence of array
        Of one length, each (draws,) values of one chain. The draws of a chain have its beginning in common, and are
        otherwise alike in whatever order.

    Returns
    -------
    float
        All draws where chains agree, or where all values are the same; the number of chains where each is of one value.

    Raises
    ------
    ValueError
        There are less than two chains, or less than two draws in each.

    Notes
    -----
    Draws over 1 + (draws of a chain - 1) times the intraclass correlation, which analysis of variance gives (Kish 1965,
    Survey Sampling, section 5.4). What a chain's draws are worth by their order does not apply: they have none.
    """
    values = np.asarray(chains, dtype=np.float64)
    if values.ndim != 2 or min(values.shape) < 2:
        raise ValueError("chains to weigh: give two and more, of one length and two draws at least")
    count = values.shape[1]
    within = float(values.var(axis=1, ddof=1).mean())
    between = float(count * values.mean(axis=1).var(ddof=1))
    if between <= within:
        return float(values.size)
    alike = (between - within) / (between + (count - 1) * within)
    return float(values.size / (1.0 + (count - 1) * alike))
