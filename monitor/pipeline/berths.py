"""Berths and stacks of a sequence of looks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd

from monitor.core.aoi import Aoi, Zone
from monitor.core.geodesy import area_m2
from monitor.core.scene import Scene
from monitor.core.tables import BERTH_STATES, STACKS

_SEEN = ("observed", "partly")
_MISSED = 0.15
_LEAST_SHARE = 0.15
BAY_M = 6.4
ROW_M = 2.5
ROWS = (4, 8)
TIERS = (1, 3)
EDGE_M = 10.0
"""A 20-ft box takes 6.4 m along the stack and 2.5 m across; published stacks are four to eight rows wide and one to
three tiers high. A stack's edges are good to a pixel."""


def berth_states(
    scenes: Sequence[Scene], aois: Sequence[Aoi], detections: pd.DataFrame, coverage: pd.DataFrame
) -> pd.DataFrame:
    """BERTH_STATES of every look at every berth, by the detector alone.

    A berth that was not seen is not observed, whatever the detector says; a vessel found there says occupied with the
    detection's score, and none says empty.
    """
    covered = coverage.set_index(["scene_id", "zone_id"])["state"].to_dict() if len(coverage) else {}
    ships = detections[detections["class_name"] == "vessel"]
    rows = []
    for scene, zone in _zones(scenes, aois, "berth"):
        at = ships[(ships["scene_id"] == scene.id) & (ships["zone_id"] == zone.id)]
        seen = covered.get((scene.id, zone.id), "not observed") in _SEEN
        state = ("occupied" if len(at) else "empty") if seen else "not observed"
        rows.append(
            {
                "scene_id": scene.id, "aoi_id": scene.acquisition.aoi_id, "berth_id": zone.id,
                "acquired_at": pd.Timestamp(scene.acquisition.acquired_at), "sensor": scene.acquisition.sensor,
                "state": state, "looks": 0, "method": "detector", "detection_ids": " ".join(at["detection_id"]),
                "probability": np.nan if not seen else float(at["score"].max()) if len(at) else _MISSED,
            }
        )  # fmt: skip
    return BERTH_STATES.conform(pd.DataFrame(rows)) if rows else BERTH_STATES.empty()


def stack_states(
    scenes: Sequence[Scene], aois: Sequence[Aoi], detections: pd.DataFrame, coverage: pd.DataFrame
) -> pd.DataFrame:
    """STACKS of every look at every yard, in order of time, with the change since the last clear look."""
    covered = coverage.set_index(["scene_id", "zone_id"])["state"].to_dict() if len(coverage) else {}
    found = detections[detections["class_name"] == "container_stack"]
    rows = []
    last: dict[str, tuple[float, str]] = {}
    ordered = sorted(scenes, key=lambda scene: (scene.acquisition.acquired_at, scene.id))
    for scene, zone in _zones(ordered, aois, "yard"):
        state = covered.get((scene.id, zone.id), "not observed")
        area, length = _measure(found[found["scene_id"] == scene.id], zone) if state in _SEEN else (np.nan, np.nan)
        before, name = last.get(zone.id, (np.nan, ""))
        rows.append(
            _stack_row(scene, zone, state, area, length) | {"change_m2": area - before, "previous_scene_id": name}
        )
        if state == "observed":
            last[zone.id] = (area, scene.id)
    return STACKS.conform(pd.DataFrame(rows)) if rows else STACKS.empty()


def teu_interval(length_m: float, area_m2: float) -> tuple[float, float]:
    """Bounds of the number of 20-ft boxes in a stack: never a count.

    From bays along its length (a pixel less, a pixel more), rows across and tiers. Stacks of 80–90 m, which published
    accounts read as about 300 boxes, come out as 40 to 528.
    """
    if not np.isfinite(length_m) or length_m <= 0:
        return (0.0, 0.0) if length_m == 0 else (np.nan, np.nan)
    rows = max(ROWS[1], np.ceil((area_m2 / length_m + EDGE_M) / ROW_M))
    low = np.floor(max(length_m - EDGE_M, 0.0) / BAY_M) * ROWS[0] * TIERS[0]
    high = np.ceil((length_m + EDGE_M) / BAY_M) * rows * TIERS[1]
    return float(low), float(high)


def _zones(scenes: Sequence[Scene], aois: Sequence[Aoi], kind: str) -> Iterator[tuple[Scene, Zone]]:
    ports = {aoi.id: aoi for aoi in aois}
    for scene in scenes:
        aoi = ports.get(scene.acquisition.aoi_id)
        for zone in aoi.of_kind(kind) if aoi else ():
            yield scene, zone


def _measure(stacks: pd.DataFrame, zone: Zone) -> tuple[float, float]:
    """Square metres of stack inside a yard, and the length of the longest; zeros when there is none."""
    area, longest = 0.0, 0.0
    for geometry, length in zip(stacks["geometry"], stacks["length_m"], strict=True):
        inside = geometry.intersection(zone.geometry)
        share = inside.area / geometry.area if geometry.area else 0.0
        if share < _LEAST_SHARE:
            continue
        area += area_m2(inside)
        longest = max(longest, float(length) * min(share, 1.0) ** 0.5)
    return area, longest


def _stack_row(scene: Scene, zone: Zone, state: str, area: float, length: float) -> dict[str, object]:
    low, high = teu_interval(length, area)
    edge = 4 * EDGE_M * np.sqrt(area) / 2 if area > 0 else area
    return {
        "scene_id": scene.id, "aoi_id": scene.acquisition.aoi_id, "yard_id": zone.id,
        "acquired_at": pd.Timestamp(scene.acquisition.acquired_at), "sensor": scene.acquisition.sensor,
        "state": state, "length_m": length,
        "length_low_m": max(length - EDGE_M, 0.0) if length > 0 else length,
        "length_high_m": length + EDGE_M if length > 0 else length,
        "area_m2": area, "area_low_m2": max(area - edge, 0.0), "area_high_m2": area + edge,
        "teu_low": low, "teu_high": high,
    }  # fmt: skip
