"""Scoring rules, on geometry in a metric CRS: which vessels were found, which empty quays were claimed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.optimize import linear_sum_assignment
from shapely import STRtree, area, contains_xy, intersection, prepare, union_all
from shapely.geometry import Polygon
from shapely.geometry.base import BaseGeometry

from monitor.core.arrays import Floats

_FAR_M = 1e9
_LEAST_GATE_M = 2.0
_OTHERS = ["class_name", "labelled", "found", "false_alarms"]


@dataclass(frozen=True, slots=True)
class ScoringRule:
    """What counts as found, false or claimed (chosen).

    Attributes
    ----------
    gate_m : float
        How far a prediction may lie from a vessel.
    berth_gate_m : tuple of float
        The same alongside: half the vessel's length, within these bounds.
    floor_m : float
        Shorter labels do not count.
    unmatched_floor_m : float
        Shorter unmatched predictions are dropped.
    claimed_share : float
        Share of an empty stretch that predictions cover to claim it.
    """

    gate_m: float = 100.0
    berth_gate_m: tuple[float, float] = (30.0, 60.0)
    floor_m: float = 60.0
    unmatched_floor_m: float = 45.0
    claimed_share: float = 0.25


SCORING = ScoringRule()


@dataclass(frozen=True, slots=True)
class Truth:
    """Labels of one scene, in metres of its CRS.

    `vessels` has `geometry, length_m, axis_deg, situation, sure` and may have `zone`; `axis_deg` and predictions' axes
    share one north. `others` has `geometry, class_name, sure` of all labels that are neither vessels nor stacks.
    `blind` is where stacks are not scored beside vessels and ignore areas (stacks of doubt). In `small_craft` areas
    (marinas) unmatched predictions cost, in an ignore area or not.
    """

    scene: str
    vessels: pd.DataFrame
    stacks: tuple[Polygon, ...] = ()
    ignore: tuple[Polygon, ...] = ()
    empty: tuple[Polygon, ...] = ()
    blind: tuple[Polygon, ...] = ()
    small_craft: tuple[Polygon, ...] = ()
    others: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=["geometry", "class_name", "sure"]))


@dataclass(frozen=True, slots=True)
class SceneScore:
    """What one scene gave: a row a pair, a missed vessel and a false alarm; claimed empty berths; stack areas.

    `others` has `class_name, labelled, found, false_alarms`, a row for each class that is neither vessel nor stack.
    `at_small_craft` counts the predictions in areas of small craft that were right and those that were wrong.
    """

    scene: str
    pairs: pd.DataFrame
    missed: pd.DataFrame
    false_alarms: pd.DataFrame
    empty: int = 0
    claimed: int = 0
    stack_both_m2: float = 0.0
    stack_either_m2: float = 0.0
    claimed_by: tuple[int, ...] = field(default_factory=tuple)
    at_small_craft: tuple[int, int] = (0, 0)
    others: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=_OTHERS))


def centres(geometry: Sequence[BaseGeometry]) -> Floats:
    """(n, 2) centroids."""
    return np.array([[g.centroid.x, g.centroid.y] for g in geometry], dtype=np.float64).reshape(-1, 2)


def gates_m(vessels: pd.DataFrame) -> Floats:
    """How far a prediction may lie from each vessel: 100 m, at berth half its length within 30–60 m."""
    low, high = SCORING.berth_gate_m
    berth = np.clip(vessels["length_m"].to_numpy(float) / 2, low, high)
    return np.where(vessels["situation"].to_numpy(object) == "berthed", berth, SCORING.gate_m)


def assign(predicted: Floats, truth: Floats, gate_m: Floats) -> list[tuple[int, int, float]]:
    """One-to-one pairs (prediction, truth, metres) of least total distance among those within the gates.

    Parameters
    ----------
    predicted, truth : Floats
        (n, 2) metres.
    gate_m : Floats
        How far a prediction may lie from each of `truth`.
    """
    if not len(predicted) or not len(truth):
        return []
    distance = np.hypot(*(predicted[:, None, :] - truth[None, :, :]).transpose(2, 0, 1))
    cost = np.where(distance <= gate_m[None, :], distance, _FAR_M)
    rows, cols = linear_sum_assignment(cost)
    return [(int(r), int(c), float(cost[r, c])) for r, c in zip(rows, cols, strict=True) if cost[r, c] < _FAR_M]


def counted(vessels: pd.DataFrame, floor_m: float) -> npt.NDArray[np.bool_]:
    """Which labels count: sure, and not shorter than the floor."""
    sure = vessels["sure"].to_numpy(object) != "low"
    return np.asarray(sure & (vessels["length_m"].to_numpy(float) >= floor_m), dtype=bool)


def _dropped(
    predictions: pd.DataFrame, free: npt.NDArray[np.bool_], truth: Truth, others: pd.DataFrame, floor_m: float
) -> npt.NDArray[np.bool_]:
    """Unmatched predictions that cost nothing: short, in an ignore area, or on a label that does not count."""
    out = np.zeros(len(predictions), dtype=bool)
    if floor_m > 0:
        out |= predictions["length_m"].to_numpy(float) < SCORING.unmatched_floor_m
    geometry = list(predictions["geometry"])
    out |= _within(geometry, truth.ignore) & ~_within(geometry, truth.small_craft)
    out |= _within(geometry, list(others["geometry"]))
    left = np.flatnonzero(free & ~out)
    where = centres(list(predictions["geometry"]))
    for row, _, _ in assign(where[left], centres(list(others["geometry"])), gates_m(others)):
        out[left[row]] = True
    return out & free


def _within(geometry: Sequence[BaseGeometry], areas: Sequence[BaseGeometry]) -> npt.NDArray[np.bool_]:
    """Whether the centroid of each geometry lies in any of the areas."""
    out = np.zeros(len(geometry), dtype=bool)
    if len(geometry) and len(areas):
        hit, _ = STRtree(list(areas)).query([g.centroid for g in geometry], predicate="intersects")
        out[hit] = True
    return out


def match_vessels(
    predictions: pd.DataFrame, truth: Truth, *, floor_m: float = SCORING.floor_m
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Pairs, missed labels and false alarms of one scene.

    Parameters
    ----------
    predictions : table
        `geometry, length_m, axis_deg, score` (and whatever else is carried along), in the labels' CRS.
    truth : Truth
    floor_m : float
        Shorter labels do not count.
    """
    predictions = predictions.reset_index(drop=True)
    counts = counted(truth.vessels, floor_m)
    real = truth.vessels[counts].reset_index(drop=True)
    others = truth.vessels[~counts].reset_index(drop=True)
    where, goal = centres(list(predictions["geometry"])), centres(list(real["geometry"]))
    found = assign(where, goal, gates_m(real))
    free = np.ones(len(predictions), dtype=bool)
    free[[p for p, _, _ in found]] = False
    dropped = _dropped(predictions, free, truth, others, floor_m)
    pairs = pd.DataFrame(
        [_pair(predictions.iloc[p], real.iloc[t], metres) for p, t, metres in found],
        columns=[
            "score",
            "length_m",
            "true_length_m",
            "axis_error_deg",
            "distance_m",
            "situation",
            "zone",
            "found_zone",
            "low_m",
            "high_m",
            "at_small_craft",
        ],
    )
    right = _within([predictions["geometry"].iloc[p] for p, _, _ in found], truth.small_craft)
    pairs["at_small_craft"] = right
    hit = {t for _, t, _ in found}
    missed = real[[index not in hit for index in range(len(real))]]
    return pairs, missed.reset_index(drop=True), predictions[free & ~dropped].reset_index(drop=True)


def _pair(prediction: pd.Series, truth: pd.Series, metres: float) -> dict[str, object]:
    gap = abs(float(prediction["axis_deg"]) - float(truth["axis_deg"])) % 180
    return {
        "score": prediction["score"],
        "length_m": prediction["length_m"],
        "true_length_m": truth["length_m"],
        "axis_error_deg": min(gap, 180 - gap),
        "distance_m": metres,
        "situation": truth["situation"],
        "zone": truth.get("zone", ""),
        "found_zone": prediction.get("zone", ""),
        "low_m": prediction.get("length_low_m", np.nan),
        "high_m": prediction.get("length_high_m", np.nan),
    }


def claimed_berths(predictions: Sequence[BaseGeometry], empty: Sequence[Polygon]) -> list[int]:
    """Indices of the empty stretches that a prediction claims.

    A stretch is claimed when a predicted vessel has its centre on it or covers a quarter of it.
    """
    claimed = []
    for index, strip in enumerate(empty):
        covered = area(intersection(union_all(list(predictions)), strip)) if len(predictions) else 0.0
        if covered >= SCORING.claimed_share * strip.area or any(strip.contains(g.centroid) for g in predictions):
            claimed.append(index)
    return claimed


def stack_areas(predicted: Sequence[BaseGeometry], truth: Truth, *, cell_m: float = 10.0) -> tuple[float, float]:
    """Area (m²) in both, and in either, of predicted and labelled stacks, away from vessels and ignore areas.

    Parameters
    ----------
    predicted : sequence of BaseGeometry
        Outlines in the labels' CRS.
    truth : Truth
    cell_m : float
        Side of a cell of the grid that areas are counted on.
    """
    everything = [*predicted, *truth.stacks]
    if not everything:
        return 0.0, 0.0
    bounds = np.array([g.bounds for g in everything])
    xs = np.arange(np.floor(bounds[:, 0].min() / cell_m), np.ceil(bounds[:, 2].max() / cell_m)) * cell_m + cell_m / 2
    ys = np.arange(np.floor(bounds[:, 1].min() / cell_m), np.ceil(bounds[:, 3].max() / cell_m)) * cell_m + cell_m / 2
    grid_x, grid_y = np.meshgrid(xs, ys)

    def raster(areas: Sequence[BaseGeometry]) -> npt.NDArray[np.bool_]:
        out = np.zeros(grid_x.shape, dtype=bool)
        for shape in areas:
            west, south, east, north = shape.bounds
            cols = slice(*np.searchsorted(xs, [west, east]))
            rows = slice(*np.searchsorted(ys, [south, north]))
            prepare(shape)
            out[rows, cols] |= contains_xy(shape, grid_x[rows, cols], grid_y[rows, cols])
        return out

    scored = ~raster([*truth.vessels["geometry"], *truth.ignore, *truth.blind])
    mine, theirs = raster(predicted) & scored, raster(truth.stacks) & scored
    return float((mine & theirs).sum()) * cell_m**2, float((mine | theirs).sum()) * cell_m**2


def count_others(predictions: pd.DataFrame, truth: Truth) -> pd.DataFrame:
    """Labels and how many were found, and false alarms, of each class that is neither vessel nor stack.

    Paired one to one within half the longer side of a label, 2 m at least.

    Parameters
    ----------
    predictions : table
        `geometry, class_name` in the labels' CRS.
    truth : Truth
    """
    rows = []
    for name in sorted({*predictions["class_name"], *truth.others["class_name"]}):
        found = list(predictions.loc[predictions["class_name"] == name, "geometry"])
        labels = truth.others[truth.others["class_name"] == name]
        sure = labels["sure"].to_numpy(object) != "low"
        shapes = list(labels["geometry"])
        gate = np.array([max(_longest_m(each) / 2, _LEAST_GATE_M) for each in shapes])
        pairs = assign(centres(found), centres(shapes), gate)
        right = sum(bool(sure[label]) for _, label, _ in pairs)
        paired = {prediction for prediction, _, _ in pairs}
        centroids = np.array([each.centroid for each in found], dtype=object)
        hidden = STRtree(list(truth.ignore)).query(centroids, predicate="intersects")[0]
        false = len(set(range(len(found))) - paired - set(hidden.tolist()))
        rows.append((name, int(sure.sum()), right, false))
    return pd.DataFrame(rows, columns=_OTHERS)


def _longest_m(geometry: BaseGeometry) -> float:
    x, y = np.asarray(geometry.minimum_rotated_rectangle.exterior.coords).T
    return float(np.hypot(np.diff(x), np.diff(y)).max())


def score_scene(
    vessels: pd.DataFrame,
    stacks: Sequence[BaseGeometry],
    truth: Truth,
    *,
    floor_m: float = SCORING.floor_m,
    others: pd.DataFrame | None = None,
) -> SceneScore:
    """The score of one scene against its labels.

    Parameters
    ----------
    vessels : table
        See `match_vessels`.
    stacks : sequence of BaseGeometry
        Predicted outlines in the labels' CRS.
    truth : Truth
    floor_m : float
        Shorter labels do not count.
    others : table, optional
        Predictions of other classes, `geometry, class_name`.
    """
    pairs, missed, false_alarms = match_vessels(vessels, truth, floor_m=floor_m)
    long_enough = vessels[vessels["length_m"] >= SCORING.unmatched_floor_m] if floor_m > 0 else vessels
    claimed = claimed_berths(list(long_enough["geometry"]), truth.empty)
    both, either = stack_areas(stacks, truth)
    return SceneScore(
        scene=truth.scene,
        pairs=pairs,
        missed=missed,
        false_alarms=false_alarms,
        empty=len(truth.empty),
        claimed=len(claimed),
        stack_both_m2=both,
        stack_either_m2=either,
        claimed_by=tuple(claimed),
        others=pd.DataFrame(columns=_OTHERS) if others is None else count_others(others, truth),
        at_small_craft=(
            int(pairs["at_small_craft"].sum()),
            int(_within(list(false_alarms["geometry"]), truth.small_craft).sum()),
        ),
    )
