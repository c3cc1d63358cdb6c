"""Matches change when AIS comes late: what they were stays beside what they are."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

import pandas as pd

from monitor.core.scenes.scene import Acquisition, Scene
from monitor.core.tables import MATCHES, NULL_TESTS
from monitor.core.timerange import utc
from monitor.fuse.matching.match import match
from monitor.fuse.matching.model import DEFAULT_MODEL, MatchModel
from monitor.fuse.matching.projection import acquisition_of, around

SUPERSEDED = "superseded"


def latest(matches: pd.DataFrame) -> pd.DataFrame:
    """MATCHES as they now stand: the highest version of each, without those that were withdrawn."""
    if matches.empty:
        return MATCHES.empty()
    newest = matches.sort_values("version", kind="stable").drop_duplicates("match_id", keep="last").sort_index()
    return MATCHES.conform(newest[newest["status"] != SUPERSEDED])


def revise(
    previous: pd.DataFrame, current: pd.DataFrame, *, as_of: datetime, scenes: Collection[str] | None = None
) -> pd.DataFrame:
    """All versions of the MATCHES: the previous ones, and a new version of each that changed status or vessel.

    Parameters
    ----------
    previous : MATCHES table
        All versions so far; may be empty.
    current : MATCHES table
        What `match` says now, for the same scenes. A row of these scenes that is no longer there (a vessel first
        seen on AIS alone that now has its detection) becomes ``superseded``.
    as_of : datetime
        When the AIS that was used had come in; stands on new rows.
    scenes : collection of str, optional
        The scenes that were compared, where some may have no row left; those of `current` when not given.

    Raises
    ------
    DataError
        `as_of` has no zone, or a table lacks columns.
    """
    when = pd.Timestamp(utc(as_of))
    old = latest(previous).set_index("match_id") if len(previous) else MATCHES.empty().set_index("match_id")
    top = previous.groupby("match_id")["version"].max() if len(previous) else pd.Series(dtype="int64")
    added = [row for row in current.to_dict("records") if _changed(old, row)]
    compared = current["scene_id"] if scenes is None else list(scenes)
    gone = old[old["scene_id"].isin(compared) & ~old.index.isin(current["match_id"])]
    for row in gone.reset_index().to_dict("records"):
        why = "the detection no longer counts" if row["detection_id"] else "AIS that came later contradicts it"
        added.append(row | {"status": SUPERSEDED, "reason": why})
    if not added:
        return MATCHES.conform(previous) if len(previous) else MATCHES.empty()
    new = pd.DataFrame(added)
    new["version"] = [int(top.get(row["match_id"], 0)) + 1 for row in added]
    new["as_of"] = when
    for column in ("mmsi", "runner_up_mmsi"):
        new[column] = new[column].astype("Int64")
    new = MATCHES.conform(new)
    return MATCHES.join([MATCHES.conform(previous), new])


def _changed(old: pd.DataFrame, row: dict[str, object]) -> bool:
    if row["match_id"] not in old.index:
        return True
    before = old.loc[row["match_id"]]
    ship, was = row["mmsi"], before["mmsi"]
    same_ship = (pd.isna(ship) and pd.isna(was)) or (not pd.isna(ship) and not pd.isna(was) and ship == was)
    return not (before["status"] == row["status"] and same_ship)


def null_test(
    detections: pd.DataFrame,
    positions: pd.DataFrame,
    *,
    scene: Acquisition | Scene,
    matches: pd.DataFrame | None = None,
    shift: timedelta = timedelta(days=1),
    model: MatchModel = DEFAULT_MODEL,
) -> pd.DataFrame:
    """NULL_TESTS row of a scene: how often AIS of another day matches its detections.

    A pair of the same ship, which lay there on both days, is not by chance and is counted apart. Without vessel
    detections, or for a scene of uncertain hour, the rate is NaN.

    Parameters
    ----------
    detections : DETECTIONS table
        Of the scene.
    positions : POSITIONS table
        Of both days: of the scene, unless `matches` is given, and of the instant `shift` before it.
    scene : Acquisition or Scene
        What the detections are of.
    matches : MATCHES table, optional
        The true matches, to know the same ship again; made here when not given.
    shift : timedelta
        By how much AIS is moved; a day keeps the hour of the traffic.
    model : MatchModel
        Numbers of the matching.
    """
    acquisition = acquisition_of(scene)
    near = around(positions, pd.Timestamp(acquisition.acquired_at) - shift, model.longest_silence_h)
    moved = match(detections, near.assign(t=near["t"] + shift), scene=scene, model=model)
    true = match(detections, positions, scene=scene, model=model) if matches is None else latest(matches)
    ship = dict(zip(true["detection_id"], true["mmsi"], strict=True))
    pairs = moved[moved["status"] == "matched"]
    same = sum(
        bool(pd.notna(ship.get(d)) and ship[d] == m) for d, m in zip(pairs["detection_id"], pairs["mmsi"], strict=True)
    )
    rows = int((moved["detection_id"] != "").sum())
    by_chance = len(pairs) - same
    rate = by_chance / rows if rows and acquisition.is_exact else float("nan")
    return NULL_TESTS.conform(
        pd.DataFrame(
            {
                "scene_id": [acquisition.id],
                "aoi_id": acquisition.aoi_id,
                "acquired_at": pd.Timestamp(acquisition.acquired_at),
                "shift_h": shift.total_seconds() / 3600.0,
                "detections": rows,
                "matched": len(pairs),
                "by_chance": by_chance,
                "chance_rate": rate,
            }
        )
    )
