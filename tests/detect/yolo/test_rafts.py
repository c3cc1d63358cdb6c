"""Hulls side by side: one box may stand for several, and says so."""

from __future__ import annotations

import numpy as np
import pytest

from monitor.detect.yolo.decode import Hulls
from monitor.detect.yolo.rafts import hulls_abreast

_GSD_M = 10.0


def _maps(*stretches: tuple[slice, slice]) -> np.ndarray:
    maps = np.zeros((10, 80, 80), dtype=np.float32)
    for rows, cols in stretches:
        maps[0, rows, cols] = 1.0
    return maps


def _hull(x: float, y: float, *, angle: float = 0.0) -> tuple[float, ...]:
    return (x, y, 6.0, 2.0, angle, 0.9)


def _hulls(*each: tuple[float, ...]) -> Hulls:
    return Hulls(*np.array(each).T)


def test_a_hull_alone_stands_for_itself() -> None:
    maps = _maps((slice(39, 41), slice(37, 43)))
    assert hulls_abreast(maps, _hulls(_hull(40.0, 40.0)), _GSD_M).tolist() == [[1.0, 1.0]]


def test_the_beam_of_a_long_ship_is_no_raft() -> None:
    # 330 m by 60 m, and a box of 49 m.
    maps = _maps((slice(37, 43), slice(23, 56)))
    boxes = _hulls((39.5, 40.0, 33.0, 4.9, 0.0, 0.9))
    assert hulls_abreast(maps, boxes, _GSD_M).tolist() == [[1.0, 1.0]]


def test_a_wide_stretch_of_hull_stands_for_several() -> None:
    # Five trawlers of 60 m by 11 m, 55 m abreast, and one box on the middle one.
    maps = _maps((slice(37, 43), slice(37, 43)))
    low, high = hulls_abreast(maps, _hulls(_hull(40.0, 40.0)), _GSD_M)[0]
    assert 2 <= low <= 5 <= high


def test_what_lies_bow_to_stern_is_no_raft() -> None:
    maps = _maps((slice(39, 41), slice(20, 60)))
    assert hulls_abreast(maps, _hulls(_hull(30.0, 40.0), _hull(50.0, 40.0)), _GSD_M).tolist() == [[1.0, 1.0]] * 2


def test_the_boxes_of_a_raft_are_the_fewest() -> None:
    maps = _maps((slice(36, 44), slice(37, 43)))
    boxes = _hulls(*(_hull(40.0, 36.5 + 1.4 * number) for number in range(6)))
    assert hulls_abreast(maps, boxes, _GSD_M)[2, 0] == pytest.approx(6)


def test_a_raft_across_the_grid_counts_as_one_along_it() -> None:
    square = _maps((slice(37, 43), slice(37, 43)))
    level, upright = _hull(40.0, 40.0), _hull(40.0, 40.0, angle=np.pi / 2)
    both = hulls_abreast(square, _hulls(level, upright), _GSD_M)
    assert both[0].tolist() == both[1].tolist()
