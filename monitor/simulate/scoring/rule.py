"""From when on an output counts, and as what, against a season's truth."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ScoreRule:
    """Limits of the scores; all chosen.

    Attributes
    ----------
    recall_m : float
        Vessels of this length and more have to be found.
    counted_m : float
        Vessels of this length and more are in the truth's counts; shorter ones that an output counts are its bias.
    clear, hidden : float
        A berth or yard of which at least the former share was not hidden counts as observed, below the latter as
        hidden.
    unseen : float
        An observation of which this share of the water was hidden counts as not observed.
    gate_m : float
        A detection further from a vessel's centre is another thing.
    berth_gate_m : tuple of float
        The same at a berth: half the hull's length, within these bounds.
    shuttle_legs : int
        A ship that crossed between the same two ports so often is a shuttle.
    told : float
        A shuttle is told from this probability on: "likely" in Intelligence Community Directive 203.
    word_cases : int
        A likelihood word is judged from so many cases on.
    snowed : float
        From this share of snow on open ground, a rail or storage zone need not be answered.
    share_slack : float
        By how much an interval of a share may miss the truth: rounding.
    change_m2 : float
        Changes of the ground of this area and more are scored.
    change_observations : int
        Clear observations after its onset that make a change observable.
    overlap : float
        Least intersection over union of a claimed and a true change; and share of a false one that a nuisance covers.
    nuisance_days : float
        How far before or after a false alarm's onset a nuisance may lie: three passes of Sentinel-2.
    chain_links : int
        Places are linked by so many shipments.
    chain_p : float
        A chain is stated below this p-value.
    """

    recall_m: float = 60.0
    counted_m: float = 45.0
    clear: float = 0.7
    hidden: float = 0.2
    unseen: float = 0.9
    gate_m: float = 100.0
    berth_gate_m: tuple[float, float] = (30.0, 60.0)
    shuttle_legs: int = 3
    told: float = 0.55
    word_cases: int = 30
    snowed: float = 0.2
    share_slack: float = 0.005
    change_m2: float = 5_000.0
    change_observations: int = 2
    overlap: float = 0.3
    nuisance_days: float = 16.0
    chain_links: int = 3
    chain_p: float = 0.05


RULE = ScoreRule()
