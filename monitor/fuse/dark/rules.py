"""What a detection must be to be called dark, and what is held of a port before its data are seen."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta

from monitor.fuse.dark.reception import ReceptionRule

REAL_BY_SCORE = ((0.1, 0.11), (0.3, 0.34), (0.5, 0.34), (0.7, 0.73), (0.9, 0.92))
"""Points of score and probability that a detection of that score is a ship, straight lines between them. Measured with
the shipped weights at ten ports left out of training."""
AS_STATED = ((0.0, 0.0), (1.0, 1.0))
"""The same of a detector whose scores are fitted to be that probability."""


@dataclass(frozen=True, slots=True)
class BaseRatePrior:
    """What is held of any port before its own data are seen; each port's data then move it.

    Beta priors are given as two counts: cases that were so, and cases that were not.

    Attributes
    ----------
    without_ais : tuple of float
        Share of ships of `large_m` and more that carry no AIS or keep it off. Mean 0.21, the lower of the two shares
        off public tracking (energy 21 %, transport 30 %) in Paolo et al. 2024 (doi:10.1038/s41586-023-06825-8); worth
        less than three ships, since ports differ from 2 to 98 %. The weight is chosen.
    small_without_ais : tuple of float
        The same of shorter ships, many of which have no duty (SOLAS V/19: 300 GT, about 45 m). Even; chosen.
    large_m : float
        Length that parts the two.
    no_trace, no_trace_of_silent : float
        Mean of the exponential prior of the share of ships with AIS of which nothing was received within hours of an
        image, though others were: so much, and so much of the share that was silent at the instant, by the port's own
        AIS. Chosen.
    silent : float
        That share where no positions show it. Chosen.
    silent_min : float
        Minutes without a fix from which a ship is silent. Chosen.
    overlooked : tuple of float
        Share of the ships that AIS has and no detection was matched to that were detected all the same; the rest were
        missed by the detector, which misses a fifth (measured with the shipped weights on ten ports left out). Chosen.
    false_per_scene, false_shape : float
        Mean and shape of the gamma prior of false hulls a scene: 27 in ten scenes, between 0 and 11, of the shipped
        weights at ports left out.
    lasting : float
        Share of them expected at spots that are taken for a ship again and again. Chosen.
    ships_per_scene : float
        Mean of the exponential prior of ships a scene that are detected, large ones; of small ones it is a third. The
        shipped weights found 18 hulls a scene at ten ports.
    ship_scores : tuple of float
        Detections of `score_edges` that were ships, of the shipped weights at ten ports left out.
    score_edges : tuple of float
        Bounds of the bins of score.
    ship_weight, false_weight : float
        Detections of the port that those histograms are worth. Chosen.
    length_edges : tuple of float
        Bounds in metres between the bins of length of large detections.
    length_weight : float
        Detections that even shares of these bins are worth, of ships and of false hulls alike. Chosen.
    stay : timedelta
        Finds at one spot within it are one stay of one ship; most stays in ports are shorter. Chosen.
    spot_m : float
        Radius of a spot: two or three standard errors of a place. Chosen.
    recurrence, berth_recurrence : float
        Stays of ships to expect at a spot where AIS showed none yet, away from berths and at one, as a gamma shape.
        Chosen.
    berth_returns : float
        Greatest odds for a ship that coming back at a berth gives; what lies there is never held against it. Chosen.
    seed, sweeps, burn_in : int
        Of the sampler.
    """

    without_ais: tuple[float, float] = (0.6, 2.2)
    small_without_ais: tuple[float, float] = (0.8, 0.8)
    large_m: float = 60.0
    no_trace: float = 0.004
    no_trace_of_silent: float = 0.04
    silent: float = 0.07
    silent_min: float = 10.0
    overlooked: tuple[float, float] = (1.0, 4.0)
    false_per_scene: float = 2.7
    false_shape: float = 0.67
    lasting: float = 0.3
    ships_per_scene: float = 18.0
    ship_scores: tuple[float, ...] = (7.0, 10.0, 5.0, 6.0, 20.0, 26.0, 60.0, 66.0)
    score_edges: tuple[float, ...] = (0.0, 0.2, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0)
    ship_weight: float = 20.0
    false_weight: float = 15.0
    length_edges: tuple[float, ...] = (100.0, 150.0, 200.0)
    length_weight: float = 8.0
    stay: timedelta = timedelta(days=6)
    spot_m: float = 80.0
    recurrence: float = 0.3
    berth_recurrence: float = 1.0
    berth_returns: float = 10.0
    seed: int = 5
    sweeps: int = 600
    burn_in: int = 150


@dataclass(frozen=True, slots=True)
class DarkRule:
    """What a detection must be to be called dark.

    Attributes
    ----------
    score : float
        Least detector score.
    length_m : float
        Least length; ships of 300 GT, from which AIS is a duty abroad (SOLAS V/19), are about 45 m long.
    real : tuple of (float, float)
        As `REAL_BY_SCORE`: where the port's own detections are few, the scores of false hulls follow from it. Give what
        was measured with the detector in use, or `AS_STATED` where its scores are chances.
    real_without_score : float
        That probability where a detection has no score. Chosen.
    real_confirmed : float
        Probability that a detection is a ship once a reviewer saw one. Chosen.
    missed_by_one : float
        Probability that reception shown by one more vessel was not there for the ship. Chosen.
    receptions, most_receptions : int
        What the least shown reception counts beside its vessels, and the most that count. Chosen.
    reception : ReceptionRule
        What shows reception.
    prior : BaseRatePrior
        What is held of a port before its data are seen.
    fixed_observations : int
        Seen so often, `fixed_within_m` near and over `fixed_days`, it is infrastructure and no ship. Chosen.
    fixed_within_m, fixed_days : float
    large_m : float
        From this least length on a craft without the duty to transmit is no alternative. Chosen.
    clear_score : float
        From this score on something other than a ship is no alternative. Chosen.
    clear : float
        Of the probability of a ship, and of the ship's having sent no AIS, the same. Chosen.
    least_probability : float
        From it on a detection is called dark: where "likely" begins in ICD 203.
    """

    score: float = 0.45
    length_m: float = 45.0
    real: tuple[tuple[float, float], ...] = REAL_BY_SCORE
    real_without_score: float = 0.95
    real_confirmed: float = 0.97
    missed_by_one: float = 0.5
    receptions: int = 3
    most_receptions: int = 8
    reception: ReceptionRule = field(default_factory=ReceptionRule)
    prior: BaseRatePrior = field(default_factory=BaseRatePrior)
    fixed_observations: int = 4
    fixed_within_m: float = 60.0
    fixed_days: float = 45.0
    large_m: float = 60.0
    clear_score: float = 0.6
    clear: float = 0.9
    least_probability: float = 0.55
