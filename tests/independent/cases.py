"""Cases: what traffic there is, how often it is observed and by what detector."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Case:
    """One kind of season.

    Attributes
    ----------
    shuttles : int
        Silent ships that go to and fro between the first two ports.
    stand_ins : int
        In place of so many shuttles, silent ships of like length and as many calls that belong to one port each.
    ports, days : int
        Watched ports, and length of the season.
    every_days : float
        Between observations: 5 (Sentinel-2), 2.5 (with Sentinel-1), 1 (a daily constellation).
    perfect : bool
        Whether the detector misses nothing, makes nothing up and measures well.
    busy : float
        Traffic as a multiple of the usual.
    honest_liners : tuple of int
        Least and most ships on AIS all the time that go between the first two ports.
    laid_up, look_alikes : float
        How many a port on average, at most three: ships that lie for a month and longer; piers that are taken for a
        ship again and again.
    """

    shuttles: int = 0
    stand_ins: int = 0
    ports: int = 2
    days: int = 90
    every_days: float = 2.5
    perfect: bool = False
    busy: float = 1.0
    honest_liners: tuple[int, int] = (0, 0)
    laid_up: float = 0.3
    look_alikes: float = 0.2


CASES: Mapping[str, Case] = MappingProxyType(
    {
        "two-shuttles": Case(shuttles=2, honest_liners=(0, 1)),
        "one-shuttle": Case(shuttles=1, honest_liners=(0, 1)),
        "perfect-detector": Case(shuttles=2, perfect=True, look_alikes=0.0),
        "each-5-days": Case(shuttles=2, every_days=5.0),
        "daily": Case(shuttles=2, every_days=1.0),
        "three-ports": Case(shuttles=1, ports=3),
        "no-shuttle": Case(stand_ins=2),
        "busy": Case(stand_ins=2, busy=2.0),
        "null-perfect": Case(stand_ins=2, perfect=True, look_alikes=0.0),
        "null-each-5-days": Case(stand_ins=2, every_days=5.0),
        "null-daily": Case(stand_ins=2, every_days=1.0),
        "half-as-busy": Case(stand_ins=1, busy=0.5),
        "laid-up": Case(stand_ins=1, laid_up=1.5),
        "liners": Case(stand_ins=1, honest_liners=(1, 2)),
        "look-alikes": Case(stand_ins=1, look_alikes=1.5),
        "three-ports-null": Case(stand_ins=2, ports=3),
    }
)
"""Every case by name; those with `shuttles` 0 are null seasons."""
NULLS = tuple(name for name, case in CASES.items() if not case.shuttles)
