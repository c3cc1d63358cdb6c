"""Which detection is which vessel on AIS."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from shapely.geometry.base import BaseGeometry

from monitor.core.arrays import Ints, Mask
from monitor.core.columns import floats, instants, require, vessels_only
from monitor.core.scenes.scene import Acquisition, Scene
from monitor.core.scenes.sensors import SENSORS
from monitor.core.tables import MATCHES
from monitor.fuse.matching.assignment import solve
from monitor.fuse.matching.azimuth_shift import RadarGeometry
from monitor.fuse.matching.learning import Weighed, weigh
from monitor.fuse.matching.likelihood import nearest_fix_s, seen_probability
from monitor.fuse.matching.model import DEFAULT_MODEL, MatchModel
from monitor.fuse.matching.projection import acquisition_of, inside, observed_area, vessels_at

HOUR_UNKNOWN = "hour unknown"


@dataclass(frozen=True, slots=True)
class _Sides:
    detections: pd.DataFrame
    points: pd.DataFrame
    weighed: Weighed
    chosen: Ints
    """The vessel of each detection in the assignment that is right most often; -1 for none."""


def match(
    detections: pd.DataFrame,
    positions: pd.DataFrame,
    *,
    scene: Acquisition | Scene,
    observation: RadarGeometry | None = None,
    observed: BaseGeometry | None = None,
    model: MatchModel = DEFAULT_MODEL,
) -> pd.DataFrame:
    """The MATCHES of one scene, one to one: a row for each vessel detection and for each vessel not seen.

    No vessel is named by two rows.

    Parameters
    ----------
    detections : DETECTIONS table
        Needs ``detection_id`` and geometry (or ``lon, lat``); rows of other classes than ``vessel`` are left out.
        Length, axis and zone are used where present.
    positions : POSITIONS table
        Needs ``mmsi, t, lon, lat``, of any period; vessels received within 12 hours of the scene take part.
    scene : Acquisition or Scene
        Whose instant and, for radar, whose orbit count.
    observation : RadarGeometry, optional
        True incidence and course of a radar scene, when they are known.
    observed : BaseGeometry, optional
        In longitude and latitude: where a vessel should have been seen; the scene's grid and footprint when not given.

    model : MatchModel

    Returns
    -------
    MATCHES table
        ``matched`` with a probability of at least `model.sure`; ``potential`` when the pair is no more than possible
        (its reason says why); ``unmatched``; ``ais_only`` for a vessel that AIS places in the observed area, large
        enough to be seen, without a detection. When only the day of the scene is known nothing can be matched: rows
        are ``unmatched`` with the reason "hour unknown".

    Raises
    ------
    DataError
        A column is missing.

    Notes
    -----
    AIS positions are moved to the instant (`ais.track_at`) and, for radar, by the azimuth shift of a moving ship; the
    detection stays. Costs are log odds (`monitor.fuse.matching.likelihood`), the assignment is global (Hungarian) with
    staying alone on both sides, and the margin is what the best other assignment costs more.
    """
    ships = vessels_only(detections)
    require(ships, ("detection_id",), "detections")
    acquisition = acquisition_of(scene)
    if not acquisition.is_exact:
        return _table(acquisition, [_alone(str(d), HOUR_UNKNOWN) for d in ships["detection_id"]])
    points = vessels_at(positions, scene, observation=observation, within_h=model.longest_silence_h)
    points = points.assign(p_seen=seen_probability(floats(points, "length_m"), _pixel_m(scene)))
    expected = _expected(points, observed_area(scene) if observed is None else observed, model)
    weighed = weigh(ships, points, expected, model=model, sensor=acquisition.sensor)
    chosen, _ = solve(np.where(weighed.probability > 0, -weighed.probability, np.inf))
    sides = _Sides(ships, points, weighed, chosen)
    rows = [_row(sides, index, model) for index in range(len(ships))]
    rows += _ais_only(sides, expected, rows)
    return _table(acquisition, rows)


def _pixel_m(scene: Acquisition | Scene) -> float | None:
    """Metres of a scene's pixels, else of its sensor's; None when neither is known."""
    if isinstance(scene, Scene):
        return scene.grid.gsd_m
    known = SENSORS.get(scene.sensor)
    return None if known is None else known.gsd_m


def _expected(points: pd.DataFrame, area: BaseGeometry, model: MatchModel) -> Mask:
    """(vessels,) bool: those that AIS places in the area and that are large enough to be seen."""
    large = floats(points, "p_seen") >= model.expected
    return np.asarray(inside(points, area) & large & (floats(points, "r90_m") <= model.placed_m))


def _table(acquisition: Acquisition, rows: list[dict[str, object]]) -> pd.DataFrame:
    if not rows:
        return MATCHES.empty()
    table = pd.DataFrame(rows)
    subject = [row["detection_id"] or f"ais:{row['mmsi']}" for row in rows]
    table["match_id"] = [f"{acquisition.id}|{name}" for name in subject]
    table["scene_id"], table["aoi_id"] = acquisition.id, acquisition.aoi_id
    table["acquired_at"] = pd.Timestamp(acquisition.acquired_at)
    table["version"], table["as_of"] = 1, instants([None] * len(rows))
    table["mmsi"] = table["mmsi"].astype("Int64")
    table["runner_up_mmsi"] = table["runner_up_mmsi"].astype("Int64")
    return MATCHES.conform(table)


def _alone(detection_id: str, reason: str) -> dict[str, object]:
    nothing = dict.fromkeys(
        (
            "distance_m",
            "dt_s",
            "cost",
            "cost_position",
            "cost_length",
            "cost_heading",
            "cost_berth",
            "margin",
            "ais_lon",
            "ais_lat",
        ),
        np.nan,
    )
    return {
        "detection_id": detection_id,
        "mmsi": pd.NA,
        "status": "unmatched",
        "runner_up_mmsi": pd.NA,
        "reason": reason,
        "probability": 0.0 if reason != HOUR_UNKNOWN else np.nan,
        "explained": 0.0 if reason != HOUR_UNKNOWN else np.nan,
        **nothing,
    }


def _row(sides: _Sides, index: int, model: MatchModel) -> dict[str, object]:
    row = _alone(str(sides.detections["detection_id"].iloc[index]), "no vessel on AIS fits")
    fits = sides.weighed.probability[index]
    if not fits.any():
        return row
    ranked = np.argsort(-fits, kind="stable")
    column, best = int(sides.chosen[index]), int(ranked[0])
    probability = float(fits[column]) if column >= 0 else float(fits[best])
    row["probability"], row["explained"] = probability, float(fits.sum())
    if column < 0 or probability < model.possible:
        row["margin"] = _log_odds(1.0 - probability)
        row["runner_up_mmsi"] = sides.points["mmsi"].iloc[best]
        elsewhere = (sides.chosen == best).any() and best != column
        row["reason"] = "its vessel fits another detection better" if elsewhere else "the nearest vessel fits badly"
        return row
    row |= _terms(sides, index, column)
    others = [int(other) for other in ranked if other != column and fits[other] > 0]
    row["margin"] = _log_odds(probability)
    row["runner_up_mmsi"] = sides.points["mmsi"].iloc[others[0]] if others else pd.NA
    row["status"] = "matched" if probability >= model.sure and not _long_silent(sides, column, model) else "potential"
    rival = bool(others) and float(fits[others[0]]) > 1.0 - float(fits.sum())
    row["reason"] = "" if row["status"] == "matched" else _doubt(sides, column, model, rival=rival)
    return row


def _long_silent(sides: _Sides, column: int, model: MatchModel) -> bool:
    """Whether the place of a ship under way is one that nothing has confirmed for hours."""
    point = sides.points.iloc[[column]]
    under_way = float(floats(point, "sog_kn")[0]) > model.under_way_kn
    return under_way and float(nearest_fix_s(point)[0]) > model.matched_within_h * 3600.0


def _log_odds(probability: float) -> float:
    p = min(max(probability, 1e-12), 1.0 - 1e-12)
    return float(np.log(p / (1.0 - p)))


def _terms(sides: _Sides, index: int, column: int) -> dict[str, object]:
    point, costs = sides.points.iloc[column], sides.weighed.costs
    return {
        "mmsi": point["mmsi"],
        "distance_m": costs.distance_m[index, column],
        "dt_s": float(nearest_fix_s(sides.points)[column]),
        "cost": costs.total[index, column],
        "cost_position": costs.position[index, column],
        "cost_length": costs.length[index, column],
        "cost_heading": costs.heading[index, column],
        "cost_berth": costs.berth[index, column],
        "ais_lon": point["image_lon"],
        "ais_lat": point["image_lat"],
    }


def _doubt(sides: _Sides, column: int, model: MatchModel, *, rival: bool) -> str:
    if rival:
        return "another vessel fits nearly as well"
    silent_min = float(nearest_fix_s(sides.points)[column]) / 60.0
    if silent_min > model.long_silence_min:
        return f"the nearest fix is {silent_min:.0f} min away"
    return "the vessel is near, but fits no better than a ship without AIS"


def _ais_only(sides: _Sides, expected: Mask, rows: list[dict[str, object]]) -> list[dict[str, object]]:
    points = sides.points
    taken = {row["mmsi"] for row in rows if row["status"] in ("matched", "potential")}
    unseen = []
    for column in np.flatnonzero(expected):
        point = points.iloc[int(column)]
        if point["mmsi"] in taken:
            continue
        row = _alone("", "on AIS here, not in the image: missed, under cloud, or a false position")
        row |= {
            "mmsi": point["mmsi"],
            "status": "ais_only",
            "dt_s": float(nearest_fix_s(points)[column]),
            "probability": np.nan,
            "explained": np.nan,
            "ais_lon": point["image_lon"],
            "ais_lat": point["image_lat"],
        }
        unseen.append(row)
    return unseen
