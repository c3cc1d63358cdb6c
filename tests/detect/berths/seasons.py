"""Seasons with radar and optics in which each berth is seen as sensors of stated errors would, without any pixels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
from shapely.affinity import scale

from monitor.core.aoi import Aoi, Zone, read_aoi
from monitor.core.scenes.scene import Acquisition
from monitor.core.tables import COVERAGE, DETECTIONS
from monitor.core.timerange import TimeRange
from monitor.detect.berths.occupancy import berth_states
from monitor.simulate import Season
from monitor.simulate.rng import generator

PORTS = ("rajin", "dunai")
FINDS: Mapping[str, float] = {"s2": 0.8, "s1": 0.75}
CLAIMS: Mapping[str, float] = {"s2": 0.04, "s1": 0.06}
"""How often each finds a ship alongside, and claims one at an empty berth."""
SCORES: Mapping[str, float] = {"s2": 0.8, "s1": 0.6}
"""Those that count as evidence of weight one."""
CLEAR = 0.5
"""Share of the optical observations without cloud."""
COUNTED_M = 45.0


@cache
def port(name: str) -> Aoi:
    return read_aoi(Path(__file__).resolve().parents[3] / "aoi" / f"{name}.geojson")


@cache
def judged(name: str, seed: int, period: str = "2023-06-01/2023-09-01") -> pd.DataFrame:
    """BERTH_STATES of a season with `occupied`, the truth of each berth at each observation."""
    aoi = port(name)
    season = Season.make(aois=(aoi,), seed=seed, period=TimeRange.parse(period), sensors=("s2", "s1"))
    seen = season.acquisitions(aoi)
    truth = _truth(season, seen)
    detections, coverage = _shown(aoi, seen, truth, seed)
    states = berth_states(aoi, seen, detections=detections, coverage=coverage)
    occupied = [(r.scene_id, r.berth_id) in truth for r in states.itertuples()]
    return states.assign(occupied=occupied)


def _truth(season: Season, seen: Sequence[Acquisition]) -> set[tuple[str, str]]:
    """The scene and berth of every ship that lies alongside."""
    times = np.array([observation.acquired_at.timestamp() for observation in seen])
    found = set()
    for ship in season.world.ships:
        if ship.length_m < COUNTED_M:
            continue
        motion = ship.itinerary.at(times)
        for observation, present, stay in zip(seen, motion.present, motion.stay, strict=True):
            place = ship.itinerary.stays[int(stay)].place if present and stay >= 0 else None
            if place is not None and place.kind == "berth":
                found.add((observation.id, place.zone_id))
    return found


def _shown(
    aoi: Aoi, seen: Sequence[Acquisition], truth: set[tuple[str, str]], seed: int
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """DETECTIONS and COVERAGE."""
    found, shown = [], []
    for observation in seen:
        sensor = observation.sensor
        at = {"scene_id": observation.id, "aoi_id": aoi.id, "acquired_at": observation.acquired_at, "sensor": sensor}
        clear = sensor == "s1" or generator(seed, "sky", observation.id).random() < CLEAR
        for berth in aoi.of_kind("berth"):
            state = {"state": "observed", "observed_fraction": 1.0, "reason": ""}
            if not clear:
                state = {"state": "not observed", "observed_fraction": 0.0, "reason": "cloud"}
            shown.append({**at, "zone_id": berth.id, "kind": "berth", **state})
            chance = (FINDS if (observation.id, berth.id) in truth else CLAIMS)[sensor]
            if clear and generator(seed, "errs", observation.id, berth.id).random() < chance:
                found.append({**at, **_hull(observation.id, berth, SCORES[sensor])})
    ships = gpd.GeoDataFrame(pd.DataFrame(found), geometry="geometry", crs="EPSG:4326")
    return DETECTIONS.conform(ships), COVERAGE.conform(pd.DataFrame(shown))


def _hull(scene: str, berth: Zone, score: float) -> dict[str, object]:
    return {
        "detection_id": f"{scene} {berth.id}",
        "zone_id": berth.id,
        "class_name": "vessel",
        "score": score,
        "length_m": 100.0,
        "length_low_m": 85.0,
        "length_high_m": 120.0,
        "area_m2": np.nan,
        "axis_deg": 0.0,
        "zone": "berth",
        "detector": "from truth",
        "geometry": scale(berth.geometry, 0.7, 0.7),
    }
