"""Occupied, empty or not observed: each berth at each observation, by the detector and by the berth's own past."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pandas as pd
from shapely.geometry.base import BaseGeometry

from monitor.core.aoi import Aoi, Zone
from monitor.core.arrays import Floats
from monitor.core.geodesy import WGS84, reproject
from monitor.core.scene import Acquisition
from monitor.core.sensors import SENSORS
from monitor.core.tables import BERTH_STATES
from monitor.detect.base import VESSEL
from monitor.detect.berths.baseline import OPTICAL, RADAR, BaselineRule, Past, compare_with_past, empty_level
from monitor.detect.berths.permanent import PermanentRule, permanent_probability
from monitor.detect.berths.profiles import FEATURES, viewing


@dataclass(frozen=True, slots=True)
class BerthRule:
    """How evidence becomes a probability.

    Attributes
    ----------
    prior : float
        Probability that a berth is occupied when nothing is known of it.
    finds, claims : float
        How often the detector finds a ship alongside, and how often it claims one at an empty berth: the bounds
        that the detector is accepted with.
    trust : float
        Power given to the past's likelihood ratio, below 1 as it and the detector use the same pixels.
    occupied : float
        Probability from which a berth counts as occupied.
    least_m : float
        An optical find shorter than this fills no berth: boats close together come out as one of 30–50 m.
    settling : int
        Observations that a comparison needs; the first ones at a berth borrow later ones up to so many.
    reach_m : float
        How far outside a berth's strip a hull's centre may lie; the strips are known to 30–60 m, their neighbours
        are near.
    most_of_hull : float
        Least share of a hull within that reach (chosen).
    radar, optical : BaselineRule
        How the past is read.
    permanent : PermanentRule
        What radar shows where something like a hull never left.
    """

    prior: float = 0.3
    finds: float = 0.8
    claims: float = 0.05
    trust: float = 0.8
    occupied: float = 0.5
    least_m: float = 40.0
    settling: int = 8
    reach_m: float = 20.0
    most_of_hull: float = 0.4
    radar: BaselineRule = RADAR
    optical: BaselineRule = OPTICAL
    permanent: PermanentRule = field(default_factory=PermanentRule)


def berth_states(
    aoi: Aoi,
    acquisitions: Sequence[Acquisition],
    *,
    detections: pd.DataFrame,
    coverage: pd.DataFrame,
    profiles: pd.DataFrame | None = None,
    rule: BerthRule | None = None,
) -> pd.DataFrame:
    """BERTH_STATES of every observation at every berth of a port, in order of time.

    Parameters
    ----------
    aoi : Aoi
    acquisitions : sequence of Acquisition
        The observations, in any order.
    detections : DETECTIONS table
        A vessel counts for the one berth that holds most of its axis; in optics one of `BerthRule.least_m` or more.
    coverage : COVERAGE table
        A berth without a detected ship is empty only when it was observed; observed in part it is not observed.
    profiles : BERTH_PROFILES table, optional
        Each observation is compared with the earlier ones of its own viewing, and the first few also with those
        that came next, until there are `settling`: a season's first weeks are decided again once it is under way.
        While there are too few either way the detector decides alone and `method` is ``detector``.
    rule : BerthRule, optional

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
    observations = sorted(acquisitions, key=lambda a: (a.acquired_at, a.id))
    berths = aoi.of_kind("berth")
    short = (detections["length_m"] < rule.least_m) & detections["sensor"].map(_optical).astype(bool)
    ships = detections[(detections["class_name"] == VESSEL) & ~short]
    held = {name: _berthed(group, berths, aoi.epsg, rule) for name, group in ships.groupby("scene_id")}
    shown = dict(zip(zip(coverage["scene_id"], coverage["zone_id"], strict=True), coverage["state"], strict=True))
    stacks = _stacked(profiles) if profiles is not None else {}
    rows = []
    for berth in berths:
        history = _History(stacks.get(berth.id, {}), rule)
        states = {observation.id: shown.get((observation.id, berth.id), "not observed") for observation in observations}
        for observation in observations:
            if states[observation.id] == "observed":
                history.add(observation, berth.id in held.get(observation.id, {}))
        before: dict[str, int] = {}
        for observation in observations:
            found = held.get(observation.id, {}).get(berth.id, [])
            past = history.past(observation, before.get(viewing(observation), 0))
            verdict = _verdict(
                [(name, _weight(score, observation.sensor)) for name, score in found],
                past,
                states[observation.id],
                rule,
            )
            permanent = history.permanent(observation, past, before) if verdict["state"] == "empty" else None
            rows.append(
                {
                    **_row(observation, aoi, berth),
                    **(verdict if permanent is None else _at_least(verdict, permanent, rule)),
                }
            )
            if states[observation.id] == "observed":
                before[viewing(observation)] = before.get(viewing(observation), 0) + 1
    return BERTH_STATES.conform(pd.DataFrame(rows)) if rows else BERTH_STATES.empty()


def _row(observation: Acquisition, aoi: Aoi, berth: Zone) -> dict[str, object]:
    return {
        "scene_id": observation.id,
        "aoi_id": aoi.id,
        "berth_id": berth.id,
        "sensor": observation.sensor,
        "acquired_at": pd.Timestamp(observation.acquired_at),
    }


Found = list[tuple[str, float]]


def _weight(score: float, sensor: str) -> float:
    """How much of a find's evidence a score of the detector is worth: 1 at 0.8 in optics and at 0.6 in radar.

    The optical score is the probability that the find is right: at 0.55, one in two, it counts half as much.
    """
    return float(np.clip((score - 0.3) / 0.5 if _optical(sensor) else score / 0.6, 0.0, 1.3))


def _verdict(found: Found, past: Past | None, state: str, rule: BerthRule) -> dict[str, object]:
    """State, probability, observations, method and detections of one berth at one observation."""
    base: dict[str, object] = {
        "observations": past.observations if past is not None and np.isfinite(past.share) else 0,
        "detection_ids": " ".join(name for name, _ in found),
        "method": "both" if past is not None and past.usable else "detector",
    }
    probability = _probability(found, past, rule)
    if state == "not observed" and not found:
        return {**base, "state": "not observed", "probability": np.nan, "observations": 0, "method": "detector"}
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


def _optical(sensor: str) -> bool:
    return SENSORS[sensor].optical


def _probability(found: Found, past: Past | None, rule: BerthRule) -> float:
    """Prior, detector and past joined in log odds.

    Where the detector saw a ship at most observations, the past has no empty berth to show, but it is the prior: an
    observation without a find, in which nothing fell away, is a miss more likely than a departure.
    """
    usable = past is not None and past.usable
    prior = rule.prior
    if past is not None and usable:
        prior = float(np.clip((past.share * past.observations + 1) / (past.observations + 2), 0.1, 0.9))
    elif past is not None and np.isfinite(past.share) and not past.fell:
        prior = float(np.clip(past.share / rule.finds, 0.1, 0.95))
    odds = np.log(prior / (1 - prior))
    missed = np.log((1 - rule.finds) / (1 - rule.claims))
    if found:
        odds += max(np.log(rule.finds / rule.claims) * max(weight for _, weight in found), 0.0)
    else:
        odds += missed
    if past is not None and usable:
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


def _stacked(profiles: pd.DataFrame) -> dict[str, dict[str, Floats]]:
    """Profiles as arrays (bin, feature), by berth and scene."""
    out: dict[str, dict[str, Floats]] = {}
    ordered = profiles.sort_values(["berth_id", "scene_id", "bin"])
    for (berth, scene), group in ordered.groupby(["berth_id", "scene_id"]):
        values = group[list(FEATURES)].to_numpy(dtype=np.float64, copy=True)
        values[group["clear"].to_numpy() < 0.5] = np.nan
        out.setdefault(str(berth), {})[str(scene)] = values
    return out


class _History:
    """The clear observations at one berth, by viewing, in order of time."""

    def __init__(self, by_scene: Mapping[str, Floats], rule: BerthRule) -> None:
        self._by_scene = by_scene
        self._rule = rule
        self._observations: dict[str, list[tuple[str, Floats, bool]]] = {}
        self._optical: list[tuple[pd.Timestamp, bool]] = []

    def add(self, observation: Acquisition, found: bool) -> None:
        """Remember a clear observation."""
        if _optical(observation.sensor):
            self._optical.append((pd.Timestamp(observation.acquired_at), found))
        profile = self._by_scene.get(observation.id)
        if profile is not None:
            self._observations.setdefault(viewing(observation), []).append((observation.id, profile, found))

    def past(self, observation: Acquisition, before: int) -> Past | None:
        """This observation compared with the first `before` of its viewing; None when it has no profile.

        Fewer than `settling` are filled up with the observations that came next.
        """
        now = self._by_scene.get(observation.id)
        if now is None:
            return None
        values, detected = self._others(viewing(observation), before, now.shape, observation.id)
        rule = self._rule.optical if _optical(observation.sensor) else self._rule.radar
        return compare_with_past(now, values, detected, rule)

    def permanent(self, observation: Acquisition, past: Past | None, before: Mapping[str, int]) -> float | None:
        """Probability that a hull lies here which never left, by radar; None when nothing like one does."""
        now = self._by_scene.get(observation.id)
        if now is None or past is None or past.level is None or _optical(observation.sensor):
            return None
        others = [
            empty_level(self._others(name, before.get(name, 0), now.shape, observation.id)[0], self._rule.radar)
            for name in self._observations
            if name != viewing(observation) and name.split("-")[0] == observation.sensor
        ]
        earlier = [found for at, found in self._optical if at <= pd.Timestamp(observation.acquired_at)]
        return permanent_probability(
            now,
            past.level,
            [level for level in others if level is not None],
            optical=(len(earlier), sum(earlier)),
            rule=self._rule.permanent,
        )

    def _others(self, name: str, before: int, shape: tuple[int, ...], but: str) -> tuple[Floats, npt.NDArray[np.bool_]]:
        """(observation, bin, feature) the first `before` of a viewing, filled up with the next; and the finds."""
        known = self._observations.get(name, [])
        others = [(p, d) for scene, p, d in known[:before] if scene != but and p.shape == shape]
        later = [(p, d) for scene, p, d in known[before:] if scene != but and p.shape == shape]
        others += later[: max(self._rule.settling - len(others), 0)]
        values = np.array([p for p, _ in others]).reshape(len(others), *shape)
        return values, np.array([d for _, d in others], dtype=bool)
