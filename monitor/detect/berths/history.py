"""The clear observations at a berth, and the rules by which they are compared."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pandas as pd

from monitor.core.arrays import Floats
from monitor.core.scenes.scene import Acquisition
from monitor.core.scenes.sensors import sensor as sensor_of
from monitor.detect.berths.baseline import OPTICAL, RADAR, BaselineRule, Past, compare_with_past, empty_level
from monitor.detect.berths.combined import CombineRule
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
        A find shorter than this fills no berth: boats close together come out as one of 30–50 m.
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
    combine : CombineRule
        How radar and optics that observe within a day make one state.
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
    combine: CombineRule = field(default_factory=CombineRule)


def is_optical(sensor: str) -> bool:
    """Whether a sensor is optical."""
    return sensor_of(sensor).optical


def stacked(profiles: pd.DataFrame) -> dict[str, dict[str, Floats]]:
    """Profiles as arrays (bin, feature), by berth and scene."""
    out: dict[str, dict[str, Floats]] = {}
    ordered = profiles.sort_values(["berth_id", "scene_id", "bin"])
    for (berth, scene), group in ordered.groupby(["berth_id", "scene_id"]):
        values = group[list(FEATURES)].to_numpy(dtype=np.float64, copy=True)
        values[group["clear"].to_numpy() < 0.5] = np.nan
        out.setdefault(str(berth), {})[str(scene)] = values
    return out


class History:
    """The clear observations at one berth, by viewing, in order of time."""

    def __init__(self, by_scene: Mapping[str, Floats], rule: BerthRule) -> None:
        self._by_scene = by_scene
        self._rule = rule
        self._observations: dict[str, list[tuple[str, Floats, bool]]] = {}
        self._optical: list[tuple[pd.Timestamp, bool]] = []

    def add(self, observation: Acquisition, found: bool) -> None:
        """Remember a clear observation."""
        if is_optical(observation.sensor):
            self._optical.append((pd.Timestamp(observation.acquired_at), found))
        profile = self._by_scene.get(observation.id)
        if profile is not None:
            self._observations.setdefault(viewing(observation), []).append((observation.id, profile, found))

    def past(self, observation: Acquisition, before: int) -> Past | None:
        """How an observation compares with the first ones of its viewing; None when it has no profile.

        Fewer than `settling` are filled up with the observations that came next.
        """
        now = self._by_scene.get(observation.id)
        if now is None:
            return None
        values, detected = self._others(viewing(observation), before, now.shape, observation.id)
        rule = self._rule.optical if is_optical(observation.sensor) else self._rule.radar
        return compare_with_past(now, values, detected, rule)

    def permanent(self, observation: Acquisition, past: Past | None, before: Mapping[str, int]) -> float | None:
        """Probability that a hull lies here which never left, by radar; None when nothing like one does.

        Parameters
        ----------
        observation : Acquisition
        past : Past, optional
            As of `past`.
        before : mapping of str to int
            How many clear observations of each viewing came before.
        """
        now = self._by_scene.get(observation.id)
        if now is None or past is None or past.level is None or is_optical(observation.sensor):
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
