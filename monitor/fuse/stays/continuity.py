"""One ship at one berth from observation to observation: carrying on, ending, and how sure the bounds are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import pairwise
from typing import TypeAlias

import numpy as np
import pandas as pd

from monitor.core.geo.geodesy import distance_m
from monitor.fuse.matching.assignment import pair
from monitor.fuse.stays.berth_observations import BerthVessel, Observation

Bound: TypeAlias = pd.Timestamp | None
ClearObservations: TypeAlias = Mapping[str, list[tuple[pd.Timestamp, float]]]


@dataclass(frozen=True, slots=True)
class VisitRule:
    """When two sightings are one stay, and when an observation without the ship bounds it.

    Attributes
    ----------
    same_place_m : float
        Greatest distance between the centres of one vessel (or half its length, when that is more).
    same_length : float
        Greatest difference of the log of the lengths.
    longest_unseen : timedelta
        Two sightings further apart in time are two stays: in between a ship can go and come back.
    shortest_absence : timedelta
        A vessel missed in an observation and back at its place sooner than this never left: it could not have been at
        the next port and back.
    laid_up_observations : int
        A like vessel in so many observations, over `laid_up_days`, in `laid_up_share` of the clear observations never
        left; observations without it missed it.
    laid_up_days, laid_up_share : float
    usual_stay : timedelta
        Mean length of a stay, for the probability that a ship was there already in an observation that shows none.
    doubt : float
        An observation without the ship bounds its stay when the probability that it was there unseen is no more than
        this.
    unknown_probability : float
        Probability of a vessel whose berth's state has none. Chosen.
    sure_days, unseen_days : float
        A stay's probability falls once it went unseen for longer than `sure_days`, by a factor e in `unseen_days`.
        Chosen.
    """

    same_place_m: float = 70.0
    same_length: float = 0.35
    longest_unseen: timedelta = timedelta(days=3.5)
    shortest_absence: timedelta = timedelta(hours=18)
    laid_up_observations: int = 6
    laid_up_days: float = 21.0
    laid_up_share: float = 0.8
    usual_stay: timedelta = timedelta(hours=60)
    doubt: float = 0.03
    unknown_probability: float = 0.9
    sure_days: float = 2.0
    unseen_days: float = 12.0


@dataclass(slots=True)
class Stay:
    """One hull's stay so far: its sightings in order of time."""

    aoi_id: str
    first_scene: str
    hulls: list[BerthVessel]
    seen: list[pd.Timestamp]
    gone: Bound = None
    open: bool = True
    longest_unseen: timedelta = field(default_factory=timedelta)

    @property
    def mmsi(self) -> int | None:
        """The MMSI of the last sighting that has one."""
        return next((hull.mmsi for hull in reversed(self.hulls) if hull.mmsi is not None), None)

    @property
    def berth_id(self) -> str:
        """The berth where it was seen most."""
        berths = [hull.berth_id for hull in self.hulls]
        return max(sorted(set(berths)), key=berths.count)

    @property
    def length_m(self) -> float:
        """The median of its measured lengths; NaN when there is none."""
        return median([hull.length_m for hull in self.hulls])


def median(values: list[float]) -> float:
    """The median of the values that are known; NaN when none is."""
    known = [value for value in values if np.isfinite(value)]
    return float(np.median(known)) if known else float("nan")


def follow(observations: list[Observation], rule: VisitRule) -> tuple[list[Stay], ClearObservations]:
    """The stays that a sequence of observations shows, and every berth's clear observations.

    The latter come with the probability to miss a hull.
    """
    stays: list[Stay] = []
    clear: dict[str, list[tuple[pd.Timestamp, float]]] = {}
    for observation in observations:
        _carry_on(stays, observation, rule)
        for berth, missed in observation.missed.items():
            clear.setdefault(berth, []).append((observation.at, missed))
    return _laid_up(stays, clear, rule), clear


def _carry_on(stays: list[Stay], observation: Observation, rule: VisitRule) -> None:
    """Carry the stays over one observation: continue, end and begin."""
    active = [stay for stay in stays if stay.open and stay.aoi_id == observation.aoi_id]
    cost = np.array([[_same(stay, hull, observation, rule) for stay in active] for hull in observation.hulls])
    chosen = pair(cost.reshape(len(observation.hulls), len(active))).column
    continued = set()
    for hull, column in zip(observation.hulls, chosen, strict=True):
        if column >= 0:
            stay = active[int(column)]
            stay.longest_unseen = max(stay.longest_unseen, observation.at - stay.seen[-1])
            stay.hulls.append(hull)
            stay.seen.append(observation.at)
            stay.gone = None
            continued.add(int(column))
        else:
            stays.append(Stay(observation.aoi_id, observation.scene_id, [hull], [observation.at]))
    for index, stay in enumerate(active):
        if index in continued:
            continue
        if stay.hulls[-1].berth_id in observation.missed:
            stay.gone = stay.gone or observation.at
        if stay.gone is not None and observation.at - stay.seen[-1] >= rule.shortest_absence:
            stay.open = False


def _same(stay: Stay, hull: BerthVessel, observation: Observation, rule: VisitRule) -> float:
    """Cost (negative: the same ship) of carrying a stay on with a hull; inf when it cannot be."""
    unseen = observation.at - stay.seen[-1]
    same_mmsi = stay.mmsi is not None and stay.mmsi == hull.mmsi
    if unseen > rule.longest_unseen and not same_mmsi:
        return np.inf
    if stay.gone is not None and unseen >= rule.shortest_absence:
        return np.inf
    return _likeness(stay, hull, rule)


def _likeness(stay: Stay, hull: BerthVessel, rule: VisitRule) -> float:
    """Cost by place, length and MMSI alone."""
    last, length = stay.hulls[-1], stay.length_m
    same_mmsi = stay.mmsi is not None and stay.mmsi == hull.mmsi
    if stay.mmsi is not None and hull.mmsi is not None and not same_mmsi:
        return np.inf
    change = abs(np.log(hull.length_m / length)) if np.isfinite(length) and np.isfinite(hull.length_m) else 0.0
    if not np.isfinite(hull.lon) or not np.isfinite(last.lon):
        return -1.0 if hull.berth_id == last.berth_id else np.inf
    moved = float(distance_m(hull.lon, hull.lat, last.lon, last.lat))
    reach = max(rule.same_place_m, 0.5 * length if np.isfinite(length) else 0.0)
    if moved > reach or (change > rule.same_length and not same_mmsi):
        return np.inf
    return float(-10.0 + moved / reach + change / rule.same_length)


def _laid_up(stays: list[Stay], clear: ClearObservations, rule: VisitRule) -> list[Stay]:
    """Stays of a hull that nearly every observation shows over weeks, joined to one."""
    joined: list[Stay] = []
    by_berth: dict[str, list[Stay]] = {}
    for stay in stays:
        by_berth.setdefault(stay.berth_id, []).append(stay)
    for berth, group in by_berth.items():
        while group:
            like = [group[0]]
            for stay in group[1:]:
                if stay.seen[0] > like[-1].seen[-1] and np.isfinite(_likeness(like[-1], stay.hulls[0], rule)):
                    like.append(stay)
            whole = _joined(like) if _never_left(like, clear.get(berth, []), rule) else None
            joined.append(whole or like[0])
            used = like if whole else like[:1]
            group = [stay for stay in group if not any(stay is one for one in used)]
    return sorted(joined, key=lambda stay: stay.seen[0])


def _never_left(like: list[Stay], clear: list[tuple[pd.Timestamp, float]], rule: VisitRule) -> bool:
    if len(like) < 2:
        return False
    first, last = like[0].seen[0], like[-1].seen[-1]
    present = sum(len(stay.seen) for stay in like)
    observations = sum(first <= at <= last for at, _ in clear)
    long = last - first >= timedelta(days=rule.laid_up_days)
    return long and present >= rule.laid_up_observations and present >= rule.laid_up_share * observations


def _joined(like: list[Stay]) -> Stay:
    hulls = [hull for stay in like for hull in stay.hulls]
    seen = [at for stay in like for at in stay.seen]
    unseen = max(b - a for a, b in pairwise(seen))
    return Stay(
        aoi_id=like[0].aoi_id,
        first_scene=like[0].first_scene,
        hulls=hulls,
        seen=seen,
        gone=like[-1].gone,
        open=like[-1].open,
        longest_unseen=unseen,
    )


def not_before(stay: Stay, clear: ClearObservations, rule: VisitRule) -> Bound:
    """The last clear observation that surely (to the rule's doubt) came before the stay; None when there is none.

    Parameters
    ----------
    stay : Stay
        The stay that is bounded.
    clear : mapping of str to list
        Berth id to its clear observations in order: instant, and probability to miss a hull there.
    rule : VisitRule
        Sets the doubt that is allowed.
    """
    earlier = [(at, missed) for at, missed in reversed(clear.get(stay.berth_id, [])) if at < stay.seen[0]]
    return _bound(stay.seen[0], earlier, rule)


def not_after(stay: Stay, clear: ClearObservations, rule: VisitRule) -> Bound:
    """The first clear observation that surely (to the rule's doubt) came after the stay; None when there is none.

    Parameters
    ----------
    stay : Stay
        The stay that is bounded.
    clear : mapping of str to list
        Berth id to its clear observations in order: instant, and probability to miss a hull there.
    rule : VisitRule
        Sets the doubt that is allowed.
    """
    later = [(at, missed) for at, missed in clear.get(stay.berth_id, []) if at > stay.seen[-1]]
    return _bound(stay.seen[-1], later, rule)


def _bound(seen: pd.Timestamp, observations: list[tuple[pd.Timestamp, float]], rule: VisitRule) -> Bound:
    """The nearest of the observations at which the ship was not there, allowing for observations that missed it."""
    all_missed = 1.0
    for at, missed in observations:
        all_missed *= missed
        there = float(np.exp(-abs(at - seen) / rule.usual_stay))
        unseen = all_missed * there
        if unseen <= rule.doubt * (unseen + 1.0 - there):
            return at
    return observations[-1][0] if observations else None
