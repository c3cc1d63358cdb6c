"""How one ship moves between two ports: a Markov chain on a grid of time whose phases give stays and passages spread.

A stay is two phases one after the other (a gamma distribution of shape 2), a passage as many phases as the fastest ship
needs steps of the grid, then perhaps a wait in the roads. From a port the ship goes to the other one or elsewhere, and
from elsewhere it comes to either.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
import numpy.typing as npt

from monitor.core.arrays import Floats
from monitor.fuse.voyages.rules import MotionRule

AT_A, AT_B, TO_B, TO_A, ELSEWHERE = range(5)
"""Where a ship is, by state of the chain."""
IN_PORT = 4
"""How many states of a chain are in port: two phases at A, two at B; they are its first."""


@dataclass(frozen=True, slots=True, eq=False)
class Motion:
    """The chain.

    Attributes
    ----------
    place : array of int
        (states,) where the ship is in each: `AT_A`, `AT_B`, `TO_B`, `TO_A` or `ELSEWHERE`.
    step : array of float
        (habits, states, states) probability to go from one state to the next, for each pair of mean stays and share of
        departures elsewhere.
    start : array of float
        (states,) probability at the beginning.
    """

    place: npt.NDArray[np.int64]
    step: Floats
    start: Floats


def motion(fastest_h: float, usual_h: float, elsewhere: Sequence[float], rule: MotionRule) -> Motion:
    """The chain of a ship between two ports.

    Parameters
    ----------
    fastest_h, usual_h : float
        Hours of a passage at the greatest and at the usual speed.
    elsewhere : sequence of float
        Shares of departures to other ports, each as likely as the others.
    rule : MotionRule
        Grid, stays and waits.
    """
    legs = max(int(fastest_h // rule.step_h), 1)
    leg_share = min(legs * rule.step_h / (usual_h + rule.delay_h), 1.0)
    way = legs + 1
    place = np.array([AT_A, AT_A, AT_B, AT_B, *[TO_B] * way, *[TO_A] * way, ELSEWHERE])
    away = len(place) - 1
    made = []
    for share, *stays in product(elsewhere, rule.stays_h, rule.stays_h):
        step = np.zeros((away + 1, away + 1))
        for port, stay_h in enumerate(stays):
            first, out = 2 * port, 4 + port * way
            other = 2 * (1 - port)
            leave = min(2.0 * rule.step_h / stay_h, 1.0)
            _go(step, first, [(first + 1, leave)])
            _go(step, first + 1, [(out, leave * (1.0 - share)), (away, leave * share)])
            for k in range(legs - 1):
                _go(step, out + k, [(out + k + 1, leg_share)])
            last = out + legs - 1
            _go(step, last, [(other, leg_share * (1.0 - rule.roads)), (last + 1, leg_share * rule.roads)])
            _go(step, last + 1, [(other, min(rule.step_h / rule.roads_h, 1.0))])
        back = 0.5 * rule.step_h / rule.elsewhere_h
        _go(step, away, [(0, back), (2, back)])
        made.append(step)
    start = np.where(place == ELSEWHERE, rule.starts_elsewhere, 0.0)
    in_port = place <= AT_B
    start[in_port] = (1.0 - rule.starts_elsewhere) / in_port.sum()
    return Motion(place, np.array(made), start)


def with_visits(chain: Motion) -> Motion:
    """A chain with each state in port twice: before a visit there, and, the last of all, after one.

    A ship comes to port before a visit; only one that is seen there goes over, and as long as it stays it stays so.

    Parameters
    ----------
    chain : Motion
        Whose first states are those in port.
    """
    port, number = IN_PORT, len(chain.place)
    step = np.zeros((len(chain.step), number + port, number + port))
    step[:, :number, :number] = chain.step
    step[:, number:, port:number] = chain.step[:, :port, port:]
    step[:, number:, number:] = chain.step[:, :port, :port]
    return Motion(np.append(chain.place, chain.place[:port]), step, np.append(chain.start, np.zeros(port)))


def _go(step: Floats, state: int, to: list[tuple[int, float]]) -> None:
    for other, probability in to:
        step[state, other] += probability
    step[state, state] += 1.0 - sum(probability for _, probability in to)
