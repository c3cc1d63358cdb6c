"""Which row of an output is which thing in the truth."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from scipy.optimize import linear_sum_assignment
from shapely import centroid, get_x, get_y

from monitor.core.arrays import Floats
from monitor.core.geo.geodesy import distance_m
from monitor.simulate.scoring.rule import RULE

_FAR = 1e9
_LONG_AGO, _FAR_ON = pd.Timestamp("1990-01-01", tz="UTC"), pd.Timestamp("2100-01-01", tz="UTC")

Figure = tuple[str, str, float, int]
"""``table, figure, value, cases``; the value is NaN where there are no cases."""
Tables = Mapping[str, pd.DataFrame]


def share(part: int, whole: int) -> float:
    """`part` of `whole`; NaN of none."""
    return part / whole if whole else float("nan")


def f1(precision: float, recall: float) -> float:
    """Harmonic mean of precision and recall; NaN where both are 0."""
    return 2 * precision * recall / (precision + recall) if precision + recall > 0 else float("nan")


def sent_numbers(vessels: pd.DataFrame) -> dict[int, int]:
    """The MMSI that each true vessel's messages carry, by its own; its own where the truth has one number only."""
    column = "sent_mmsi" if "sent_mmsi" in vessels else "mmsi"
    known = vessels.drop_duplicates("mmsi")
    return {int(own): int(sent) for own, sent in zip(known["mmsi"], known[column], strict=True)}


def pair_vessels(detections: pd.DataFrame, vessels: pd.DataFrame) -> pd.Series:
    """The MMSI of the true vessel that each detection is, by ``detection_id``; detections that are none are left out.

    One to one within a scene, by the least sum of distances between centres; no pair farther than 100 m, or for a hull
    at berth half its length, within 30–60 m. Containers are left out.
    """
    found = detections[detections["class_name"] == "vessel"]
    pairs: dict[str, int] = {}
    for scene_id, mine in found.groupby("scene_id"):
        true = vessels[vessels["scene_id"] == scene_id]
        centre = centroid(mine.geometry.to_numpy())
        far = _distances(get_x(centre), get_y(centre), true)
        far = np.where(far <= _gates(true)[None, :], far, _FAR)
        for i, j in zip(*linear_sum_assignment(far), strict=True):
            if far[i, j] < _FAR:
                pairs[str(mine["detection_id"].iloc[i])] = int(true["mmsi"].iloc[j])
    return pd.Series(pairs, dtype="int64")


def _distances(lon: Floats, lat: Floats, true: pd.DataFrame) -> Floats:
    return distance_m(
        lon[:, None], lat[:, None], true["lon"].to_numpy(float)[None, :], true["lat"].to_numpy(float)[None, :]
    )


def _gates(true: pd.DataFrame) -> Floats:
    berthed = np.clip(true["length_m"].to_numpy(float) / 2, *RULE.berth_gate_m)
    return np.where(true["situation"] == "berthed", berthed, RULE.gate_m)


def pair_intervals(made: pd.DataFrame, true: pd.DataFrame, *, same: tuple[tuple[str, str], ...]) -> dict[int, int]:
    """Row positions of `made` -> of `true`: intervals that overlap longest, one to one.

    Parameters
    ----------
    made, true : DataFrame
        With instants ``begin`` and ``finish``, none missing.
    same : tuple of tuple
        Pairs of columns that must be equal: (in `made`, in `true`).
    """
    if not len(made) or not len(true):
        return {}
    start = np.maximum(_seconds(made["begin"])[:, None], _seconds(true["begin"])[None, :])
    end = np.minimum(_seconds(made["finish"])[:, None], _seconds(true["finish"])[None, :])
    overlap = end - start
    for left, right in same:
        overlap = np.where(made[left].to_numpy()[:, None] == true[right].to_numpy()[None, :], overlap, -1.0)
    gain = np.where(overlap >= 0, overlap + 1.0, 0.0)
    rows, cols = linear_sum_assignment(-gain)
    return {int(i): int(j) for i, j in zip(rows, cols, strict=True) if gain[i, j] > 0}


def pair_visits(visits: pd.DataFrame, truth: pd.DataFrame) -> dict[int, int]:
    """Row positions of VISITS -> of the true visits, at the same berth and overlapping longest, one to one.

    A stay is held to last at least from its first sighting to its last; a bound that is missing is taken far off.
    """
    made = visits.assign(
        begin=visits["arrived_not_after"].fillna(visits["arrived_not_before"]).fillna(_LONG_AGO),
        finish=visits["departed_not_before"].fillna(visits["departed_not_after"]).fillna(_FAR_ON),
    )
    true = truth.assign(begin=truth["arrived_at"], finish=truth["departed_at"])
    return pair_intervals(made, true, same=(("berth_id", "berth_id"),))


def _seconds(values: pd.Series) -> Floats:
    made: Floats = values.astype("datetime64[us, UTC]").astype("int64").to_numpy() / 1e6
    return made
