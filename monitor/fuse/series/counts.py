"""Vessels per clear observation."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np
import pandas as pd

from monitor.core.aoi import BERTH_KINDS
from monitor.core.columns import floats, require, texts, vessels_only
from monitor.core.tables import COUNTS
from monitor.fuse.matching.compared import NOT_COMPARED
from monitor.fuse.series.together import NOT_OBSERVED, counted_in, of_observation, under

UNDER_WAY_KN = 1.0
"""Slower than this is drift, swinging at anchor, or noise of the receiver."""

SMALL_M = 40.0
"""Shorter ships are small craft to radar and fine pictures; Sentinel-2 shows few of them (`BerthRule.least_m`)."""

EXPOSURES = {"berth": "berth_fraction", "anchorage": "anchorage_fraction", "stacks": "yard_fraction"}
"""Column of COUNTS that holds the exposure of a count, where it is not ``observed_fraction``."""

_SAME_MINUTES = 10


def count(
    detections: pd.DataFrame,
    coverage: pd.DataFrame,
    *,
    matches: pd.DataFrame | None = None,
    stacks: pd.DataFrame | None = None,
    moving: Collection[str] = (),
    berth_states: pd.DataFrame | None = None,
    together: Sequence[Collection[str]] = (),
    small_craft_in: Collection[str] = (),
) -> pd.DataFrame:
    """COUNTS: one row for each scene in the coverage; missing, never zero, where nothing was observed.

    Parameters
    ----------
    detections : DETECTIONS table
        Needs ``detection_id``, ``scene_id``; ``zone`` and ``zone_id`` are used where present. Fixed objects
        (``is_fixed``) are not counted.
    coverage : COVERAGE table
        The ``water`` row of a scene states whether it was processed; ``berth`` and ``anchorage`` rows whether these
        were. A scene without a row here was not processed, and has none here either.
    matches : MATCHES table, optional
        Latest versions. Gives ``unmatched``; missing for scenes that were not compared with AIS.
    stacks : STACKS table
        Gives ``stacks``, the yards in which containers stood; without it, detections of that class are counted.
    moving : collection of str
        Ids of detections. Those that AIS shows moving (`moving_on_ais`), beside those whose ``motion`` the image shows.
    berth_states : BERTH_STATES table
        A berth said to be occupied without a detection, by its past or by the other kind of sensor, holds one vessel
        that the detector missed: it is counted in ``vessels`` and ``berth``. One said to be empty holds none, whatever
        was detected there.
    together : sequence of collection of str, optional
        Groups of scene ids from `observed_together`. Each is one observation, counted in the row of the scene that
        showed most of the water; a ship that several of them show (``same_ship``) counts once.
    small_craft_in : collection of str, optional
        Ids of scenes that show small craft, as of `scenes_with_small_craft`. What they show under `SMALL_M` counts as
        ``small_craft`` alone: elsewhere it would look like more ships whenever such a scene comes in.

    Raises
    ------
    DataError
        A column is missing.
    """
    require(coverage, ("scene_id", "aoi_id", "acquired_at", "zone_id", "kind", "state"), "coverage")
    every = coverage[coverage["kind"] == "water"].drop_duplicates("scene_id").set_index("scene_id")
    if every.empty:
        return COUNTS.empty()
    lead = counted_in(coverage, together)
    table = pd.DataFrame({"counted_in": [lead.get(str(scene), "") for scene in every.index]}, index=every.index)
    for column in ("aoi_id", "acquired_at", "state"):
        table[column] = every[column]
    table["sensor"] = texts(every, "sensor")
    fraction, seen = floats(every, "observed_fraction"), every["state"] != NOT_OBSERVED
    table["observed_fraction"] = np.where(np.isfinite(fraction), fraction, seen.astype(float))
    large, small = _by_size(detections, small_craft_in)
    if matches is not None and len(small):
        matches = matches[~matches["detection_id"].isin(small["detection_id"])]
    single, zones, pairs = of_observation(large, coverage, matches, lead)
    for kind in ("berth", "anchorage", "yard"):
        own = _share_seen(coverage, kind, table.index)
        table[f"{kind}_fraction"] = _share_seen(zones, kind, table.index).fillna(own)
    water = every[table["counted_in"] == ""]
    numbers = _vessels(single, zones, water, moving, None if berth_states is None else under(berth_states, lead))
    numbers["stacks"] = _stacks(single, None if stacks is None else under(stacks, lead), zones, water.index)
    numbers["unmatched"] = _unmatched(pairs, water.index, seen[water.index].to_numpy())
    shown = water.index.isin([lead.get(str(scene), scene) for scene in small_craft_in])
    numbers["small_craft"] = _per_scene(under(small, lead), pd.Series(True, index=small.index), water.index, shown)
    table = table.join(numbers)
    ordered = table.rename_axis("scene_id").reset_index().sort_values(["aoi_id", "acquired_at"], kind="stable")
    return COUNTS.conform(ordered)


def _by_size(detections: pd.DataFrame, scenes: Collection[str]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The detections without the small craft of some scenes, and these."""
    small = detections["scene_id"].isin(list(scenes)).to_numpy() & (floats(detections, "length_m") < SMALL_M)
    small &= np.array(texts(detections, "class_name"), dtype=object) == "vessel"
    apart = detections[small]
    return detections[~small].reset_index(drop=True), apart[~apart["is_fixed"]] if "is_fixed" in apart else apart


def _vessels(
    detections: pd.DataFrame,
    coverage: pd.DataFrame,
    water: pd.DataFrame,
    moving: Collection[str],
    berth_states: pd.DataFrame | None,
) -> pd.DataFrame:
    """How many vessels there are in all, and by place and motion, at each observation of the water."""
    scenes, seen = water.index, (water["state"] != NOT_OBSERVED).to_numpy()
    ships = vessels_only(detections)
    ships = ships[~ships["is_fixed"]] if "is_fixed" in ships else ships
    ships = ships[~ships["detection_id"].isin(_at_empty(berth_states))]
    place, zone_ids = pd.Series(texts(ships, "zone")), pd.Series(texts(ships, "zone_id"))
    at_anchor = zone_ids.isin(set(coverage.loc[coverage["kind"] == "anchorage", "zone_id"]))
    missed = _missed(berth_states, scenes)
    return pd.DataFrame(
        {
            "vessels": _per_scene(ships, pd.Series(True, index=ships.index), scenes, seen) + missed,
            "berth": _per_scene(ships, place == "berth", scenes, _any_seen(coverage, "berth", scenes)) + missed,
            "anchorage": _per_scene(ships, at_anchor, scenes, _any_seen(coverage, "anchorage", scenes)),
            "open": _per_scene(ships, (place == "open") & ~at_anchor, scenes, seen),
            "under_way": _per_scene(ships, _moving(ships, moving), scenes, seen),
        },
        index=scenes,
    )


def clear_observations(counts: pd.DataFrame) -> pd.DataFrame:
    """The COUNTS that may carry a rate: whole observations, not those seen in part."""
    return counts[counts["state"] == "observed"].reset_index(drop=True)


def exposure(counts: pd.DataFrame, what: str) -> pd.Series:
    """What share of its place each observation showed of one count: of the water, of the berths, anchorages or yards.

    That of the water where the other is not known.
    """
    water = counts["observed_fraction"].astype(float)
    column = EXPOSURES.get(what, "")
    return counts[column].astype(float).fillna(water) if column in counts else water


def observations_with(counts: pd.DataFrame, what: str) -> pd.DataFrame:
    """The observations that have a count, in order of time, with its `exposure` as a column.

    Parameters
    ----------
    counts : COUNTS table
        Of one port.
    what : str
        Column of COUNTS.
    """
    table = counts.assign(exposure=exposure(counts, what))
    return table[table[what].notna() & (table["exposure"] > 0)].sort_values("acquired_at").reset_index(drop=True)


def moving_on_ais(matches: pd.DataFrame, positions: pd.DataFrame) -> frozenset[str]:
    """Ids of matched detections whose ship reported `UNDER_WAY_KN` or more within minutes of the observation.

    Parameters
    ----------
    matches : MATCHES table
        Latest versions.
    positions : POSITIONS table
        In any order.
    """
    known = matches[(matches["status"] == "matched") & (matches["detection_id"] != "")]
    reports = positions[positions["mmsi"].isin(known["mmsi"].dropna()) & positions["sog_kn"].notna()]
    if known.empty or reports.empty:
        return frozenset()
    observations = known[["detection_id", "mmsi", "acquired_at"]].astype({"mmsi": "int64"}).sort_values("acquired_at")
    near = pd.merge_asof(
        observations,
        reports[["mmsi", "t", "sog_kn"]].sort_values("t", kind="stable"),
        left_on="acquired_at",
        right_on="t",
        by="mmsi",
        direction="nearest",
        tolerance=pd.Timedelta(minutes=_SAME_MINUTES),
    )
    return frozenset(near.loc[near["sog_kn"] >= UNDER_WAY_KN, "detection_id"].astype(str))


def _moving(ships: pd.DataFrame, moving: Collection[str]) -> pd.Series:
    shown = pd.Series(texts(ships, "motion"), index=ships.index) == "moving"
    return shown | ships["detection_id"].isin(list(moving))


def _kinds(kind: str) -> tuple[str, ...]:
    return BERTH_KINDS if kind == "berth" else (kind,)


def _share_seen(coverage: pd.DataFrame, kind: str, scenes: pd.Index) -> pd.Series:
    zones = coverage[coverage["kind"].isin(_kinds(kind))]
    share = pd.Series(floats(zones, "observed_fraction"), index=zones.index).fillna(
        (zones["state"] != NOT_OBSERVED).astype(float)
    )
    return share.groupby(zones["scene_id"]).mean().reindex(scenes)


def _per_scene(ships: pd.DataFrame, wanted: pd.Series, scenes: pd.Index, seen: np.ndarray) -> pd.Series:
    number = ships.loc[wanted.to_numpy(dtype=bool), "scene_id"].value_counts() if len(ships) else pd.Series(dtype=int)
    return number.reindex(scenes).fillna(0).astype("Int64").where(seen)


def _missed(berth_states: pd.DataFrame | None, scenes: pd.Index) -> pd.Series:
    """How many berths hold a vessel that no detection shows, by scene."""
    if berth_states is None or "detection_ids" not in berth_states:
        return pd.Series(0, index=scenes, dtype="Int64")
    found = pd.Series(texts(berth_states, "detection_ids"), index=berth_states.index) != ""
    held = berth_states.assign(found=found)[berth_states["state"] == "occupied"]
    alone = ~held.groupby(["scene_id", "berth_id"])["found"].any()
    number = alone[alone].reset_index()["scene_id"].value_counts()
    return number.reindex(scenes).fillna(0).astype("Int64")


def _at_empty(berth_states: pd.DataFrame | None) -> set[str]:
    """Ids of the detections at berths that are said to be empty."""
    if berth_states is None or "detection_ids" not in berth_states:
        return set()
    empty = berth_states[berth_states["state"] == "empty"]
    return {name for names in texts(empty, "detection_ids") for name in names.split()}


def _any_seen(coverage: pd.DataFrame, kind: str, scenes: pd.Index) -> np.ndarray:
    zones = coverage[coverage["kind"].isin(_kinds(kind)) & (coverage["state"] != NOT_OBSERVED)]
    return np.asarray(scenes.isin(zones["scene_id"]))


def _stacks(
    detections: pd.DataFrame, stacks: pd.DataFrame | None, coverage: pd.DataFrame, scenes: pd.Index
) -> pd.Series:
    if stacks is not None:
        clear = stacks[stacks["area_m2"].notna()]
        yards = (clear["area_m2"] > 0).groupby([clear["scene_id"], clear["yard_id"]]).any()
        return yards.groupby("scene_id").sum().reindex(scenes).astype("Int64")
    if "class_name" not in detections:
        return pd.Series(pd.NA, index=scenes, dtype="Int64")
    found = detections[detections["class_name"] == "container_stack"]
    yards = _any_seen(coverage, "yard", scenes) | _any_seen(coverage, "water", scenes)
    return _per_scene(found, pd.Series(True, index=found.index), scenes, yards)


def _unmatched(matches: pd.DataFrame | None, scenes: pd.Index, seen: np.ndarray) -> pd.Series:
    if matches is None or matches.empty:
        return pd.Series(pd.NA, index=scenes, dtype="Int64")
    known = matches[(matches["reason"] != "hour unknown") & (matches["status"] != NOT_COMPARED)]
    number = known.loc[known["status"] == "unmatched", "scene_id"].value_counts()
    tried = np.asarray(scenes.isin(known["scene_id"])) & seen
    return number.reindex(scenes).fillna(0).astype("Int64").where(tried)
