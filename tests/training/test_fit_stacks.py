"""The threshold of stacks from what was left out."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial

import numpy as np
import pytest

from monitor.detect.base import CONTAINER_STACK, Boxes
from monitor.detect.yolo.weights import DEFAULT, Weights, read_weights
from monitor.training import fit_stacks as room
from monitor.training.fit_stacks import fit_stacks
from monitor.training.own.samples import Labelled, Sample


def square(side: float, x: float = 50.0) -> np.ndarray:
    return np.array([x, 50.0]) + np.array([[-side, -side], [side, -side], [side, side], [-side, side]]) / 2


@dataclass(frozen=True)
class Cone:
    """A detector whose probability of stack falls from 1 in the middle by 1 in 100 pixels of side."""

    weights: Weights
    threshold: float | None = None

    def __call__(self, picture: float) -> Boxes:
        side, none = picture * (1 - self.weights.stack_threshold), np.full(1, np.nan)
        return Boxes((CONTAINER_STACK,), (square(side),), np.ones(1), np.full(1, side), none, none, np.zeros(1))


@pytest.fixture(autouse=True)
def _cone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "YoloDetector", Cone)


def picture(name: str, side: float, *, wide: float = 100.0) -> Sample:
    return Sample(name, name, partial(float, wide), (Labelled(CONTAINER_STACK, square(side)),))  # type: ignore[arg-type]


def test_the_threshold_is_that_at_which_outlines_overlap_most() -> None:
    fitted = fit_stacks(read_weights(DEFAULT), [picture("a", 39.0), picture("b", 41.0), picture("c", 40.0)])
    assert fitted.threshold == 0.6
    (what, value, sample) = fitted.measured[0]
    assert what == "overlap of container stacks"
    assert value.startswith("0.9")
    assert "–" in value
    assert sample == "intersection over union, 3 pictures left out; threshold of each by the others"


def test_each_picture_is_measured_by_the_threshold_of_the_others() -> None:
    """The one that wants 0.3 is measured at 0.6 or so: its overlap is (40 / 70) squared at best."""
    odd = [picture("a", 40.0), picture("b", 40.0), picture("c", 70.0)]
    value = float(fit_stacks(read_weights(DEFAULT), odd).measured[0][1].split()[0])
    assert value < 0.6


def test_what_is_ignored_and_in_doubt_does_not_count() -> None:
    plain = picture("a", 40.0)
    hidden = replace(plain, ignore=(square(200.0),))
    doubtful = replace(plain, objects=(*plain.objects, Labelled(CONTAINER_STACK, square(200.0), sure=False)))
    assert fit_stacks(read_weights(DEFAULT), [plain, hidden, doubtful]).threshold == 0.6


def test_without_a_stack_nothing_is_fitted() -> None:
    assert fit_stacks(read_weights(DEFAULT), []).threshold is None
    bare = replace(picture("a", 40.0), objects=())
    assert fit_stacks(read_weights(DEFAULT), [bare]).measured == ()
