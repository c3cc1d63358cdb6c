"""How one ship moves between two ports: a Markov chain on a grid of time whose phases give stays and passages spread.

A stay is two phases one after the other (a gamma distribution of shape 2), a passage as many phases as the fastest ship
needs steps of the grid, then perhaps a wait in the roads. From a port the ship goes to the other one or elsewhere, and
from elsewhere it comes to either. A ship that does not call at one of the two sails by it to a port beyond, in which
it stays as others do.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from monitor.core.arrays import Floats
from monitor.fuse.voyages.rules import MotionRule

Ends: TypeAlias = tuple[bool, bool]

AT_A, AT_B, TO_B, TO_A, ELSEWHERE, BEYOND = range(6)
"""Where a ship is, by state of the chain; `BEYOND` is a port that is not watched, past A or past B."""
IN_PORT = 4
"""How many states of a chain are in port: two phases at A, two at B; they are its first."""
EVERY_END: tuple[Ends, ...] = ((True, True), (True, False), (False, True), (False, False))
"""Whether a ship calls at A, and at B, when it sails between them: both first."""


@dataclass(frozen=True, slots=True, eq=False)
class Motion:
    """The chain.

    Attributes
    ----------
    place : array of int
        (states,) where the ship is in each: `AT_A`, `AT_B`, `TO_B`, `TO_A`, `ELSEWHERE` or `BEYOND`.
    step : array of float
        (habits, states, states) probability to go from one state to the next, for each pair of mean stays and kind of
        ship.
    start : array of float
        (habits, states) probability at the beginning.
    """

    place: npt.NDArray[np.int64]
    step: Floats
    start: Floats


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of ship: its share of departures to other ports, and at which of the two it calls."""

    elsewhere: float
    calls: Ends = (True, True)


def motion(fastest_h: float, usual_h: float, kinds: Sequence[Kind], rule: MotionRule) -> Motion:
    """The chain of a ship between two ports.

    Parameters
    ----------
    fastest_h, usual_h : float
        Hours of a passage at the greatest and at the usual speed.
    kinds : sequence of Kind
        The habits of each follow those of the one before.
    rule : MotionRule
        Grid, stays and waits.
    """
    legs = max(int(fastest_h // rule.step_h), 1)
    leg_share = min(legs * rule.step_h / (usual_h + rule.delay_h), 1.0)
    way = legs + 1
    beyond = [BEYOND] * (0 if all(all(kind.calls) for kind in kinds) else IN_PORT)
    place = np.array([AT_A, AT_A, AT_B, AT_B, *[TO_B] * way, *[TO_A] * way, ELSEWHERE, *beyond])
    away = IN_PORT + 2 * way
    steps, starts = [], []
    for kind, *stays in product(kinds, rule.stays_h, rule.stays_h):
        step, ends = np.zeros((len(place), len(place))), [_end(port, kind, away) for port in (0, 1)]
        for port, stay_h in enumerate(stays):
            first, out, other = ends[port], IN_PORT + port * way, ends[1 - port]
            leave = min(2.0 * rule.step_h / stay_h, 1.0)
            _go(step, first, [(first + 1, leave)])
            _go(step, first + 1, [(out, leave * (1.0 - kind.elsewhere)), (away, leave * kind.elsewhere)])
            for k in range(legs - 1):
                _go(step, out + k, [(out + k + 1, leg_share)])
            last = out + legs - 1
            _go(step, last, [(other, leg_share * (1.0 - rule.roads)), (last + 1, leg_share * rule.roads)])
            _go(step, last + 1, [(other, min(rule.step_h / rule.roads_h, 1.0))])
        _go(step, away, [(end, 0.5 * rule.step_h / rule.elsewhere_h) for end in ends])
        start = np.zeros(len(place))
        start[away] = rule.starts_elsewhere
        for end in ends:
            start[end : end + 2] = (1.0 - rule.starts_elsewhere) / IN_PORT
        steps.append(step)
        starts.append(start)
    return Motion(place, np.array(steps), np.array(starts))


def _end(port: int, kind: Kind, away: int) -> int:
    """The first state of a stay at a port, or of one beyond it for a ship that does not call there."""
    return 2 * port if kind.calls[port] else away + 1 + 2 * port


def with_visits(chain: Motion) -> Motion:
    """A chain with each state in port twice: before a visit there, and, the last of all, after one.

    A ship comes to port before a visit; only one that is seen there goes over, and as long as it stays it stays so.

    Parameters
    ----------
    chain : Motion
        Whose first states are those in port.
    """
    port, number = IN_PORT, len(chain.place)
    step, none = np.zeros((len(chain.step), number + port, number + port)), np.zeros((len(chain.step), port))
    step[:, :number, :number] = chain.step
    step[:, number:, port:number] = chain.step[:, :port, port:]
    step[:, number:, number:] = chain.step[:, :port, :port]
    return Motion(np.append(chain.place, chain.place[:port]), step, np.append(chain.start, none, axis=1))


def _go(step: Floats, state: int, to: list[tuple[int, float]]) -> None:
    for other, probability in to:
        step[state, other] += probability
    step[state, state] += 1.0 - sum(probability for _, probability in to)
