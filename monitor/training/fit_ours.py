"""Threshold, chances and lengths of our own network: lengths come of its length map and the run of hull together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from monitor.core.arrays import Floats
from monitor.detect.base import VESSEL
from monitor.detect.yolo.detector import YoloDetector
from monitor.detect.yolo.weights import Weights
from monitor.training.fit import Fit, Found, applied, figures, fit, fitted_alone, run_on
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
    plain = [_vessels(one) for one in found[BY_MAP]]
    both = [_joined(one, other) for one, other in zip(plain, found[BY_RUN], strict=True)]
    whole = length_fit(both)
    scored = [_measured(one, rows, whole) for one, rows in zip(plain, both, strict=True)]
    result = fit(scored)
    if len(held) < 2:
        return OursFit(result, whole, tuple(figures(applied(scored, result), fitted_alone(result))))
    crossed: list[Found] = []
    for index, one in enumerate(plain):
        others = [number for number in range(len(held)) if number != index]
        lengths = length_fit([both[number] for number in others])
        by = fit([_measured(plain[number], both[number], lengths) for number in others])
        crossed += applied([_measured(one, both[index], lengths)], by)
    return OursFit(result, whole, tuple(figures(crossed, "threshold of each by the others")))


def _vessels(found: Found) -> Found:
    """The same without stacks, whose scores are not of the kind that is fitted."""
    mine = np.array([name == VESSEL for name in found.class_name], dtype=bool)
    kinds = (VESSEL,) * int(mine.sum())
    missed = {VESSEL: found.missed.get(VESSEL, 0)}
    return replace(found, score=found.score[mine], is_true=found.is_true[mine], class_name=kinds, missed=missed)


def _by(weights: Weights, way: LengthFit) -> Weights:
    return replace(weights, rule=replace(weights.rule, length_fit=way))


def _joined(by_map: Found, by_run: Found) -> Floats:
    """(n, 4): label number, length by the map and by the run of hull, and the labelled one, of hulls found by both."""
    runs = {int(number): length for length, _, number in by_run.lengths}
    rows = [(n, length, runs[int(n)], true) for length, true, n in by_map.lengths if int(n) in runs]
    return np.array(rows, dtype=np.float64).reshape(-1, 4)


def length_fit(parts: Sequence[Floats]) -> LengthFit:
    """What turns the log of both measures of length into that of the labelled one, with length classes hardly biased.

    Parameters
    ----------
    parts : sequence of Floats
        (n, 4): label number, length by the map and by the run of hull, and the labelled one, pixels.

    Notes
    -----
    The measures are weighed by least squares of the labelled log length on both, with a weak pull to equal parts. That
    regression alone draws short hulls out and long ones in (by its residual's share of the variance), and the one of
    the measure on the label, turned round, does the reverse, since labels err too: the slope is the geometric mean of
    both (reduced major axis, Ricker 1973).
    """
    rows = np.concatenate([np.zeros((0, 4)), *parts])
    if len(rows) < LEAST_LENGTHS:
        return BY_MAP
    logs = np.log(np.maximum(rows[:, 1:], 0.5))
    pull, target = np.eye(3), np.array([0.0, 0.5, 0.5])
    design = np.vstack([np.column_stack([np.ones(len(rows)), logs[:, 0], logs[:, 1]]), pull])
    _, by_map, by_run = np.linalg.lstsq(design, np.concatenate([logs[:, 2], target]), rcond=None)[0]
    measure = by_map * logs[:, 0] + by_run * logs[:, 1]
    if np.corrcoef(measure, logs[:, 2])[0, 1] <= 0:
        return BY_MAP
    steep = float(logs[:, 2].std() / measure.std())
    level = float(logs[:, 2].mean() - steep * measure.mean())
    return round(level, 4), round(steep * float(by_map), 4), round(steep * float(by_run), 4)


def _measured(found: Found, rows: Floats, by: LengthFit) -> Found:
    """The same with lengths by a length fit, of the hulls that both ways of length found."""
    length = np.exp(by[0] + by[1] * np.log(np.maximum(rows[:, 1], 0.5)) + by[2] * np.log(np.maximum(rows[:, 2], 0.5)))
    return replace(found, lengths=np.column_stack([length, rows[:, 3], rows[:, 0]]))
