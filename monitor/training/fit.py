"""Threshold, chances and lengths of a detector from pictures that it was not trained on, and how good it then is."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize
from shapely import contains_xy
from shapely.geometry import Polygon

from monitor.core.arrays import Floats
from monitor.detect.base import CONTAINER, VESSEL, Boxes, Detector
from monitor.detect.evaluation.matching import assign
from monitor.detect.models.detector import calibrated
from monitor.detect.models.windows import least_box
from monitor.training.own.samples import Sample
from monitor.training.register import figure_line

LEAST_PAIRS = 10
"""Fewest pairs of a found and a labelled length that a length is fitted to (chosen)."""
LEAST_EACH = 5
"""Fewest true and false detections each that chances are fitted to (chosen)."""
_LEAST_REACH_PX = 3.0
_DRAWS = 1000
_SHOWN = 12
"""Names that a sentence lists."""
_SEED = 20231005


@dataclass(frozen=True, slots=True)
class Found:
    """What a detector found in one picture, beside its labels.

    `score`, `is_true`, `class_name` have an entry a detection; `lengths` (n, 3) the given and the labelled length in
    pixels, and the label's number, of each pair of vessels (of all classes where no vessel is labelled); `missed`
    counts labels by class.
    """

    name: str
    score: Floats
    is_true: npt.NDArray[np.bool_]
    class_name: tuple[str, ...]
    lengths: Floats
    missed: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Fit:
    """What is written beside the weights; the defaults are the identity, which says that nothing was fitted.

    Attributes
    ----------
    threshold : float, optional
        Least score with the best F1 over all classes; None where nothing was left out.
    thresholds : mapping of str to float
        The same for each class of which enough was found. Of ``container`` it is the score from which as many are
        marked as are labelled, since they are counted.
    calibration : tuple of float
        (a, b) in logit chance = a + b logit score.
    length_gain : float
    length_low, length_high : float, optional
        Bounds of the 90 % interval as shares of the length given; None where too few pairs were there.
    fitted_on : tuple of str
        Names of the pictures.
    """

    threshold: float | None = None
    calibration: tuple[float, float] = (0.0, 1.0)
    length_gain: float = 1.0
    length_low: float | None = None
    length_high: float | None = None
    fitted_on: tuple[str, ...] = ()
    thresholds: Mapping[str, float] = field(default_factory=dict)

    @property
    def said(self) -> str:
        """What was fitted to what, in a sentence for people."""
        if not self.fitted_on:
            return "nothing was left out: threshold, chances and lengths are the identity, and nothing was measured"
        parts = {
            "threshold": self.threshold is not None,
            "chances": self.calibration != Fit().calibration,
            "lengths": self.length_low is not None,
        }
        fitted = ", ".join(name for name, done in parts.items() if done) or "nothing"
        left = ", ".join(name for name, done in parts.items() if not done)
        names = ", ".join(self.fitted_on[:_SHOWN]) + (" …" if len(self.fitted_on) > _SHOWN else "")
        few = f"; too little was found there for {left}, left as they are" if left else ""
        return f"fitted to {names}: {fitted}{few}"


def compare(
    sample: Sample, boxes: Boxes, gsd_m: float, *, size: tuple[int, int] | None = None, has_vessels: bool = True
) -> Found:
    """What was found beside what is labelled: pairs within half a label's length of its centre, one to one.

    Parameters
    ----------
    sample : Sample
    boxes : Boxes
        Found in its pixels.
    gsd_m : float
        Of the raster that they were found in.
    size : tuple of int, optional
        Rows and columns of the picture: what its edge cuts off is found, but has no length to compare.
    has_vessels : bool, optional
        Whether vessels are among what is labelled in all pictures: then theirs alone are the lengths.
    """
    score, truth, kinds = np.zeros(len(boxes)), np.zeros(len(boxes), dtype=bool), list(boxes.class_name)
    dropped = np.zeros(len(boxes), dtype=bool)
    lengths: list[tuple[str, float, float, int]] = []
    missed: dict[str, int] = {}
    middle = np.array([ring.mean(axis=0) for ring in boxes.rings]).reshape(-1, 2)
    for ring in sample.ignore:
        dropped |= contains_xy(Polygon(ring).buffer(0), middle)
    for ring in sample.small_craft:
        dropped &= ~contains_xy(Polygon(ring).buffer(0), middle)
    for kind in sorted({each.class_name for each in sample.objects} | set(kinds)):
        mine = np.flatnonzero([name == kind for name in kinds])
        numbers = [number for number, each in enumerate(sample.objects) if each.class_name == kind]
        labels = [sample.objects[number] for number in numbers]
        long_px = np.array([_length(each.ring) for each in labels])
        goal = np.array([Polygon(each.ring).centroid.coords[0] for each in labels]).reshape(-1, 2)
        pairs = assign(middle[mine], goal, np.maximum(long_px / 2, _LEAST_REACH_PX))
        for box, label, _ in pairs:
            if labels[label].sure:
                truth[mine[box]] = True
                length = float(boxes.length_m[mine[box]]) / gsd_m
                if size is None or _is_whole(labels[label].ring, size):
                    lengths.append((kind, length, float(long_px[label]), numbers[label]))
            else:
                dropped[mine[box]] = True
        hit = {label for _, label, _ in pairs}
        missed[kind] = sum(each.sure and index not in hit for index, each in enumerate(labels))
    chosen = [pair[1:] for pair in lengths if pair[0] == VESSEL or not has_vessels]
    keep = ~dropped | truth
    score = boxes.score
    return Found(
        sample.name,
        score[keep],
        truth[keep],
        tuple(np.array(kinds, dtype=object)[keep]),
        np.array(chosen, dtype=np.float64).reshape(-1, 3),
        missed,
    )


def _is_whole(ring: Floats, size: tuple[int, int]) -> bool:
    """Whether all of an outline lies in a picture of so many rows and columns, to a pixel."""
    return bool((ring >= -1).all() and (ring <= np.array(size[::-1]) + 1).all())


def _length(ring: Floats) -> float:
    sides = np.hypot(*np.diff((ring if len(ring) == 4 else least_box(ring))[:3], axis=0).T)
    return float(max(sides))


def run_on(samples: Sequence[Sample], detector: Detector) -> list[Found]:
    """The comparison of each picture, after a run of the detector over it.

    Parameters
    ----------
    samples : sequence of Sample
        Left out of training.
    detector : Detector
    """
    out, vessels = [], any(each.class_name == VESSEL for sample in samples for each in sample.objects)
    for sample in samples:
        raster = sample.read()
        boxes = detector(raster)
        out.append(compare(sample, boxes, raster.grid.gsd_m, size=raster.grid.shape, has_vessels=vessels))
    return out


def fit(found: Sequence[Found]) -> Fit:
    """Threshold, chances and lengths of what was found down to low scores; the identity where little was.

    Parameters
    ----------
    found : sequence of Found
        By the network's own scores and lengths.
    """
    if not found:
        return Fit()
    score = np.concatenate([each.score for each in found])
    truth = np.concatenate([each.is_true for each in found])
    missed = sum(sum(each.missed.values()) for each in found)
    calibration = _calibration(score, truth)
    lengths = np.concatenate([each.lengths for each in found])
    gain, low, high = _lengths(lengths)
    chance = calibrated(score, calibration)
    threshold = _threshold(chance, truth, missed)
    names = tuple(each.name for each in found)
    return Fit(threshold, calibration, gain, low, high, names, _by_class(found, chance, truth))


def fitted_alone(by: Fit) -> str:
    """Where the threshold of the figures of a single picture comes from, in words.

    Parameters
    ----------
    by : Fit
        To that picture.
    """
    return "nothing could be fitted to it" if by.threshold is None else "threshold fitted to the same picture"


def _by_class(found: Sequence[Found], chance: Floats, truth: npt.NDArray[np.bool_]) -> dict[str, float]:
    """The threshold of each class with enough true detections."""
    kinds = np.array([name for each in found for name in each.class_name], dtype=object)
    made: dict[str, float] = {}
    for kind in sorted(set(kinds)):
        mine, missed = kinds == kind, sum(each.missed.get(kind, 0) for each in found)
        if int(truth[mine].sum()) >= LEAST_EACH:
            chosen = _as_many if kind == CONTAINER else _threshold
            least = chosen(chance[mine], truth[mine], missed)
            made |= {} if least is None else {kind: least}
    return made


def _as_many(score: Floats, truth: npt.NDArray[np.bool_], missed: int) -> float:
    """The score from which as many are marked as are labelled; the lowest where fewer were found at all."""
    ordered, wanted = np.sort(score)[::-1], int(truth.sum()) + missed
    least = (ordered[wanted - 1] + ordered[wanted]) / 2 if wanted < len(ordered) else ordered[-1]
    return round(float(np.clip(least, 0.01, 0.99)), 3)


def _calibration(score: Floats, truth: npt.NDArray[np.bool_]) -> tuple[float, float]:
    """Platt's fit of chances, with a weak pull to the scores as they are."""
    if min(int(truth.sum()), int((~truth).sum())) < LEAST_EACH:
        return 0.0, 1.0
    safe = np.clip(score, 1e-6, 1 - 1e-6)
    logit = np.log(safe / (1 - safe))

    def loss(ab: Floats) -> float:
        odds = ab[0] + ab[1] * logit
        return float(np.logaddexp(0, np.where(truth, -odds, odds)).sum() + 0.5 * (ab[0] ** 2 + (ab[1] - 1) ** 2))

    found = minimize(loss, np.array([0.0, 1.0]), method="L-BFGS-B", bounds=[(-10, 10), (0.05, 10)])
    return round(float(found.x[0]), 4), round(float(found.x[1]), 4)


def _threshold(score: Floats, truth: npt.NDArray[np.bool_], missed: int) -> float | None:
    """The score between two detections at which F1 is best; None without any true one."""
    if not truth.any():
        return None
    order = np.argsort(-score, kind="stable")
    hits = np.cumsum(truth[order])
    f1 = 2 * hits / (np.arange(1, len(order) + 1) + int(truth.sum()) + missed)
    best = int(np.flatnonzero(f1 == f1.max())[-1])
    ordered = score[order]
    below = ordered[best + 1] if best + 1 < len(ordered) else ordered[best] * 0.8
    return round(float(np.clip((ordered[best] + below) / 2, 0.01, 0.99)), 3)


def _lengths(pairs: Floats) -> tuple[float, float | None, float | None]:
    if len(pairs) < LEAST_PAIRS:
        return 1.0, None, None
    ratio = pairs[:, 1] / np.maximum(pairs[:, 0], 1e-9)
    gain = float(np.median(ratio))
    low, high = np.quantile(ratio / gain, (0.05, 0.95))
    return round(gain, 4), round(float(low), 4), round(float(high), 4)


Scores = Mapping[str, float]


def scores(found: Sequence[Found], threshold: float, kind: str) -> Scores:
    """Precision, recall, F1 and counts of one class over some pictures, at a threshold.

    Parameters
    ----------
    found : sequence of Found
    threshold : float
    kind : str
    """
    hits = false = missed = 0
    for each in found:
        mine = np.array([name == kind for name in each.class_name], dtype=bool)
        shown = mine & (each.score >= threshold)
        hits += int((shown & each.is_true).sum())
        false += int((shown & ~each.is_true).sum())
        missed += each.missed.get(kind, 0) + int((mine & each.is_true & ~shown).sum())
    return {
        "labelled": hits + missed,
        "detections": hits + false,
        "precision": hits / (hits + false) if hits + false else np.nan,
        "recall": hits / (hits + missed) if hits + missed else np.nan,
        "f1": 2 * hits / (2 * hits + false + missed) if hits + false + missed else np.nan,
    }


def interval(found: Sequence[Found], figure: Callable[[Sequence[Found]], float]) -> tuple[float, float]:
    """The 90 % interval of a figure: pictures drawn with replacement. NaN for fewer than three pictures.

    Parameters
    ----------
    found : sequence of Found
    figure : callable
    """
    if len(found) < 3:
        return np.nan, np.nan
    rng = np.random.default_rng(_SEED)
    drawn = [figure([found[i] for i in rng.integers(len(found), size=len(found))]) for _ in range(_DRAWS)]
    known = np.array(drawn)[np.isfinite(drawn)]
    return (float(np.quantile(known, 0.05)), float(np.quantile(known, 0.95))) if len(known) else (np.nan, np.nan)


def applied(found: Sequence[Found], by: Fit) -> list[Found]:
    """The same by a fit's chances and lengths; what its threshold drops has a score of 0.

    Parameters
    ----------
    found : sequence of Found
        By the network's own scores and lengths.
    by : Fit
    """
    least = 0.0 if by.threshold is None else by.threshold
    out = []
    for one in found:
        score = calibrated(one.score, by.calibration)
        wanted = np.array([by.thresholds.get(name, least) for name in one.class_name], dtype=np.float64)
        lengths = one.lengths * np.array([by.length_gain, 1.0, 1.0])
        out.append(replace(one, score=np.where(score >= wanted, score, 0.0), lengths=lengths))
    return out


def figures(found: Sequence[Found], how: str) -> list[tuple[str, str, str]]:
    """Lines of what, value with its interval, sample.

    Parameters
    ----------
    found : sequence of Found
        By calibrated scores; those below the threshold are 0.
    how : str
        Where the threshold came from.
    """
    lines = []
    pictures = f"{len(found)} pictures left out; {how}"
    for kind in sorted({name for each in found for name in (*each.class_name, *each.missed)}):
        pooled = scores(found, 1e-6, kind)
        for what, of in (("precision", "detections"), ("recall", "labelled"), ("f1", "labelled")):

            def one(part: Sequence[Found], what: str = what, kind: str = kind) -> float:
                return scores(part, 1e-6, kind)[what]

            sample = f"{pooled[of]:.0f} {of}, {pictures}"
            lines.append(
                (f"{'F1' if what == 'f1' else what}, {kind}", figure_line(pooled[what], interval(found, one)), sample)
            )
    lengths = np.concatenate([each.lengths for each in found])
    if len(lengths):
        share = np.abs(lengths[:, 0] / lengths[:, 1] - 1)
        lines.append(
            ("error of length", f"{100 * float(np.median(share)):.0f} % (median)", f"{len(lengths)} pairs, {pictures}")
        )
    return lines
