"""How good a detector is on labelled scenes: the figures, their intervals, and a table to read."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from monitor.core.arrays import Floats
from monitor.core.statistics import binomial_interval
from monitor.detect.base import Detector
from monitor.detect.evaluation.matching import SCORING, SceneScore
from monitor.detect.evaluation.others import others
from monitor.detect.evaluation.reader import score_folder
from monitor.detect.evaluation.table import table

LENGTH_CLASSES = ((0.0, 25.0), (25.0, 50.0), (50.0, 60.0), (60.0, 100.0), (100.0, 200.0), (200.0, 1000.0))
ZONES = ("berth", "inshore", "open")
DRAWS = 1000
_SEED = 20231005


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Scores of a detector over labelled scenes.

    `scores` has one entry a scene; everything else follows from them. `trained_on` names those of the scenes that the
    detector's weights were trained on: figures with these among them do not hold for new ports.
    """

    detector: str
    floor_m: float
    scores: tuple[SceneScore, ...]
    trained_on: tuple[str, ...] = ()

    def figures(self) -> dict[str, float]:
        """Pooled figures. NaN where nothing was there to be scored."""
        return figures(self.scores)

    def intervals(self, draws: int = DRAWS) -> dict[str, tuple[float, float]]:
        """90 % intervals of the pooled figures: scenes drawn with replacement."""
        return bootstrap(self.scores, draws=draws)

    def by_scene(self) -> pd.DataFrame:
        """The same figures for each scene alone."""
        rows = [{"scene": score.scene, **figures([score])} for score in self.scores]
        return pd.DataFrame(rows)

    def by_class(self) -> pd.DataFrame:
        """Recall by true zone and length, precision by predicted zone and length."""
        return by_class(self.scores, self.floor_m)

    def by_score(self) -> pd.DataFrame:
        """Detections of vessels by score in fifths: how many, and the share of them that was right."""
        return by_score(self.scores)

    def detections(self) -> pd.DataFrame:
        """Detections of vessels that count: `scene, score, zone, length_m, right`, the zone as it was detected."""
        return detections(self.scores)

    def others(self) -> pd.DataFrame:
        """Labels, found, false alarms and shares with bounds of each class that is neither vessel nor stack."""
        return others(self.scores)

    def to_json(self) -> dict[str, object]:
        """Everything as plain numbers for ``json.dump``; NaN becomes None."""
        return {
            "detector": self.detector,
            "floor_m": self.floor_m,
            "scenes": len(self.scores),
            "trained_on": list(self.trained_on),
            "pooled": _plain(self.figures()),
            "interval_90": {key: [_none(low), _none(high)] for key, (low, high) in self.intervals().items()},
            "by_scene": [_plain(row) for row in self.by_scene().to_dict("records")],
            "by_class": [_plain(row) for row in self.by_class().to_dict("records")],
            "by_score": [_plain(row) for row in self.by_score().to_dict("records")],
            "others": [_plain(row) for row in self.others().to_dict("records")],
        }

    def table(self) -> str:
        """A table for people: one line a scene, the pool, and its intervals."""
        return table(self)


def evaluate(
    folder: str | Path,
    detector: Detector,
    *,
    floor_m: float = SCORING.floor_m,
    sensor: str = "s2",
    labels: Path | None = None,
) -> Evaluation:
    """Score a detector on a folder of labelled scenes.

    Parameters
    ----------
    folder : str or Path
        A labelled scene folder, or a folder of such: ``*.tif``, ``labels.geojson``.
    detector : Detector
    floor_m : float
        Shorter labels neither count nor cost, and unmatched predictions shorter than 45 m are dropped; 0 scores
        all.
    sensor : str
        Of the scenes; any name.
    labels : Path, optional
        A folder with further labels, ``<name of the scene's folder>.geojson`` where there are any.

    Raises
    ------
    DataError
        No labelled scene there, or one that cannot be read.
    DetectorError
        A scene does not fit the detector.

    Notes
    -----
    Vessels are matched one to one on centre distance (Hungarian), within 100 m, alongside within min(60 m, L/2) but at
    least 30 m. Unmatched predictions in ignore areas, and on labels that do not count, are dropped, but not those in
    areas of small craft. Stacks are scored by area on a 10 m grid without vessels and ignore areas.
    """
    scores = score_folder(Path(folder), detector, floor_m=floor_m, sensor=sensor, more=labels)
    known = getattr(getattr(detector, "weights", None), "trained_on", ())
    trained_on = tuple(score.scene for score in scores if score.scene in known)
    return Evaluation(detector.key, floor_m, tuple(scores), trained_on)


@dataclass(frozen=True, slots=True)
class _Basis:
    """What the figures of a scene rest on: numbers by `_COUNTED`, and what is known of each vessel found."""

    counts: Floats
    length_error_m: Floats
    axis_error_deg: Floats
    held: Floats


_COUNTED = (
    "found",
    "missed",
    "false_alarms",
    "occupied_found",
    "occupied_missed",
    "empty_berths",
    "claimed_empty",
    "small_craft_right",
    "small_craft_wrong",
    "null_scenes",
    "null_false_alarms",
    "stack_both_m2",
    "stack_either_m2",
)
"""Sums over scenes; null scenes are those without any vessel that counts, with what was claimed in them."""


def figures(scores: Sequence[SceneScore]) -> dict[str, float]:
    """Pooled figures of scenes."""
    return _pooled([_basis(score) for score in scores])


def _basis(score: SceneScore) -> _Basis:
    pairs, missed = score.pairs, score.missed
    bare = not len(pairs) and not len(missed)
    counts = (
        len(pairs),
        len(missed),
        len(score.false_alarms),
        *(int((part["situation"] == "berthed").sum()) if len(part) else 0 for part in (pairs, missed)),
        score.empty,
        score.claimed,
        *score.at_small_craft,
        int(bare),
        len(score.false_alarms) if bare else 0,
        score.stack_both_m2,
        score.stack_either_m2,
    )
    none = np.zeros(0)
    if not len(pairs):
        return _Basis(np.array(counts, dtype=float), none, none, none)
    names = ["length_m", "true_length_m", "low_m", "high_m", "axis_error_deg"]
    length, true, low, high, axis = pairs[names].astype(float).to_numpy().T
    held, error = ((low <= true) & (true <= high))[~np.isnan(low)].astype(float), length - true
    return _Basis(np.array(counts, dtype=float), error[~np.isnan(error)], axis[~np.isnan(axis)], held)


def _pooled(parts: Sequence[_Basis]) -> dict[str, float]:
    """The figures of scenes together. What vessels and berths are counts of are whole numbers."""
    sums = np.sum([part.counts for part in parts], axis=0) if parts else np.zeros(len(_COUNTED))
    n = {name: float(value) if name.endswith("_m2") else int(value) for name, value in zip(_COUNTED, sums, strict=True)}
    both, either = n.pop("stack_both_m2"), n.pop("stack_either_m2")
    none = [np.zeros(0)]
    error = np.concatenate([*none, *(part.length_error_m for part in parts)])
    axis = np.concatenate([*none, *(part.axis_error_deg for part in parts)])
    held = np.concatenate([*none, *(part.held for part in parts)])
    found, missed, false = n["found"], n["missed"], n["false_alarms"]
    return {
        "vessels": found + missed,
        **n,
        "empty_left": n["empty_berths"] - n["claimed_empty"],
        "precision": _share(found, found + false),
        "recall": _share(found, found + missed),
        "f1": _share(2 * found, 2 * found + missed + false),
        "recall_at_berth": _share(n["occupied_found"], n["occupied_found"] + n["occupied_missed"]),
        "claimed_empty_share": _share(n["claimed_empty"], n["empty_berths"]),
        "precision_at_small_craft": _share(n["small_craft_right"], n["small_craft_right"] + n["small_craft_wrong"]),
        "stack_iou": _share(both, either),
        "length_error_m": float(np.abs(error).mean()) if len(error) else np.nan,
        "length_bias_m": float(error.mean()) if len(error) else np.nan,
        "length_interval_holds": float(held.mean()) if len(held) else np.nan,
        "axis_error_deg": float(np.median(axis)) if len(axis) else np.nan,
    }


_TRIALS = {
    "precision": ("found", "false_alarms"),
    "recall": ("found", "missed"),
    "recall_at_berth": ("occupied_found", "occupied_missed"),
    "claimed_empty_share": ("claimed_empty", "empty_left"),
    "precision_at_small_craft": ("small_craft_right", "small_craft_wrong"),
}
"""Of each figure that is a share of trials: what was hit, and what was not."""


def bootstrap(
    scores: Sequence[SceneScore], *, draws: int = DRAWS, level: float = 0.9
) -> dict[str, tuple[float, float]]:
    """Intervals of the pooled figures; the same numbers every time. Empty without scenes.

    The interval of a share of vessels or berths is never narrower than the exact one of as many trials: scenes that
    agree, or a single one, would make it certain. One scene gives none of the other figures (NaN).

    Parameters
    ----------
    scores : sequence of SceneScore
    draws : int
        How often as many scenes are drawn, with replacement.
    level : float
        Probability that the intervals hold.
    """
    if not scores:
        return {}
    rng = np.random.default_rng(_SEED)
    parts = [_basis(score) for score in scores]
    rows = [_pooled([parts[i] for i in rng.integers(len(parts), size=len(parts))]) for _ in range(draws)]
    table = pd.DataFrame(rows)
    tail = (1 - level) / 2
    names = [
        "precision",
        "recall",
        "f1",
        "recall_at_berth",
        "claimed_empty_share",
        "precision_at_small_craft",
        "stack_iou",
        "length_error_m",
        "length_bias_m",
        "length_interval_holds",
        "axis_error_deg",
    ]
    drawn = {
        name: (float(table[name].quantile(tail)), float(table[name].quantile(1 - tail)))
        if len(scores) > 1
        else (np.nan, np.nan)
        for name in names
    }
    pooled = _pooled(parts)
    for name, (hits, misses) in _TRIALS.items():
        number, missed = int(pooled[hits]), int(pooled[misses])
        exact = binomial_interval(number, number + missed, level=level)
        both = np.array([drawn[name], exact])
        if np.isfinite(exact).all():
            drawn[name] = (float(np.nanmin(both[:, 0])), float(np.nanmax(both[:, 1])))
    return drawn


def by_class(scores: Sequence[SceneScore], floor_m: float = SCORING.floor_m) -> pd.DataFrame:
    """Rows of zone and length class: labels and how many were found, predictions and how many were true."""
    pairs = _stacked([score.pairs for score in scores])
    missed = _stacked([score.missed for score in scores])
    false = _stacked([score.false_alarms for score in scores])
    rows = []
    for zone in ZONES:
        for low, high in LENGTH_CLASSES:
            if high <= floor_m:
                continue
            found = _count(pairs, "true_length_m", low, high, _labelled(zone))
            lost = _count(missed, "length_m", low, high, _labelled(zone))
            true = _count(pairs, "length_m", low, high, _labelled(zone))
            wrong = _count(false, "length_m", low, high, _predicted(zone))
            recall, precision = _share(found, found + lost), _share(true, true + wrong)
            rows.append(
                {
                    "zone": zone,
                    "length_from_m": low,
                    "length_to_m": high,
                    "vessels": found + lost,
                    "found": found,
                    "recall": recall,
                    "predicted": true + wrong,
                    "true": true,
                    "precision": precision,
                    "f1": _share(2 * recall * precision, recall + precision),
                }
            )
    return pd.DataFrame(rows)


def by_score(scores: Sequence[SceneScore]) -> pd.DataFrame:
    """Rows of score in fifths: detections of vessels, and the share of them that was right."""
    right = _stacked([score.pairs for score in scores])
    wrong = _stacked([score.false_alarms for score in scores])
    given = [np.asarray(part["score"], dtype=float) if len(part) else np.zeros(0) for part in (right, wrong)]
    rows = []
    for low in np.arange(5) / 5:
        high = low + 0.2
        true, false = (int(((part >= low) & ((part < high) | (high > 0.999))).sum()) for part in given)
        rows.append(
            {"score_from": low, "score_to": high, "detections": true + false, "right": _share(true, true + false)}
        )
    return pd.DataFrame(rows)


def detections(scores: Sequence[SceneScore]) -> pd.DataFrame:
    """Rows of detections of vessels that count: `scene, score, zone, length_m, right`; the zone as it was detected."""
    parts = []
    for score in scores:
        for rows, zone, right in ((score.pairs, "found_zone", True), (score.false_alarms, "zone", False)):
            part = pd.DataFrame({name: rows[name] for name in ("score", "length_m")}).astype(float)
            parts.append(part.assign(scene=score.scene, zone=rows.get(zone, ""), right=right))
    filled = [part for part in parts if len(part)]
    columns = ["scene", "score", "zone", "length_m", "right"]
    return pd.concat(filled, ignore_index=True)[columns] if filled else pd.DataFrame(columns=columns)


def _labelled(zone: str) -> Callable[[pd.DataFrame], pd.Series]:
    """Which labels lie in a zone; without zones all that are not alongside count as inshore."""

    def where(table: pd.DataFrame) -> pd.Series:
        zones = table["zone"] if "zone" in table else pd.Series("", index=table.index)
        alongside = (table["situation"] == "berthed").map({True: "berth", False: "inshore"})
        return zones.where(zones != "", alongside) == zone

    return where


def _predicted(zone: str) -> Callable[[pd.DataFrame], pd.Series]:
    return lambda table: table["zone"] == zone


def _count(
    table: pd.DataFrame, column: str, low: float, high: float, where: Callable[[pd.DataFrame], pd.Series]
) -> int:
    if not len(table):
        return 0
    length = table[column].astype(float)
    return int((where(table) & (length >= low) & (length < high)).sum())


def _stacked(tables: Sequence[pd.DataFrame]) -> pd.DataFrame:
    filled = [pd.DataFrame(table.drop(columns="geometry", errors="ignore")) for table in tables if len(table)]
    return pd.concat(filled, ignore_index=True) if filled else pd.DataFrame()


def _share(part: float, whole: float) -> float:
    return float(part) / float(whole) if whole and np.isfinite(whole) else np.nan


def _none(value: Any) -> float | None:
    return round(float(value), 4) if np.isfinite(value) else None


def _plain(row: Mapping[Any, Any]) -> dict[str, object]:
    return {str(key): _none(value) if isinstance(value, float | np.floating) else value for key, value in row.items()}
