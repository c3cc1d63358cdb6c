"""The port's own past: a grey hull at a grey quay is what is new, and nothing else is."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from affine import Affine

from monitor.core.scenes.scene import Acquisition, Raster
from monitor.detect.base import VESSEL
from monitor.detect.evaluation.dataset import Hull
from monitor.detect.past import PAST, comparable, new_hulls
from monitor.detect.run import detect
from monitor.detect.yolo.detector import YoloDetector
from monitor.training.augment.targets import corners, fill
from tests.detect import harbour

GREY = Hull(100, 62, 20, 3.4, 0.0, True)
QUAY = (0.15, 0.15, 0.155, 0.16, 0.16)


def scene(seed: int, hulls: Sequence[Hull] = (), *, tone: Sequence[float] = QUAY) -> Raster:
    """A harbour with a grey quay and some hulls in its tone, with noise and sun of a day of its own."""
    rng, made = np.random.default_rng(seed), harbour.raster()
    data = np.empty(made.data.shape, dtype=np.float32)
    data[:] = np.array(harbour.WATER, dtype=np.float32)[:, None, None]
    data[:, :60] = np.array(harbour.LAND, dtype=np.float32)[:, None, None]
    data[:, 44:60] = np.array(QUAY, dtype=np.float32)[:, None, None]
    if hulls:
        data[:, fill(data.shape[1:], [corners(hull) for hull in hulls]) > 0] = np.array(tone, dtype=np.float32)[:, None]
    data = data * rng.uniform(0.9, 1.1) + rng.normal(0, 0.003, data.shape).astype(np.float32)
    return replace(made, data=np.clip(data * 10_000, 1, 10_000).astype(np.uint16))


@pytest.fixture
def acquisition() -> Acquisition:
    at = pd.Timestamp("2023-08-14T02:10Z").to_pydatetime()
    return Acquisition("made", "rajin", "s2", "S2A", at, at, harbour.raster().grid.footprint())


@pytest.fixture
def past() -> list[Raster]:
    return [scene(seed) for seed in (1, 2, 3)]


def at_quay(table: pd.DataFrame) -> int:
    """Vessels found within 40 m of the grey hull's middle."""
    grid, ships = harbour.raster().grid, table[table["class_name"] == VESSEL]
    rows, cols = grid.rowcol(ships.geometry.centroid.x, ships.geometry.centroid.y)
    return int((np.hypot(rows - GREY.y, cols - GREY.x) < 4).sum())


@pytest.mark.filterwarnings("ignore:Geometry is in a geographic CRS")
def test_a_grey_hull_at_a_grey_quay_is_found_by_what_is_new_and_the_row_says_so(
    acquisition: Acquisition, past: list[Raster]
) -> None:
    now, detector = scene(9, [GREY]), YoloDetector()
    alone, beside = detect(now, acquisition, detector), detect(now, acquisition, detector, past=past)
    assert at_quay(beside) == 1
    assert at_quay(alone) == 0
    assert set(beside["past_observations"]) == {3}
    assert set(detect(scene(9, harbour.HULLS, tone=harbour.DECK), acquisition, detector)["past_observations"]) == {0}


def test_nothing_new_gives_no_hull_and_a_berth_that_was_mostly_taken_still_shows_the_next(past: list[Raster]) -> None:
    detector = YoloDetector()
    assert len(new_hulls(scene(9), past, detector)) == 0
    taken = [*past, *(scene(seed, [GREY], tone=harbour.DECK) for seed in (4, 5, 6))]
    assert len(new_hulls(scene(9, [GREY]), taken, detector)) == 1


def test_too_few_observations_or_ones_of_another_grid_are_not_compared_with(past: list[Raster]) -> None:
    now = scene(9, [GREY])
    elsewhere = replace(past[0].grid, transform=past[0].grid.transform @ Affine.translation(1, 0))
    assert comparable(now, past[:2]) == []
    assert comparable(now, [*past[:2], replace(past[2], grid=elsewhere)]) == []
    assert len(comparable(now, past * 6)) == PAST.most
    hidden = [replace(one, cloud=np.ones(one.valid.shape, dtype=bool)) for one in past]
    assert len(new_hulls(now, hidden, YoloDetector())) == 0


def test_land_that_changes_is_no_ship(past: list[Raster]) -> None:
    ashore = Hull(100, 45, 17, 4, 0.0, True)
    assert len(new_hulls(scene(9, [ashore], tone=(0.4, 0.4, 0.4, 0.5, 0.5)), past, YoloDetector())) == 0
