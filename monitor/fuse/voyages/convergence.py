"""Whether chains of draws agree, so that what is drawn is the posterior and not where a chain began."""

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
