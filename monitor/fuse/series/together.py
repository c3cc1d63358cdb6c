"""Scenes of one port within an hour of each other: one observation, in which each ship counts once."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import timedelta

import pandas as pd

from monitor.core.columns import floats, texts
from monitor.core.scenes.scene import Acquisition, Scene
from monitor.core.scenes.sensors import sensor
from monitor.fuse.matching.projection import acquisition_of

NOT_OBSERVED = "not observed"
SENTINEL_M = 10.0
"""Pixels of Sentinel-1 and -2."""
WITHIN = timedelta(hours=1)
"""Scenes of one port this near in time are one observation. Chosen: ships at berth and at anchor are the same ones."""


def observed_together(scenes: Iterable[Acquisition | Scene]) -> tuple[tuple[str, ...], ...]:
    """Ids of the scenes of one port `WITHIN` one another, in groups of two and more, the finest pixels first.

    Parameters
    ----------
    scenes : iterable of Acquisition or Scene
        In any order. One of unknown hour is in no group. Pixels of an `Acquisition` alone count as the coarsest.
    """
    groups: list[list[Acquisition | Scene]] = []
    exact = [scene for scene in scenes if acquisition_of(scene).is_exact]
    for scene in sorted(exact, key=lambda s: (acquisition_of(s).aoi_id, acquisition_of(s).acquired_at, s.id)):
        now = acquisition_of(scene)
        first = acquisition_of(groups[-1][0]) if groups else None
        if first and first.aoi_id == now.aoi_id and now.acquired_at - first.acquired_at <= WITHIN:
            groups[-1].append(scene)
        else:
            groups.append([scene])
    return tuple(
        tuple(scene.id for scene in sorted(group, key=_pixel_m)) for group in groups if len({s.id for s in group}) > 1
    )


def _pixel_m(scene: Acquisition | Scene) -> float:
    return scene.grid.gsd_m if isinstance(scene, Scene) else float("inf")


def scenes_with_small_craft(scenes: Iterable[Acquisition | Scene]) -> tuple[str, ...]:
    """Ids of the scenes that show small craft: radar, and pixels finer than Sentinel's; an `Acquisition` has none."""
    return tuple(
        scene.id
        for scene in scenes
        if not sensor(acquisition_of(scene).sensor).optical
        or (isinstance(scene, Scene) and scene.grid.gsd_m < SENTINEL_M)
    )


def once(detections: pd.DataFrame, preferred: Collection[str] = ()) -> pd.DataFrame:
    """The detections with one for each ship that several show at one hour.

    Parameters
    ----------
    detections : DETECTIONS table
        One whose `same_ship` is not in the table stands for itself.
    preferred : collection of str, optional
        Ids of those that stand for their ship where the one it would be is not among them: those that AIS matches.
    """
    ids = detections["detection_id"].astype(str)
    ship = pd.Series(texts(detections, "same_ship"), index=detections.index)
    ship = ship.where(ship.isin(set(ids)), ids)
    order = pd.DataFrame({"ship": ship, "later": ~ids.isin(list(preferred)), "other": ship != ids})
    first = order.sort_values(["later", "other"], kind="stable").drop_duplicates("ship").index
    return detections[detections.index.isin(first)].reset_index(drop=True)


def explained(matches: pd.DataFrame) -> frozenset[str]:
    """Ids of the detections that AIS explains, surely or perhaps."""
    return frozenset(matches.loc[matches["status"].isin(["matched", "potential"]), "detection_id"].astype(str))


def counted_in(coverage: pd.DataFrame, together: Sequence[Collection[str]]) -> dict[str, str]:
    """Scene id -> id of the scene of its hour that showed more of the water; those that saw nothing are left alone.

    Parameters
    ----------
    coverage : COVERAGE table
        Of the water and of zones: a picture of the quays alone is part of its hour's observation.
    together : sequence of collection of str
        Groups from `observed_together`.
    """
    water = coverage[coverage["kind"] == "water"]
    share = dict(zip(water["scene_id"].astype(str), floats(water, "observed_fraction"), strict=True))
    seen = set(coverage.loc[coverage["state"] != NOT_OBSERVED, "scene_id"].astype(str))
    made: dict[str, str] = {}
    for group in together:
        known = [scene for scene in group if scene in share and scene in seen]
        if len(known) > 1:
            most = max(known, key=lambda scene: share[scene])
            made |= {scene: most for scene in known if scene != most}
    return made


def under(table: pd.DataFrame, lead: Mapping[str, str]) -> pd.DataFrame:
    """The rows of scenes that are counted elsewhere, under the scene in whose row they are."""
    if not lead:
        return table
    return table.assign(scene_id=[lead.get(str(scene), scene) for scene in table["scene_id"]])


def of_observation(
    detections: pd.DataFrame, coverage: pd.DataFrame, matches: pd.DataFrame | None, lead: Mapping[str, str]
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame | None]:
    """Detections, coverage and matches by observation: each ship once, each zone as the scene that showed most did.

    Parameters
    ----------
    detections : DETECTIONS table
        Of all scenes, those that are counted elsewhere among them.
    coverage : COVERAGE table
        Of the same scenes.
    matches : MATCHES table, optional
        Latest versions.
    lead : mapping of str to str
        As of `counted_in`.
    """
    if not lead:
        return detections, coverage, matches
    single = once(detections, preferred=explained(matches) if matches is not None else ())
    more = set(detections["detection_id"]) - set(single["detection_id"])
    zones = under(coverage, lead).sort_values("observed_fraction", ascending=False, kind="stable")
    zones = zones.drop_duplicates(["scene_id", "zone_id"])
    if matches is not None:
        matches = under(matches[~matches["detection_id"].isin(more)], lead)
    return under(single, lead), zones, matches
