"""Detections that are fixed objects: what comes back at one spot, away from berths, week after week."""

from __future__ import annotations

from datetime import timedelta

import pandas as pd

from monitor.core.columns import lonlat, texts, vessels_only
from monitor.core.geo.geodesy import distance_m
from monitor.fuse.dark.rules import DarkRule


def fixed_objects(detections: pd.DataFrame, *, rule: DarkRule | None = None) -> frozenset[str]:
    """Ids of detections away from berths that come back at the same spot observation after observation, over weeks.

    Ships at a berth come back too, so what lies in a berth is never fixed by this rule; a table that carries marks
    (`is_fixed`, made over the whole archive with what each observation showed) adds those.
    """
    rule = rule or DarkRule()
    ships = vessels_only(detections)
    marked = frozenset(ships.loc[ships["is_fixed"], "detection_id"]) if "is_fixed" in ships else frozenset()
    return marked | _coming_back(ships, rule)


def _coming_back(ships: pd.DataFrame, rule: DarkRule) -> frozenset[str]:
    away = ships[[zone != "berth" for zone in texts(ships, "zone")]].reset_index(drop=True)
    if len(away) <= rule.fixed_observations:
        return frozenset()
    lon, lat = lonlat(away)
    when = away["acquired_at"].to_numpy()
    scenes = away["scene_id"] if "scene_id" in away else pd.Series(when)
    fixed: set[str] = set()
    for index, name in enumerate(away["detection_id"]):
        near = distance_m(lon[index], lat[index], lon, lat) <= rule.fixed_within_m
        long = away["acquired_at"][near].max() - away["acquired_at"][near].min()
        if scenes[near].nunique() >= rule.fixed_observations and long >= timedelta(days=rule.fixed_days):
            fixed.add(str(name))
    return frozenset(fixed)
