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


RULE = ScoreRule()
