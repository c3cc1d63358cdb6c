"""Windows cover a raster, and an object on a seam is one object."""

from itertools import pairwise

import numpy as np
import pytest
from shapely import polygons
from shapely.geometry import Polygon, box

from monitor.detect.evaluation.matching import assign
from monitor.detect.models.windows import SEAM, Pieces, box_along, cut_evenly, least_box, merged


def ring(x: float, y: float, length: float, width: float, angle: float) -> np.ndarray:
    along = np.array([np.cos(angle), np.sin(angle)]) * length / 2
    across = np.array([-np.sin(angle), np.cos(angle)]) * width / 2
    centre = np.array([x, y])
    return np.array(
        [centre - along - across, centre + along - across, centre + along + across, centre - along + across]
    )


def apart(rng: np.random.Generator, size: int, count: int, lengths: tuple[float, float]) -> list[np.ndarray]:
    """Boxes of which none overlaps another, some of them side by side."""
    out: list[np.ndarray] = []
    while len(out) < count:
        length, angle = rng.uniform(*lengths), rng.uniform(0, np.pi)
        width = length / rng.uniform(4, 7)
        made = ring(*rng.uniform(0.02 * size, 0.98 * size, 2), length, width, angle)
        if made.min() < 0 or made.max() > size or any(Polygon(made).distance(Polygon(o)) < 2 for o in out):
            continue
        out.append(made)
    return out


def seen(truth: list[np.ndarray], size: int, side: int, rng: np.random.Generator) -> Pieces:
    """What a network that errs by a third of a pixel would find in each window: the visible part of each box."""
    parts = []
    for rows, cols in cut_evenly((size, size), (side, side)):
        frame = box(cols.start, rows.start, cols.stop, rows.stop)
        for one in truth:
            inside = Polygon(one).intersection(frame)
            if inside.area < 0.15 * Polygon(one).area:
                continue
            corners = np.asarray(inside.exterior.coords)[:-1]
            found = box_along(corners, one) + rng.normal(0, 0.3, 2)
            low, high = found.min(axis=0), found.max(axis=0)
            start, stop = np.array([cols.start, rows.start]), np.array([cols.stop, rows.stop])
            cut = ((low - start <= SEAM.edge_px) & (start > 0)) | ((stop - high <= SEAM.edge_px) & (stop < size))
            flag, label = np.array([bool(cut.any())]), np.zeros(1, dtype=np.int64)
            score = np.array([rng.uniform(0.4, 0.9)])
            bounds = np.array([[*start, *stop]], dtype=float)
            parts.append(Pieces(found[None], score, label, np.ones(1, dtype=bool), flag, bounds))
    return Pieces.joined(parts)


def test_windows_cover_every_pixel_and_have_the_full_size() -> None:
    for shape in ((1000, 700), (640, 640), (641, 1281), (100, 2000)):
        count = np.zeros(shape, dtype=int)
        for rows, cols in cut_evenly(shape, (640, 640)):
            assert (rows.stop - rows.start, cols.stop - cols.start) == (min(640, shape[0]), min(640, shape[1]))
            count[rows, cols] += 1
        assert count.min() >= 1


def test_neighbouring_windows_share_a_fifth_of_their_side() -> None:
    columns = sorted({(cols.start, cols.stop) for _, cols in cut_evenly((640, 5000), (640, 640))})
    shared = [before[1] - after[0] for before, after in pairwise(columns)]
    assert min(shared) >= round(SEAM.overlap * 640)


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("lengths", [(15.0, 60.0), (60.0, 200.0), (300.0, 700.0)])
def test_each_object_is_found_once_wherever_the_seams_lie(seed: int, lengths: tuple[float, float]) -> None:
    size, rng = 1500, np.random.default_rng(seed)
    truth = apart(rng, size, int(120 * 40 / np.mean(lengths)), lengths)
    found = merged(seen(truth, size, 320, rng))
    assert len(found) == len(truth)
    goal = np.array([one.mean(axis=0) for one in truth])
    pairs = assign(found.ring.mean(axis=1), goal, np.full(len(truth), 15.0))
    assert len(pairs) == len(truth)
    length = np.hypot(*(found.ring[:, 1] - found.ring[:, 0]).T)
    true = np.array([np.hypot(*(one[1] - one[0])) for one in truth])
    assert max(abs(length[p] - true[t]) for p, t, _ in pairs) < 4.0


def pieces(rings: list[np.ndarray], labels: list[int], frames: list[tuple[int, ...]]) -> Pieces:
    """Whole boxes with falling scores."""
    yes = np.ones(len(rings), dtype=bool)
    score = np.linspace(0.9, 0.5, len(rings))
    return Pieces(np.stack(rings), score, np.array(labels), yes, ~yes, np.array(frames, dtype=float))


LEFT, RIGHT = (0, 0, 100, 100), (20, 0, 120, 100)


def test_two_objects_of_one_window_stay_two_however_close_they_lie() -> None:
    close = [ring(50, 50, 60, 10, 0.3), ring(52, 51, 58, 10, 0.3)]
    assert len(merged(pieces(close, [0, 0], [LEFT, LEFT]))) == 2
    assert len(merged(pieces(close, [0, 0], [LEFT, RIGHT]))) == 1


def test_objects_of_two_classes_are_not_one() -> None:
    assert len(merged(pieces([ring(50, 50, 60, 10, 0.3)] * 2, [0, 1], [LEFT, RIGHT]))) == 2


def test_nothing_and_one_stay_as_they_are() -> None:
    assert len(merged(Pieces.empty())) == 0
    assert len(merged(pieces([ring(5, 5, 4, 2, 0)], [0], [LEFT]))) == 1


def test_the_least_box_lies_along_its_points() -> None:
    turned = ring(100, 80, 50, 12, 0.7)
    assert polygons(least_box(turned)).symmetric_difference(polygons(turned)).area < 1e-6
