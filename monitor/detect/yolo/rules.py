"""Rules of decoding: how dense maps become hulls and scores."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class RunRule:
    """How far hull goes on along an axis; chosen on the training ports.

    Attributes
    ----------
    least : float
        Mean hull probability across the axis from which a place is hull.
    onwards_px : float
        A pixel whose centre lies this far onwards or more belongs to the next hull.
    step_px : float
        Distance between places along the axis.
    further_px : float
        How far beyond the longest hull to search.
    trust : float
        Most that the log of the run may differ from the log of the length map.
    """

    least: float = 0.5
    onwards_px: float = 6.0
    step_px: float = 0.5
    further_px: float = 12.0
    trust: float = 0.7


@dataclass(frozen=True, slots=True)
class DecodeRule:
    """How maps become objects; tuned on held-out ports, and stored with the weights.

    Attributes
    ----------
    hull : float
        Hull probability from which a pixel votes for a centre.
    vote_sigma_px : float
        Smoothing of the votes.
    least_score : float
        Evidence below which a peak is no hull.
    same_along, same_across : float
        Two hulls are one when the centre of one lies within these shares of the other's length and width.
    heat : float
        Power of the centre map in the evidence; the votes have 1 - `heat`.
    length_fit : tuple of float
        (a, b, c) in log length = a + b log(length map) + c log(run of hull along the axis), in pixels.
    recentre : float
        Share of the way that a hull moves to the middle of that run.
    share : float
        The score is the evidence at the centre, to the power of 1 - `share`, times the mean hull probability over the
        box, to that of `share`.
    calibration : tuple of float
        (a, b) in logit score = a + b logit of that, so that a score of 0.7 is right seven times in ten.
    run : RunRule
    """

    hull: float = 0.3
    vote_sigma_px: float = 1.2
    least_score: float = 0.15
    same_along: float = 0.45
    same_across: float = 0.75
    heat: float = 0.5
    length_fit: tuple[float, float, float] = (0.0, 1.0, 0.0)
    recentre: float = 0.0
    share: float = 0.0
    calibration: tuple[float, float] = (0.0, 1.0)
    run: RunRule = field(default_factory=RunRule)
