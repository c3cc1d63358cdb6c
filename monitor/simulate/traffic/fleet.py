"""Ships: what they are, where they go, when they are silent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from monitor.simulate.land.world import LandWorld
from monitor.simulate.traffic.fixtures import Fixture
from monitor.simulate.traffic.itinerary import Itinerary

Interval = tuple[float, float]
MMSI_BASE = 444_000_000
"""444 is assigned to no country: no real ship is accused."""


@dataclass(frozen=True, slots=True, eq=False)
class Ship:
    """One vessel of a season.

    Attributes
    ----------
    mmsi : int
    name : str
    kind : str
        general cargo | bulk | container | tanker | tug | fishing | launch | naval
    role : str
        What it does in the scenario: shuttle | silent caller | liner | anchored | harbour | fishing | laid up |
        spoofer | rafted | number sharer.
    length_m, width_m : float
    ais_class : str
        ``A``, ``B`` or ``""`` (carries no transponder).
    ship_type : int
        As ITU-R M.1371.
    itinerary : Itinerary
    silent : tuple of Interval
        Seconds since 1970 in which its transponder is off.
    as_mmsi : int
        The number it sends, where that is another ship's (0: its own).
    """

    mmsi: int
    name: str
    kind: str
    role: str
    length_m: float
    width_m: float
    ais_class: str
    ship_type: int
    itinerary: Itinerary
    silent: tuple[Interval, ...] = ()
    as_mmsi: int = 0

    @property
    def callsign(self) -> str:
        """A made-up call sign."""
        return f"SIM{self.mmsi % 1000:03d}" if self.ais_class else ""

    @property
    def sent_mmsi(self) -> int:
        """The number in its messages."""
        return self.as_mmsi or self.mmsi

    def sends(self, t_s: npt.ArrayLike) -> npt.NDArray[np.bool_]:
        """Whether its transponder is on at those instants."""
        t = np.atleast_1d(np.asarray(t_s, dtype=np.float64))
        on = np.full(t.shape, bool(self.ais_class))
        for start, end in self.silent:
            on &= (t < start) | (t >= end)
        return on


def silence_except(on: Sequence[Interval], start_s: float, end_s: float) -> tuple[Interval, ...]:
    """The intervals of ``[start_s, end_s)`` that lie in none of `on`.

    Parameters
    ----------
    on : sequence of Interval
        Any order, may overlap.
    start_s, end_s : float
    """
    silent, now = [], start_s
    for begin, finish in sorted(on):
        if begin > now:
            silent.append((now, begin))
        now = max(now, finish)
    if end_s > now:
        silent.append((now, end_s))
    return tuple(silent)


@dataclass(frozen=True, slots=True, eq=False)
class Flow:
    """How many stack slots one lot of containers fills in a yard over time: straight lines between knots."""

    yard_id: str
    t_s: npt.NDArray[np.float64]
    slots: npt.NDArray[np.float64]

    def at(self, t_s: float) -> float:
        """Slots filled at an instant; 0 before and after."""
        if not self.t_s[0] <= t_s <= self.t_s[-1]:
            return 0.0
        return float(np.interp(t_s, self.t_s, self.slots))


@dataclass(frozen=True, slots=True, eq=False)
class World:
    """Everything that happens in a season: ships, containers, when the AIS feed was down, fixed objects.

    `outages` hold (station, start, end); station ``*`` is the whole feed. `land` is what happens at the made-up places
    beyond the quay, None where the scenario has none; the goods in their lots are flows as those of yards are.
    """

    ships: tuple[Ship, ...]
    flows: tuple[Flow, ...]
    outages: tuple[tuple[str, float, float], ...]
    fixtures: tuple[Fixture, ...] = ()
    land: LandWorld | None = None
