"""Threshold, chances and lengths of our own network: lengths come of its length map and the run of hull together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from monitor.core.arrays import Floats
from monitor.detect.yolo.detector import YoloDetector
from monitor.detect.yolo.weights import Weights
from monitor.training.fit import Fit, Found, applied, figures, fit, run_on
from monitor.training.own.samples import Sample

LEAST_LENGTHS = 20
"""Fewest hulls that the two sources of length are weighed on (chosen)."""
BY_MAP, BY_RUN = (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)
_LEAST_SCORE = 0.1
"""Detections from which threshold and chances are fitted."""

LengthFit = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class OursFit:
    """What is written beside our own network.

    Attributes
    ----------
    fit : Fit
    length_fit : tuple of float
        See `DecodeRule`; the length map alone where too few hulls were left out.
    measured : tuple of tuple of str
        Of each picture by what the others gave.
    """

    fit: Fit = field(default_factory=Fit)
    length_fit: LengthFit = BY_MAP
    measured: tuple[tuple[str, str, str], ...] = ()


def fit_ours(weights: Weights, held: Sequence[Sample]) -> OursFit:
    """The fit to labelled scenes that were not trained on; the identity without any.

    Parameters
    ----------
    weights : Weights
        With the identity for chances and lengths.
    held : sequence of Sample
    """
    if not held:
        return OursFit()
    found = {way: run_on(held, YoloDetector(_by(weights, way), _LEAST_SCORE)) for way in (BY_MAP, BY_RUN)}
    plain = found[BY_MAP]
    both = [_joined(one, other) for one, other in zip(plain, found[BY_RUN], strict=True)]
    whole = _length_fit(both)
    scored = [_measured(one, rows, whole) for one, rows in zip(plain, both, strict=True)]
    result = fit(scored)
    if len(held) < 2:
        how = "threshold fitted to the same picture"
        return OursFit(result, whole, tuple(figures(applied(scored, result), how)))
    crossed: list[Found] = []
    for index, one in enumerate(plain):
        others = [number for number in range(len(held)) if number != index]
        lengths = _length_fit([both[number] for number in others])
        by = fit([_measured(plain[number], both[number], lengths) for number in others])
        crossed += applied([_measured(one, both[index], lengths)], by)
    return OursFit(result, whole, tuple(figures(crossed, "threshold of each by the others")))


def _by(weights: Weights, way: LengthFit) -> Weights:
    return replace(weights, rule=replace(weights.rule, length_fit=way))


def _joined(by_map: Found, by_run: Found) -> Floats:
    """(n, 4): label number, length by the map and by the run of hull, and the labelled one, of hulls found by both."""
    runs = {int(number): length for length, _, number in by_run.lengths}
    rows = [(n, length, runs[int(n)], true) for length, true, n in by_map.lengths if int(n) in runs]
    return np.array(rows, dtype=np.float64).reshape(-1, 4)


def _length_fit(parts: Sequence[Floats]) -> LengthFit:
    """Least squares of log length on both, with a weak pull to equal parts of the two."""
    rows = np.concatenate([np.zeros((0, 4)), *parts])
    if len(rows) < LEAST_LENGTHS:
        return BY_MAP
    logs = np.log(np.maximum(rows[:, 1:], 0.5))
    pull, target = np.eye(3), np.array([0.0, 0.5, 0.5])
    design = np.vstack([np.column_stack([np.ones(len(rows)), logs[:, 0], logs[:, 1]]), pull])
    a, b, c = np.linalg.lstsq(design, np.concatenate([logs[:, 2], target]), rcond=None)[0]
    return round(float(a), 4), round(float(b), 4), round(float(c), 4)


def _measured(found: Found, rows: Floats, by: LengthFit) -> Found:
    """The same with lengths by a length fit, of the hulls that both ways of length found."""
    length = np.exp(by[0] + by[1] * np.log(np.maximum(rows[:, 1], 0.5)) + by[2] * np.log(np.maximum(rows[:, 2], 0.5)))
    return replace(found, lengths=np.column_stack([length, rows[:, 3], rows[:, 0]]))
