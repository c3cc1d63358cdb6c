"""One state of a berth from radar and optics that observed it within a day of each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from monitor.core.arrays import Bools, Floats, Ints
from monitor.core.scenes.sensors import sensor as sensor_of

_CERTAIN = 1e-6
"""No observation makes a berth more certain than this."""


@dataclass(frozen=True, slots=True)
class CombineRule:
    """How the evidence of another kind of sensor counts at an observation.

    Attributes
    ----------
    within_h : float
        Observations of radar and optics no further apart are combined.
    trust : float
        Power given to the other sensor's likelihood ratio, below 1: a small ship, or a crane, misleads both. Chosen.
    stays_h : tuple of float
        Mean stays among which a berth's own is found, each as likely beforehand. Chosen: six hours to a month.
    shares : tuple of float
        Shares of the time that a berth is occupied, the same. Chosen.
    rounds : int
        In which the rates that are common at the port are found. Chosen.
    """

    within_h: float = 24.0
    trust: float = 0.8
    stays_h: tuple[float, ...] = (6.0, 12.0, 24.0, 48.0, 96.0, 192.0, 384.0, 768.0)
    shares: tuple[float, ...] = (0.02, 0.05, 0.1, 0.2, 0.35, 0.5, 0.7, 0.85)
    rounds: int = 4


@dataclass(frozen=True, slots=True, eq=False)
class BerthEvidence:
    """What each observation alone shows of one berth, in order of time.

    Attributes
    ----------
    hours : Floats
        (observations,) since any instant.
    optical : Bools
        (observations,) whether the sensor is optical.
    prior : Floats
        (observations,) natural log odds that the berth is occupied, before this observation.
    has_past : Bools
        (observations,) whether the prior is from the berth's past.
    evidence : Floats
        (observations,) natural log of how much likelier the observation is with a ship than without: NaN where it
        shows too little.
    """

    hours: Floats
    optical: Bools
    prior: Floats
    has_past: Bools
    evidence: Floats


@dataclass(frozen=True, slots=True)
class Turnover:
    """How often a berth changes state.

    Attributes
    ----------
    leaves, comes : float
        Departures an hour of a berth that is occupied, arrivals an hour at one that is empty.
    """

    leaves: float
    comes: float

    def other(self, hours: Floats) -> tuple[Floats, Floats]:
        """(observations,) chances that a berth occupied now is empty, and one empty now occupied, so long away."""
        both = self.leaves + self.comes
        changed = 1.0 - np.exp(-both * np.abs(hours))
        return changed * self.leaves / both, changed * self.comes / both


def combine_sensors(alone: pd.DataFrame, rule: CombineRule) -> pd.DataFrame:
    """The states of a port's berths with `probability` by radar and optics, where they observed within a day.

    Parameters
    ----------
    alone : DataFrame
        Of BERTH_STATES, without `alone` and `combined_with`, by one scene each; with `prior`, the probability before
        the scene, and `has_past`, whether the berth's past gave it: else the share of the time that the berth
        is occupied is taken.
        One without a probability takes no part.
    rule : CombineRule

    Returns
    -------
    DataFrame
        The same rows in the same order, with `alone` (the probability that came in) and `combined_with`.
    """
    table = alone.assign(alone=alone["probability"], combined_with="").reset_index(drop=True)
    groups = [part.sort_values("acquired_at", kind="stable") for _, part in table.groupby("berth_id", sort=False)]
    berths = [_evidence(part) for part in groups]
    if not any((partners(berth, rule.within_h) >= 0).any() for berth in berths):
        return table
    for part, berth, turnover in zip(groups, berths, turnovers(berths, rule), strict=True):
        probability, other = combined_probability(berth, turnover, rule)
        both = other >= 0
        table.loc[part.index[both], "probability"] = probability[both]
        table.loc[part.index[both], "combined_with"] = part["scene_id"].to_numpy()[other[both]]
    return table


def _evidence(part: pd.DataFrame) -> BerthEvidence:
    """One berth's rows, in order of time, as arrays."""
    prior, after = (
        np.log(p / (1.0 - p)) for p in (np.clip(part[c], _CERTAIN, 1.0 - _CERTAIN) for c in ("prior", "probability"))
    )
    hours = (part["acquired_at"] - part["acquired_at"].iloc[0]) / pd.Timedelta(hours=1)
    return BerthEvidence(
        hours=hours.to_numpy(np.float64),
        optical=np.array([sensor_of(name).optical for name in part["sensor"]], dtype=np.bool_),
        prior=prior.to_numpy(np.float64),
        has_past=part["has_past"].to_numpy(np.bool_),
        evidence=(after - prior).to_numpy(np.float64),
    )


def partners(berth: BerthEvidence, within_h: float) -> Ints:
    """(observations,) index of the nearest observation of the other kind that shows the berth; -1 for none.

    Parameters
    ----------
    berth : BerthEvidence
    within_h : float
        Greatest distance in time.
    """
    apart = np.abs(berth.hours[:, None] - berth.hours[None, :])
    fits = (berth.optical[:, None] != berth.optical[None, :]) & (apart <= within_h)
    fits &= np.isfinite(berth.evidence)[:, None] & np.isfinite(berth.evidence)[None, :]
    nearest = np.where(fits, apart, np.inf)
    if not len(nearest):
        return np.zeros(0, dtype=np.int64)
    return np.where(fits.any(axis=1), nearest.argmin(axis=1), -1).astype(np.int64)


def turnovers(berths: Sequence[BerthEvidence], rule: CombineRule) -> list[Turnover]:
    """The turnover of each berth of a port, by what its observations show from one to the next.

    Parameters
    ----------
    berths : sequence of BerthEvidence
        Of one port.
    rule : CombineRule

    Notes
    -----
    Each berth is occupied or empty, and changes at constant rates: the mean rates over `stays_h` and `shares`, weighed
    by the probability of the berth's observations (forward algorithm) and by how common the rates are at the port
    (the weights' own mean, found in `rounds`).
    """
    stay, share = (grid.ravel() for grid in np.meshgrid(rule.stays_h, rule.shares))
    leaves, comes = 1.0 / stay, share / (1.0 - share) / stay
    fit = np.array([_log_probability(berth, leaves, comes) for berth in berths])
    likely = np.exp(fit - fit.max(axis=1, keepdims=True))
    common = np.full(len(stay), 1.0 / len(stay))
    for _ in range(rule.rounds):
        weight = likely * common
        weight /= weight.sum(axis=1, keepdims=True)
        common = weight.mean(axis=0)
    return [Turnover(float(row @ leaves), float(row @ comes)) for row in weight]


def _log_probability(berth: BerthEvidence, leaves: Floats, comes: Floats) -> Floats:
    """(rates,) log probability of a berth's observations, less a constant."""
    usual = comes / (leaves + comes)
    occupied, total, before = usual, np.zeros(len(leaves)), None
    known = np.flatnonzero(np.isfinite(berth.evidence))
    for k in known:
        if before is not None:
            kept = np.exp(-(leaves + comes) * (berth.hours[k] - berth.hours[before]))
            occupied = usual + (occupied - usual) * kept
        likely = occupied * np.exp(berth.evidence[k])
        total += np.log(likely + 1.0 - occupied)
        occupied, before = likely / (likely + 1.0 - occupied), k
    return total


def combined_probability(berth: BerthEvidence, turnover: Turnover, rule: CombineRule) -> tuple[Floats, Ints]:
    """(observations,) probability that the berth is occupied, by both sensors, and the `partners` that counted.

    Parameters
    ----------
    berth : BerthEvidence
    turnover : Turnover
    rule : CombineRule

    Notes
    -----
    The two sensors' likelihood ratios are multiplied, that of the other one after it was carried over the hours in
    between, in which a ship may have come or gone: hours apart it counts nearly whole, after many stays not at all.
    NaN where the observation itself shows too little.
    """
    other = partners(berth, rule.within_h)
    away = np.where(other >= 0, berth.hours[other] - berth.hours, 0.0) if len(other) else np.zeros(0)
    ratio = np.exp(rule.trust * np.where(other >= 0, berth.evidence[other], 0.0)) if len(other) else np.zeros(0)
    gone, come = turnover.other(away)
    carried = np.log((1.0 - gone) * ratio + gone) - np.log(come * ratio + 1.0 - come)
    usual = np.log(turnover.comes / turnover.leaves)
    odds = np.where(berth.has_past, berth.prior, usual) + berth.evidence + carried
    return 1.0 / (1.0 + np.exp(-odds)), other
