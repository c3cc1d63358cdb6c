"""One-to-one assignment that knows by how much it wins."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.optimize import linear_sum_assignment

from monitor.core.arrays import Floats

_NEVER = 1e9
_TRIED = 4
"""Pairs of a lone row that are weighed against staying alone: the cheapest ones."""


@dataclass(frozen=True, slots=True)
class Pairing:
    """The best assignment of rows to columns.

    Attributes
    ----------
    column : (rows,) int
        The column of each row, -1 when it stays alone.
    margin : (rows,) float
        By how much the best assignment without that row's pair (or, for a row that stays alone, with its best pair)
        costs more; NaN when a row has no feasible pair.
    runner_up : (rows,) int
        The row's column in that other assignment; for a row alone its best pair; -1 when alone or none.
    """

    column: npt.NDArray[np.int64]
    margin: Floats
    runner_up: npt.NDArray[np.int64]


def pair(cost: Floats) -> Pairing:
    """The assignment of least total cost, where staying alone costs nothing.

    Parameters
    ----------
    cost : (rows, columns) float
        inf where a pair is infeasible; only negative pairs can win. Infeasible pairs are excluded before solving, so
        they never push out a feasible one.
    """
    rows = cost.shape[0]
    feasible = np.isfinite(cost)
    best, total = solve(cost)
    margin, runner_up = np.full(rows, np.nan), np.full(rows, -1, dtype=np.int64)
    alone = (feasible.sum(axis=1) == 1) & (feasible & (feasible.sum(axis=0) == 1)).any(axis=1)
    for row in np.flatnonzero(feasible.any(axis=1)):
        if alone[row]:
            column = int(np.argmax(feasible[row]))
            margin[row], runner_up[row] = abs(cost[row, column]), -1 if best[row] >= 0 else column
        elif best[row] >= 0:
            other = cost.copy()
            other[row, best[row]] = np.inf
            second, worse = solve(other)
            margin[row], runner_up[row] = worse - total, second[row]
        else:
            nearest = [int(column) for column in np.argsort(cost[row], kind="stable")[:_TRIED] if feasible[row, column]]
            forced = {column: _forced(cost, int(row), column) for column in nearest}
            runner_up[row] = min(forced, key=lambda column: forced[column])
            margin[row] = forced[int(runner_up[row])] - total
    return Pairing(best, np.where(np.isnan(margin), margin, np.maximum(margin, 0.0)), runner_up)


def solve(cost: Floats) -> tuple[npt.NDArray[np.int64], float]:
    """(rows,) column of each row (-1 alone) and the total cost of the best assignment."""
    rows = cost.shape[0]
    chosen = np.full(rows, -1, dtype=np.int64)
    wanted = np.where(np.isfinite(cost) & (cost < 0.0), cost, _NEVER)
    used_rows, used = np.flatnonzero((wanted < 0).any(axis=1)), np.flatnonzero((wanted < 0).any(axis=0))
    if not len(used_rows):
        return chosen, 0.0
    part = wanted[np.ix_(used_rows, used)]
    alone = np.zeros((len(used_rows), len(used_rows)))
    i, j = linear_sum_assignment(np.hstack([part, alone]))
    taken = j < len(used)
    chosen[used_rows[i[taken]]] = used[j[taken]]
    return chosen, float(part[i[taken], j[taken]].sum())


def without(cost: Floats, best: Pairing, row: int, column: int) -> float:
    """By how much the best assignment that holds a pair costs more than the best of all.

    Parameters
    ----------
    cost : array of float
        (row, column); infinite where a pair is not feasible.
    best : Pairing
        The best assignment of these costs.
    row, column : int
        The pair that is held.

    Returns
    -------
    float
        Zero for a pair of the best assignment; infinite for one that is not feasible.
    """
    taken = best.column >= 0
    total = float(cost[np.flatnonzero(taken), best.column[taken]].sum())
    return max(_forced(cost, row, column) - total, 0.0)


def _forced(cost: Floats, row: int, column: int) -> float:
    rest = cost.copy()
    rest[row, :] = np.inf
    rest[:, column] = np.inf
    return float(cost[row, column]) + solve(rest)[1]
