"""Outlines of stacks."""

from __future__ import annotations

import math

import numpy as np
import pytest

from monitor.detect.yolo.outlines import long_side, outline


def test_the_long_side_of_a_turned_rectangle() -> None:
    turn = np.array([[math.cos(0.6), math.sin(0.6)], [-math.sin(0.6), math.cos(0.6)]])
    ring = np.array([[0, 0], [10, 0], [10, 3], [0, 3]]) @ turn
    length, angle = long_side(ring)
    assert length == pytest.approx(10)
    assert angle == pytest.approx(0.6)


def test_an_outline_has_the_area_of_its_pixels() -> None:
    mask = np.zeros((20, 30), dtype=bool)
    mask[5:15, 4:24] = True
    ring = outline(mask, 100, 200)
    assert ring is not None
    assert ring[:, 0].min() == 204
    assert ring[:, 1].max() == 115
    assert outline(mask[:2]) is None
