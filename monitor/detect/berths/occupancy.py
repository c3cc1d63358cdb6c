"""Occupied, empty or not observed: each berth at each observation, by the detector and by the berth's own past."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd
from shapely.geometry.base import BaseGeometry

from monitor.core.aoi import Aoi, Zone
from monitor.core.geo.geodesy import WGS84, reproject
from monitor.core.scenes.scene import Acquisition
from monitor.core.tables import BERTH_STATES
from monitor.detect.base import VESSEL
from monitor.detect.berths.baseline import Past
from monitor.detect.berths.combined import combine_sensors
from monitor.detect.berths.history import BerthRule, History, is_optical, stacked
from monitor.detect.berths.profiles import viewing

_SHARES = (0.1, 0.99)
"""A measured recall is held within these: no small sample makes a missed ship impossible, or a find say nothing."""


def berth_states(
    aoi: Aoi,
    acquisitions: Sequence[Acquisition],
    *,
    detections: pd.DataFrame,
    coverage: pd.DataFrame,
    profiles: pd.DataFrame | None = None,
    rule: BerthRule | None = None,
    finds: Mapping[str, float] | None = None,
) -> pd.DataFrame:
    """BERTH_STATES of every observation at every berth of a port, in order of time.

    Parameters
    ----------
    aoi : Aoi
    acquisitions : sequence of Acquisition
        The observations, in any order.
    detections : DETECTIONS table
        A vessel counts for the one berth that holds most of its axis; one of `BerthRule.least_m` or more.
    coverage : COVERAGE table
        A berth without a detected ship is empty only when it was observed; observed in part it is not observed.
    profiles : BERTH_PROFILES table, optional
        Each observation is compared with the earlier ones of its own viewing, and the first few also with those
        that came next, until there are `settling`: a season's first weeks are decided again once it is under way.
        While there are too few either way the detector decides alone and `method` is ``detector``.
    rule : BerthRule, optional
    finds : mapping of str to float, optional
        Measured recall at berth of the detector of each sensor, in place of `BerthRule.finds`.

    Notes
    -----
    A probability joins prior, detector and past in log odds. `observations` is the number of other observations it
    rests on. An occupied state may rest on an observation in part: a ship that was found was there.

    A past in which a ship lay at every observation has no empty berth to compare with. Where radar shows a stretch of
    80 m or more that always stands out like a hull, the berth's other viewings are compared: if one shows it bare, a
    ship came whenever this one observed; else it is a hulk or a structure, which radar cannot separate, and what the
    detector found at the berth in optics decides (`PermanentRule`). `method` is then ``baseline``.
    """
    rule = rule or BerthRule()
    rules = {name: replace(rule, finds=float(np.clip(share, *_SHARES))) for name, share in (finds or {}).items()}
    observations = sorted(acquisitions, key=lambda a: (a.acquired_at, a.id))
    berths = aoi.berths
    ships = detections[(detections["class_name"] == VESSEL) & ~(detections["length_m"] < rule.least_m)]
    held = {name: _berthed(group, berths, aoi.epsg, rule) for name, group in ships.groupby("scene_id")}
    shown = dict(zip(zip(coverage["scene_id"], coverage["zone_id"], strict=True), coverage["state"], strict=True))
    stacks = stacked(profiles) if profiles is not None else {}
    rows = []
    for berth in berths:
        states = {seen.id: shown.get((seen.id, berth.id), "not observed") for seen in observations}
        found = {seen.id: held.get(seen.id, {}).get(berth.id, []) for seen in observations}
        history = History(stacks.get(berth.id, {}), rule)
        made = _alone(observations, states, found, history, rule=rule, rules=rules)
        rows += [{**_row(seen, aoi, berth), **row} for seen, row in zip(observations, made, strict=True)]
    return BERTH_STATES.conform(_combined(pd.DataFrame(rows), rule)) if rows else BERTH_STATES.empty()


Found = list[tuple[str, float]]


def _alone(
    observations: Sequence[Acquisition],
    states: Mapping[str, str],
    found: Mapping[str, Found],
    history: History,
    *,
    rule: BerthRule,
    rules: Mapping[str, BerthRule],
) -> list[dict[str, object]]:
    """State, probability and more of one berth at each observation in order of time, by one sensor and its past."""
    for seen in observations:
        if states[seen.id] == "observed":
            history.add(seen, bool(found[seen.id]))
    rows: list[dict[str, object]] = []
    before: dict[str, int] = {}
    for seen in observations:
        past = history.past(seen, before.get(viewing(seen), 0))
        weighed = [(name, _weight(score, seen.sensor)) for name, score in found[seen.id]]
        verdict = _verdict(weighed, past, states[seen.id], rules.get(seen.sensor, rule))
        permanent = history.permanent(seen, past, before) if verdict["state"] == "empty" else None
        rows.append(verdict if permanent is None else _at_least(verdict, permanent, rule))
        if states[seen.id] == "observed":
            before[viewing(seen)] = before.get(viewing(seen), 0) + 1
    return rows


def _combined(alone: pd.DataFrame, rule: BerthRule) -> pd.DataFrame:
    """The states of a port's berths by both kinds of sensor, where they observed within a day of each other."""
    table = combine_sensors(alone, rule.combine)
    both, occupied = table["combined_with"] != "", table["probability"] >= rule.occupied
    otherwise = np.where(table["is_clear"], "empty", "not observed")
    state = np.where(both, np.where(occupied, "occupied", otherwise), table["state"])
    return table.assign(state=state, probability=table["probability"].where(state != "not observed"))


def _row(observation: Acquisition, aoi: Aoi, berth: Zone) -> dict[str, object]:
    return {
        "scene_id": observation.id,
        "aoi_id": aoi.id,
        "berth_id": berth.id,
        "sensor": observation.sensor,
        "acquired_at": pd.Timestamp(observation.acquired_at),
    }


def _weight(score: float, sensor: str) -> float:
    """Weight of a detection as evidence, by its score: 1 at 0.8 in optics and at 0.6 in radar.

    The optical score is the probability that the detection is right: at 0.55, one in two, it counts half as much.
    """
    return float(np.clip((score - 0.3) / 0.5 if is_optical(sensor) else score / 0.6, 0.0, 1.3))


def _verdict(found: Found, past: Past | None, state: str, rule: BerthRule) -> dict[str, object]:
    """State, probability, observations, method and detections of one berth at one observation."""
    before = _prior(past, rule)
    prior = rule.prior if before is None else before
    base: dict[str, object] = {
        "observations": past.observations if past is not None and np.isfinite(past.share) else 0,
        "detection_ids": " ".join(name for name, _ in found),
        "method": "both" if past is not None and past.usable else "detector",
        "prior": prior,
        "has_past": before is not None,
        "is_clear": state == "observed",
    }
    if state == "not observed" and not found:
        return {**base, "state": "not observed", "probability": np.nan, "observations": 0, "method": "detector"}
    probability = _probability(found, past, prior, rule)
    if probability >= rule.occupied:
        return {**base, "state": "occupied", "probability": probability}
    if state != "observed":
        return {**base, "state": "not observed", "probability": np.nan}
    return {**base, "state": "empty", "probability": probability}


def _at_least(verdict: dict[str, object], permanent: float, rule: BerthRule) -> dict[str, object]:
    """The verdict on an empty berth, with what is always there weighed in."""
    probability = max(float(str(verdict["probability"])), permanent)
    state = "occupied" if probability >= rule.occupied else "empty"
    return {**verdict, "state": state, "probability": probability, "method": "baseline"}


def _prior(past: Past | None, rule: BerthRule) -> float | None:
    """Probability that a berth is occupied, before what an observation shows; None where no past gives it.

    Where the detector saw a ship at most observations, the past has no empty berth to show, but it is the prior: an
    observation without a find, in which nothing fell away, is a miss more likely than a departure.
    """
    if past is not None and past.usable:
        return float(np.clip((past.share * past.observations + 1) / (past.observations + 2), 0.1, 0.9))
    if past is not None and np.isfinite(past.share) and not past.fell:
        return float(np.clip(past.share / rule.finds, 0.1, 0.95))
    return None


def _probability(found: Found, past: Past | None, prior: float, rule: BerthRule) -> float:
    """Prior, detector and past joined in log odds."""
    odds = np.log(prior / (1 - prior))
    if found:
        odds += max(np.log(rule.finds / rule.claims) * max(weight for _, weight in found), 0.0)
    else:
        odds += np.log((1 - rule.finds) / (1 - rule.claims))
    if past is not None and past.usable:
        odds += rule.trust * past.odds
    return float(1.0 / (1.0 + np.exp(-odds)))


def _berthed(ships: pd.DataFrame, berths: Sequence[Zone], epsg: int, rule: BerthRule) -> Mapping[str, Found]:
    """The vessels of one observation by the berth that holds most of each."""
    out: dict[str, Found] = {}
    strips = {berth.id: reproject(berth.geometry, WGS84, epsg) for berth in berths}
    wide = {name: strip.buffer(rule.reach_m) for name, strip in strips.items()}
    for name, score, shape in zip(ships["detection_id"], ships["score"], ships.geometry, strict=True):
        hull = reproject(shape, WGS84, epsg)
        berth = _most(hull, strips, wide, least=rule.most_of_hull)
        if berth is not None:
            out.setdefault(berth, []).append((str(name), float(score)))
    return out


def _most(
    hull: BaseGeometry, strips: Mapping[str, BaseGeometry], wide: Mapping[str, BaseGeometry], *, least: float
) -> str | None:
    """The berth that holds the hull's centre, within reach, and most of its area; None when there is none."""
    shares = [
        (strips[name].intersection(hull).area, wide[name].intersection(hull).area, name)
        for name in strips
        if wide[name].intersects(hull.centroid)
    ]
    best = max(shares, default=None)
    return best[2] if best is not None and best[1] >= least * hull.area else None
