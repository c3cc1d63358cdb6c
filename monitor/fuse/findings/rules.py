"""Which rows of the tables become findings, and with what confidence."""

from __future__ import annotations

from dataclasses import dataclass, field

from monitor.fuse.findings.land.rules import LandFindingRule


@dataclass(frozen=True, slots=True)
class FindingRule:
    """The numbers that decide what is stated.

    Attributes
    ----------
    least_gap_h : float
        Shorter silences are no finding; as in Welch et al. 2022 (doi:10.1126/sciadv.abq2109).
    best_gaps : int
        A gap is a finding when it is among so many candidates of a dark event. Chosen.
    fastest_kn : float
        What a ship can have made of a gap where GAP_CALLS does not say which ports it left time for: the speed of a
        fast cargo ship, as `monitor.fuse.dark.candidates.SailingRule.fastest_kn`.
    least_leg_probability : float
        Legs and shuttles below it are not stated: where "likely" begins in ICD 203.
    moderate_leg_probability : float
        From it on the confidence of a leg or shuttle is moderate: where "very likely" begins in ICD 203.
    sure_probability : float
        From it on a shuttle is one that AIS shows in port: where "almost certain" begins in ICD 203.
    widest_interval : float
        An interval whose upper bound is over so many times its lower one says too little to be a result: the sentence
        gives the lower bound, its note the interval. Chosen.
    moderate_score : float
        Of a detection, from which a dark event's confidence is moderate. Chosen.
    many_sightings, some_sightings : int
        Observations of a stay from which its confidence is high, or moderate. Chosen.
    many_observations, some_observations : int
        Clear observations of a port from which the confidence of its count is high, or moderate. Chosen.
    least_stack_change_m2 : float
        Smaller changes of a yard's stacks are no finding: five pixels of 10 m. Chosen.
    land : LandFindingRule
        What is stated of rail yards, storage, the ground and chains.
    """

    least_gap_h: float = 12.0
    best_gaps: int = 3
    fastest_kn: float = 20.0
    least_leg_probability: float = 0.55
    moderate_leg_probability: float = 0.8
    sure_probability: float = 0.95
    widest_interval: float = 3.0
    moderate_score: float = 0.6
    many_sightings: int = 3
    some_sightings: int = 2
    many_observations: int = 4
    some_observations: int = 2
    least_stack_change_m2: float = 500.0
    land: LandFindingRule = field(default_factory=LandFindingRule)

    def is_wide(self, low: float, high: float) -> bool:
        """Whether an interval of counts is too wide to be stated as a result; one from 0 counts as from 1.

        Parameters
        ----------
        low, high : float
            The interval's bounds.
        """
        return high > self.widest_interval * max(low, 1.0)
