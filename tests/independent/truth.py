"""What really happened: ships, their stays and their crossings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd


@dataclass(frozen=True, slots=True, eq=False)
class Truth:
    """A season's truth.

    Attributes
    ----------
    ships : DataFrame
        Index ``ship`` (from 1); ``kind`` (visitor | home | laid up | shuttle | honest liner), ``length_m``, ``mmsi``
        (0: never on AIS in port), ``mmsi_at_sea`` of a shuttle that is received at sea alone (else 0).
    stays : DataFrame
        ``ship, call, port, berth, arrived_at, departed_at, length_m, observed`` (whether a clear observation met it).
        A call at a port nobody watches has port and berth ""; a ship that shifts berth has two rows of one ``call``.
        Calls are numbered in each ship's order of time. A stay may begin before the season and end after it.
    crossings : DataFrame
        ``ship, from_port, to_port, departed_at, arrived_at`` of each passage from one watched port straight to
        another, wholly within the season.
    ship_of : mapping of str to int
        Detection to ship; 0 for what is no ship.
    """

    ships: pd.DataFrame
    stays: pd.DataFrame
    crossings: pd.DataFrame
    ship_of: Mapping[str, int]

    @property
    def crossed(self) -> dict[int, int]:
        """Crossings of each ship that made one."""
        return {int(ship): int(n) for ship, n in self.crossings.groupby("ship").size().items()}

    @property
    def crossing_ships(self) -> frozenset[int]:
        """The ships, on AIS or not, that went to and fro: with two crossings or more."""
        return frozenset(ship for ship, crossings in self.crossed.items() if crossings >= 2)

    @property
    def shuttles(self) -> frozenset[int]:
        """Those of them that never send AIS in port."""
        return frozenset(ship for ship in self.crossing_ships if self.ships.loc[ship, "kind"] == "shuttle")
