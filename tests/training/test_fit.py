"""Threshold, chances and lengths from what was left out."""

from dataclasses import replace

import numpy as np
import pytest

from monitor.detect.base import CONTAINER, VESSEL, Boxes
from monitor.training.fit import Fit, Found, applied, compare, figures, fit, interval, scores
from monitor.training.own.samples import Labelled, Sample


def ring(x: float, y: float, length: float = 40.0, width: float = 8.0) -> np.ndarray:
    return np.array([x, y]) + np.array([[-length, -width], [length, -width], [length, width], [-length, width]]) / 2


def boxes(*places: tuple[float, float], length_m: float = 20.0) -> Boxes:
    count = len(places)
    full = np.full(count, length_m)
    nan = np.full(count, np.nan)
    rings = tuple(ring(x, y) for x, y in places)
    return Boxes((VESSEL,) * count, rings, np.linspace(0.9, 0.5, count), full, nan, nan, np.zeros(count))


def sample(*objects: Labelled, ignore: tuple[np.ndarray, ...] = ()) -> Sample:
    return Sample("a", "a", lambda: None, objects, ignore)  # type: ignore[arg-type,return-value]


def made(seed: int, *, count: int = 400, odds: float = 2.0, length: float = 1.2) -> Found:
    """Detections whose true chance is a steeper function of the score than the score says, and short lengths."""
    rng = np.random.default_rng(seed)
    score = rng.uniform(0.05, 0.95, count)
    chance = 1 / (1 + np.exp(-odds * np.log(score / (1 - score))))
    truth = rng.random(count) < chance
    true_px = rng.uniform(20, 80, int(truth.sum()))
    given = true_px / length * np.exp(rng.normal(0, 0.1, len(true_px)))
    pairs = np.column_stack([given, true_px, np.arange(len(true_px))])
    return Found(f"p{seed}", score, truth, (VESSEL,) * count, pairs, {VESSEL: 20})


def test_pairs_are_within_half_a_length_and_lengths_are_in_pixels() -> None:
    labels = [Labelled(VESSEL, ring(50, 50)), Labelled(VESSEL, ring(200, 50))]
    found = compare(sample(*labels), boxes((55, 50), (150, 150)), 0.5)
    assert found.is_true.tolist() == [True, False]
    assert found.lengths[0].tolist() == [40.0, 40.0, 0.0]
    assert found.missed == {VESSEL: 1}


def test_doubtful_labels_and_ignored_places_neither_count_nor_cost() -> None:
    labels = [Labelled(VESSEL, ring(50, 50), sure=False)]
    found = compare(sample(*labels, ignore=(ring(150, 150, 60, 60),)), boxes((50, 50), (150, 150)), 1.0)
    assert len(found.score) == 0
    assert found.missed == {VESSEL: 0}


def test_nothing_found_in_a_picture_with_ignored_places_is_no_error() -> None:
    found = compare(sample(Labelled(VESSEL, ring(50, 50)), ignore=(ring(150, 150),)), Boxes.empty(), 1.0)
    assert found.missed == {VESSEL: 1}


def test_chances_lengths_and_threshold_are_found_again_on_other_seeds() -> None:
    by = fit([made(seed) for seed in range(5)])
    assert by.calibration[1] == pytest.approx(2.0, abs=0.25)
    assert by.calibration[0] == pytest.approx(0.0, abs=0.2)
    assert by.length_gain == pytest.approx(1.2, rel=0.03)
    (other,) = applied([made(99)], by)
    held = np.abs(np.log(other.lengths[:, 0] / other.lengths[:, 1]))
    assert by.length_low is not None
    assert by.length_high is not None
    inside = (other.lengths[:, 1] >= by.length_low * other.lengths[:, 0]) & (
        other.lengths[:, 1] <= by.length_high * other.lengths[:, 0]
    )
    assert 0.8 < inside.mean() < 0.97
    assert np.median(held) < 0.1
    shown = other.score > 0
    assert other.is_true[shown].mean() == pytest.approx(other.score[shown].mean(), abs=0.06)


def test_the_threshold_is_where_f1_is_best() -> None:
    one = Found(
        "a", np.array([0.9, 0.8, 0.6, 0.4]), np.array([True, True, True, False]), (VESSEL,) * 4, np.zeros((0, 3)), {}
    )
    by = fit([one])
    assert by.threshold == pytest.approx(0.5)
    assert scores(applied([one], by), 1e-6, VESSEL)["f1"] == 1.0


def test_too_little_gives_the_identity_and_says_for_what() -> None:
    assert fit([]) == Fit()
    assert Fit().said.startswith("nothing was left out")
    few = fit([Found("a", np.array([0.9]), np.array([True]), (VESSEL,), np.array([[10.0, 20.0, 0.0]]), {})])
    assert (few.calibration, few.length_gain, few.length_low) == ((0.0, 1.0), 1.0, None)
    assert few.said == "fitted to a: threshold; too little was found there for chances, lengths, left as they are"


def test_figures_have_intervals_from_three_pictures_on() -> None:
    lines = figures([made(seed) for seed in range(3)], "threshold of each by the others")
    precision = next(line for line in lines if line[0] == "precision, vessel")
    assert "–" in precision[1]
    assert "3 pictures left out; threshold of each by the others" in precision[2]
    assert np.isnan(interval([made(0), made(1)], lambda part: float(len(part)))[0])


def test_each_class_has_its_threshold_and_containers_that_at_which_the_count_is_right() -> None:
    """Vessels are true above 0.3, as many containers as are labelled lie above 0.6: eight, two of them false."""
    ships, boxed = np.linspace(0.95, 0.05, 10), np.linspace(0.99, 0.04, 20)
    score = np.concatenate([ships, boxed])
    truth = np.concatenate([ships > 0.3, np.isin(np.arange(20), [0, 1, 2, 3, 4, 6])])
    kinds = (VESSEL,) * 10 + (CONTAINER,) * 20
    one = Found("a", score, truth, kinds, np.zeros((0, 3)), {VESSEL: 0, CONTAINER: 2})
    by = fit([one])
    assert set(by.thresholds) == {VESSEL, CONTAINER}
    (marked,) = applied([one], by)
    shown = np.array(kinds, dtype=object)[marked.score > 0].tolist()
    assert shown.count(CONTAINER) == 8
    assert scores([marked], 1e-6, VESSEL)["f1"] == 1.0


def test_what_the_edge_of_a_picture_cuts_off_is_found_and_has_no_length() -> None:
    labels = [Labelled(VESSEL, ring(10, 50)), Labelled(VESSEL, ring(60, 80))]
    found = compare(sample(*labels), boxes((12, 50), (60, 80)), 0.5, size=(100, 100))
    assert found.is_true.tolist() == [True, True]
    assert found.lengths.tolist() == [[40.0, 40.0, 1.0]]


def test_lengths_are_those_of_vessels_unless_none_is_labelled_anywhere() -> None:
    only = sample(Labelled("tank", ring(50, 50)))
    found = replace(boxes((50, 50)), class_name=("tank",))
    assert compare(only, found, 0.5, has_vessels=False).lengths.tolist() == [[40.0, 40.0, 0.0]]
    assert len(compare(only, found, 0.5).lengths) == 0
