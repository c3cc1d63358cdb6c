"""Which rows on land become findings."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class LandFindingRule:
    """The numbers that decide what is stated of land.

    Attributes
    ----------
    empty_share : float
        A zone whose share may be this or less, by its interval, is taken as empty. Chosen: a locomotive on a siding.
    quiet_days : float
        Trains are the first when none was seen for at least this long. Chosen.
    quiet_observations : int
        Clear observations without a train that this rests on, at least. Chosen.
    many_observations : int
        Clear observations from which the confidence is high, and moderate for shares of tracks and storage, whose
        intervals held the truth in three of four cases (docs/explanation/land.md). Chosen.
    least_probability : float
        Changes of the ground that are less probable are not stated: where "likely" begins in ICD 203.
    chain_level : float
        A chain is stated when its p-value after Holm's correction does not exceed it. Chosen, as is usual.
    sure_chain_level : float
        Up to it, and from `many_departures` on, the confidence of a chain is moderate; it is never high. Chosen.
    many_departures : int
        Observable departures for that. Chosen.
    """

    empty_share: float = 0.15
    quiet_days: float = 21.0
    quiet_observations: int = 4
    many_observations: int = 8
    least_probability: float = 0.55
    chain_level: float = 0.05
    sure_chain_level: float = 0.01
    many_departures: int = 8
