"""The least probability of a pixel of stack for our own network, from labelled scenes that it was not trained on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from shapely import Polygon, unary_union
from shapely.geometry.base import BaseGeometry

from monitor.core.arrays import Floats
from monitor.detect.base import CONTAINER_STACK, VESSEL, Boxes
from monitor.detect.yolo.detector import YoloDetector
from monitor.detect.yolo.weights import Weights
from monitor.training.own.samples import Sample
from monitor.training.register import figure_line

TRIED = (0.3, 0.4, 0.5, 0.6, 0.7, 0.8)
"""Thresholds of which the one with the largest overlap is taken (chosen)."""
_NO_VESSEL = 2.0
"""A score that no vessel has: stacks alone are looked at."""
_DRAWS, _SEED = 1000, 20231005


@dataclass(frozen=True, slots=True)
class StackFit:
    """A threshold, and how well outlines then fit.

    Attributes
    ----------
    threshold : float, optional
        None where no stack was left out.
    measured : tuple of tuple of str
        What, value with its interval, sample: the overlap of each scene by the threshold of the others.
    """

    threshold: float | None = None
    measured: tuple[tuple[str, str, str], ...] = ()


def fit_stacks(weights: Weights, held: Sequence[Sample]) -> StackFit:
    """The threshold with the largest overlap, pooled over scenes that show stacks; none without any.

    Parameters
    ----------
    weights : Weights
    held : sequence of Sample
        Labelled scenes that were left out of training.
    """
    shown = [one for one in held if any(each.class_name == CONTAINER_STACK and each.sure for each in one.objects)]
    if not shown:
        return StackFit()
    areas = np.array([[_areas(one, boxes) for one, boxes in _run(weights, shown, least)] for least in TRIED])
    best = _best(areas)
    by_others = [_best(np.delete(areas, n, axis=1)) if len(shown) > 1 else best for n in range(len(shown))]
    crossed = np.array([areas[threshold, n] for n, threshold in enumerate(by_others)])
    how = "threshold of each by the others" if len(shown) > 1 else "threshold fitted to the same picture"
    sample = f"intersection over union, {len(shown)} pictures left out; {how}"
    line = ("overlap of container stacks", figure_line(_overlap(crossed), _interval(crossed)), sample)
    return StackFit(TRIED[best], (line,))


def _run(weights: Weights, samples: Sequence[Sample], least: float) -> list[tuple[Sample, Boxes]]:
    detector = YoloDetector(replace(weights, stack_threshold=least), _NO_VESSEL)
    return [(one, detector(one.read())) for one in samples]


def _areas(sample: Sample, boxes: Boxes) -> tuple[float, float]:
    """Pixels that are stack by both, and by either, where nothing hides the ground and no label is in doubt."""
    sure = [o.ring for o in sample.objects if o.class_name == CONTAINER_STACK and o.sure]
    blind = [o.ring for o in sample.objects if o.class_name == VESSEL or not o.sure]
    found = [ring for ring, name in zip(boxes.rings, boxes.class_name, strict=True) if name == CONTAINER_STACK]
    hidden = _union([*blind, *sample.ignore])
    truth, marked = _union(sure).difference(hidden), _union(found).difference(hidden)
    return float(truth.intersection(marked).area), float(truth.union(marked).area)


def _union(rings: Sequence[Floats]) -> BaseGeometry:
    return unary_union([Polygon(ring).buffer(0) for ring in rings])


def _best(areas: Floats) -> int:
    """Which of the thresholds has the largest overlap over scenes; the middle one of equals."""
    overlaps = np.array([_overlap(part) for part in areas])
    best = np.flatnonzero(overlaps >= overlaps.max() - 1e-9)
    return int(best[len(best) // 2])


def _overlap(areas: Floats) -> float:
    both, either = areas.sum(axis=0)
    return float(both / either) if either else 0.0


def _interval(areas: Floats) -> tuple[float, float]:
    """The 90 % interval of the overlap: scenes drawn with replacement. NaN for fewer than three."""
    if len(areas) < 3:
        return np.nan, np.nan
    rng = np.random.default_rng(_SEED)
    drawn = [_overlap(areas[rng.integers(len(areas), size=len(areas))]) for _ in range(_DRAWS)]
    return float(np.quantile(drawn, 0.05)), float(np.quantile(drawn, 0.95))
