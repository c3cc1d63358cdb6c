"""What drawn paths of a ship say: its crossings, its legs from visit to visit, and which visits were its own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from monitor.fuse.voyages.motion import AT_A, AT_B, BEYOND, ELSEWHERE, TO_A, TO_B
from monitor.fuse.voyages.sightings import Sightings

Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class ShipPaths:
    """Draws of one ship's path.

    Attributes
    ----------
    place : array of int
        (draws, steps) where it was.
    at_a, at_b : array of bool
        (draws, sightings) which sightings at each port were its own.
    """

    place: npt.NDArray[np.int64]
    at_a: Flags
    at_b: Flags

    def mixed(self, other: ShipPaths, swap: Flags) -> ShipPaths:
        """These draws, and those of another ship where `swap` says so."""
        return ShipPaths(
            np.where(swap[:, None], other.place, self.place),
            np.where(swap[:, None], other.at_a, self.at_a),
            np.where(swap[:, None], other.at_b, self.at_b),
        )

    @property
    def crossings(self) -> npt.NDArray[np.int64]:
        """(draws,) how often it came to one port from the other, seen or not; never where it sails by one of them."""
        before, after = self.place[:, :-1], self.place[:, 1:]
        arrives = ((before == TO_B) & (after == AT_B)) | ((before == TO_A) & (after == AT_A))
        return np.asarray(arrives.sum(axis=1) * ~(self.place == BEYOND).any(axis=1), dtype=np.int64)

    def active(self, draws: Flags) -> tuple[float, float]:
        """Expected steps of its first departure and its last arrival over some draws, each with a passage; else NaN."""
        if not draws.any():
            return float("nan"), float("nan")
        under_way = np.isin(self.place[draws], (TO_A, TO_B))
        first = under_way.argmax(axis=1)
        last = under_way.shape[1] - under_way[:, ::-1].argmax(axis=1)
        return float(np.mean(first)), float(np.mean(last))


def joined(parts: Sequence[ShipPaths]) -> ShipPaths:
    """The draws of several chains one after the other."""
    return ShipPaths(
        np.concatenate([part.place for part in parts]),
        np.concatenate([part.at_a for part in parts]),
        np.concatenate([part.at_b for part in parts]),
    )


@dataclass(frozen=True, slots=True)
class Leg:
    """One passage straight from a visit to a visit, in one draw: steps of leaving and of coming."""

    from_visit: int
    to_visit: int
    left: int
    came: int


@dataclass(frozen=True, slots=True)
class _Stay:
    port: int
    first: int
    last: int
    came_with: int
    left_with: int


def legs(
    ship: ShipPaths, seen: tuple[Sightings, Sightings], steps: tuple[npt.NDArray[np.int64], ...]
) -> list[list[Leg]]:
    """By draw, the ship's legs between visits; those with an end that no observation met are left out.

    Parameters
    ----------
    ship : ShipPaths
    seen : tuple of Sightings
        At A and at B.
    steps : tuple of array of int
        (observations,) the step of each port's observations.
    """
    found = []
    for n in range(len(ship.place)):
        stays = list(_stays(ship.place[n], (ship.at_a[n], ship.at_b[n]), seen, steps))
        found.append(
            [
                Leg(one.left_with, then.came_with, one.last + 1, then.first)
                for one, then in pairwise(stays)
                if one.port != then.port
                and one.left_with >= 0
                and then.came_with >= 0
                and not (ship.place[n, one.last : then.first] == ELSEWHERE).any()
            ]
        )
    return found


def _stays(
    place: npt.NDArray[np.int64],
    own: tuple[Flags, Flags],
    seen: tuple[Sightings, Sightings],
    steps: tuple[npt.NDArray[np.int64], ...],
) -> Iterator[_Stay]:
    """The stays in port of one draw, in order, with the visits that begin and end them; -1 where none does."""
    when = [steps[port][seen[port].at] for port in (0, 1)]
    edges = np.flatnonzero(np.diff(place)) + 1
    for first, end in zip(np.append(0, edges), np.append(edges, len(place)), strict=True):
        port = int(place[first]) - AT_A
        if port not in (0, 1):
            continue
        mine = np.flatnonzero(own[port] & (when[port] >= first) & (when[port] < end))
        mine = mine[np.argsort(when[port][mine], kind="stable")]
        came = left = -1
        if len(mine):
            one, other = int(mine[0]), int(mine[-1])
            came = int(seen[port].visit[one]) if seen[port].is_first[one] else -1
            left = int(seen[port].visit[other]) if seen[port].is_last[other] else -1
        yield _Stay(port, int(first), int(end) - 1, came, left)


def visits_of(ship: ShipPaths, seen: tuple[Sightings, Sightings]) -> Counter[int]:
    """In how many draws each visit was the ship's: half of its sightings or more."""
    count: Counter[int] = Counter()
    for sight, own in zip(seen, (ship.at_a, ship.at_b), strict=True):
        for visit in np.unique(sight.visit):
            mine = sight.visit == visit
            hits = int((own[:, mine].mean(axis=1) >= 0.5).sum())
            if hits:
                count[int(visit)] += hits
    return count
