"""Fixed objects: what is found again and again at one place is a buoy, a pier, a wreck or a hulk, and did not come."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from pyproj import Geod
from scipy.spatial import KDTree

from monitor.core.arrays import Floats
from monitor.core.tables import DETECTIONS
from monitor.detect.base import VESSEL

_GEOD = Geod(ellps="WGS84")
_DAY_S = 86_400.0


@dataclass(frozen=True, slots=True)
class FixedRule:
    """What makes an object a fixed one.

    Attributes
    ----------
    within_m : float
        How far two finds of one object may lie apart: registration and the box's own error.
    length_ratio : float
        How much their lengths may differ.
    observations : int
        Least observations of one sensor with the object.
    days : float
        Least time between the first and the last of them.
    share : float
        Least share of the clear observations in that time.
    observations_at_berth, share_at_berth, ratio_at_berth : int or float
        The same alongside, where ships lie at the same place one after the other.
    """

    within_m: float = 30.0
    length_ratio: float = 1.6
    observations: int = 4
    days: float = 45.0
    share: float = 0.6
    observations_at_berth: int = 8
    share_at_berth: float = 0.85
    ratio_at_berth: float = 1.3


def mark_fixed(detections: pd.DataFrame, coverage: pd.DataFrame, *, rule: FixedRule | None = None) -> pd.DataFrame:
    """DETECTIONS with `is_fixed`, `fixed_observations` and `clear_observations` filled from the whole archive.

    Parameters
    ----------
    detections : DETECTIONS table
        Of all observations; the more, the surer.
    coverage : COVERAGE table
        Which observations showed a place: by the detection's own zone where it has a row, else by the port's water.
        An observation in part counts as clear only where the object was found in it.
    rule : FixedRule, optional

    Returns
    -------
    DETECTIONS table
        The same rows in the same order. Stacks are never fixed objects: they stand ashore and belong to yards.

    Notes
    -----
    Each sensor is treated alone: a buoy that radar shows may be too small for optics. A ship laid up for as long, at
    one spot, is set aside too; that is what a hulk is, and it stays in the table.
    """
    rule = rule or FixedRule()
    table = detections.reset_index(drop=True)
    observations, clear = np.zeros(len(table), dtype=np.int64), np.zeros(len(table), dtype=np.int64)
    fixed = np.zeros(len(table), dtype=bool)
    ships = table[table["class_name"] == VESSEL]
    shown = _Shown.of(coverage)
    for (aoi, sensor), group in ships.groupby(["aoi_id", "sensor"]):
        times, scenes = _seconds(group["acquired_at"]), group["scene_id"].to_numpy(dtype=object)
        zone_ids, alongside = group["zone_id"].to_numpy(dtype=object), (group["zone"] == "berth").to_numpy()
        for place, near in enumerate(_neighbours(group, rule)):
            first, last = times[near].min(), times[near].max()
            found = set(scenes[near])
            whole = shown.within(str(aoi), str(sensor), str(zone_ids[place]), first=first, last=last)
            at = group.index[place]
            observations[at], clear[at] = len(found), len(found | whole)
            fixed[at] = _is_fixed(observations[at], clear[at], last - first, rule, alongside=bool(alongside[place]))
    return DETECTIONS.conform(table.assign(is_fixed=fixed, fixed_observations=observations, clear_observations=clear))


@dataclass(frozen=True, slots=True)
class _Shown:
    """Clear observations in order of time, by port, sensor and zone."""

    times: Mapping[tuple[str, str, str], Floats]
    scenes: Mapping[tuple[str, str, str], npt.NDArray[np.object_]]

    @classmethod
    def of(cls, coverage: pd.DataFrame) -> _Shown:
        clear = coverage[coverage["state"] == "observed"].sort_values("acquired_at", kind="stable")
        groups = {
            (str(aoi), str(sensor), str(zone)): group
            for (aoi, sensor, zone), group in clear.groupby(["aoi_id", "sensor", "zone_id"])
        }
        return cls(
            times={key: _seconds(group["acquired_at"]) for key, group in groups.items()},
            scenes={key: group["scene_id"].to_numpy(dtype=object) for key, group in groups.items()},
        )

    def within(self, aoi: str, sensor: str, zone: str, *, first: float, last: float) -> set[object]:
        """Scenes that showed a zone (or, where none is named, the port's water) between two instants."""
        key = (aoi, sensor, zone) if (aoi, sensor, zone) in self.times else (aoi, sensor, aoi)
        if key not in self.times:
            return set()
        low, high = np.searchsorted(self.times[key], [first, last], side="left")
        return set(self.scenes[key][low : high + 1])


def _seconds(instants: pd.Series) -> Floats:
    return np.asarray(instants.astype("datetime64[us, UTC]").astype("int64") / 1e6, dtype=np.float64)


def _is_fixed(observations: int, clear: int, span_s: float, rule: FixedRule, *, alongside: bool) -> bool:
    least, share = (rule.observations_at_berth, rule.share_at_berth) if alongside else (rule.observations, rule.share)
    return observations >= least and span_s >= rule.days * _DAY_S and observations >= share * clear


def _neighbours(ships: pd.DataFrame, rule: FixedRule) -> list[list[int]]:
    """For each ship, which of the table (itself among them) lie at its place and are about as long."""
    points = ships.geometry.apply(lambda shape: shape.centroid)
    lon, lat = np.array([p.x for p in points]), np.array([p.y for p in points])
    xy = _metres(lon, lat)
    length = np.maximum(ships["length_m"].to_numpy(dtype=np.float64), 1.0)
    found = KDTree(xy).query_ball_point(xy, rule.within_m)
    alongside = (ships["zone"] == "berth").to_numpy()
    ratio = np.log(np.where(alongside, rule.ratio_at_berth, rule.length_ratio))
    return [sorted(j for j in group if abs(np.log(length[j] / length[i])) <= ratio[i]) for i, group in enumerate(found)]


def _metres(lon: Floats, lat: Floats) -> Floats:
    """(n, 2) metres east and north of the first point; a port is small enough for a plane."""
    _, _, east = _GEOD.inv(np.full(len(lon), lon[0]), np.full(len(lat), lat[0]), lon, np.full(len(lat), lat[0]))
    _, _, north = _GEOD.inv(np.full(len(lon), lon[0]), np.full(len(lat), lat[0]), np.full(len(lon), lon[0]), lat)
    return np.column_stack([np.copysign(east, lon - lon[0]), np.copysign(north, lat - lat[0])])
